"""The process that sets papers, started as ``python -m notices.papers.press MEGABYTES``: jobs in, papers out, until
its input ends.

It is a process of its own so that its memory goes back, and so that a paper that takes too long can be ended.
"""

import json
import os
import resource
import shutil
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

import typst

from core import fonts
from notices.papers import letters, pictures, wire

TEMPLATES = Path(__file__).parent
PREVIEW_DPI = 110
ARCHIVED: Final[Literal["a-2u"]] = "a-2u"  # PDF/A: everything a reader needs lies in the file, in decades too
_NICE = 10  # a paper can wait, a callback cannot


def main(megabytes: int) -> None:
    os.nice(_NICE)
    resource.setrlimit(resource.RLIMIT_DATA, (megabytes << 20, megabytes << 20))
    while (job := wire.unpacked(sys.stdin.buffer.read)) is not None:
        sys.stdout.buffer.write(_done(*job))
        sys.stdout.buffer.flush()


def _done(head: dict[str, Any], blobs: Any) -> bytes:
    pictures_by_name = dict(zip(head["blobs"], blobs, strict=True))
    try:
        pdf, pages = typeset(head["template"], head["data"], pictures_by_name)
    except typst.TypstError as error:
        return wire.packed({"error": error.message})
    except Exception as error:  # the press goes on; the service logs this and says that the paper failed
        return wire.packed({"error": f"{type(error).__name__}: {error}"})
    return wire.packed({}, [pdf, *pages])


def typeset(template: str, data: dict[str, Any], given: dict[str, bytes]) -> tuple[bytes, list[bytes]]:
    """The PDF and a PNG of each page. `given` holds photos by their id, and perhaps ``seal``."""
    missing: dict[str, None] = {}
    said = letters.printable(data, missing)
    files = _pictures(data, given)
    said["pictures"] = sorted(files)
    said["missing"] = [f"U+{ord(letter):04X}" for letter in missing]
    files["data.json"] = json.dumps(said).encode()
    with TemporaryDirectory(prefix="paper-") as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        for name in ("base", template):
            shutil.copy(TEMPLATES / f"{name}.typ", folder)
        return _set(Path(folder), template, data["created"])


def _set(folder: Path, template: str, created: int) -> tuple[bytes, list[bytes]]:
    """Templates see this folder and nothing else."""
    compiler = typst.Compiler(folder / f"{template}.typ", root=folder, font_paths=_fonts(), ignore_system_fonts=True)
    pdf = compiler.compile(format="pdf", timestamp=created, pdf_standards=ARCHIVED)
    pages = compiler.compile(format="png", ppi=PREVIEW_DPI)
    return _one(pdf), pages if isinstance(pages, list) else [_one(pages)]


def _one(made: bytes | list[bytes] | None) -> bytes:
    if not isinstance(made, bytes):
        raise TypeError("typst gave something else than one file")
    return made


def _pictures(data: dict[str, Any], given: dict[str, bytes]) -> dict[str, bytes]:
    files = {}
    for name, content in given.items():
        try:
            shown = pictures.seal(content) if name == "seal" else pictures.for_print(content, of=len(given))
        except pictures.Unreadable:
            continue  # the template says so where the photo would be
        files["seal.png" if name == "seal" else f"{name}.jpg"] = shown
    if data["verify_url"]:
        files["qr.svg"] = pictures.qr(data["verify_url"])
    return files


@cache
def _fonts() -> typst.Fonts:
    folders = [fonts.REGULAR.parent, fonts.BOLD.parent]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


if __name__ == "__main__":
    main(int(sys.argv[1]))
