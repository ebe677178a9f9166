"""The papers of the notices that the demo begins with: nobody is told anew of what was issued weeks ago."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.printing import Printer
from core.cases.letters import Letter
from core.cases.models import Case


@dataclass(frozen=True)
class _Quiet(Printer):
    async def _letters(self, case: Case, slots: Iterable[str], text: str, key: str) -> list[Letter]:
        return []


async def make_papers(printer: Printer) -> None:
    """To be called before the service begins its work."""
    quiet = _Quiet(**vars(printer))
    while await quiet.once():
        pass
