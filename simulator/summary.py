"""One line for the traffic panel."""

from simulator.call import Call

_CALLS = {
    "gettoken": "取得凭证",
    "message/recall": "撤回消息",
    "message/update_template_card": "更新卡片",
    "media/upload": "上传素材",
    "media/uploadimg": "上传图片",
    "media/get": "下载素材",
    "menu/create": "设置菜单",
    "menu/get": "读取菜单",
    "menu/delete": "删除菜单",
    "user/get": "读取成员",
    "user/getuserid": "按手机号找成员",
    "auth/getuserinfo": "网页登录：读取身份",
    "auth/getuserdetail": "网页登录：读取敏感信息",
}
_MESSAGES = {
    "text": "文字",
    "image": "图片",
    "voice": "语音",
    "video": "视频",
    "file": "文件",
    "textcard": "文本卡片",
    "news": "图文",
    "mpnews": "图文",
    "markdown": "Markdown",
    "template_card": "模板卡片",
    "location": "位置",
    "link": "链接",
}


def of_call(call: Call) -> str:
    if call.path == "message/send":
        return _of_message(call)
    named = _CALLS.get(call.path, call.path)
    return f"{named} {call.query['userid']}" if "userid" in call.query else named


def of_kind(kind: str) -> str:
    return _MESSAGES.get(kind, kind)


def shortened(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"


def _of_message(call: Call) -> str:
    body = call.known_json
    kind = str(body.get("msgtype", ""))
    inner = body.get(kind)
    words = _words(inner) if isinstance(inner, dict) else ""
    return f"{of_kind(kind)} → {body.get('touser', '')}：{shortened(words)}".rstrip("：")


def _words(inner: dict[str, object]) -> str:
    title = inner.get("main_title")
    if isinstance(title, dict):
        return str(title.get("title", ""))
    return str(inner.get("content") or inner.get("title") or "")
