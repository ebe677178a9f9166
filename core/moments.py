"""Five named moments on a promise's way. Tests end the process there, to see that nothing is lost and nothing doubled.

Nothing in the service listens, and no setting makes it: a test starts the service from a program of its own that sets
``watcher`` first.
"""

from collections.abc import Callable
from enum import StrEnum


class Moment(StrEnum):
    BEFORE_COMMIT = "before commit"  # everything is written, nothing is kept
    BEFORE_ANSWER = "after commit, before the answer"  # a callback is kept, and WeCom does not know it
    CLAIMED = "after claim"  # a row is taken, and nothing has left
    ACCEPTED = "after WeCom accepted"  # a message has arrived, and only WeCom knows it
    BEFORE_FINISH = "before finish"  # an attempt has ended, and the outbox does not know how

    def reached(self) -> None:
        if watcher is not None:
            watcher(self)


watcher: Callable[[Moment], None] | None = None
