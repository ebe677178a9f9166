"""One station and one site: 林小舟 reports a check, 罗敬川 and 秦若岩 may decide on it, 陈光泽 receives it."""

import io
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import ClientResponse, CookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from PIL import Image
from tortoise.backends.base import executor

import h5
from checks.report import CHECK_REPORT
from core import clock, database
from core.cases.declaration import Process
from core.cases.engine import Engine
from core.cases.letters import Change, Letter, Reminder
from core.cases.models import Case
from core.evidence.models import Evidence
from core.evidence.records import Source, record
from core.evidence.store import Store
from core.people.models import Organisation, OrgKind, Person, Role
from core.projects.models import Post, Project, ProjectMember, SupervisionStatus, TeamMember
from core.settings import Settings
from tests.town import BEGINS
from webhooks import sign_in
from wecom import errors
from wecom.answers import PrivateDetail, Visitor

PUBLIC_URL = "http://zhian.example"
FRAME = (
    r'<(title|svg|template|nav(?= class="places")|a(?= class="skip")|'
    r'aside(?= class="beside")|h1(?= class="unseen"))\b.*?</\1>'
)


class SilentTeller:
    async def letters(self, change: Change) -> list[Letter]:
        return []

    async def reminders(self, reminder: Reminder) -> list[Letter]:
        return []


class MovedClock(clock.Clock):
    """Stands at a morning in November until a story moves it."""

    def __init__(self) -> None:
        super().__init__()
        self.at = BEGINS

    def now(self) -> datetime:
        return self.at

    def move(self, **time: float) -> None:
        self.at += timedelta(**time)


@dataclass
class WeCom:
    """WeCom's side of signing in: codes that work once, tickets only with consent, and days when it is away."""

    codes: dict[str, Visitor] = field(default_factory=dict)
    mobiles: dict[str, str] = field(default_factory=dict)
    away: bool = False

    def give_code(self, userid: str, *, consent: bool = False) -> str:
        code = f"code{len(self.codes)}{userid}"
        self.codes[code] = Visitor(userid=userid, user_ticket=f"ticket-{userid}" if consent else "")
        return code

    def give_code_to_outsider(self) -> str:
        self.codes["outsider"] = Visitor(openid="somebody-else")
        return "outsider"

    async def getuserinfo(self, code: str) -> Visitor:
        if self.away:
            raise errors.no_answer("connection refused", unknown_outcome=False)
        if code not in self.codes:
            raise errors.from_answer(40029, "invalid code")
        return self.codes.pop(code)

    async def getuserdetail(self, user_ticket: str) -> PrivateDetail:
        userid = user_ticket.removeprefix("ticket-")
        return PrivateDetail(userid=userid, mobile=self.mobiles.get(userid, ""))


@dataclass
class Cast:
    lin: Person
    luo: Person
    qin: Person
    chen: Person
    stranger: Person
    project: Project


async def settle_down() -> Cast:
    """Fills an empty database."""
    station = await Organisation.create(
        name="海澄市质安监督站", short_name="海澄站", kind=OrgKind.STATION, code="海澄", level="city"
    )
    builder = await Organisation.create(name="海澄临港建工有限公司", short_name="临港建工", kind=OrgKind.CONTRACTOR)
    other = await Organisation.create(name="南屿远洋建设有限公司", short_name="远洋建设", kind=OrgKind.CONTRACTOR)
    people = [
        await Person.create(
            userid=userid,
            name=name,
            mobile=f"1000000000{n}",
            org_id=org.id,
            role=role,
            title=title,
            admitted_at=clock.now(),
        )
        for n, (userid, name, org, role, title) in enumerate(
            [
                ("lin", "林小舟", station, Role.SUPERVISOR, "监督员"),
                ("luo", "罗敬川", station, Role.CHIEF, "站长"),
                ("qin", "秦若岩", station, Role.LEADER_IN_CHARGE, "分管领导"),
                ("chen", "陈光泽", builder, Role.PARTICIPANT, "项目经理"),
                ("stranger", "石远", other, Role.PARTICIPANT, "项目经理"),
            ]
        )
    ]
    project = await Project.create(
        name="滨江花园一期",
        supervision_no="HC-2026-001",
        station_id=station.id,
        status=SupervisionStatus.NORMAL,
        latitude=20.02,
        longitude=110.35,
    )
    await ProjectMember.create(project_id=project.id, person_id=people[3].id, org_id=builder.id, post=Post.PM)
    await TeamMember.create(project_id=project.id, person_id=people[0].id, lead=True)
    return Cast(*people, project=project)


def photo(colour: str = "orange", size: tuple[int, int] = (640, 480)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def settings(public_url: str = PUBLIC_URL) -> Settings:
    return Settings(
        _env_file=None,
        public_url=public_url,
        secret_key="a key for stories that protects nothing",
        wecom_api_url="http://wecom.example",
        wecom_corp_id="wwdemo",
        wecom_agent_id=1000002,
        wecom_secret="not a secret",
        wecom_callback_token="token",
        wecom_callback_aes_key="a" * 43,
    )


@dataclass
class Station:
    """The pages as they are wired in the service, on a port of their own."""

    cast: Cast
    clock: MovedClock
    wecom: WeCom
    store: Store
    pages: h5.Pages
    server: TestServer
    clients: list[TestClient[Any, Any]] = field(default_factory=list)

    async def stranger(self) -> "Browser":
        """A browser that nobody signed in to yet."""
        client: TestClient[Any, Any] = TestClient(self.server, cookie_jar=CookieJar(unsafe=True))
        self.clients.append(client)
        return Browser(self, client)

    async def browser(self, person: Person) -> "Browser":
        """Signed in the way WeCom's web view does it."""
        browser = await self.stranger()
        assert person.userid
        await browser.sign_in(person.userid)
        return browser

    async def keep(self, data: bytes, by: Person, kind: str = "photo") -> Evidence:
        return await record(self.store, data, by=by.id, source=Source.PAGE, kind_hint=kind)

    async def report(self, **changes: Any) -> Case:
        """林小舟's check with one photo, for both reviewers to decide on and 陈光泽 to receive."""
        picture = await self.keep(photo(), self.cast.lin)
        data = {
            "project": self.cast.project.id,
            "check_type": "safety",
            "checked_location": "3号楼 5层 临边",
            "findings": [{"photos": [picture.id], "note": "临边未设防护栏杆"}],
            "reviewers": [self.cast.luo.id, self.cast.qin.id],
            "recipients": [self.cast.chen.id],
        } | changes
        key = f"report-{await Case.all().count()}"
        return (await self.pages.engine.open("check_report", self.cast.lin, data, key=key)).case

    async def close(self) -> None:
        for client in self.clients:
            await client.close()
        await self.server.close()


class Browser:
    """What a member does and sees. Redirects are followed by hand, since half of them lead to WeCom."""

    def __init__(self, station: Station, client: TestClient[Any, Any]) -> None:
        self._station = station
        self.client = client

    async def get(self, address: str, **headers: str) -> ClientResponse:
        return await self.client.get(address, headers=headers, allow_redirects=False)

    async def read(self, address: str) -> str:
        """The text of a page that must be there."""
        answer = await self.get(address)
        assert answer.status == 200
        return text(await answer.text())

    async def begin(self, address: str = "/login") -> dict[str, str]:
        """Goes to WeCom; gives what the service asked there."""
        answer = await self.get(address)
        assert answer.status == 302
        return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}

    async def come_back(self, code: str, state: str) -> ClientResponse:
        return await self.client.get("/login", params={"code": code, "state": state}, allow_redirects=False)

    async def sign_in(self, userid: str, then: str = "/h5/") -> ClientResponse:
        asked = await self.begin(f"/login?next={then}")
        return await self.come_back(self._station.wecom.give_code(userid), asked["state"])

    async def form(self, case: Case, action: str) -> dict[str, str]:
        """The hidden fields of the page's form for an action."""
        page = await (await self.get(f"/h5/cases/{case.id}")).text()
        found = re.search(rf'action="/h5/cases/{case.id}/actions/{action}".*?</form>', page, re.DOTALL)
        assert found is not None, f"the page offers no {action}"
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([\w-]+)">', found[0]))

    async def token(self) -> str:
        """The session's CSRF token, which every page with a form holds."""
        page = await (await self.get("/h5/me")).text()
        return re.findall(r'name="csrf" value="([\w-]+)"', page)[0]

    async def does(self, case: Case, action: str, **typed: str) -> ClientResponse:
        """Presses the button as a browser without JavaScript does."""
        return await self.post(case, action, await self.form(case, action) | typed)

    async def post(self, case: Case, action: str, fields: dict[str, str], **headers: str) -> ClientResponse:
        address = f"/h5/cases/{case.id}/actions/{action}"
        sent = {"Origin": PUBLIC_URL} | headers
        return await self.client.post(address, data=fields, headers=sent, allow_redirects=False)


def text(page: str) -> str:
    """What one reads on a page, without tags and without what stands around every page, every line once trimmed."""
    body = re.sub(FRAME, "", page, flags=re.DOTALL)
    read = body.replace("\u00a0", " ").replace("\u2060", "")
    lines = (line.strip() for line in re.sub(r"<[^>]+>", "\n", read).splitlines())
    return "\n".join(line for line in lines if line)


@asynccontextmanager
async def station_on(url: str, folder: Path, processes: Sequence[Process] = (CHECK_REPORT,)) -> AsyncIterator[Station]:
    """Opens the database and the doors, and closes both whatever happens."""
    executor.EXECUTOR_CACHE.clear()  # statements prepared for the other kind of database do not fit this one
    moved = MovedClock()
    clock.use(moved)
    await database.open_database(url)
    try:
        made = await _opened(folder, moved, processes)
        yield made
        await made.close()
    finally:
        await database.close_database()
        clock.use(clock.Clock())


async def _opened(folder: Path, moved: MovedClock, processes: Sequence[Process]) -> Station:
    own = settings()
    store = Store.open(str(folder / "media"))
    pages = h5.Pages(Engine(processes, SilentTeller()), own, store)
    wecom = WeCom()
    app = web.Application()
    app.add_routes(h5.routes(pages))
    app.add_routes(sign_in.routes(own, wecom, pages))
    server = TestServer(app)
    await server.start_server()
    return Station(await settle_down(), moved, wecom, store, pages, server)
