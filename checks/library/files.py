"""Library files: read and checked. A file that cannot be used is refused in one sentence."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from checks.library.entries import Frozen, Standard, Term, Violation, Words
from core.errors import Misconfigured

STARTER = tuple(Path(__file__).with_name(f"{name}.json") for name in ("standards", "terms", "violations"))


class Head(Frozen, extra="ignore"):
    version: Words
    published: date
    note: Words
    standards: tuple[Standard, ...] = ()


class File(Head, extra="forbid"):
    """The shape of every library file; ``replaces`` says that the starter library is not wanted beside it."""

    replaces: bool = False
    terms: tuple[Term, ...] = ()
    violations: tuple[Violation, ...] = ()


Shape = TypeVar("Shape", bound=Head)


def read(paths: Sequence[Path]) -> list[File]:
    """Entries may cite the standards of all files; of two with one key the later counts. Raises Misconfigured."""
    contents = [(path, _json(path)) for path in paths]
    standards = {s.key: s for path, content in contents for s in _checked(path, Head, content).standards}
    return [_unique(path, _checked(path, File, content, standards)) for path, content in contents]


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Misconfigured(f"The library file {path.name} cannot be read: {error}.") from None


def _checked(path: Path, shape: type[Shape], content: Any, standards: Mapping[str, Standard] | None = None) -> Shape:
    try:
        return shape.model_validate(content, context=standards)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise Misconfigured(
            f"The library file {path.name} is wrong at {_place(first['loc'])}: {first['msg']}."
        ) from None


def _place(location: Iterable[int | str]) -> str:
    """``terms, entry 3, severity``: entries are counted from 1, as people count."""
    return ", ".join(f"entry {part + 1}" if isinstance(part, int) else part for part in location) or "its top"


def _unique(path: Path, file: File) -> File:
    names = [s.key for s in file.standards] + [entry.id for entry in (*file.terms, *file.violations)]
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise Misconfigured(f"The library file {path.name} has {twice[0]} twice.")
    return file
