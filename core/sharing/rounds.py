"""Work that comes round for all processes together: whoever ticks first does it, once in a period."""

from collections.abc import Awaitable, Callable

from core import database
from core.sharing import credentials
from core.sharing.models import Credential


async def left(name: str) -> str:
    """What this round has left for the next one, whichever process does it; empty before the first."""
    row = await Credential.get_or_none(key=f"left:{name}")
    return row.sealed if row is not None else ""


async def leave(name: str, text: str) -> None:
    """No secret: nothing of it is sealed."""
    await database.rows(
        "INSERT INTO credential (key, sealed, fence) VALUES ($1, $2, 0) "
        "ON CONFLICT (key) DO UPDATE SET sealed = excluded.sealed RETURNING key",
        f"left:{name}",
        text,
    )


async def once_in(seconds: int, name: str, work: Callable[[], Awaitable[object]]) -> None:
    """Does nothing where one of the processes began this work less than so many seconds ago (the database's). Work that
    fails is free for the next tick."""
    key = f"round:{name}"
    fence = await credentials.take(key, seconds)
    if fence is None:
        return
    try:
        await work()
    except BaseException:
        await Credential.filter(key=key, fence=fence).update(lease_until=None)
        raise
