"""Sending, recalling and updating app messages (path/90236, 94867, 94888)."""

import hashlib
import re
from typing import Any

from simulator import bodies, cards
from simulator.call import Answer, Call, ok, require_agent
from simulator.checking import number, obj, text
from simulator.corp import Corp, token
from simulator.errors import ApiError
from simulator.receivers import Receivers, resolve_arrays, resolve_strings
from simulator.state import CardState, Json, Message, ResponseCode, Sent

CODE_LIFE_SECONDS = 72 * 3600
RECALL_SECONDS = 24 * 3600
_PER_MINUTE = 30
_PER_HOUR = 1000
_LONGEST_INTERVAL = 4 * 3600
_NAMES = re.compile(r"\$(userName|departmentName)=([^$]+)\$")
_CHAT_KINDS = {"mpnews": "news"}


def send(call: Call) -> Answer:
    body, corp = call.json, call.corp
    require_agent(call, body.get("agentid"))
    number(body, "safe", (0, 1, 2) if body.get("msgtype") == "mpnews" else (0, 1))
    kind, content, card = bodies.shown(call)
    receivers = resolve_strings(corp, body)
    if _is_repeat(call):
        return ok(**receivers.invalid())
    _claim_task_id(corp, card)
    if number(body, "enable_id_trans", (0, 1)):
        content, card = _translate(corp, content), _translate(corp, card)
    sent = _deliver(call, receivers, _CHAT_KINDS.get(kind, kind), content, card)
    answer = ok(**receivers.invalid(), msgid=sent.msgid)
    if sent.updatable:
        answer["response_code"] = issue_code(corp, sent.msgid)
    return answer


def _deliver(call: Call, receivers: Receivers, kind: str, content: Json, card: Json | None) -> Sent:
    corp = call.corp
    updatable = card is not None and cards.updatable(card)
    sent = Sent(msgid=token("msg"), at=corp.clock.now(), agentid=call.agentid, updatable=updatable)
    sent.card_type = card["card_type"] if card else None
    corp.state.sent[sent.msgid] = sent
    for person in receivers.persons:
        dropped = too_many(corp, person.userid)
        message = corp.say("app", person.userid, kind, dict(content), card=card, msgid=sent.msgid, dropped=dropped)
        sent.copies[person.userid] = message.id
    return sent


def too_many(corp: Corp, userid: str) -> bool:
    """Whether one more message to this member is above 30 a minute or 1,000 an hour (path/90312)."""
    now, minute, hour = corp.clock.now(), 0, 0
    for message in reversed(corp.chat(userid)):
        if message.at <= now - 3600:
            break
        if message.msgid and not message.dropped and message.at <= now:
            hour += 1
            minute += message.at > now - 60
    return minute >= _PER_MINUTE or hour >= _PER_HOUR


def _is_repeat(call: Call) -> bool:
    """Whether the same bytes were accepted within the interval they ask for."""
    if not number(call.json, "enable_duplicate_check", (0, 1)):
        return False
    interval = number(call.json, "duplicate_check_interval", range(_LONGEST_INTERVAL + 1), default=1800)
    now, key = call.corp.clock.now(), hashlib.sha256(call.body).hexdigest()
    seen = call.corp.state.recent_bodies
    while seen and now - next(iter(seen.values())) > _LONGEST_INTERVAL:
        seen.pop(next(iter(seen)))
    if key in seen and now - seen[key] < interval:
        return True
    seen.pop(key, None)
    seen[key] = now
    return False


def _claim_task_id(corp: Corp, card: Json | None) -> None:
    task_id = (card or {}).get("task_id")
    if not task_id:
        return
    if task_id in corp.state.task_ids:
        raise ApiError(42014, "task_id repeated")
    corp.state.task_ids.add(task_id)


def _translate(corp: Corp, value: Any) -> Any:
    """Replaces $userName=ID$ and $departmentName=ID$; unknown ids stay as typed."""
    if isinstance(value, dict):
        return {key: _translate(corp, item) for key, item in value.items()}
    if isinstance(value, list):
        return [_translate(corp, item) for item in value]
    return _NAMES.sub(lambda found: _name(corp, found), value) if isinstance(value, str) else value


def _name(corp: Corp, found: re.Match[str]) -> str:
    kind, identity = found.groups()
    if kind == "userName":
        person = corp.find(identity)
        return person.name if person else found.group()
    department = corp.state.departments.get(int(identity)) if identity.isdigit() else None
    return department.name if department else found.group()


def issue_code(corp: Corp, msgid: str, clicker: str | None = None) -> str:
    code = token("rc_")
    corp.state.codes[code] = ResponseCode(code=code, msgid=msgid, at=corp.clock.now(), clicker=clicker)
    corp.store.changed()
    return code


def recall(call: Call) -> Answer:
    sent = call.corp.state.sent.get(text(call.json, "msgid", missing=40058))
    if sent is None or sent.agentid != call.agentid:
        raise ApiError(40058, "invalid msgid")
    if call.corp.clock.now() >= sent.at + RECALL_SECONDS:
        raise ApiError(40058, "msgid expired")
    for userid, message in _copies(call.corp, sent, list(sent.copies)):
        message.recalled = True
        call.corp.updated(userid, message)
    return ok()


def update_card(call: Call) -> Answer:
    body, corp = call.json, call.corp
    require_agent_for_update(call, body.get("agentid"))
    code = _usable_code(corp, text(body, "response_code", missing=60140))
    sent = corp.state.sent[code.msgid]
    change = _change(call, sent)
    userids, invalid = _update_receivers(corp, body, code, sent)
    code.used = True
    for userid, message in _copies(corp, sent, userids):
        apply_change(corp, userid, message, change)
    return ok(**({"invaliduser": invalid} if invalid else {}))


def require_agent_for_update(call: Call, given: Any) -> None:
    if isinstance(given, int) and given != call.agentid:
        raise ApiError(42015)
    require_agent(call, given)


def _usable_code(corp: Corp, value: str) -> ResponseCode:
    code = corp.state.codes.get(value)
    if code is None or code.used or corp.clock.now() >= code.at + CODE_LIFE_SECONDS:
        raise ApiError(60140)
    return code


def _change(call: Call, sent: Sent) -> Json:
    if ("button" in call.json) == ("template_card" in call.json):
        raise ApiError(40058, "exactly one of `button` and `template_card`")
    if "button" in call.json:
        if sent.card_type not in cards.INTERACTIVE:
            raise ApiError(40058, "card has no button to replace")
        return {"replace_name": text(obj(call.json["button"], "button"), "replace_name", missing=40063)}
    card = obj(call.json["template_card"], "template_card")
    cards.check(card, update=True)
    return {"template_card": _translate(call.corp, card) if call.json.get("enable_id_trans") == 1 else card}


def _update_receivers(corp: Corp, body: Json, code: ResponseCode, sent: Sent) -> tuple[list[str], list[str]]:
    """Those whose copies change, and the named ones whose do not. A click's code changes the clicking member's copy
    only, whatever else is named (path/90240): the narrower of the readings of that page."""
    changeable = [code.clicker] if code.clicker else list(sent.copies)
    if number(body, "atall", (0, 1)):
        return changeable, []
    named, invalid = resolve_arrays(corp, body)
    if not named and not invalid:
        raise ApiError(81012)
    strangers = [userid.lower() for userid in named if userid not in changeable]
    return [userid for userid in named if userid in changeable], [*invalid, *strangers]


def _copies(corp: Corp, sent: Sent, userids: list[str]) -> list[tuple[str, Message]]:
    return [(userid, corp.message(userid, sent.copies[userid])) for userid in userids]


def apply_change(corp: Corp, userid: str, message: Message, change: Json) -> None:
    """`change` holds `replace_name` or `template_card`; shared by the API and passive replies."""
    state = message.card_state or CardState()
    if "template_card" in change:
        state.replaced = change["template_card"]
        state.inert_text = change["template_card"].get("replace_text")
    else:
        state.inert_text = change["replace_name"]
    message.card_state = state
    corp.updated(userid, message)
