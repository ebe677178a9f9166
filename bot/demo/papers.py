"""The papers of the notices that the demo begins with: nobody is told anew of what was issued weeks ago."""

from dataclasses import dataclass

from bot.printing import Printer
from core.cases.letters import Letter
from core.papers.models import PaperRow


@dataclass(frozen=True)
class _Quiet(Printer):
    async def _ready(self, row: PaperRow, pages: int) -> list[Letter]:
        return []


async def make_papers(printer: Printer) -> None:
    """To be called before the service begins its work."""
    quiet = _Quiet(**vars(printer))
    while await quiet.once():
        pass
