"""A member's WeCom id changed (path/96302): what still waits under the old one goes on under the new one."""

import json
import re

import structlog

from core.cases import inbox
from core.cases.models import Delivery, InboxRow, OutboxRow, UpdateCode
from core.people.models import Person

log = structlog.get_logger()

_WAIT = (Delivery.PENDING, Delivery.HELD)
_SENDER = re.compile(r"(<FromUserName>(?:<!\[CDATA\[)?)[^<\]]*")


async def rename(old: str, new: str) -> None:
    """Within the caller's transaction. An id that stands for somebody else already is left alone: the next full pull
    shows who is who."""
    old, new = old.lower(), new.lower()
    if old == new or not await Person.exists(userid=old):
        return
    if await Person.exists(userid=new):
        log.warning("person.not_renamed", old=old, new=new)
        return
    await Person.filter(userid=old).update(userid=new)
    await UpdateCode.filter(recipient=old, used_by=None).update(recipient=new)
    for letter in await OutboxRow.filter(recipient=old, state__in=_WAIT):
        await _readdress(letter, new)
    for row in await InboxRow.filter(sender=old, waiting=True):
        if inbox.was_kept(row):
            continue  # it is repeated as it came, or its repeat would not be known
        body = _SENDER.sub(rf"\g<1>{new}", row.body, count=1)
        await InboxRow.filter(id=row.id).update(sender=new, body=body)
    log.info("person.renamed", old=old, new=new)


async def _readdress(letter: OutboxRow, new: str) -> None:
    """A letter that may have arrived keeps its bytes: other ones would show it twice."""
    if letter.unknown:
        return
    body = _addressed(letter.body, new) if letter.frozen else letter.body
    await OutboxRow.filter(id=letter.id, state__in=_WAIT).update(recipient=new, body=body)


def _addressed(body: str, to: str) -> str:
    return json.dumps(json.loads(body) | {"touser": to}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
