"""Each way in which WeCom fails, alone and at every call for a while: what was promised waits, and arrives once."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from core.cases.models import Delivery, InboxRow, OutboxRow
from simulator.faults import KINDS
from tests import town
from tests.reliability import figures as kept
from tests.reliability.figures import Figures
from tests.reliability.twins import Twins, inspectors, twins
from wecom import client, transport
from wecom.errors import WeComError

WINDOW_SECONDS = kept.many(5, 60)
RECOVERY_SECONDS = 30
BLOCK_SECONDS = 60
CALLS = ("message/send", "media/upload", "media/get", "user/")
SECONDS = {"timeout": 1.0, "slow": 0.02}  # real ones, beside a patience of the client that is as much shorter
IMPATIENT = aiohttp.ClientTimeout(total=0.2)
UNREACHABLE = "81013"  # the member is out of range: the only one that ends a message
BLOCKED = "45009"


@pytest.fixture
async def pair(migrated_url: str, tmp_path: Path) -> AsyncIterator[Twins]:
    async with twins(migrated_url, tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def tally() -> Iterator[Figures]:
    """One line for all windows."""
    made = Figures("r03_faults")
    yield made
    kept.lines.append(made.line())


def note(tally: Figures, sends: int, tokens: int, recovery: float) -> None:
    tally.add(windows=1, window_seconds=WINDOW_SECONDS, sends=sends, tokens_asked=tokens, lost=0, twice=0)
    tally.counted["longest_recovery"] = max(tally.counted.get("longest_recovery", 0.0), recovery)


class Window:
    """A fault at every call to some paths, and five people who want something of WeCom meanwhile.

    The client is impatient only where no answer comes: everywhere else a busy machine may take its time.
    """

    def __init__(self, pair: Twins, members: list[str], patience: pytest.MonkeyPatch) -> None:
        self._pair = pair
        self.members = members
        self._patience = patience
        self._seen = 0

    async def opens(self, kind: str, *paths: str) -> None:
        if kind == "timeout":
            self._patience.setattr(transport, "CALL", IMPATIENT)
            self._patience.setattr(client, "TRANSFER", IMPATIENT)
        world = self._pair.world
        self._seen = max((entry.n for entry in world.traffic.after(0)), default=0)
        for path in paths:
            world.faults.set(kind, path, seconds=SECONDS.get(kind))
        for member in self.members[:3]:
            world.type_text(member, "帮助")
        world.send_image(self.members[3], town.photo())
        world.type_text("stranger", "你好")
        await self._pair.work()

    def closes(self) -> None:
        self._pair.world.faults.clear()
        self._patience.undo()

    def calls(self, path: str) -> list[float]:
        """When, by WeCom's clock."""
        entries = self._pair.world.traffic.after(self._seen)
        return [entry.at for entry in entries if entry.path.startswith(f"/cgi-bin/{path}")]

    async def uploads(self) -> list[int]:
        """What each replica hears when it uploads a file; 0 is well."""
        heard = []
        for house in self._pair.replicas:
            try:
                await house.client.upload_media("file", b"%PDF-1.7 notice", "notice.pdf")
                heard.append(0)
            except WeComError as error:
                heard.append(error.code)
        return heard


@pytest.fixture
async def window(pair: Twins) -> AsyncIterator[Window]:
    members = await inspectors(pair, 5)
    pair.admit("stranger", "生人")
    await pair.replicas[0].client.getcallbackip()  # both have a token
    await pair.replicas[1].client.getcallbackip()
    with pytest.MonkeyPatch.context() as patience:
        yield Window(pair, members, patience)


def everything_once(pair: Twins, window: Window) -> None:
    """Each of the five was answered, with one message each, and the photo is in its finding."""
    answers = [pair.shown(member) for member in (*window.members[:4], "stranger")]
    assert [len(said) for said in answers] == [1] * 5
    assert answers[3][0].split("\n")[0] == "第 1 条问题：请确认"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in (UNREACHABLE, BLOCKED)])
async def test_what_was_promised_waits_and_arrives_once(kind: str, pair: Twins, window: Window, tally: Figures) -> None:
    await window.opens(kind, *CALLS)
    uploads = await window.uploads()
    assert (0 in uploads) == (kind == "slow")
    await pair.pass_time(WINDOW_SECONDS)
    growth = await OutboxRow.all().count() + await InboxRow.filter(waiting=True).count()
    tokens = len(window.calls("gettoken"))
    window.closes()
    recovered = await pair.until_quiet(RECOVERY_SECONDS)
    assert growth == 5
    assert tokens <= 1 + WINDOW_SECONDS // 20
    everything_once(pair, window)
    assert await OutboxRow.filter(state=Delivery.SENT).count() == 5
    assert await window.uploads() == [0, 0]
    note(tally, len(window.calls("message/send")), tokens, recovered)


@pytest.mark.parametrize("kind", KINDS)
async def test_without_a_token_everything_waits(kind: str, pair: Twins, window: Window, tally: Figures) -> None:
    await pair.pass_time(7200, 7200)
    await window.opens(kind, "gettoken")
    # A second refusal for frequency in a row counts as the hour's limit.
    await pair.pass_time(min(WINDOW_SECONDS, BLOCK_SECONDS - 5) if kind == BLOCKED else WINDOW_SECONDS)
    asked = len(window.calls("gettoken"))
    window.closes()
    recovered = await pair.until_quiet(BLOCK_SECONDS + 5 if kind == BLOCKED else RECOVERY_SECONDS)
    everything_once(pair, window)
    assert await OutboxRow.filter(state=Delivery.SENT).count() == 5
    assert asked <= 4 * (WINDOW_SECONDS + 1)  # each replica once a second; a connection that is reset counts twice
    assert len(window.calls("gettoken")) - asked <= 1
    note(tally, len(window.calls("message/send")), asked, 0.0 if kind == BLOCKED else recovered)


async def test_45009_pauses_both_replicas_for_a_minute(pair: Twins, window: Window, tally: Figures) -> None:
    await window.opens(BLOCKED, *CALLS)
    window.closes()
    for _ in CALLS:
        await window.uploads()
    blocked = {path: len(window.calls(path)) for path in CALLS}
    pair.world.type_text(window.members[4], "帮助")
    await pair.pass_time(BLOCK_SECONDS - 2)
    assert {path: len(window.calls(path)) for path in CALLS} == blocked
    await pair.until_quiet(RECOVERY_SECONDS)
    note(tally, len(window.calls("message/send")), 0, 0.0)
    everything_once(pair, window)
    assert len(pair.shown(window.members[4])) == 1
    assert await window.uploads() == [0, 0]


async def test_81013_ends_a_message_and_is_not_tried_for_ever(pair: Twins, window: Window, tally: Figures) -> None:
    await window.opens(UNREACHABLE, *CALLS)
    await pair.pass_time(WINDOW_SECONDS)
    sends = len(window.calls("message/send"))
    window.closes()
    await pair.pass_time(120, 10)
    assert await pair.waiting() == []
    ends = await OutboxRow.all().values_list("state", "attempts")
    note(tally, sends, 0, 0.0)
    assert ends == [(Delivery.FAILED, 1)] * 5
    assert len(window.calls("message/send")) == sends == 5
