"""Business errors in WeCom's own manner: HTTP 200, a code, and a sentence for humans (path/90313)."""

from typing import Any

TEXTS = {
    -1: "system busy",
    40001: "invalid credential",
    40003: "invalid UserID",
    40004: "invalid media type",
    40005: "invalid type",
    40006: "invalid media size",
    40007: "invalid media_id",
    40008: "invalid message type",
    40009: "invalid image size",
    40011: "invalid video size",
    40013: "invalid corpid",
    40014: "invalid access_token",
    40016: "invalid button count",
    40017: "invalid button type",
    40018: "invalid button name length",
    40019: "invalid button key length",
    40020: "invalid button url length",
    40023: "invalid sub button count",
    40024: "invalid sub button type",
    40025: "invalid sub button name length",
    40026: "invalid sub button key length",
    40027: "invalid sub button url length",
    40029: "invalid code",
    40032: "invalid userid list size",
    40039: "invalid url size",
    40056: "invalid agentid",
    40058: "invalid request parameter",
    40059: "invalid report location flag",
    40063: "some parameters are empty",
    40068: "invalid tagid",
    40070: "all list invalid",
    40071: "tagname exists",
    40074: "news message cannot be confidential",
    40094: "invalid url",
    40123: "invalid image",
    41001: "access_token missing",
    41002: "corpid missing",
    41004: "corpsecret missing",
    41006: "media_id missing",
    41009: "userid missing",
    41011: "agentid missing",
    41016: "description missing",
    41033: "title missing",
    42001: "access_token expired",
    42003: "oauth_code expired",
    42014: "invalid task_id",
    42015: "app mismatch",
    42017: "button key missing",
    42018: "invalid button key",
    43012: "no callback url",
    44001: "empty media data",
    44004: "empty content",
    45001: "media size out of limit",
    45002: "content size out of limit",
    45004: "description size out of limit",
    45007: "playtime out of limit",
    45008: "article size out of limit",
    45009: "api freq out of limit",
    45022: "name size out of limit",
    46003: "menu unexist",
    46004: "user unexist",
    48002: "api forbidden",
    50001: "redirect_uri not trusted",
    50002: "member not in visible range",
    60003: "department not found",
    60011: "no privilege to access/modify contact/party/agent",
    60020: "not allow to access from your ip",
    60111: "userid not found",
    60140: "invalid response_code",
    81012: "user & party & tag all empty",
    81013: "user & party & tag all invalid",
    82002: "too many parties",
    82003: "too many tags",
    94000: "custom workbench not enabled",
    94008: "no workbench template",
    830002: "range needed",
    301002: "not allow operate another agent with this accesstoken",
}


class ApiError(Exception):
    """`extra` holds the empty result fields that some calls keep in an error."""

    def __init__(self, code: int, detail: str = "", **extra: Any) -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code
        self.detail = detail
        self.extra = extra

    def body(self, ip: str, at: float, serial: int) -> dict[str, Any]:
        text = TEXTS.get(self.code, "error")
        if self.detail:
            text = f"{text}, {self.detail}"
        hint = f"hint: [{int(at)}_{serial % 1000}_{abs(hash((self.code, serial))):016x}]"
        more = f"more info at https://open.work.weixin.qq.com/devtool/query?e={self.code}"
        return {**self.extra, "errcode": self.code, "errmsg": f"{text}, {hint}, from ip: {ip}, {more}"}
