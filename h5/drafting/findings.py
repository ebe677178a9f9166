"""``findings``: each is edited, kept and compared with what others wrote for itself, so that two doors never mix.

What is typed (note, severity) and where it was found come with every save of the page; evidence, citations and order
have addresses of their own (``h5.capture``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from multidict import MultiDict

from checks.finding import SEVERITIES, Citation, Finding
from checks.sheet import MOST_FINDINGS, Sheet
from core.errors import BadInput
from core.evidence.models import Evidence
from core.forms import Spot
from h5.drafting.adapter import EMPTY, Adapter, Desk, Parts, mark, outdated
from h5.drafting.files import OwnFile, own_file
from h5.drafting.projects import read_place

_WRITTEN = "finding_written"  # in a draft's data: key → the tab that wrote it last, and what
KINDS = ("photos", "voices", "videos")


@dataclass(frozen=True)
class Edit:
    """What a page says of one finding. ``was`` names what stood there when the page was made."""

    key: str
    note: str
    severity: str
    was: str
    place: Mapping[str, Any] | None
    place_was: str

    @property
    def mark(self) -> str:
        return mark([self.note, self.severity])

    @property
    def place_mark(self) -> str:
        return mark(self.place)


@dataclass(frozen=True)
class Block:
    """One finding on the page; ``number`` counts from one, ``unconfirmed``: it still grows in the conversation."""

    key: str
    number: int
    unconfirmed: bool
    note: str
    severity: str
    was: str
    cited: Mapping[str, list[Citation]]
    files: Mapping[str, list[OwnFile]]
    place: Spot | None
    place_was: str


@dataclass(frozen=True)
class Offer:
    """``empty`` is what a page makes a new one of, until there are ``most``."""

    blocks: list[Block]
    empty: Block
    most: int
    severities: Mapping[str, str]


class Findings(Adapter):
    merges = True

    def held(self, desk: Desk) -> Any:
        """Not as one: see ``check``."""
        return None

    async def marks(self, desk: Desk) -> dict[str, str]:
        entries = sheet_of(desk).entries
        words = {f"{desk.name}-{one.key}-was": mark([one.finding.note, one.finding.severity]) for one in entries}
        return words | {f"{desk.name}-{one.key}-place-was": _place_mark(one.finding) for one in entries}

    def read(self, name: str, form: MultiDict[str]) -> Any:
        edits = [_edit(name, key, form) for key in _keys(name, form)]
        return [[one.key, one.mark, one.place_mark] for one in edits] or None

    def typed(self, desk: Desk, value: Any) -> Any:
        return value

    async def check(self, desk: Desk, value: Any) -> None:
        """Keeps what fits, one by one; raises BadInput for what does not, with the words that were not kept."""
        sheet, parts = sheet_of(desk), Parts(desk.filling.draft.data.setdefault(_WRITTEN, {}), desk.tab)
        edits = [_edit(desk.name, key, desk.posted) for key in _keys(desk.name, desk.posted)]
        troubles = [said for one in edits for merged in (_merged, _placed) if (said := merged(sheet, one, parts))]
        if troubles:
            raise BadInput("\n".join(dict.fromkeys(troubles)), desk.name)

    def keep(self, desk: Desk, value: Any) -> None:
        """``check`` has."""

    async def offer(self, desk: Desk) -> Offer:
        entries = sheet_of(desk).entries
        ids = [one for entry in entries for kind in KINDS for one in getattr(entry.finding, kind)]
        known = await Evidence.in_bulk(ids, "id") if ids else {}
        typed = {key: _edit(desk.name, key, desk.posted) for key in _keys(desk.name, desk.posted)}
        blocks = [
            _block(entry.key, n, entry.finding, known, typed.get(entry.key), unconfirmed=bool(entry.serial))
            for n, entry in enumerate(entries, 1)
        ]
        return Offer(blocks, _block("KEY", len(blocks) + 1, Finding(), {}, None), MOST_FINDINGS, SEVERITIES)

    async def said(self, desk: Desk) -> str:
        return "" if sheet_of(desk).entries else "没有发现问题就不用填。"


def sheet_of(desk: Desk) -> Sheet:
    return Sheet(desk.filling.draft.data, desk.name)


def _keys(name: str, form: MultiDict[str]) -> list[str]:
    start, end = f"{name}-", "-note"
    return [one[len(start) : -len(end)] for one in form if one.startswith(start) and one.endswith(end)]


def _edit(name: str, key: str, form: MultiDict[str]) -> Edit:
    severity = form.get(f"{name}-{key}-severity", "")
    return Edit(
        key=key,
        note=form.get(f"{name}-{key}-note", "").strip(),
        severity=severity if severity in SEVERITIES else "minor",
        was=form.get(f"{name}-{key}-was", ""),
        place=read_place(f"{name}-{key}-place", form),
        place_was=form.get(f"{name}-{key}-place-was", ""),
    )


def _merged(sheet: Sheet, edit: Edit, parts: Parts) -> str:
    """Why it was not kept, in a sentence; empty when it was, or when there was nothing to keep."""
    entry = sheet.find(edit.key)
    now = mark([entry.finding.note, entry.finding.severity]) if entry else _EMPTY
    if edit.mark in (now, edit.was) or (entry is None and edit.mark == _EMPTY):
        return ""
    if entry is None and not sheet.may_begin(edit.key):
        return f"有一条问题已经在别处删除了，您写的说明没有保存：{edit.note}"
    if entry is not None and parts.changed_elsewhere(edit.key, edit.was, now):
        return outdated(f"第{sheet.entries.index(entry) + 1}条", entry.finding.note)
    try:
        sheet.change(edit.key, note=edit.note, severity=edit.severity)
    except BadInput as error:
        return error.sentence
    parts.write(edit.key, edit.mark)
    return ""


def _placed(sheet: Sheet, edit: Edit, parts: Parts) -> str:
    """As ``_merged``, for where it was found; a form that does not say it has nothing to keep."""
    entry = sheet.find(edit.key)
    now, part = _place_mark(entry.finding) if entry else EMPTY, f"{edit.key}-place"
    if not edit.place_was or edit.place_mark in (now, edit.place_was):
        return ""
    if entry is None and not sheet.may_begin(edit.key):
        return ""  # it was deleted elsewhere, and its place with it
    if entry is not None and parts.changed_elsewhere(part, edit.place_was, now):
        return f"第{sheet.entries.index(entry) + 1}条的定位在别处改过了，您在这里取的没有保存。需要时请再取一次。"
    try:
        sheet.change(edit.key, place=edit.place)
    except BadInput as error:
        return error.sentence
    parts.write(part, edit.place_mark)
    return ""


def _place_mark(finding: Finding) -> str:
    return mark(finding.place.model_dump(mode="json") if finding.place else None)


_EMPTY = mark(["", "minor"])


def _block(
    key: str,
    number: int,
    finding: Finding,
    known: Mapping[int, Evidence],
    typed: Edit | None,
    *,
    unconfirmed: bool = False,
) -> Block:
    return Block(
        key=key,
        number=number,
        unconfirmed=unconfirmed,
        note=typed.note if typed else finding.note,
        severity=typed.severity if typed else finding.severity,
        was=mark([finding.note, finding.severity]),
        cited={"terms": finding.terms, "violations": finding.violations},
        files={kind: _files(getattr(finding, kind), known) for kind in KINDS},
        place=finding.place,
        place_was=_place_mark(finding),
    )


def _files(ids: Iterable[int], known: Mapping[int, Evidence]) -> list[OwnFile]:
    return [own_file(known[one]) for one in ids if one in known]
