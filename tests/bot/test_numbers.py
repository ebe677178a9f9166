"""作废 文号 and 文号, as the chief and the people of the site see them on their phones (BY-13)."""

from core.cases.models import Case
from notices.papers.standing import standing
from tests.bot.test_notices import FOUND, NUMBER, TITLE, issued, place, small_place  # noqa: F401  # the same town
from tests.town import Town


async def test_the_chief_declares_a_notice_void_and_everybody_is_told(place: Town) -> None:  # noqa: F811
    chen = await issued(place, *FOUND)
    luo, lin = place.phone("luo"), place.phone("lin")
    assert await luo.says(f"作废 {NUMBER}") == "请发送「作废的原因」。\n会写进文号清单，并告知收到这份文书的人"
    assert (await luo.says("引用的检查记录有误")).splitlines()[:2] == [
        "作废：请核对",
        "提交后：已作废。作废后不能恢复，文号保留，不再使用。",
    ]
    await luo.taps("确认作废")
    told = f"通知已作废\n{NUMBER}\n系统作废，意见：罗敬川；引用的检查记录有误"
    assert [phone.text.startswith(told) for phone in (chen, lin)] == [True, True], chen.text
    assert await chen.says(f"回复 {NUMBER}") == f"《{TITLE}》现在不需要您回复，状态：通知已作废。发送“我回复的”查看。"
    assert (await luo.says("文号")).splitlines()[:3] == [
        "2026年的文号：",
        "海澄检〔2026〕：共1号，作废0号，没有缺号",
        "海澄质安改〔2026〕：共1号，作废1号，没有缺号",
    ]
    shown = await standing(await Case.get(number=NUMBER))
    assert (shown.caption, shown.tone) == ("已作废", "warn")


async def test_only_the_chief_of_the_station_does_that(small_place: Town) -> None:  # noqa: F811
    chen = await issued(small_place, FOUND[0], repliers="陈光泽")
    lin, luo = small_place.phone("lin"), small_place.phone("luo")
    assert await lin.says(f"作废 {NUMBER}") == "文号清单和作废由站长办理，请联系站长。"
    assert await chen.says("文号") == "文号清单和作废由站长办理，请联系站长。"
    assert await luo.says("作废 海澄质安改〔2026〕009号") == "没有找到这份文书，请核对文号，或发送“文号”查看全部。"
    assert await luo.says("文号 2025") == "2025年还没有使用过文号。"
