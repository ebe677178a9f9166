"""How much a suite does, with which dice, and its one line of figures: the only place that reads the environment.

ZHIAN_SOAK=1 asks for the large figures (2 for twice as large, 0.1 for a tenth). ZHIAN_SEED replays a run: each test
throws dice of its own, drawn from the seed and the test's name. On every change they are the same, so that a failure
tells of the change; large figures throw new ones each time.
"""

import os
import random
import time
from dataclasses import dataclass, field

SOAK = float(os.environ.get("ZHIAN_SOAK") or 0)
_EVERY_CHANGE = 271_828


def thrown() -> int:
    """A new seed, unless ZHIAN_SEED names one."""
    return int(os.environ.get("ZHIAN_SEED") or random.SystemRandom().randrange(1_000_000))


SEED = thrown() if SOAK else int(os.environ.get("ZHIAN_SEED") or _EVERY_CHANGE)

lines: list[str] = []  # of the suites that have run


def many(every_change: int, soak: int) -> int:
    """How often: the first figure on every change, the second times ZHIAN_SOAK when that is more."""
    return max(every_change, round(soak * SOAK))


@dataclass
class Figures:
    name: str
    counted: dict[str, float] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    def dice(self, purpose: str = "") -> random.Random:
        """The same throws for the same seed, test and purpose; tasks that run side by side need a purpose each."""
        return random.Random(f"{SEED} {self.name} {purpose}")

    def add(self, **figures: float) -> None:
        """``add(kills=1, sends=3)``; what is added nothing to still shows as 0."""
        for name, by in figures.items():
            self.counted[name] = self.counted.get(name, 0) + by

    def line(self) -> str:
        counted = ", ".join(f"{name.replace('_', ' ')} {_shown(figure)}" for name, figure in self.counted.items())
        return f"{self.name}: {counted}; {time.monotonic() - self.began:.1f} s, ZHIAN_SEED={SEED}"


def _shown(figure: float) -> str:
    return f"{figure:,.2f}" if isinstance(figure, float) else f"{figure:,}"
