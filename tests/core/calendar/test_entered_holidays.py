"""A year's holidays are entered by a person, checked, and used by every process at once (BY-02)."""

from datetime import date
from pathlib import Path

import pytest

from bot import holidays
from core import database
from core.calendar import counting, plans
from core.calendar.counting import Counting
from core.calendar.days import UnknownYear
from core.calendar.deadlines import Rule, in_workdays
from core.errors import Misdeclared
from tests.town import settle_down

NEXT = """
[[holiday]]
name = "元旦"
from = 2027-01-01
to = 2027-01-03

[[holiday]]
name = "春节"
from = 2027-02-05
to = 2027-02-11
works = [2027-01-31]

[[holiday]]
name = "清明"
from = 2027-04-03
to = 2027-04-05

[[holiday]]
name = "劳动节"
from = 2027-05-01
to = 2027-05-05
works = [2027-05-08]

[[holiday]]
name = "端午"
from = 2027-06-09
to = 2027-06-09

[[holiday]]
name = "中秋"
from = 2027-09-15
to = 2027-09-15

[[holiday]]
name = "国庆节"
from = 2027-10-01
to = 2027-10-07
works = [2027-09-26, 2027-10-09]
"""


@pytest.fixture(autouse=True)
def nothing_entered_afterwards() -> object:
    yield
    counting.use(Counting())


def test_a_plan_is_shown_back_as_people_read_it() -> None:
    assert plans.table(plans.read(NEXT, 2027)) == [
        "2027年放假安排",
        "  元旦：1月1日（周五）至1月3日（周日）放假，共3天",
        "  春节：2月5日（周五）至2月11日（周四）放假，共7天；1月31日（周日）上班",
        "  清明：4月3日（周六）至4月5日（周一）放假，共3天",
        "  劳动节：5月1日（周六）至5月5日（周三）放假，共5天；5月8日（周六）上班",
        "  端午：6月9日（周三）放假，共1天",
        "  中秋：9月15日（周三）放假，共1天",
        "  国庆节：10月1日（周五）至10月7日（周四）放假，共7天；9月26日（周日）、10月9日（周六）上班",
    ]


@pytest.mark.parametrize(
    ("said", "instead", "sentence"),
    [
        ("2027-05-08", "2027-05-07", "2027年5月7日本来就上班，不能是劳动节的调休上班。"),
        ("to = 2027-06-09", "to = 2027-06-08", "端午的结束日期2027年6月8日早于开始日期2027年6月9日。"),
        ("to = 2027-06-09", "to = 2027-06-29", "端午从2027年6月9日到2027年6月29日有21天，请核对日期。"),
        ("2027-09-15", "2028-09-15", "2028年9月15日不在2027年，请核对年份。"),
        ("2027-09-15", "2027-10-04", "2027年10月4日写在两个节日里。"),
        ("2027-05-08", "2027-05-01", "2027年5月1日既放假又上班。"),
        ("2027-05-08", "2027-07-10", "2027年7月10日离劳动节太远，不像它的调休上班。"),
        ("端午", "歇一歇", "没有端午。"),
        ("from = 2027-05-01", "from = 2027-05-02", "5月1日没有放假。"),
        (
            "from = 2027-02-05",
            "from = 2027-02-06",
            "周一至周五放假的天数减去调休上班的天数是12天，法定节假日是13天，请核对有没有漏写或多写。",
        ),
    ],
)
def test_what_cannot_be_right_is_refused(said: str, instead: str, sentence: str) -> None:
    with pytest.raises(Misdeclared) as refused:
        plans.read(NEXT.replace(said, instead), 2027)
    assert str(refused.value) == f"2027年的放假安排不能用：{sentence}"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[[feast]]", "放假安排的文件里只能有 [[holiday]]，每个节日一段。"),
        (
            '[[holiday]]\nname = "元旦"\nfrom = "1月1日"\nto = 2027-01-03',
            "放假安排里「from」写得不对，日期要写成 2027-01-01 的样子，节日要有 name、from、to。",
        ),
    ],
)
def test_what_is_no_plan(text: str, sentence: str) -> None:
    with pytest.raises(Misdeclared) as refused:
        plans.read(text, 2027)
    assert str(refused.value) == sentence


def test_who_is_sure_enters_what_was_never_so_before() -> None:
    longer = NEXT.replace("to = 2027-06-09", "to = 2027-06-10")
    assert date(2027, 6, 10) in plans.read(longer, 2027, sure=True).holidays
    with pytest.raises(Misdeclared):
        plans.read(NEXT.replace("2027-05-08", "2027-05-07"), 2027, sure=True)


async def test_what_is_entered_counts_in_every_process(migrated_url: str, tmp_path: Path) -> None:
    file = tmp_path / "2027.toml"
    file.write_text(NEXT, "utf-8")
    await database.open_database(migrated_url)
    try:
        await counting.refresh()
        with pytest.raises(UnknownYear):
            counting.calendar().day(date(2027, 2, 8))
        assert await holidays.enter(2027, file, sure=False) == 0
        await counting.refresh()  # another process, half a minute later
        assert str(counting.calendar().day(date(2027, 2, 8))) == "2月8日（周一，春节放假）"
        assert str(counting.calendar().day(date(2027, 1, 31))) == "1月31日（周日，春节调休上班）"
        assert str(counting.calendar().day(date(2027, 3, 8))) == "3月8日（周一）"
    finally:
        await database.close_database()


async def test_each_station_counts_in_its_own_way(migrated_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    await database.open_database(migrated_url)
    try:
        cast = await settle_down()
        assert await holidays.count("海澄", "当天", None) == 0
        with pytest.raises(Misdeclared, match="没有简称或名称是“海口”的监督站"):
            await holidays.count("海口", "当天", None)
        await counting.refresh()
        rules = counting.rule(cast.station.id), counting.rule(cast.station.parent_id or 0)
        assert rules == (Rule(same_day=True), Rule())
        assert in_workdays(counting.calendar(), date(2026, 11, 20), 1, rules[0]).last_day == date(2026, 11, 20)
        said = "海澄 海澄市质安监督站：自下发当天起算；按天计算的期限最后一天遇休息日顺延到下一个工作日"
        assert capsys.readouterr().out.splitlines()[-1] == said
    finally:
        await database.close_database()
