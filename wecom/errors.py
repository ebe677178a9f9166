"""What each of WeCom's error codes (path/90313) means for us, and what an administrator can do about it."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import Final

OK = 0
NO_ANSWER: Final = -1000  # ours: the connection broke, or what came back was not WeCom's JSON
FREQUENCY: Final = 45009

_SHANGHAI = timezone(timedelta(hours=8))
_CALLER_IP = re.compile(r"from ip: ?([0-9a-fA-F.:]{2,45}?)(?=[,\s]|$)")
_SECRETS = re.compile(r"\b(access_token|corpsecret|(?:jsapi_|user_)?ticket|secret|code)=[^&\s\"'#]+", re.IGNORECASE)


class Action(StrEnum):
    RETRY = "retry"  # back off 1 s, 2 s, 4 s with jitter, at most three times
    REFRESH = "refresh"  # a new token once, the call once more; the client does this itself
    WAIT = "wait"  # for the block to end; calling earlier does not help
    CONFIG = "config"  # alert an administrator, stop
    DROP = "drop"  # this item is wrong: record it, do not repeat
    BUG = "bug"  # our request is malformed


class WeComError(Exception):
    """`hint` is a sentence for an administrator; `detail` is for the log and holds no token or secret.

    `unknown_outcome`: the request may have arrived, so only a byte-identical repeat is harmless.
    `wait_seconds` is set for WAIT.
    """

    def __init__(
        self,
        code: int,
        action: Action,
        hint: str,
        *,
        detail: str = "",
        unknown_outcome: bool = False,
        wait_seconds: int | None = None,
    ) -> None:
        super().__init__(code, action, hint)
        self.code = code
        self.action = action
        self.hint = hint
        self.detail = detail
        self.unknown_outcome = unknown_outcome
        self.wait_seconds = wait_seconds

    def __str__(self) -> str:
        return f"{self.code} {self.action}: {self.hint}"


def from_answer(code: int, errmsg: str) -> WeComError:
    action, hint = known(code)
    wait = block_seconds(0) if action is Action.WAIT else None
    return WeComError(code, action, _with_address(code, hint, errmsg), detail=scrub(errmsg), wait_seconds=wait)


def no_answer(detail: str, *, unknown_outcome: bool) -> WeComError:
    hint = "没有收到企业微信的有效回答,系统会自动重试;若持续出现,请检查服务器能否访问企业微信接口。"
    return WeComError(NO_ANSWER, Action.RETRY, hint, detail=scrub(detail), unknown_outcome=unknown_outcome)


def known(code: int) -> tuple[Action, str]:
    """An unknown code is DROP: log it, and alert when it repeats."""
    return TABLE.get(code, (Action.DROP, f"企业微信返回了未收录的错误码 {code},请按该错误码查询企业微信文档后处理。"))


def block_seconds(earlier_blocks: int, now: datetime | None = None) -> int:
    """How long to pause after a 45009 that follows `earlier_blocks` others in a row on the same call.

    The answer does not tell whether the minute's, hour's or day's limit was hit (path/90312), so each further one
    assumes the next longer: 60 s, an hour, the rest of the day in Shanghai (an hour where `now` is not given).
    """
    if earlier_blocks == 0:
        return 60
    if earlier_blocks == 1 or now is None:
        return 3600
    local = now.astimezone(_SHANGHAI)
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return int((midnight - local).total_seconds()) + 1


def scrub(text: str) -> str:
    """The text without the values of tokens, secrets, tickets and sign-in codes."""
    return _SECRETS.sub(r"\1=***", text)


def _with_address(code: int, hint: str, errmsg: str) -> str:
    found = _CALLER_IP.search(errmsg) if code == 60020 else None
    return f"{hint}本机出口地址:{found[1]}。" if found else hint


def _codes(action: Action, hints: Mapping[int, str]) -> dict[int, tuple[Action, str]]:
    return {code: (action, hint) for code, hint in hints.items()}


_BUG_TAIL = "这是程序构造请求的错误,请把错误码告诉开发人员。"


def _bugs(what: Mapping[int, str]) -> dict[int, tuple[Action, str]]:
    return {code: (Action.BUG, f"{meaning}。{_BUG_TAIL}") for code, meaning in what.items()}


_RETRY = {
    -1: "企业微信系统繁忙,系统会自动重试,无需处理。",
    6000: "同一数据正被其他操作修改,系统会自动重试,无需处理。",
    45033: "接口并发过高,系统会降低并发后重试;若频繁出现,请减少同时运行的工作进程。",
    301057: "审批应用内部出错,系统会自动重试;若持续出现,请联系企业微信客服。",
}
_REFRESH = {
    40014: "访问凭证无效,系统会重新获取;若反复出现,请核对应用的 Secret,并确认没有其他程序共用它。",
    42001: "访问凭证已过期,系统会重新获取,无需处理。",
}
_WAIT = {
    FREQUENCY: "接口调用次数超过限制,系统会等到限制解除后继续;若频繁出现,请减少群发,或核对 Secret 是否填错。",
}
_CONFIG = {
    40001: "应用的 Secret 不正确、已重置或应用已停用。请在管理后台核对 Secret,更新设置后重启服务。",
    40013: "企业 ID(CorpID)不正确。请在管理后台“我的企业”里核对后更新设置并重启服务。",
    40091: "Secret 不属于这个企业。请核对企业 ID 与 Secret 是否成对,更新设置后重启服务。",
    40054: "子菜单链接的域名不在可信域名内。请在应用的“网页授权及JS-SDK”里添加该域名。",
    40055: "菜单链接的域名不在可信域名内。请在应用的“网页授权及JS-SDK”里添加该域名。",
    40056: "应用的 AgentId 不正确。请在管理后台核对 AgentId,更新设置后重启服务。",
    40057: "回调地址不合法或验证失败。请检查回调地址能否从外网访问,再到“接收消息”里重新保存。",
    43012: "应用没有设置回调地址,不能发送可点击的卡片。请在应用的“接收消息”里设置 API 接收。",
    45031: "Secret 强度不足,企业微信要求重置。请在管理后台重置 Secret,更新设置后重启服务。",
    48001: "应用没有调用此接口的权限。请在管理后台为应用开通对应权限。",
    48002: "这个应用的凭证不能调用此接口。请检查应用的可见范围与接口权限。",
    48004: "应用的授权已失效。请管理员重新授权该应用。",
    48005: "企业微信已停用此接口。请升级本系统。",
    48006: "应用长期未使用,接口权限已被收回。请在管理后台重新启用该应用。",
    48009: "通讯录同步 Secret 从新的服务器地址读取成员详情被拒绝。请改用应用自己的 Secret。",
    50001: "登录跳转的域名不是应用的可信域名。请在“网页授权及JS-SDK”里填写本系统的域名(含端口)。",
    50003: "应用已停用。请在管理后台启用该应用。",
    60020: "服务器的出口地址不在企业可信IP内。请在应用的“企业可信IP”里添加它,约一分钟后生效。",
    80001: "可信域名不正确、未校验归属或未备案。请在“网页授权及JS-SDK”里检查域名状态。",
    85004: "本月设置可信域名的次数已用完(20 次)。请下月再修改,或使用已设置的域名。",
    85005: "可信域名的归属尚未校验。请下载校验文件放到域名根目录后,在管理后台完成校验。",
    85008: "可信域名的 ICP 备案未通过。请换用备案主体为本单位的域名。",
    85009: "应用资料不完整。请在管理后台补全应用资料。",
    85010: "回调参数不正确。请核对 Token 与 EncodingAESKey,再重新保存回调设置。",
    85011: "回调地址验证失败。请确认服务已启动、地址可从外网访问,再重新保存回调设置。",
    94000: "工作台自定义展示没有开启。请在应用的“自定义工作台”里开启后再试。",
    94008: "应用还没有工作台模板。请先在应用的“自定义工作台”里设置展示类型。",
    301002: "凭证所属的应用与 AgentId 不一致。请核对 AgentId 与 Secret 是否属于同一应用。",
    301007: "企业不可用(已解散或被封禁)。请联系企业微信客服。",
    301025: "审批参数不正确。请核对审批模板的设置。",
    301055: "没有审批应用的权限。请在管理后台为应用授权审批接口。",
    301056: "审批应用已停用。请在管理后台启用审批应用。",
}
_DROP = {
    40003: "成员账号不存在或不合法。请核对该成员在通讯录中的账号。",
    40006: "文件大小不符合要求(须大于 5 字节且不超过上限)。请换一个文件。",
    40007: "素材不存在或已过期(只保留 3 天)。请重新发送该文件。",
    40009: "图片大小不符合要求。请压缩后重新发送。",
    40011: "视频大小不符合要求(不超过 10 MB)。请压缩或截短后重新发送。",
    40029: "登录码已失效(只能用一次,5 分钟内有效)。请从企业微信重新打开页面。",
    40031: "收件成员名单不合法。请核对名单中的账号。",
    40050: "群聊编号不合法。请核对群聊是否存在。",
    40066: "部门名单不合法。请核对部门是否存在。",
    40068: "标签不合法。请核对标签是否存在。",
    40070: "标签中的成员全部无效。请核对成员是否在可见范围内。",
    40071: "标签名称已存在。请换一个名称。",
    40123: "图片已损坏。请重新拍摄或换一张图片。",
    42003: "登录码已过期。请从企业微信重新打开页面。",
    42016: "要更新的卡片不存在,可能已被撤回。请查看记录的最新状态。",
    43004: "该成员尚未关注微信插件。请提醒成员先关注。",
    45001: "文件超过大小限制。请压缩后重新发送。",
    45007: "语音超过 60 秒。请分段重新录制。",
    46003: "应用还没有菜单。请先创建菜单。",
    46004: "成员不存在。请核对通讯录后同步人员。",
    50002: "该成员不在应用的可见范围内。请在管理后台调整应用的可见范围。",
    60003: "部门不存在。请重新同步通讯录。",
    60011: "应用无权查看该成员、部门或标签。请在管理后台调整应用的可见范围。",
    60111: "成员不存在、已离职或不在可见范围内。请核对通讯录后同步人员。",
    60123: "部门编号无效。请重新同步通讯录。",
    60140: "这张卡片已更新过或超过 72 小时,不能再更新;可另发一条新消息。",
    81002: "部门层级超过 15 层。请调整组织架构。",
    81003: "标签成员数超过上限(3 万)。请拆分标签。",
    81011: "该标签不是本应用创建的,不能修改。请由创建它的应用修改。",
    81013: "收件人全部无效或不在应用的可见范围内。请核对成员,并在管理后台调整可见范围。",
    82004: "消息内容可能使客户端崩溃,已被拒绝。请修改内容后重新发送。",
    85002: "消息含有违禁词。请修改内容后重新发送。",
    86001: "群聊编号不合法。请核对群聊是否存在。",
    86003: "群聊不存在。请核对群聊是否存在。",
    86201: "群聊不存在或编号有误。请核对群聊是否存在。",
    301021: "成员不存在、已离职或不在可见范围内。请核对通讯录后同步人员。",
    830001: "素材链接不合法或不支持分段下载。请换一个链接。",
    830002: "文件超过 20 MB,不能直接下载。请压缩后重新发送。",
    830003: "企业微信下载素材失败。请确认链接可以访问后重试。",
}
_BUGS = {
    40004: "素材的文件类型不合法",
    40005: "素材的 type 参数不合法",
    40008: "消息类型不合法",
    40016: "菜单按钮个数不合法",
    40017: "菜单按钮类型不合法",
    40018: "菜单按钮名称长度不合法",
    40019: "菜单按钮 key 长度不合法",
    40020: "菜单按钮链接长度不合法",
    40022: "子菜单层级不合法",
    40023: "子菜单按钮个数不合法",
    40024: "子菜单按钮类型不合法",
    40025: "子菜单按钮名称长度不合法",
    40026: "子菜单按钮 key 长度不合法",
    40027: "子菜单按钮链接长度不合法",
    40032: "成员名单过长",
    40033: "请求含有不合法的字符",
    40035: "参数不合法",
    40039: "链接过长",
    40058: "参数不合法",
    40059: "上报地理位置的取值不合法",
    40063: "参数为空",
    40074: "图文消息不能设为保密",
    40093: "页面签名不正确",
    40094: "链接缺失或不合法",
    41001: "缺少访问凭证",
    41002: "缺少企业 ID",
    41004: "缺少 Secret",
    41006: "缺少素材编号",
    41009: "缺少成员账号",
    41011: "缺少 AgentId",
    41016: "缺少标题",
    41033: "缺少描述",
    42009: "使用了第三方应用的凭证",
    42012: "页面票据不可用(种类不对或属于其他应用)",
    42014: "卡片的 task_id 不合法或重复",
    42015: "更新卡片的应用不是发送它的应用",
    42017: "卡片按钮缺少 key",
    42018: "卡片按钮的 key 不合法",
    42019: "卡片按钮的 key 不存在",
    44001: "上传的文件为空",
    44004: "文本内容为空",
    45002: "消息内容过长",
    45004: "应用描述长度不合法",
    45008: "图文超过 8 条",
    45022: "应用名称过长",
    45029: "回答过大,需要按部门分批读取",
    45032: "作者名称过长",
    81012: "没有指定收件人",
    82001: "收件人全部为空",
    82002: "收件部门过多",
    82003: "收件标签过多",
    86004: "群聊名称不合法",
    86005: "群主不合法",
    86006: "群成员个数不合法",
    86007: "群成员不合法",
    86008: "群聊属于其他应用",
    86101: "只有群主可以操作",
    86207: "群主不在成员名单里",
    86215: "群聊编号已存在",
    86216: "群成员不合法",
    86217: "发送者不在群聊里",
    86224: "不是受限群聊",
}
TABLE: Final = (
    _codes(Action.RETRY, _RETRY)
    | _codes(Action.REFRESH, _REFRESH)
    | _codes(Action.WAIT, _WAIT)
    | _codes(Action.CONFIG, _CONFIG)
    | _codes(Action.DROP, _DROP)
    | _bugs(_BUGS)
)
