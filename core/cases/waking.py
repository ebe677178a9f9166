"""The morning after quiet hours (BY-08): what was held leaves, unless it has become pointless meanwhile."""

from core import clock, database
from core.cases import outbox

_OVER = "state = 'held' AND not_before <= $1"
_OF_ITS_CARD = "o.task_id = outbox.task_id AND o.recipient = outbox.recipient"
# A card that was settled before anybody saw it is not shown; then there is nothing to change about it either.
_SETTLED = (
    f"UPDATE outbox SET state = 'replaced' WHERE {_OVER} AND kind = 'card' AND EXISTS "  # noqa: S608  # our own names
    f"(SELECT 1 FROM outbox o WHERE {_OF_ITS_CARD} AND o.dedupe_key LIKE 'settle:%') RETURNING id"
)
_NEVER_SHOWN = (
    f"UPDATE outbox SET state = 'replaced' WHERE {_OVER} AND kind = 'update' AND EXISTS "  # noqa: S608  # our own names
    f"(SELECT 1 FROM outbox o WHERE {_OF_ITS_CARD} AND o.kind = 'card' AND o.state = 'replaced') RETURNING id"
)
# Nobody is reminded of what was done meanwhile, or of an end that was moved.
_REMINDS_IN_VAIN = (
    f"UPDATE outbox SET state = 'replaced' WHERE {_OVER} AND dedupe_key LIKE 'reminder:%' AND EXISTS "  # noqa: S608  # our own names
    "(SELECT 1 FROM case_history h WHERE h.case_id = outbox.case_id AND h.at > outbox.created_at "
    "AND (h.from_state <> h.to_state OR h.action IN ('postpone', 'pause'))) RETURNING id"
)
_AWAKE = f"UPDATE outbox SET state = 'pending' WHERE {_OVER} RETURNING id"  # noqa: S608  # our own names


async def wake() -> int:
    """Says how many messages may leave now; any number of processes may ask at any moment."""
    if not await database.rows(f"SELECT id FROM outbox WHERE {_OVER} LIMIT 1", clock.now()):  # noqa: S608  # our own names
        return 0
    awake = await database.transaction(_let_go)
    outbox.bell.ring()
    return awake


async def _let_go() -> int:
    now = clock.now()
    await database.rows(_SETTLED, now)
    await database.rows(_NEVER_SHOWN, now)
    await database.rows(_REMINDS_IN_VAIN, now)
    return len(await database.rows(_AWAKE, now))
