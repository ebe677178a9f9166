"""Starts and stops what is measured, each in a process of its own."""

import contextlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.load import Order, Result

HERE = Path(__file__).parent
_MODULES = HERE / "node_modules"
_ADDRESS = re.compile(rb"http://[\w.]+:(\d+)")
_OLDEST_NODE = (22, 12)


@dataclass(frozen=True)
class Server:
    """A process that listens on a port of this machine."""

    port: int
    process: "subprocess.Popen[bytes]"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def megabytes(self) -> float:
        """Resident memory of the process."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(r"^VmRSS:\s+(\d+)", status, flags=re.M)[0]) / 1024


@contextlib.contextmanager
def serving(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Until the end of the block; what it logs at warning level comes through."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, **(environment or {})})
    try:
        yield Server(_port(process), process)
    finally:
        _end(process)


@contextlib.contextmanager
def running(command: Sequence[str], environment: Mapping[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """As ``serving``, for what does not listen."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**os.environ, **environment})
    try:
        yield process
    finally:
        _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()


def _port(process: "subprocess.Popen[bytes]") -> int:
    assert process.stdout is not None
    for line in process.stdout:
        if found := _ADDRESS.search(line):
            return int(found[1])
    raise RuntimeError(f"{process.args!r} ended before it listened")


def python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def node() -> str | None:
    """The Node.js that was installed beside the peers, or a new enough one of the machine."""
    found = shutil.which("node", path=f"{_MODULES / '.bin'}{os.pathsep}{os.environ['PATH']}")
    if found is None or not (_MODULES / "express").exists():
        return None
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    return found if tuple(map(int, version.strip("v\n").split(".")[:2])) >= _OLDEST_NODE else None


def script(name: str, *arguments: str) -> list[str]:
    return [str(node()), str(HERE / "peers" / name), *arguments]


def installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def versions() -> str:
    found = node()
    if found is None:
        return "without Node.js and the peers written for it (make bench installs them)"
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    pins = json.loads((HERE / "package.json").read_text())["dependencies"]
    return f"Node.js {version}, " + ", ".join(f"{name} {pin}" for name, pin in pins.items())


def figures(command: Sequence[str]) -> dict[str, float]:
    """Runs to its end a program that prints its figures as JSON."""
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def load(order: Order) -> Result:
    """Raises RuntimeError when an answer was not 200: such a figure is worth nothing."""
    command, words = python("benchmarks.load"), json.dumps(asdict(order))
    done = subprocess.run(command, input=words, stdout=subprocess.PIPE, text=True, check=True)
    result = Result(**json.loads(done.stdout))
    if result.wrong:
        raise RuntimeError(f"{result.wrong} of {result.done} callbacks were not answered with 200")
    return result
