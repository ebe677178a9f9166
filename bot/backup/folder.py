"""The folder of a backup: its files, their hashes, and the manifest."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
SQLITE = "database.sqlite3"
TABLES = "tables"
EVIDENCE = "evidence"
_FORMAT = 1
_CHUNK = 1024 * 1024


class Unusable(Exception):
    """Why a folder or a place cannot be used, and what to do, in a sentence."""


@dataclass(frozen=True)
class Manifest:
    """``schema``: the applied migrations in order. ``missing``: evidence that the database names, lost or damaged."""

    database: str
    schema: list[str]
    made_at: str
    rows: dict[str, int]
    evidence: int
    missing: list[str] = field(default_factory=list)
    format: int = _FORMAT


@dataclass(frozen=True)
class Folder:
    """Files are private: they hold names and mobiles."""

    path: Path

    @classmethod
    def make(cls, path: Path) -> "Folder":
        """Raises Unusable for a folder that holds something: a backup never overwrites another."""
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise Unusable(f"{path} is not empty. Name a new folder: a backup overwrites nothing.")
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o700)
        return cls(path)

    @classmethod
    def read(cls, path: Path) -> tuple["Folder", Manifest]:
        try:
            manifest = Manifest(**json.loads((path / MANIFEST).read_text("utf-8")))
        except FileNotFoundError:
            raise Unusable(f"{path} is not a complete backup: it has no {MANIFEST}.") from None
        if manifest.format != _FORMAT:
            raise Unusable(f"{path} was made by another version (format {manifest.format}); restore it with that one.")
        return cls(path), manifest

    def file(self, name: str) -> Path:
        """The path of a new file; its folder is there."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def sums(self) -> Iterator[tuple[str, str]]:
        with (self.path / SUMS).open(encoding="utf-8") as lines:
            for line in lines:
                digest, _, name = line.rstrip("\n").partition("  ")
                yield name, digest

    def finish(self, manifest: Manifest) -> None:
        """The manifest comes last: a folder without one was never finished."""
        with _private(self.path / SUMS).open("w", encoding="utf-8") as sums:
            for path in sorted(self.path.rglob("*")):
                if path.is_file() and path != self.path / SUMS:
                    path.chmod(0o600)
                    sums.write(f"{sha256(path)}  {path.relative_to(self.path).as_posix()}\n")
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=2)
        _private(self.path / MANIFEST).write_text(text + "\n", "utf-8")

    def damaged(self) -> list[str]:
        """Files that are gone or are not what was written."""
        return [name for name, digest in self.sums() if not _is(self.path / name, digest)]


def _private(path: Path) -> Path:
    path.touch(mode=0o600)
    return path


def _is(path: Path, digest: str) -> bool:
    return path.is_file() and sha256(path) == digest


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
