"""`zhian demo` as a newcomer starts it, with ports and a folder of its own."""

import contextlib
import itertools
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.town import until_it_begins

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 180


@dataclass
class Rehearsal:
    """The service, the simulator and their supervisor are processes of their own; ``address`` is the simulator's."""

    address: str
    service: str
    log: Path
    demo: "subprocess.Popen[bytes]"

    def wait_for(self, word: str) -> None:
        """Until the terminal shows this word."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while word not in self.log.read_text():
            if self.demo.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"The terminal never said {word}, only:\n{self.log.read_text()}")
            time.sleep(0.05)

    @property
    def kills(self) -> int:
        """How often the service has died of kill -9."""
        return len(re.findall("服务已退出（-9）", self.log.read_text()))


@contextmanager
def rehearsal(folder: Path, database_url: str = "") -> Iterator[Rehearsal]:
    """Everything it writes lies in `folder`; without a database of its own it makes an SQLite file there. Its clock
    begins where stories begin; the browser keeps the machine's, and no page may mind."""
    service, simulator = itertools.islice(_free_ports(), 2)
    own = {"ZHIAN_PORT": str(service), "ZHIAN_SIMULATOR_PORT": str(simulator), "PYTHONPATH": str(ROOT)}
    if database_url:
        own["ZHIAN_DEMO_DATABASE_URL"] = database_url
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZHIAN_")} | own
    _set_the_clock(folder / "var" / "clock.json")
    log = folder / "terminal.log"
    with log.open("wb") as terminal:
        demo = subprocess.Popen(
            [sys.executable, "-m", "bot", "demo"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=terminal,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        made = Rehearsal(f"http://localhost:{simulator}", f"http://localhost:{service}", log, demo)
        made.wait_for("好了")
        yield made
    finally:
        _end(demo)


def _set_the_clock(file: Path) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"offset_seconds": until_it_begins().total_seconds()}))


def _free_ports() -> Iterator[int]:
    """Below those that the system lends to everybody else, who might take one before the demo does."""
    for port in random.SystemRandom().sample(range(20_000, 30_000), 100):
        with socket.socket() as knocking, contextlib.suppress(OSError):
            knocking.bind(("127.0.0.1", port))
            yield port


def _end(demo: "subprocess.Popen[bytes]") -> None:
    """It ends its own processes; what might be left of its group is killed."""
    demo.terminate()
    demo.wait()
    try:
        os.killpg(demo.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
