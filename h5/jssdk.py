"""Signs a page of ours for WeCom's script, which then lends it the phone's position and camera (path/90506)."""

import structlog
from aiohttp import web
from yarl import URL

from core import clock
from core.settings import Settings
from h5.access import Visit
from h5.pages import policy
from wecom import jssdk
from wecom.errors import WeComError

log = structlog.get_logger()

_LONGEST = 2_000


async def sign(visit: Visit) -> web.Response:
    """Only addresses of ours: whoever signs any address signs for strangers."""
    url = visit.request.query.get("url", "")
    if not is_ours(visit.pages.settings, url):
        raise web.HTTPBadRequest
    tickets = visit.pages.tickets
    if tickets is None:
        return _without("not set up")
    try:
        corp, app = await tickets.jsapi_ticket(), await tickets.agent_ticket()
    except WeComError as error:
        log.warning("h5.no_ticket", code=error.code)
        return _without("WeCom gave no ticket")
    settings, now = visit.pages.settings, clock.host()  # WeCom compares it with real time
    signed = {
        "corpId": settings.wecom_corp_id,
        "agentId": settings.wecom_agent_id,
        "config": jssdk.sign(corp, url, now),
        "agentConfig": jssdk.sign(app, url, now),
    }
    return web.json_response(signed, headers={"Cache-Control": "no-store"})


def is_ours(settings: Settings, url: str) -> bool:
    try:
        asked = URL(url)
        same = asked.absolute and asked.origin() == URL(settings.public_url).origin()
    except ValueError:
        return False
    return same and asked.user is None and asked.path.startswith("/h5/") and len(url) <= _LONGEST


def _without(reason: str) -> web.Response:
    """The page goes on with what the browser itself can do."""
    return web.json_response({"reason": reason}, headers={"Cache-Control": "no-store"})


def allowed(settings: Settings, images: str = "") -> str:
    """The policy of a page that asks the phone for its position or a photo: WeCom's script may come from its place."""
    return policy(scripts=str(URL(settings.wecom_script).origin()) if settings.wecom_script else "", images=images)
