"""The app's tile on the workbench: how much waits for a member and how much of it is overdue, before he opens anything.

What WeCom was told last is kept, so a round sends only what has changed since, whichever process does it. A call that
failed changes nothing there: the next round sends it again.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from core import clock
from core.cases import ledgers
from core.cases.engine import Engine
from core.sharing import rounds
from wecom.client import Client
from wecom.errors import Action, WeComError
from wecom.workbench import KeyData, KeyDataItem

log = structlog.get_logger()

Figures = tuple[int, int]
_NOTHING: Figures = (0, 0)
_ROUND, _PERIOD_SECONDS = "tiles", 18
_AT_ONCE = 1000
_REST = timedelta(minutes=30)
_NO_TEMPLATE = 94008


class Tiles:
    def __init__(self, engine: Engine, client: Client, public_url: str) -> None:
        self._engine = engine
        self._client = client
        self._home = f"{public_url}/h5/"
        self._rests_until: datetime | None = None

    async def furnish(self) -> bool:
        """The template, which stands where nothing waits; False where WeCom is away or does not allow it."""
        try:
            await self._client.set_workbench_template(self._tile(_NOTHING))
        except WeComError as error:
            log.warning("tiles.no_template", code=error.code, hint=error.hint)
            return False
        return True

    async def once(self) -> None:
        if self._rests_until is None or self._rests_until <= clock.now():
            await rounds.once_in(_PERIOD_SECONDS, _ROUND, self._round)

    async def _round(self) -> None:
        told = {userid: (found[0], found[1]) for userid, found in json.loads(await rounds.left(_ROUND) or "{}").items()}
        figures = await ledgers.waiting_for_all(self._engine.processes.values())
        changed = _grouped(told, figures)
        sent: dict[str, Figures] = {}
        try:
            for new, userids in changed.items():
                for start in range(0, len(userids), _AT_ONCE):
                    some = userids[start : start + _AT_ONCE]
                    await self._tell(some, new)
                    sent |= dict.fromkeys(some, new)
        except WeComError as error:
            await self._give_up(error)
        if sent:
            now = {userid: found for userid, found in (told | sent).items() if found != _NOTHING}
            await rounds.leave(_ROUND, json.dumps(now))
            log.info("tiles.told", members=len(sent))

    async def _tell(self, userids: Sequence[str], figures: Figures) -> None:
        """One whom WeCom does not know must not keep the figures from the others: halves, until he stands alone."""
        try:
            await self._client.batch_set_workbench_data(userids, self._tile(figures))
        except WeComError as error:
            if error.action is not Action.DROP:
                raise
            if len(userids) == 1:
                log.warning("tiles.unknown_member", userid=userids[0], code=error.code)
                return
            middle = len(userids) // 2
            await self._tell(userids[:middle], figures)
            await self._tell(userids[middle:], figures)

    async def _give_up(self, error: WeComError) -> None:
        """For this round; where a person has to change a setting, for a while."""
        log.warning("tiles.not_told", code=error.code, hint=error.hint)
        if error.code == _NO_TEMPLATE and await self.furnish():
            return
        if error.action is Action.CONFIG:
            self._rests_until = clock.now() + _REST

    def _tile(self, figures: Figures) -> KeyData:
        named = zip(("待办", "超期"), figures, strict=True)
        return KeyData(items=[KeyDataItem(key=key, data=str(number), jump_url=self._home) for key, number in named])


def _grouped(told: Mapping[str, Figures], figures: Mapping[str, Figures]) -> dict[Figures, list[str]]:
    """Members whose figures have changed, by what they are now: one call tells many the same."""
    groups: dict[Figures, list[str]] = {}
    for userid in sorted({*told, *figures}):
        new = figures.get(userid, _NOTHING)
        if new != told.get(userid, _NOTHING):
            groups.setdefault(new, []).append(userid)
    return groups
