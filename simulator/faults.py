"""The ways in which this WeCom can be told to fail, each for one path or for all, with a probability."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

CODES = ("-1", "40014", "42001", "45009", "81013")
# True: the call has already taken effect when it fails, so that the caller cannot know it.
TRANSPORT = {
    "timeout": True,
    "slow": True,
    "500": False,
    "502": True,
    "empty": True,
    "broken_json": True,
    "html": False,
    "reset_before": False,
    "reset_after": True,
}
KINDS = (*TRANSPORT, *CODES)
CALLBACK_KINDS = ("duplicate", "out_of_order", "wrong_receiveid", "bad_signature", "drop")
SECONDS = {"timeout": 60.0, "slow": 3.0}


@dataclass(frozen=True, slots=True)
class Fault:
    """`mixed` stands for any of the fourteen kinds by turns, `down` for a WeCom that cannot be reached at all.
    `seconds` go by before whatever comes back, comes."""

    name: str
    path: str = "all"
    probability: float = 1.0
    seconds: float = 0.0
    after: bool = False

    def covers(self, path: str) -> bool:
        return self.path in ("all", path) or (self.path.endswith("/") and path.startswith(self.path))


class Faults:
    def __init__(self, seed: int | None = None) -> None:
        self._active: dict[tuple[str, str], Fault] = {}
        self._dice = random.Random(seed)
        self.closing = asyncio.Event()

    def set(
        self,
        name: str,
        path: str = "all",
        probability: float = 1.0,
        seconds: float | None = None,
        after: bool | None = None,
    ) -> None:
        """`path` is `message/send`, a group such as `user/`, or `all`. Probability 0 ends the fault.

        Raises ValueError with a sentence for a kind or probability that does not exist.
        """
        if name not in (*KINDS, *CALLBACK_KINDS, "mixed", "down"):
            raise ValueError(f"没有“{name}”这种故障")
        if not 0 <= probability <= 1:
            raise ValueError("概率应在 0 和 1 之间")
        path = path.removeprefix("/").removeprefix("cgi-bin/") or "all"
        self._active.pop((name, path), None)
        if probability:
            wait = SECONDS.get(name, 0.0) if seconds is None else seconds
            late = TRANSPORT.get(name, False) if after is None else after
            self._active[name, path] = Fault(name, path, probability, wait, late)

    def clear(self) -> None:
        self._active.clear()

    def seed(self, seed: int) -> None:
        self._dice.seed(seed)

    def pick(self, path: str) -> Fault | None:
        """The fault that this call meets, if any."""
        return next(self._hits(path), None)

    def strikes(self, name: str) -> bool:
        """Whether the next callback meets this one of CALLBACK_KINDS."""
        fault = self._active.get((name, "all"))
        return fault is not None and self._dice.random() < fault.probability

    def shown(self) -> dict[str, Any]:
        active = [asdict(fault) for fault in self._active.values()]
        return {"active": active, "kinds": [*KINDS, "mixed", "down"], "callback_kinds": list(CALLBACK_KINDS)}

    async def wait(self, seconds: float) -> None:
        """Sleeps, but not beyond the simulator's end."""
        try:
            await asyncio.wait_for(self.closing.wait(), seconds)
        except TimeoutError:
            return

    def _hits(self, path: str) -> Iterator[Fault]:
        for fault in self._active.values():
            if fault.name in CALLBACK_KINDS or not fault.covers(path):
                continue
            if self._dice.random() < fault.probability:
                yield self._one_of_all(fault) if fault.name == "mixed" else fault

    def _one_of_all(self, mixed: Fault) -> Fault:
        name = self._dice.choice(KINDS)
        return Fault(name, mixed.path, mixed.probability, SECONDS.get(name, 0.0), TRANSPORT.get(name, False))
