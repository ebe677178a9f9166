"""Where a member signs in (网页授权, path/91022)."""

import re
import secrets
from enum import StrEnum
from urllib.parse import urlencode

REAL_API = "https://qyapi.weixin.qq.com"
_REAL_AUTHORIZE = "https://open.weixin.qq.com/connect/oauth2/authorize"
_STATE = re.compile(r"[0-9A-Za-z]{1,128}")


class Scope(StrEnum):
    """BASE is silent and tells the user id only; PRIVATE asks the member for mobile, avatar and the like."""

    BASE = "snsapi_base"
    PRIVATE = "snsapi_privateinfo"


def new_state() -> str:
    return secrets.token_hex(16)


def authorize_url(
    *, api_url: str, corp_id: str, agent_id: int, redirect_uri: str, state: str, scope: Scope = Scope.BASE
) -> str:
    """Raises ValueError for a state that is not 1 to 128 letters and digits."""
    if not _STATE.fullmatch(state):
        raise ValueError("the state must be 1 to 128 letters and digits")
    query = {
        "appid": corp_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": scope.value,
        "state": state,
        "agentid": str(agent_id),
    }
    return f"{_authorize_page(api_url)}?{urlencode(query)}#wechat_redirect"


def _authorize_page(api_url: str) -> str:
    base = api_url.rstrip("/")
    return _REAL_AUTHORIZE if base == REAL_API else f"{base}/connect/oauth2/authorize"
