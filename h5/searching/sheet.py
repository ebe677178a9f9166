"""Workbooks of what was found: text stays text, whatever it begins with, and nobody's number is in it."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias
from urllib.parse import quote

import structlog
import xlsxwriter
from aiohttp import web

from core import clock

log = structlog.get_logger()

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DANGEROUS = tuple("=+-@＝＋－＠\t\r\n")  # some take the wide ones for them
_LONGEST = 32_000  # a cell holds 32,767 characters
_INERT = MappingProxyType(
    {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
)
_A4 = 9
_MOST_LINKS = 65_530  # of one sheet: a program for tables refuses to open more
_PIECE = 256 * 1024


@dataclass(frozen=True)
class Link:
    address: str
    caption: str


Cell: TypeAlias = str | int | date | Link | None


class Sheet:
    """Rows are written as they come and not kept; what takes long is done on a thread."""

    def __init__(self, book: Any, name: str, about: Iterable[str], columns: Sequence[tuple[str, int]]) -> None:
        """Lines about it, then the heads of its columns with their widths in characters."""
        self._sheet: Any = book.add_worksheet(name)
        self._bold = book.add_format({"bold": True, "text_wrap": True, "bottom": 1})
        self._wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left", "valign": "top"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left", "valign": "top"})
        self._at = 0
        self._links = 0
        self.rows = 0
        self._begin(about, columns)

    def _begin(self, about: Iterable[str], columns: Sequence[tuple[str, int]]) -> None:
        self._sheet.set_landscape()
        self._sheet.set_paper(_A4)
        self._sheet.fit_to_pages(1, 0)
        for number, (_, width) in enumerate(columns):
            self._sheet.set_column(number, number, width)
        for line in about:
            self._sheet.write_string(self._at, 0, inert(line))
            self._at += 1
        for number, (caption, _) in enumerate(columns):
            self._sheet.write_string(self._at, number, caption, self._bold)
        self._sheet.repeat_rows(self._at)
        self._at += 1
        self._sheet.freeze_panes(self._at, 0)

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        for row in rows:
            for column, cell in enumerate(row):
                self._write(column, cell)
            self._at += 1
            self.rows += 1

    def _write(self, column: int, cell: Cell) -> None:
        if isinstance(cell, Link):
            self._link(column, cell)
        elif isinstance(cell, datetime):
            self._sheet.write_datetime(self._at, column, clock.local(cell).replace(tzinfo=None), self._moment)
        elif isinstance(cell, date):
            self._sheet.write_datetime(self._at, column, cell, self._day)
        elif isinstance(cell, int):
            self._sheet.write_number(self._at, column, cell, self._wrapped)
        elif cell:
            self._sheet.write_string(self._at, column, inert(cell), self._wrapped)

    def _link(self, column: int, link: Link) -> None:
        self._links += 1
        if self._links <= _MOST_LINKS:
            self._sheet.write_url(self._at, column, link.address, string=link.caption)
        else:
            self._sheet.write_string(self._at, column, link.address)


class Workbook:
    def __init__(self, file: Path) -> None:
        self._book: Any = xlsxwriter.Workbook(str(file), dict(_INERT))

    def sheet(self, name: str, about: Iterable[str], columns: Sequence[tuple[str, int]]) -> Sheet:
        return Sheet(self._book, name, about, columns)

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
    try:
        await response.prepare(request)
        with await asyncio.to_thread(file.open, "rb") as opened:
            while piece := await asyncio.to_thread(opened.read, _PIECE):
                await response.write(piece)
        await response.write_eof()
    except ConnectionError:
        log.info("h5.reader_gone", path=request.path)
    return response
