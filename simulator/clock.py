"""Simulated time: real time plus an offset that the service reads from the same file."""

import json
import time
from pathlib import Path


class Clock:
    """`now()` is in seconds since 1970. Without a file the offset lives in memory only."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._offset = self._read()

    @property
    def offset(self) -> float:
        return self._offset

    def now(self) -> float:
        return time.time() + self._offset

    def advance(self, seconds: float) -> None:
        self.set_offset(self._offset + seconds)

    def set_offset(self, seconds: float) -> None:
        self._offset = seconds
        if self._file:
            replace_file(self._file, json.dumps({"offset_seconds": seconds}).encode())

    def _read(self) -> float:
        try:
            return float(json.loads(self._file.read_text("utf-8"))["offset_seconds"]) if self._file else 0.0
        except FileNotFoundError:
            return 0.0


def replace_file(path: Path, content: bytes) -> None:
    """A reader sees the old file or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.write_bytes(content)
    fresh.replace(path)
