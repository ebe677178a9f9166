"""What people type into the search field, by how hard it is to find: cut from records as they are kept."""

import itertools
import random
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from benchmarks import archive
from benchmarks.archive import Record
from core.search import text

LONGEST = 20
_FROM = 2_000  # the oldest records: what only they hold is found last
_COMMON = ("防护", "栏杆", "安全", "滨江", "花园", "未设置", "施工", "固定", "临边防护", "脚手架")
Query = Mapping[str, str]
Make = Callable[[random.Random, list[Record]], Query]


def queries(count: int) -> dict[str, list[Query]]:
    """By what they are; the same ones each time."""
    kept = list(itertools.islice(archive.records(_FROM), _FROM))
    dice = random.Random(5)
    return {name: [make(dice, kept) for _ in range(count)] for name, make in _KINDS.items()}


def address(query: Query, before: str = "") -> str:
    return "/h5/search?" + urlencode({**query, **({"before": before} if before else {})})


def _part(dice: random.Random, kept: list[Record], length: int) -> str:
    """So many neighbouring characters of a record."""
    while True:
        line = dice.choice(dice.choice(kept).lines().split("\n"))
        start = dice.randrange(len(line))
        if len(found := line[start : start + length].strip()) == length:
            return found


def _of_length(shortest: int, longest: int) -> Make:
    return lambda dice, kept: {"q": _part(dice, kept, dice.randint(shortest, longest))}


def _common(dice: random.Random, _kept: list[Record]) -> Query:
    return {"q": dice.choice(_COMMON)}


def _rare(dice: random.Random, kept: list[Record]) -> Query:
    """A word that one record in a hundred million holds."""
    return {"q": dice.choice(kept).said[-1][-3:-1]}


def _absent(dice: random.Random, kept: list[Record]) -> Query:
    """Characters of records in an order in which no record has them."""
    characters = list(_part(dice, kept, dice.randint(4, LONGEST)))
    dice.shuffle(characters)
    return {"q": "".join(characters)}


def _number(dice: random.Random, kept: list[Record]) -> Query:
    """A record's whole number, its digits, or what many have."""
    number = dice.choice(kept).number
    return {"q": dice.choice((number, number[-8:-1], number[-5:-1], number[3:7], number[:8]))}


def _digits(dice: random.Random, _kept: list[Record]) -> Query:
    length = dice.randint(1, 8)
    return {"q": f"{dice.randrange(10**length):0{length}}"}


def _two_words(dice: random.Random, kept: list[Record]) -> Query:
    one = dice.choice(kept).lines().split("\n")
    first, second = (line[: dice.randint(2, 4)].split(" ")[0] for line in dice.sample(one[1:], 2))
    return {"q": f"{second} {first}"}


def _combined(dice: random.Random, kept: list[Record]) -> Query:
    """A project, a state, half a year and a word."""
    one = dice.choice(kept)
    state = f"{one.process}.{one.state}"
    days = {"from": f"{archive.day(600):%Y-%m-%d}", "to": f"{archive.day(400):%Y-%m-%d}"}
    return {"project": str(one.project), "state": state, "q": dice.choice(_COMMON), **days}


def _wide(dice: random.Random, kept: list[Record]) -> Query:
    """A state that few have, some months, and a word."""
    days = {"from": f"{archive.day(900):%Y-%m-%d}", "to": f"{archive.day(300):%Y-%m-%d}"}
    return {"state": "check_report.failed", "q": dice.choice((*_COMMON, _part(dice, kept, 2))), **days}


def _nothing(_dice: random.Random, _kept: list[Record]) -> Query:
    return {}


NOTHING = "nothing: the newest"
_KINDS: dict[str, Make] = {
    NOTHING: _nothing,
    "1 character": _of_length(1, 1),
    "2 characters": _of_length(2, 2),
    "3 to 20 characters": _of_length(3, LONGEST),
    "a common word": _common,
    "a word of one record": _rare,
    "4 to 20, absent": _absent,
    "numbers": _number,
    "1 to 8 digits": _digits,
    "two words": _two_words,
    "project, state, days, word": _combined,
    "rare state, days, word": _wide,
}


def words_of(query: Query) -> tuple[str, ...]:
    return text.words_of(query.get("q", ""))
