"""The stations' seals, as pictures in a folder: one PNG per station, named by the station's code in numbers."""

import asyncio
from pathlib import Path

from core.errors import Misconfigured
from core.people.models import Organisation
from notices.papers import pictures


class Seals:
    """``folder`` None: papers are stamped by hand."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    @classmethod
    def open(cls, folder: Path | None) -> "Seals":
        """Raises Misconfigured in a sentence for a folder or a picture that cannot be used."""
        for wrong in unusable(folder) if folder else []:
            what = "is no PNG picture that can be printed" if wrong != folder else "is no folder"
            raise Misconfigured(f"ZHIAN_SEALS: {wrong} {what}. docs/papers.md says how seals are kept.")
        return cls(folder)

    async def of(self, station: Organisation) -> bytes | None:
        """None for a station without one. Raises OSError for a file that does not let itself be read."""
        if self._folder is None or Path(station.code).name != station.code or not station.code:
            return None  # a code with a slash would lead out of the folder
        file = self._folder / f"{station.code}.png"
        return await asyncio.to_thread(file.read_bytes) if await asyncio.to_thread(file.exists) else None


def unusable(folder: Path) -> list[Path]:
    """Pictures that cannot be printed, or the folder itself."""
    return [file for file in pngs(folder) if not _printable(file)] if folder.is_dir() else [folder]


def pngs(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.png"))


def _printable(file: Path) -> bool:
    try:
        pictures.seal(file.read_bytes())
    except (OSError, pictures.Unreadable):
        return False
    return True
