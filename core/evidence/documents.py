"""Word, Excel and PowerPoint files, told from other archives without unpacking anything."""

import io
import zipfile
from dataclasses import dataclass

from core.evidence.refusal import Reason, refusal

MOST_ENTRIES = 5_000
OPENXML = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True)
class Document:
    mime: str
    extension: str


BY_MAIN_PART = {
    "word/document.xml": Document(OPENXML + "wordprocessingml.document", "docx"),
    "xl/workbook.xml": Document(OPENXML + "spreadsheetml.sheet", "xlsx"),
    "ppt/presentation.xml": Document(OPENXML + "presentationml.presentation", "pptx"),
}
EXTENSIONS = {document.extension for document in BY_MAIN_PART.values()}


def office(data: bytes) -> Document:
    """Raise EvidenceRefused for any other archive, for macros, and for files that end too early."""
    names = _names(data)
    found = [document for part, document in BY_MAIN_PART.items() if part in names]
    if len(found) != 1 or "[Content_Types].xml" not in names:
        raise refusal(Reason.ARCHIVE)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise refusal(Reason.MACRO)
    return found[0]


def ends_as_zip(data: bytes) -> bool:
    """True when an unpacker, which looks from the end, would find an archive in this file."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 22 - 0xFFFF))
    return at >= 0 and len(data) >= at + 22


def _names(data: bytes) -> set[str]:
    end = data.rfind(b"PK\x05\x06")
    if end < 0 or end + 22 > len(data):
        raise refusal(Reason.DAMAGED, thing="文件", verb="导出")
    if int.from_bytes(data[end + 10 : end + 12], "little") > MOST_ENTRIES:
        raise refusal(Reason.ARCHIVE)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError):
        raise refusal(Reason.DAMAGED, thing="文件", verb="导出") from None
