"""A paper is promised in the step that issues: whoever commits the step has promised it."""

from core.cases.declaration import Happened
from core.papers import queue
from notices import practice


def promise(happened: Happened, kind: str) -> None:
    """Refuses to issue what a station has given up meanwhile."""
    wanted = practice.kind(kind)
    queue.promise(happened.case, wanted.paper, wanted.paper_title, happened.at)


async def of_matter(happened: Happened) -> None:
    """The effect of every step that gives an overdue matter its number."""
    promise(happened, happened.case.data["way"])
