"""Starts the real service quickly and often: one process has imported it and forks a child for every start.

Run as a program with the number of a socket. Each message there is an order (JSON) with two open files: the child's
standard output and its log. A child is a process of its own that runs zhian's own `main`; all that an order may change
beforehand is the length of the outbox's lease, and where a signal strikes (`core.moments`).
"""

import ctypes
import gc
import json
import os
import selectors
import signal
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot import __main__ as zhian
from bot import schedule
from bot.directory import Directory
from core import database, moments
from core.cases import outbox
from core.cases.engine import Engine
from core.moments import Moment
from core.sharing import credentials

ARM = signal.SIGUSR1
_LONGEST_ORDER = 64 * 1024
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Order:
    """What a child is to do. Once it is armed, the signal strikes when `moment` is reached for the `nth` time."""

    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)
    moment: str = ""
    nth: int = 1
    signal: int = signal.SIGKILL
    lease_seconds: int | None = None

    def obey(self) -> None:
        os.environ.update(self.environment)
        sys.argv = ["zhian", *self.command]
        if self.moment:
            struck = Striking(Moment(self.moment), self.nth, self.signal)
            signal.signal(ARM, lambda *_: setattr(moments, "watcher", struck))
        if self.lease_seconds is not None:
            outbox.LEASE_SECONDS = credentials.LEASE_SECONDS = database.STOPPED_SECONDS = self.lease_seconds
        if self.lease_seconds is not None and self.signal != signal.SIGSTOP:  # stopped in a write, it would hold SQLite
            _take_over_soon()
        zhian.main()


@dataclass
class Striking:
    moment: Moment
    left: int
    signal: int

    def __call__(self, moment: Moment) -> None:
        if moment is self.moment:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), self.signal)


def _take_over_soon() -> None:
    """A test cannot wait for half a minute at each death. What a lease means stays as it is."""
    real = schedule.jobs

    def hurried(engine: Engine, directory: Directory) -> list[schedule.Job]:
        return [replace(job, seconds=0.2) if job.name == "take_over" else job for job in real(engine, directory)]

    schedule.jobs = hurried


def _wait_for_orders(control: socket.socket) -> Order:
    """Returns in a child only. When whoever gives the orders is gone, it ends, and the children with it."""
    outputs: dict[int, int] = {}
    wake, told = socket.socketpair()
    told.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(told.fileno())
    with selectors.DefaultSelector() as waiting:
        waiting.register(control, selectors.EVENT_READ)
        waiting.register(wake, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in waiting.select()}
            if wake in ready:
                wake.recv(1024)
                _tell_who_ended(outputs)
            if control in ready:
                message, files, _, _ = socket.recv_fds(control, _LONGEST_ORDER, 2)
                if not message:
                    sys.exit()
                output, log = files
                pid = os.fork()
                if not pid:
                    break
                os.close(log)
                outputs[pid] = output
    _become_a_process([wake, told, control], outputs, output, log)
    return Order(**json.loads(message))


def _tell_who_ended(outputs: dict[int, int]) -> None:
    while outputs:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        output = outputs.pop(pid)
        os.write(output, f"\nended {os.waitstatus_to_exitcode(status)}\n".encode())
        os.close(output)


def _become_a_process(sockets: list[socket.socket], others: dict[int, int], output: int, log: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for one in sockets:
        one.close()
    for other in others.values():
        os.close(other)
    os.dup2(output, 1)
    os.dup2(log, 2)
    os.close(output)
    os.close(log)
    os.write(1, f"{os.getpid()}\n".encode())


def main() -> None:
    gc.collect()
    gc.freeze()
    control = socket.socket(fileno=int(sys.argv[1]))
    _wait_for_orders(control).obey()


if __name__ == "__main__":
    main()
