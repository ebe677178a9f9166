"""The gate before every call: whoever runs the service may delay, refuse and count calls here, for all processes."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final, Protocol

# Calls that do not count against the base frequency (path/90312), or whose figure is not published (gettoken).
UNMETERED: Final = frozenset({"message/send", "auth/getuserinfo", "gettoken"})


class Gate(Protocol):
    def call(self, path: str) -> AbstractAsyncContextManager[object]:
        """Entered before the call to this path leaves, left when its answer is known.

        Entering may take a while, or raise WeComError instead of letting the call out. A WeComError that passes through
        on the way out may get its ``wait_seconds`` corrected.
        """


class OpenGate:
    """Lets everything pass."""

    @asynccontextmanager
    async def call(self, path: str) -> AsyncIterator[None]:
        yield
