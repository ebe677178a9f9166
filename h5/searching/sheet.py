"""Workbooks of what was found: text stays text, whatever it begins with, and nobody's number is in it."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias
from urllib.parse import quote

import xlsxwriter
from aiohttp import web

from core import clock

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_LONGEST = 32_000  # a cell holds 32,767 characters
_INERT = MappingProxyType(
    {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
)
_PIECE = 256 * 1024


@dataclass(frozen=True)
class Link:
    address: str
    caption: str


Cell: TypeAlias = str | int | datetime | Link | None


class Workbook:
    """Rows are written as they come and not kept; what takes long is done on a thread."""

    def __init__(self, file: Path) -> None:
        self._book: Any = xlsxwriter.Workbook(str(file), dict(_INERT))
        self._bold = self._book.add_format({"bold": True, "text_wrap": True, "bottom": 1})
        self._wrapped = self._book.add_format({"text_wrap": True, "valign": "top"})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left", "valign": "top"})
        self._sheet: Any = None
        self._row = 0

    def begin(self, name: str, about: Iterable[str], columns: Sequence[tuple[str, int]]) -> None:
        """A sheet with lines about it, then the heads of its columns with their widths in characters."""
        self._sheet, self._row = self._book.add_worksheet(name), 0
        self._sheet.set_landscape()
        self._sheet.set_paper(9)
        self._sheet.fit_to_pages(1, 0)
        for number, (_, width) in enumerate(columns):
            self._sheet.set_column(number, number, width)
        for line in about:
            self._sheet.write_string(self._row, 0, inert(line))
            self._row += 1
        for number, (caption, _) in enumerate(columns):
            self._sheet.write_string(self._row, number, caption, self._bold)
        self._sheet.repeat_rows(self._row)
        self._row += 1

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        for row in rows:
            for column, cell in enumerate(row):
                self._write(column, cell)
            self._row += 1

    def _write(self, column: int, cell: Cell) -> None:
        if isinstance(cell, Link):
            self._sheet.write_url(self._row, column, cell.address, string=cell.caption)
        elif isinstance(cell, datetime):
            self._sheet.write_datetime(self._row, column, clock.local(cell).replace(tzinfo=None), self._moment)
        elif isinstance(cell, int):
            self._sheet.write_number(self._row, column, cell, self._wrapped)
        elif cell:
            self._sheet.write_string(self._row, column, inert(cell), self._wrapped)

    def close(self) -> None:
        self._book.close()


def inert(words: str) -> str:
    """Nothing that a program for tables would take for a formula, also after somebody saves it as CSV."""
    guarded = f"'{words}" if words.startswith(_DANGEROUS) else words
    return guarded if len(guarded) <= _LONGEST else f"{guarded[:_LONGEST]}…"


@asynccontextmanager
async def workbook() -> AsyncIterator[tuple[Workbook, Path]]:
    """It is gone afterwards."""
    folder = await asyncio.to_thread(tempfile.TemporaryDirectory, prefix="zhian-export-")
    try:
        file = Path(folder.name) / "export.xlsx"
        yield Workbook(file), file
    finally:
        await asyncio.to_thread(folder.cleanup)


async def send(request: web.Request, file: Path, name: str) -> web.StreamResponse:
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    response = web.StreamResponse(headers=headers)
    response.content_type = TYPE
    response.content_length = (await asyncio.to_thread(file.stat)).st_size
    await response.prepare(request)
    with await asyncio.to_thread(file.open, "rb") as opened:
        while piece := await asyncio.to_thread(opened.read, _PIECE):
            await response.write(piece)
    await response.write_eof()
    return response
