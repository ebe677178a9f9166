"""工程 (HN-08): the projects this member may see, by keyword or pinyin; a single one with its parties and people."""

from bot.commands import listing
from bot.talk import Talk
from core import access
from core.cases.engine import Engine
from core.cases.models import Case
from core.people.models import ORG_CAPTIONS, Organisation, Person
from core.projects import nearby
from core.projects.models import (
    POST_CAPTIONS,
    STATUS_CAPTIONS,
    Post,
    Project,
    ProjectMember,
    ProjectParty,
    TeamMember,
    UnitWorks,
)

WORDS = frozenset({"工程", "工程列表", "我的工程"})
_FOUND = 20


def asks(text: str) -> bool:
    """``工程 滨江`` and ``工程列表 bj`` ask for projects of that name."""
    first, _, words = text.strip().partition(" ")
    return first in WORDS and bool(words.strip())


async def answer(talk: Talk, engine: Engine) -> None:
    await _show(talk, engine, await access.projects_for(talk.person), "您可以查看的工程")


async def by_keyword(talk: Talk, engine: Engine, text: str) -> None:
    words = text.strip().partition(" ")[2].strip()
    found = nearby.matching(await access.projects_for(talk.person), words, _FOUND)
    await _show(talk, engine, found, f"与“{words[:12]}”相符的工程")


async def _show(talk: Talk, engine: Engine, projects: list[Project], caption: str) -> None:
    if not projects:
        talk.say("没有找到工程。请换个关键词，例如：工程 滨江，或用拼音首字母：工程 bj。")
    elif len(projects) == 1:
        await _describe(talk, engine, projects[0])
    else:
        lines = [f"{caption}，共 {len(projects)} 个。发送“工程 关键词”查看其中一个："]
        listing.say(talk, [*lines, *(_line(project) for project in projects)])


def _line(project: Project) -> str:
    return f"· {project.name}\n  {project.supervision_no}｜{STATUS_CAPTIONS[project.status]}｜{project.address}"


async def _describe(talk: Talk, engine: Engine, project: Project) -> None:
    works = [w.name for w in await UnitWorks.filter(project_id=project.id).order_by("id")]
    lines = [
        project.name,
        f"监督登记号：{project.supervision_no}",
        f"监督状态：{STATUS_CAPTIONS[project.status]}",
        f"形象进度：{project.progress_stage}" if project.progress_stage else "",
        f"单位工程：{'、'.join(works)}" if works else "",
        f"地址：{project.address}",
        "" if project.latitude is not None else "还没有定位",
        *await _team(project),
        *await _parties(project),
    ]
    talk.say("\n".join(line for line in lines if line))
    recent = await Case.filter(project_id=project.id).order_by("-id").limit(_FOUND)
    seen = [case for case in recent if await access.may_see(talk.person, case)][: listing.SHOWN]
    if seen:
        listing.say(talk, ["最近的记录：", *await listing.lines(talk, engine, seen)])


async def _team(project: Project) -> list[str]:
    seats = await TeamMember.filter(project_id=project.id).order_by("-lead", "id")
    people = {p.id: p.name for p in await Person.filter(id__in=[s.person_id for s in seats], active=True)}
    named = [people[s.person_id] + ("（组长）" if s.lead else "") for s in seats if s.person_id in people]
    return [f"监督小组：{'、'.join(named)}"] if named else []


async def _parties(project: Project) -> list[str]:
    """Each party with its manager or chief engineer; nobody's mobile is shown."""
    parties = await ProjectParty.filter(project_id=project.id).order_by("id")
    orgs = {o.id: o.name for o in await Organisation.filter(id__in=[p.org_id for p in parties])}
    heads = {Post.PM, Post.CSE, Post.CLIENT_REPRESENTATIVE}
    seats = await ProjectMember.filter(project_id=project.id, post__in=heads, until=None)
    people = {p.id: p.name for p in await Person.filter(id__in=[s.person_id for s in seats], active=True)}
    head_of = {s.org_id: f"（{POST_CAPTIONS[s.post]} {people[s.person_id]}）" for s in seats if s.person_id in people}
    return [f"{ORG_CAPTIONS[p.kind]}：{orgs[p.org_id]}{head_of.get(p.org_id, '')}" for p in parties]
