"""What a member was told in the last hours, word for word: WeCom swallows the same request twice."""

from datetime import timedelta

from core import clock, database

_REMEMBERED = timedelta(hours=4)  # the longest interval of WeCom's duplicate check (path/90236)
_SAID = (
    "SELECT id FROM outbox WHERE recipient = $1 AND sent_at > $2 AND body = $3 "
    "UNION ALL SELECT id FROM outbox WHERE recipient = $1 AND state IN ('failed', 'uncertain') AND body = $3 LIMIT 1"
)


async def said_lately(recipient: str, body: str) -> bool:
    """Whether these very bytes may have been shown to this member already."""
    return bool(await database.rows(_SAID, recipient, clock.now() - _REMEMBERED, body))
