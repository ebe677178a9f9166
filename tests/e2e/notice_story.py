"""What people of the invented province do with notices in the stories."""

from tests.e2e.desk import Phone
from tests.e2e.story import SCHOOL
from tests.e2e.wire import Wire

TITLE = f"{SCHOOL.name} 整改通知"


async def passes_what_waits_for_him(luo: Phone) -> None:
    """From the list: his card of it is older than this phone."""
    await luo.taps_menu(1, "全部待办")
    page = await luo.follows(await luo.sees("等您办理", "综合检查"), f"{SCHOOL.name} 综合检查")
    await page.says("轮到您办理")
    await page.tap("通过")
    await page.says("审核通过")
    await page.close()


async def drafts_a_notice(wire: Wire) -> None:
    """On the check with five findings that waits for the chief when the demo begins; up to the summary."""
    await fills(
        wire,
        ("新建通知", "请选择通知类型"),
        ("整改通知", "请选择工程名称"),
        ("听潮小学", "请选择通知对象单位"),
        ("临港建工、砺尺监理", "请选择问题详情"),
    )
    await wire.chooses("5条问题", then="通知详情")
    await fills(
        wire,
        ("跳过", "请选择截止日期"),
        ("3个工作日", "请选择回复人"),
        ("陈广泽、方正清", "请选择上报接收人"),
        ("不选", "请选择下达接收人"),
        ("不选", "请核对"),
    )


async def issues(lin: Phone, wire: Wire) -> str:
    """Gives the number of the notice."""
    await drafts_a_notice(wire)
    await lin.sees("提交后的安排，请先看清", "截止前1个工作日", "到期未回复的")
    await (await lin.sees("请核对", "提交后不能修改", "陈广泽、方正清")).tap("立即提交")
    told = await (await lin.sees("已提交：", TITLE)).node.inner_text()
    return next(word for line in told.splitlines() for word in line.split("：") if "质安改" in word)


async def fills(wire: Wire, *answers: tuple[str, str]) -> None:
    for said, then in answers:
        await wire.says(said, then=then)
