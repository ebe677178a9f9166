"""Photos that look alike (BY-05): which were handed in before, with which case, and when.

A photo's 64 bits are four bands of 16. Two photos that differ in at most three bits have a band in common, so an index
on each band finds every one of them; what else it finds is left out by counting bits.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from core import database
from core.evidence.models import Evidence, PhotoUse
from core.evidence.sniff import Kind

ALIKE = 3  # bits; a photo that was made smaller and packed again differs in none to three
_TELLS = range(8, 57)  # bits that are set; dark or empty pictures all look like each other
_BANDS = ("band_a", "band_b", "band_c", "band_d")
_COLUMNS = ("case_id", "evidence_id", "used_at", "phash", *_BANDS)
_AT_ONCE = 500  # rows in one statement: SQLite takes 32,766 values


@dataclass(frozen=True)
class Use:
    """A photo that was handed in, and with which case."""

    evidence_id: int
    case_id: int
    used_at: datetime


def bands(phash: str) -> list[str]:
    """Every fourth digit each: one that stood for a strip of sky would be shared by half of all photos."""
    return [phash[start :: len(_BANDS)] for start in range(len(_BANDS))]


def differ_in(one: str, other: str) -> int:
    """Bits."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def alike(one: Evidence, other: Evidence, most: int = ALIKE) -> bool:
    """The same bytes, or pictures that differ in at most so many bits."""
    if one.sha256 == other.sha256:
        return True
    return _tells(one) and other.phash is not None and differ_in(str(one.phash), other.phash) <= most


class Album:
    """Photos in the order in which they were put in. What looks like one of them is found by hash and bands, not by
    comparing with each: a reply may hold thousands."""

    def __init__(self, photos: Iterable[Evidence] = ()) -> None:
        self._photos: list[Evidence] = []
        self._places: dict[str, list[int]] = defaultdict(list)
        for photo in photos:
            self.add(photo)

    def add(self, photo: Evidence) -> None:
        for key in _keys(photo):
            self._places[key].append(len(self._photos))
        self._photos.append(photo)

    def like(self, photo: Evidence, most: int = ALIKE) -> Iterator[int]:
        """Places, from 0, of what is ``alike``, in order; ``most`` is ``ALIKE`` or less."""
        near = {place for key in _keys(photo) for place in self._places.get(key, ())}
        return (place for place in sorted(near) if alike(photo, self._photos[place], most))


def _keys(photo: Evidence) -> list[str]:
    found = bands(photo.phash) if photo.phash is not None else []
    return [photo.sha256, *(f"{n}{band}" for n, band in enumerate(found))]


def _tells(photo: Evidence) -> bool:
    return photo.phash is not None and int(photo.phash, 16).bit_count() in _TELLS


async def note(case_id: int, attachments: Collection[int], now: datetime) -> None:
    """Keeps, before the COMMIT, which photos somebody hands in with this case; each once."""
    if not attachments:
        return
    photos = await Evidence.filter(id__in=attachments, kind=Kind.PHOTO, phash__not_isnull=True).order_by("id")
    for start in range(0, len(photos), _AT_ONCE):
        batch = photos[start : start + _AT_ONCE]
        used = ((case_id, one.id, now, one.phash, *bands(str(one.phash))) for one in batch)
        database.later(_adding(len(batch)), *(value for row in used for value in row))


@lru_cache(maxsize=64)
def _adding(count: int) -> str:
    width = len(_COLUMNS)
    rows = ", ".join(f"({', '.join(f'${width * n + i + 1}' for i in range(width))})" for n in range(count))
    return (
        f"INSERT INTO photo_use ({', '.join(_COLUMNS)}) VALUES {rows} "  # noqa: S608  # our own names and numbers
        "ON CONFLICT (case_id, evidence_id) DO NOTHING"
    )


async def uses_of_like(photos: Iterable[Evidence]) -> Mapping[int, list[Use]]:
    """By the id of each photo: every use of one that looks like it, its own included, oldest first."""
    asked = {one.id: one for one in photos}
    telling = [one.id for one in asked.values() if _tells(one)]
    rows = [*await _looked_up(_SAME, asked), *(await _looked_up(_NEAR, telling))]
    found: dict[int, dict[int, Use]] = defaultdict(dict)
    for photo_id, sha256, use in rows:
        photo = asked[photo_id]
        if sha256 == photo.sha256 or differ_in(str(photo.phash), use.phash) <= ALIKE:
            found[photo_id][use.id] = Use(use.evidence_id, use.case_id, use.used_at)
    return {one: [uses[key] for key in sorted(uses)] for one, uses in found.items()}


async def _looked_up(text: str, ids: Collection[int]) -> list[tuple[int, str, PhotoUse]]:
    rows = await database.rows(text, json.dumps(dict.fromkeys(ids))) if ids else []
    return [(row.pop("photo"), row.pop("sha256"), database.instance(PhotoUse, row)) for row in rows]


_ASKED = "FROM evidence p JOIN json_each($1) a ON p.id = CAST(a.key AS bigint)"
_SAME = (
    f"SELECT p.id AS photo, e.sha256, u.* {_ASKED} "
    "JOIN evidence e ON e.sha256 = p.sha256 JOIN photo_use u ON u.evidence_id = e.id"
)
_NEAR = " UNION ALL ".join(
    f"SELECT p.id AS photo, '' AS sha256, u.* {_ASKED} "
    f"JOIN photo_use u ON u.{band} = "
    + " || ".join(f"substr(p.phash, {start + digit + 1}, 1)" for digit in range(0, 16, len(_BANDS)))
    for start, band in enumerate(_BANDS)
)
