"""Work that comes round for all processes together: whoever ticks first does it, once in a period."""

from collections.abc import Awaitable, Callable

from core.sharing import credentials
from core.sharing.models import Credential


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
