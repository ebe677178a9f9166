"""From a verified callback to its effect, exactly once.

Text, taps and events act in the very transaction that stores them. What needs WeCom first (a photo to fetch, a stranger
to look up) is stored as waiting and answered by the inbox worker, which any replica may run.
"""

import asyncio
import hashlib
import re
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from datetime import timedelta

import asyncpg
import structlog
from tortoise.exceptions import BaseORMException, ValidationError

from bot.router import Router
from bot.talk import Talk, text_letter
from core import access, clock, database, metrics
from core.bell import Bell
from core.cases import inbox, outbox, renaming, turns
from core.cases.letters import Letter
from core.cases.models import InboxRow, OutboxRow
from core.errors import Refusal
from core.evidence.models import Evidence
from core.evidence.records import Source, record
from core.evidence.refusal import Reason, refusal
from core.evidence.sniff import HABITS, MB, Kind
from core.evidence.store import Store, StoreAway
from core.people import admission
from core.people.models import Person
from wecom import callback
from wecom.client import DOWNLOAD_LIMIT, Client
from wecom.errors import Action, WeComError
from wecom.events import (
    Callback,
    ContactChange,
    EnterAgent,
    ImageMessage,
    Subscribe,
    Unsubscribe,
    VideoMessage,
    VoiceMessage,
)

log = structlog.get_logger()

_MEDIA = (ImageMessage, VoiceMessage, VideoMessage)
_KINDS: dict[type[Callback], Kind] = {ImageMessage: Kind.PHOTO, VoiceMessage: Kind.VOICE, VideoMessage: Kind.VIDEO}
_DATABASE = (BaseORMException, asyncpg.PostgresError, asyncpg.InterfaceError, sqlite3.Error, OSError)
_UNKEEPABLE = ValidationError  # longer than its column: no text of WeCom's is
_LONGEST_MEDIA_ID = 1024
_SYSTEM = "sys"
_USER_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_\-.@]{0,63}")  # path/90195; never @all, which means everybody
_MEDIA_LIVES = timedelta(days=3)  # path/90253; whoever else waits has waited long enough by then
_LONGEST_PAUSE = 20  # seconds
_MOST_BREAKDOWNS = 5
_NAMESAKES = 5
_TOO_LARGE = frozenset({45001, 830002})  # ours, and WeCom's for what it does not give in one piece
_REFUSED_ONCE_IN = timedelta(hours=1)
_LEFT = frozenset({2, 5})  # disabled, left (path/90196)


Answer = Callable[[Talk], Awaitable[None]]
bell = Bell()


class _Mistake(Exception):
    """An answer that failed for no reason outside of us."""


@dataclass(frozen=True)
class Parts:
    """What receiving needs of the house."""

    router: Router
    client: Client
    store: Store
    agent_id: int
    public_url: str


class Receiver:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def receive(self, event: Callback) -> None:
        """Stores the callback and does what it asks; a repeat of one that was stored does nothing."""
        if not _USER_ID.fullmatch(event.from_user):  # nobody could be answered by that name
            log.warning("callback.from_nobody", kind=type(event).__name__)
            return
        try:
            await self._in_one(lambda answer: self._receive(event, answer))
        except _UNKEEPABLE as error:  # brought again it would fail again
            log.warning("callback.unkeepable", kind=type(event).__name__, error=type(error).__name__)

    async def keep(self, event: Callback) -> None:
        """For a callback that cannot wait any longer for ``receive``."""
        await inbox.keep(_arrival(event))

    async def _in_one(self, work: Callable[[Answer], Awaitable[None]]) -> None:
        """One transaction. A mistake of ours would only be made again: nothing half done stays, and its member hears
        of it."""
        try:
            await database.transaction(lambda: work(self._parts.router.handle))
        except (_Mistake, _UNKEEPABLE):
            await database.transaction(lambda: work(_own_up))

    async def _receive(self, event: Callback, answer: Answer) -> None:
        arrival = _arrival(event)
        stored = await inbox.store(arrival)
        if stored is None:
            metrics.callbacks_repeated.inc()
            return
        if isinstance(event, Subscribe):
            await admission.come_back(event.from_user)  # only now: a repeat must not bring back who left since
        if _needs_wecom(event, stored.sender):
            inbox.let_wait(arrival)
            database.after_commit(bell.ring)
        elif isinstance(event, ContactChange):
            await _directory_changed(event)
        elif isinstance(event, Unsubscribe):
            await admission.leave(event.from_user)
        elif stored.sender is not None:
            await self._answer(self._talk(event, stored.sender), answer)

    def _talk(self, event: Callback, person: Person, evidence: Evidence | None = None) -> Talk:
        return Talk(person, event, self._parts.agent_id, self._parts.public_url, evidence)

    async def _answer(self, talk: Talk, answer: Answer) -> None:
        try:
            await answer(talk)
        except Exception as error:
            if isinstance(error, _DATABASE):
                raise  # the callback is refused or kept waiting, and comes again
            log.exception("answer.broken", person=talk.person.id, kind=type(talk.event).__name__)
            raise _Mistake from error
        await outbox.promise(talk.letters)

    # ── what waits for WeCom ─────────────────────────────────────────────────────────────────────────────────────

    async def once(self) -> int:
        """Works on one round of waiting rows and says how many there were."""
        claimed = await inbox.claim(8)
        await asyncio.gather(*(self._work(row) for row in claimed))
        return len(claimed)

    async def _work(self, row: InboxRow) -> None:
        event = callback.parse(row.body.encode(), row.received_at)
        try:
            async with inbox.held(row):
                await self._resolve(row, event)
        except WeComError as error:
            await self._later_or_never(row, event, error)
        except StoreAway as error:
            log.warning("inbox.store_away", row=row.id, attempt=row.attempts, said=error.strerror)
            await self._later_while_it_lives(row, event, "store")
        except Refusal as refusal:
            await _end(row, event, refusal.sentence)
        except Exception:
            log.exception("inbox.broken", row=row.id, kind=row.kind, attempt=row.attempts)
            if row.attempts < _MOST_BREAKDOWNS:
                await inbox.put_off(row, timedelta(seconds=2**row.attempts), "broken")
            else:
                await _end(row, event, "这条消息没有处理成功，请重新发送；如仍不成功请联系管理员。")

    async def _resolve(self, row: InboxRow, event: Callback) -> None:
        if inbox.was_kept(row):
            await self.receive(event)
            await inbox.end(row)
            return
        person = await access.admitted(event.from_user)
        if person is None:
            person, event = await self._welcomed(event), _as_arrival(event)
        if person is None:
            await _end(row, event, "", await self._refusal(event))
        elif isinstance(event, _MEDIA):
            await self._fetch(row, event, person)
        else:
            await self._finish(row, event, person, None)

    async def _fetch(self, row: InboxRow, event: ImageMessage | VoiceMessage | VideoMessage, person: Person) -> None:
        """A media id dies after three days: its bytes are kept at once."""
        if len(event.media_id) > _LONGEST_MEDIA_ID:  # no address could hold it, at any attempt
            await self._never(row, event)
            return
        kind = _KINDS[type(event)]
        habit = HABITS[kind]
        try:
            media = await self._parts.client.get_media(event.media_id, min(habit.most_bytes, DOWNLOAD_LIMIT))
        except WeComError as error:
            if error.code not in _TOO_LARGE:
                raise
            limit = f"{min(habit.most_bytes, DOWNLOAD_LIMIT) // MB} MB"
            raise refusal(Reason.TOO_LARGE, thing=habit.thing, limit=limit, remedy=habit.remedy) from None
        evidence = await record(self._parts.store, media.content, by=person.id, source=Source.CHAT, kind_hint=kind)
        await self._finish(row, event, person, evidence)

    async def _finish(self, row: InboxRow, event: Callback, person: Person, evidence: Evidence | None) -> None:
        async def work(answer: Answer) -> None:
            if await inbox.end(row):
                await turns.hold_person(person.id)
                await self._answer(self._talk(event, person, evidence), answer)

        await self._in_one(work)

    async def _welcomed(self, event: Callback) -> Person | None:
        """HN-04: the mobile that WeCom verified decides. Apps made after 2022-06-20 are not told it, but may ask whose
        a number is; where that does not help either, the member confirms it on the page."""
        user = await self._parts.client.user_get(event.from_user)
        if user.mobile:
            return await admission.admit(event.from_user, user.mobile)
        for namesake in await Person.filter(name=user.name, userid=None).limit(_NAMESAKES):
            if namesake.mobile and await self._owner(namesake.mobile) == event.from_user.lower():
                return await admission.admit(event.from_user, namesake.mobile)
        return None

    async def _owner(self, mobile: str) -> str:
        try:
            return (await self._parts.client.user_id_of_mobile(mobile)).lower()
        except WeComError as error:
            if error.action is Action.DROP:
                return ""  # nobody in range has it
            raise

    async def _refusal(self, event: Callback) -> Letter | None:
        """What a stranger has to do, said once however much he writes."""
        stranger = Person(id=0, userid=event.from_user.lower())
        before = OutboxRow.filter(recipient=stranger.userid, person_id=0, created_at__gt=clock.now() - _REFUSED_ONCE_IN)
        if await before.exists():
            return None
        if await Person.exists(userid=stranger.userid, active=False):
            text = admission.STOPPED
        else:
            text = f'{admission.REFUSED}\n<a href="{self._parts.public_url}/login?verify=1">验证手机号</a>'
        return text_letter(stranger, text, f"refuse:{hashlib.sha256(event.repeat_key.encode()).hexdigest()[:32]}")

    async def _later_or_never(self, row: InboxRow, event: Callback, error: WeComError) -> None:
        log.warning("inbox.error", row=row.id, code=error.code, attempt=row.attempts)
        if error.action not in {Action.DROP, Action.BUG}:
            await self._later_while_it_lives(row, event, str(error), error.wait_seconds)
        else:
            await self._never(row, event)

    async def _later_while_it_lives(
        self, row: InboxRow, event: Callback, error: str, seconds: int | None = None
    ) -> None:
        if clock.now() - row.received_at < _MEDIA_LIVES:
            await inbox.put_off(row, timedelta(seconds=seconds or min(2**row.attempts, _LONGEST_PAUSE)), error)
        else:
            await self._never(row, event)

    async def _never(self, row: InboxRow, event: Callback) -> None:
        if isinstance(event, _MEDIA):
            await _end(row, event, "这个附件没有取到，可能已经过期，请重新发送。草稿中的其他内容都在。")
        else:
            await _end(row, event, "", await self._refusal(event))


def _as_arrival(event: Callback) -> Callback:
    """Whoever is let in by merely opening the app is greeted like one who has just come into range."""
    if not isinstance(event, EnterAgent):
        return event
    return Subscribe(**{each.name: getattr(event, each.name) for each in fields(event)})


def _needs_wecom(event: Callback, person: Person | None) -> bool:
    if isinstance(event, Unsubscribe | ContactChange) or event.from_user == _SYSTEM:
        return False
    return person is None or isinstance(event, _MEDIA)


def _arrival(event: Callback) -> inbox.Arrival:
    return inbox.Arrival(event.repeat_key, event.from_user.lower(), type(event).__name__, event.raw)


async def _own_up(talk: Talk) -> None:
    talk.say("这一步没有办成，请再试一次；如仍不成功，请联系管理员。已填的内容都在。")


async def _end(row: InboxRow, event: Callback, sentence: str, letter: Letter | None = None) -> None:
    """Gives a waiting row up, saying why; what the member had before is untouched."""

    async def work() -> None:
        if not await inbox.end(row, sentence):
            return
        person = await access.admitted(event.from_user)
        said = letter
        if sentence and person is not None:
            said = text_letter(person, sentence, f"end:{row.id}")
        await outbox.promise([said] if said else [])

    await database.transaction(work)


async def _directory_changed(event: ContactChange) -> None:
    """A hint only (WeCom does not promise these): the periodic full pull decides in the end."""
    if event.change == "delete_user":
        await admission.forget(event.user_id)
    elif event.status in _LEFT:
        await admission.leave(event.user_id)
    elif event.change == "update_user" and event.new_user_id:
        await renaming.rename(event.user_id, event.new_user_id)
    elif event.change == "create_user":
        await admission.come_back(event.user_id)
