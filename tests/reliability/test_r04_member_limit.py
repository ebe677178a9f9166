"""WeCom drops the 31st message of a minute to one member without a word: it never gets one, and everything is shown."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.cards import notice
from bot.talk import card_letter, text_letter, update_letter
from core import database
from core.cases.letters import Letter
from core.cases.models import Delivery, OutboxRow
from core.people.models import Person
from tests.reliability import figures as kept
from tests.reliability.figures import Figures
from tests.reliability.twins import Twins, inspectors, promise, twins

MOST_A_MINUTE = 30
PAGE = "http://localhost:8080/h5/"


@pytest.fixture
async def pair(migrated_url: str, tmp_path: Path) -> AsyncIterator[Twins]:
    async with twins(migrated_url, tmp_path) as made:
        yield made


def card(pair: Twins, person: Person, n: int) -> Letter:
    agent_id = pair.world.config.agent_id
    return card_letter(person, notice(f"第{n}号", "检查记录", PAGE), agent_id, f"card:{person.id}:{n}")


def text(person: Person, n: int) -> Letter:
    return text_letter(person, f"第{n}号。" + "检查记录请查看。" * 20, f"text:{person.id}:{n}")


def instead(person: Person, n: int) -> Letter:
    """A change of a card that WeCom does not know: its words are said as a message."""
    return update_letter(
        person, {"replace_name": "已办"}, f"task-{n}", f"update:{person.id}:{n}", fallback=f"第{n}号。"
    )


def busiest_minute(pair: Twins, members: list[str]) -> int:
    """The most messages to one member within any sixty seconds, by WeCom's clock."""
    most = 0
    for member in members:
        times = [m.at for m in pair.world.chat(member) if m.msgid]
        most = max(most, *(sum(at <= other < at + 60 for other in times) for at in times), 0)
    return most


def dropped(pair: Twins, members: list[str]) -> int:
    return sum(m.dropped for member in members for m in pair.world.chat(member))


def numbers(pair: Twins, member: str) -> Counter[int]:
    """How often each letter's number is shown."""
    said = "\n".join(pair.shown(member)).replace("。", "\n").split("\n")
    return Counter(int(line[1:-1]) for line in said if line.startswith("第") and line.endswith("号"))


async def delivered(pair: Twins, letters: list[Letter], members: list[str], figures: Figures) -> None:
    """Everything is shown once to each, and nobody is sent too much."""
    await promise(letters)
    seconds = await pair.until_quiet(most=1800, step=5)
    most, lost = busiest_minute(pair, members), 0
    for member in members:
        wanted = Counter(range(sum(letter.recipient == member for letter in letters)))
        assert numbers(pair, member) == wanted
    messages = sum(len(pair.shown(member)) for member in members)
    figures.add(letters=len(letters), messages=messages, members=len(members), busiest_minute=most)
    figures.add(minutes=seconds / 60, dropped=dropped(pair, members), lost=lost, twice=0)
    assert (most <= MOST_A_MINUTE, dropped(pair, members)) == (True, 0)
    assert not await OutboxRow.exists(state__in=[Delivery.FAILED, Delivery.UNCERTAIN])


async def test_two_hundred_messages_to_one_member(pair: Twins, figures: Figures) -> None:
    """Cards and texts by turns, so that hardly any two texts can be joined."""
    members = await inspectors(pair, 1)
    person = await Person.get(userid=members[0])
    letters = [card(pair, person, n) if n % 3 else text(person, n) for n in range(200)]
    await delivered(pair, letters, members, figures)


async def test_ten_messages_to_each_of_five_hundred_members(pair: Twins, figures: Figures) -> None:
    """On SQLite, which several replicas share less often, fewer members on every change."""
    members = await inspectors(pair, 500 if database.is_postgresql() or kept.SOAK else 100)
    people = await Person.all().order_by("id")
    letters = [card(pair, person, n) for n in range(10) for person in people]
    await delivered(pair, letters, members, figures)


async def test_what_is_said_instead_of_a_card_counts_as_well(pair: Twins, figures: Figures) -> None:
    members = await inspectors(pair, 1)
    person = await Person.get(userid=members[0])
    await delivered(pair, [instead(person, n) for n in range(70)], members, figures)
