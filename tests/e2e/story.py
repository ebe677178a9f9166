"""What people of the invented province do in the stories."""

from dataclasses import dataclass

from tests.e2e.desk import Card, Phone, WebPage

FAULTS = ("edge-open", "opening-bare", "no-helmet")
NOTE = "五层临边没有防护栏杆"
CONFIRMED = "确认，下一步"


@dataclass(frozen=True)
class Site:
    """A project that the inspector stands on, and its project manager."""

    name: str
    manager: str


SCHOOL = Site("汐港市听潮小学新建工程", "陈广泽")
GARDEN = Site("澜湾花园二期（7—12号楼）", "黄苇坚")
HOSPITAL = Site("汐港市人民医院潮音院区门诊综合楼", "周砺本")


async def gathers(inspector: Phone, site: Site) -> Card:
    """Three photos, a voice, where he stands, and a word; answers the one proposal made of them all."""
    await inspector.photographs(*FAULTS)
    await inspector.speaks("edge")
    await inspector.sends_place(site.name)
    await inspector.writes(NOTE)
    return await everything_proposed(inspector, site)


async def everything_proposed(inspector: Phone, site: Site) -> Card:
    return await inspector.sees("第 1 条问题", "3 张照片", "1 段录音", NOTE, site.name)


async def answers_questions(inspector: Phone, site: Site, reviewers: tuple[str, ...]) -> Card:
    """What the proposal did not answer yet; up to the summary that is submitted."""
    await (await inspector.is_asked("请选择抽查类型")).tap("安全检查")
    await (await inspector.is_asked("请选择上报接收人")).tick(*reviewers, then="选好了")
    await (await inspector.is_asked("请选择下达接收人")).tick(site.manager, then="选好了")
    return await inspector.is_asked("请核对", "提交后不能修改", site.name)


async def reports(inspector: Phone, site: Site, *reviewers: str) -> None:
    await (await gathers(inspector, site)).tap(CONFIRMED)
    await (await answers_questions(inspector, site, reviewers)).tap("立即提交")
    await inspector.sees("已提交：", site.name, "待审核")


async def looks_at_photos(chief: Phone, site: Site) -> WebPage:
    """From his card to the page, where each photo fills the screen on a tap."""
    page = await chief.opens(await chief.sees(site.name, "不通过"), "看详情")
    await page.says(site.name, "轮到您办理", NOTE, "就在工程位置")
    await page.has_photos(len(FAULTS))
    for number in range(1, len(FAULTS) + 1):
        assert await page.enlarges_photo(number) > 250
    return page
