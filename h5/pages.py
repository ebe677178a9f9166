"""What every page needs: engine, evidence, session and templates; and the pages that only say something."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode

import jinja2
from aiohttp import web

from core import clock
from core.cases.engine import Engine
from core.coordinates import CAPTIONS, Datum
from core.evidence.store import Store
from core.people.models import Person
from core.settings import Settings
from h5 import assets
from h5.door import Handler, Rule, door
from h5.navigation import places
from h5.session import Sessions
from notices.papers.rendering import Press

_STANDARD = re.compile(r"[A-Z]+(?:/T)? \d[\d-]+")
_UNIT = re.compile(r"(?<=\d) (?=[\u4e00-\u9fff])")  # 18 米
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")  # in a name they turn around what is beside it: 26 into 62


def policy(*, scripts: str = "", images: str = "") -> str:
    """What a page may load; ``scripts`` and ``images`` are one origin each, of those few that need somebody else's."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {scripts}".strip(),
            "style-src 'self'",
            f"img-src 'self' data: blob: {images}".strip(),
            "media-src 'self' blob:",
            "worker-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


POLICY = policy()
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class Button:
    caption: str
    address: str


HOME = Button("返回首页", "/h5/")


def _unbroken(text: str) -> str:
    """The numbers of standards and of papers, as in JGJ 80-2016 and 〔2026〕003号, stay in one line; so does 18 米."""
    text = _UNIT.sub("\u00a0", text.replace("〕", "〕\u2060"))
    return _STANDARD.sub(lambda found: re.sub("[-/]", "\\g<0>\u2060", found[0]).replace(" ", "\u00a0"), text)


def _environment() -> jinja2.Environment:
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.filters |= {
        "spoken": clock.spoken,
        "ends": clock.ends,
        "waiting": clock.waiting,
        "left": clock.left,
        "pressing": clock.pressing,
        "unbroken": _unbroken,
        "datum": lambda said: CAPTIONS[Datum(said)],
    }
    found.globals |= {"asset": assets.address, "places": places}
    return found


class Tickets(Protocol):
    """What ``wecom.client.Client`` signs pages with; both raise WeComError."""

    async def jsapi_ticket(self) -> str: ...
    async def agent_ticket(self) -> str: ...


class Pages:
    """Made once, by the composition root; ``h5.routes`` and ``webhooks.sign_in.routes`` hang their handlers on it."""

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        store: Store,
        press: Press | None = None,
        tickets: Tickets | None = None,
    ) -> None:
        """``press`` sets what is not kept: drafts, and records of service. Without ``tickets`` pages do without WeCom's
        own camera and position."""
        self.engine = engine
        self.settings = settings
        self.store = store
        self.press = press or Press()
        self.tickets = tickets
        self.sessions = Sessions(settings)
        self._templates = _environment()
        self._templates.globals["wecom_script"] = settings.wecom_script

    def render(self, template: str, *, status: int = 200, policy: str = POLICY, **context: Any) -> web.Response:
        text = _TURNING.sub("", self._templates.get_template(template).render(**context))
        headers = HEADERS | {"Content-Security-Policy": policy}
        response = web.Response(text=text, status=status, content_type="text/html", headers=headers)
        response.enable_compression()  # where the browser takes it
        return response

    def message(
        self,
        title: str,
        text: str,
        *,
        status: int = 200,
        icon: str = "info",
        buttons: tuple[Button, ...] = (),
        typed: Sequence[tuple[str, str]] = (),
    ) -> web.Response:
        """A page that says one thing and offers the next step; ``icon`` is one of WeUI's, ``typed`` what was not kept
        of a form, as captions and texts."""
        lines = text.split("\n")
        about: dict[str, Any] = {"title": title, "lines": lines, "icon": icon, "buttons": buttons, "typed": typed}
        return self.render("message.html", status=status, **about)

    def tell(self, title: str, text: str, *, status: int, icon: str = "warn") -> web.Response:
        return self.message(title, text, status=status, icon=icon, buttons=(HOME,))

    # What ``webhooks.sign_in`` asks of the pages.

    def open_to_all(self, handler: Handler) -> Handler:
        return door(self, Rule.OPEN, handler)

    def enter(self, person: Person, then: str) -> web.Response:
        """Begins a session and goes on to a clean address."""
        response = web.Response(status=302, headers={"Location": local(then), "Cache-Control": "no-store"})
        self.sessions.enter(response, person)
        return response

    def is_inside(self, request: web.Request) -> bool:
        return self.sessions.read(request) is not None

    def local(self, address: str) -> str:
        return local(address)

    def say(self, title: str, text: str, status: int, button: tuple[str, str] | None = None) -> web.Response:
        return self.message(title, text, status=status, icon="warn", buttons=(Button(*button),) if button else ())


def local(address: str) -> str:
    """The address when it is one of our pages, the home page otherwise: nobody is sent elsewhere."""
    plain = address.isascii() and address.isprintable() and "\\" not in address and "/../" not in address
    return address if plain and address.startswith("/h5/") and len(address) <= 500 else "/h5/"


def sign_in_address(then: str) -> str:
    return "/login?" + urlencode({"next": local(then)})
