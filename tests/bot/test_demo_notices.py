"""The notices of the invented province: of every kind and in every state, made by the engine and the clock."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot import auditing
from bot.demo import loading, papers, records, rows
from bot.demo.history import Afterwards, load_history
from bot.demo.notices import workday
from bot.demo.records import Silent, stopped_at
from bot.demo.running import KINDS
from bot.printing import Printer
from bot.processes import PROCESSES
from bot.seals import Seals
from core import access, clock, database
from core.cases.engine import Engine
from core.cases.models import Case, ClockRow, HistoryRow, OutboxRow, Participant
from core.evidence.models import Evidence
from core.evidence.store import Store
from core.papers.models import PaperRow, PaperState
from core.people.models import Person
from core.projects.models import Project, SupervisionStatus
from h5.lines import lines
from notices import practice
from notices.papers.rendering import Press
from tests.core.evidence import material

SATURDAY_NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
RARE = {"lapsed", "dropped", "unsigned_late"}
PICTURE = material.saved(material.site(320, 240))


@pytest.fixture
async def province(migrated_url: str, tmp_path: Path) -> AsyncIterator[Engine]:
    async with settled(migrated_url) as engine:
        await play(engine, tmp_path)
        yield engine


@pytest.fixture
async def small_province(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Engine]:
    database = shutil.copyfile(sqlite_template, tmp_path / "zhian.sqlite3")
    async with settled(f"sqlite://{database}") as engine:
        yield engine


@asynccontextmanager
async def settled(url: str) -> AsyncIterator[Engine]:
    """People and projects are there, but nothing has happened yet."""
    practice.use(practice.of_station(KINDS))
    await database.open_database(url)
    try:
        await loading.load()
        yield Engine(PROCESSES, Silent())
    finally:
        await database.close_database()
        practice.use(practice.Practice())


async def no_papers() -> None:
    """A press is a process of its own: only the story about papers waits for one."""


async def play(engine: Engine, folder: Path, at: datetime = SATURDAY_NOON, make_papers: Afterwards = no_papers) -> None:
    async def drawn(_: str) -> bytes:
        return PICTURE

    store = Store.open(str(folder / "media"))
    with stopped_at(at):
        await load_history(engine, store, drawn, make_papers)


async def not_shown(engine: Engine, process: str) -> set[str]:
    """The states in which no case of this process is, but for those that are rare."""
    declared = {state.name for state in engine.process(process).states} - RARE
    return declared - set(await Case.filter(process=process).values_list("state", flat=True))


async def turns(userid: str) -> list[str]:
    person = await Person.get(userid=userid)
    mine = await Participant.filter(person_id=person.id, turn=True).values_list("case_id", flat=True)
    return [f"{case.process} {case.title}" for case in await Case.filter(id__in=mine).order_by("id")]


async def test_every_kind_is_there_in_every_state(province: Engine) -> None:
    numbers = await Case.exclude(number=None).exclude(process="check_report").values_list("number", flat=True)
    series = {str(number).partition("〔")[0][2:] for number in numbers}
    assert series == {"质安改", "质安停", "质安局停", "质安复", "质安记", "质安限", "质安隐", "质安罚建"}
    for process in ("notice", "notice_reply", "extension"):
        assert await not_shown(province, process) == set()
    assert await not_shown(province, "overdue_matter") == {"voided"}
    assert await Case.filter(process="appeal", state="asked").count() == 1
    assert await Case.filter(process="pause", state="standing").count() == 1
    with stopped_at(SATURDAY_NOON):
        assert [fault async for fault in auditing.faults()] == []
    assert await OutboxRow.all().count() == 0
    photos = await Case.get(process="notice_reply", state="review", title__startswith="青屿县妇幼保健院")
    assert len(await access.evidence_of(photos)) == 2  # of what was found, and of how it was put right


async def test_a_stop_is_in_force_and_another_was_lifted(small_province: Engine, tmp_path: Path) -> None:
    await play(small_province, tmp_path)
    stopped = await Project.filter(status=SupervisionStatus.STOPPED).values_list("name", flat=True)
    assert stopped == ["青屿县妇幼保健院迁建工程"]
    lifted = await Project.get(name="云渚市文化艺术中心")
    assert lifted.status is SupervisionStatus.NORMAL


async def test_what_was_closed_weeks_ago_is_listed_with_its_own_day(small_province: Engine, tmp_path: Path) -> None:
    async with Press() as press:
        store = Store.open(str(tmp_path / "media"))
        printer = Printer(small_province, store, press, Seals(None), "http://zhian.example")
        await play(small_province, tmp_path, make_papers=partial(papers.make_papers, printer))
    assert await PaperRow.exclude(state=PaperState.MADE).count() == 0
    closed = await Case.get(process="notice", state="closed", title="汐港市听潮小学新建工程 整改通知")
    with stopped_at(SATURDAY_NOON):
        lin = await Person.get(userid="linxiaozhou")
        [line] = await lines(small_province, lin, [closed])
        assert clock.spoken(line.case.changed_at) == "11月11日 17:05"
        assert [fault async for fault in auditing.faults()] == []
    assert await OutboxRow.all().count() == 0


async def test_the_three_phones_have_something_to_do(small_province: Engine, tmp_path: Path) -> None:
    await play(small_province, tmp_path)
    school = "汐港市听潮小学新建工程"
    assert await turns("linxiaozhou") == [
        f"notice_reply {school} 整改通知",
        "pause 汐港市东堤污水处理厂提标改造工程 暂停计时",
        f"extension {school} 延期申请",
        f"overdue_matter {school} 整改通知 超期处理（方正清）",
    ]
    assert await turns("luojingchuan") == [
        f"check_report {school} 综合检查",
        "notice 汐港市人民医院潮音院区门诊综合楼 停工通知",
    ]
    assert await turns("chenguangze") == [f"notice_reply {school} 整改通知"]


@pytest.mark.parametrize(
    "started",
    [datetime(2026, 11, 23, 0, tzinfo=UTC), datetime(2031, 1, 2, 4, tzinfo=UTC)],
    ids=["before work on a Monday", "in a year whose holidays nobody knows"],
)
async def test_it_is_the_same_whenever_the_demo_is_started(
    small_province: Engine, tmp_path: Path, started: datetime
) -> None:
    await play(small_province, tmp_path, started)
    assert await Case.filter(process="notice", closed_at=None).count() == 10
    assert await Case.filter(process="notice_reply", state="overdue").count() == 3
    assert await ClockRow.filter(next_step_at__lte=started).count() == 0
    assert await HistoryRow.filter(at__gt=started).count() == 0


async def test_lists_have_everything_in_the_order_in_which_it_happened(small_province: Engine, tmp_path: Path) -> None:
    await play(small_province, tmp_path)
    opened = await Case.all().order_by("id").values_list("opened_at", flat=True)
    assert opened == sorted(opened)
    assert {"check_report", "notice"} <= set(
        await Case.all().order_by("-id").limit(9).values_list("process", flat=True)
    )


async def test_a_start_that_breaks_off_leaves_nothing(small_province: Engine, tmp_path: Path) -> None:
    async def press_is_broken() -> None:
        if await Case.filter(process="notice").exists():
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await play(small_province, tmp_path, make_papers=press_is_broken)
    assert (await HistoryRow.all().count(), await Case.all().count()) == (0, 0)
    with stopped_at(SATURDAY_NOON):
        assert clock.now() == SATURDAY_NOON


async def test_a_second_start_adds_nothing(small_province: Engine, tmp_path: Path) -> None:
    await play(small_province, tmp_path)
    before = await HistoryRow.all().count(), await Evidence.all().count()
    await play(small_province, tmp_path, SATURDAY_NOON + timedelta(days=9))
    assert (await HistoryRow.all().count(), await Evidence.all().count()) == before


@pytest.mark.parametrize("weekday", range(7))
def test_a_notice_comes_after_the_check_that_it_cites(weekday: int) -> None:
    now = SATURDAY_NOON + timedelta(days=weekday)
    checks = {row.key: row for row in rows.records()}
    for row in rows.notices():
        check = checks[row.check]
        passed = records.moment_of(check, now) + timedelta(hours=check.decision.hours_later if check.decision else 0)
        issued = datetime.combine(workday(clock.local(now).date(), -row.workdays_ago), row.time, clock.ZONE)
        assert passed < issued, row.key


def test_working_days_are_counted_from_any_day() -> None:
    saturday = date(2026, 11, 21)
    assert [workday(saturday, n).day for n in (-6, -5, -1, 1, 5)] == [13, 16, 20, 23, 27]
