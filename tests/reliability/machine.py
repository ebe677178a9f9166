"""What the operating system says of a process: processor time, memory, open files (Linux)."""

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Machine:
    pid: int

    @property
    def cpu_seconds(self) -> float:
        fields = self._file("stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    @property
    def memory(self) -> float:
        """MB now."""
        return self._status("VmRSS")

    @property
    def most_memory(self) -> float:
        """MB, the most since ``forget_the_most``."""
        return self._status("VmHWM")

    def forget_the_most(self) -> None:
        self._file("clear_refs").write_text("5")

    @property
    def open_files(self) -> int:
        return len(list(self._file("fd").iterdir()))

    def _status(self, name: str) -> float:
        lines = self._file("status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024

    def _file(self, name: str) -> Path:
        return Path("/proc") / str(self.pid) / name
