"""Photos of a reply that were used before (BY-05): told to whoever judges it, never refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core import access, clock
from core.cases.models import Case
from core.evidence import likeness
from core.evidence.likeness import Album, Use
from core.evidence.models import Evidence
from core.naming import number_of
from core.people.models import Person
from notices.rounds import Round

_OWN = 2  # bits: what was put right and is taken from the same angle looks much like the finding's own photo


@dataclass(frozen=True)
class Used:
    """``round`` and ``finding`` (from 1) say where the reply shows the photo, ``said`` what anybody may know of where
    it was used before; ``case_id`` and ``at`` are those of another record."""

    photo: int
    round: int
    finding: int
    said: str = "以前用过"
    case_id: int | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class _Shown:
    round: int
    finding: int
    photo: Evidence


async def used_before(reply: Case, rounds: Sequence[Round]) -> list[Used]:
    """At most one for each photo of each answer; of several places the one that is nearest."""
    shown = await _shown(rounds)
    handed = await _of_findings(reply)
    own, seen = Album(photo for _, photo in handed), Album()
    uses = await likeness.uses_of_like(one.photo for one in shown)
    found = []
    for one in shown:
        finding = next((handed[place][0] for place in own.like(one.photo, _OWN)), None)
        other = next((b for b in (shown[place] for place in seen.like(one.photo)) if not _stays(b, one)), None)
        found.append(
            _as_finding(one, finding)
            or _in_this_reply(one, other)
            or _elsewhere(one, reply, uses.get(one.photo.id, []))
        )
        seen.add(one.photo)
    return [one for one in found if one is not None]


async def used_in_last(reply: Case, rounds: Sequence[Round]) -> list[Used]:
    """Of the photos that wait for a verdict."""
    return [one for one in await used_before(reply, rounds) if one.round == len(rounds)]


async def _shown(rounds: Sequence[Round]) -> list[_Shown]:
    """In the order in which they were handed in."""
    places = [(n, a.finding, one) for n, round_ in enumerate(rounds, 1) for a in round_.answers for one in a.photos]
    photos = await _photos([one for _, _, one in places])
    return [_Shown(n, finding, photos[one]) for n, finding, one in places if one in photos]


async def _of_findings(reply: Case) -> list[tuple[int, Evidence]]:
    handed = [(n, one) for n, photos in enumerate(reply.data.get("photos") or [], 1) for one in photos]
    photos = await _photos([one for _, one in handed])
    return [(n, photos[one]) for n, one in handed if one in photos]


async def _photos(ids: list[int]) -> dict[int, Evidence]:
    return await Evidence.in_bulk(set(ids), "id") if ids else {}


def _as_finding(one: _Shown, same: int | None) -> Used | None:
    if same is None:
        return None
    which = "这一条" if same == one.finding else f"第{same}条"
    return Used(one.photo.id, one.round, one.finding, f"与{which}整改前的照片相同")


def _in_this_reply(one: _Shown, other: _Shown | None) -> Used | None:
    if other is None:
        return None
    when = "" if other.round == one.round else f"第{other.round}轮"
    return Used(one.photo.id, one.round, one.finding, f"{when}第{other.finding}条已用过")


def _stays(before: _Shown, one: _Shown) -> bool:
    """The photo that stays when an answer is opened again is no other use."""
    return (before.finding, before.photo.id) == (one.finding, one.photo.id)


def _elsewhere(one: _Shown, reply: Case, uses: Sequence[Use]) -> Used | None:
    since = next((u.used_at for u in uses if (u.case_id, u.evidence_id) == (reply.id, one.photo.id)), None)
    here = {str(reply.id), reply.data.get("cited_check")}
    others = [u for u in uses if str(u.case_id) not in here and (since is None or u.used_at < since)]
    if not others:
        return None
    first = others[0]
    return Used(one.photo.id, one.round, one.finding, case_id=first.case_id, at=first.used_at)


async def told(used: Sequence[Used], reader: Person) -> list[tuple[Used, str]]:
    """Each in a few words; another record's number and date only for a reader who may see that record."""
    cases = await Case.in_bulk({one.case_id for one in used if one.case_id is not None}, "id")
    open_to = {case.id: case for case in cases.values() if await access.may_see(reader, case)}
    return [(one, _words(one, open_to.get(one.case_id or 0))) for one in used]


def _words(one: Used, case: Case | None) -> str:
    if case is None or one.at is None:
        return one.said
    day = clock.local(one.at)
    year = "" if day.year == clock.today().year else f"{day.year}年"
    return f"{one.said}：{number_of(case) or case.title}，{year}{day.month}月{day.day}日"


def listed(used: Sequence[Used]) -> str:
    """``第1、3条``; empty for none."""
    numbers = sorted({one.finding for one in used})
    return f"第{'、'.join(map(str, numbers))}条" if numbers else ""
