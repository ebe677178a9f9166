"""How much is measured: enough for a paper, for a quick look, or for a test that it still runs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Seconds are those of one round; ``cases`` are the two sizes whose cost is compared."""

    rounds: int
    members: int
    connections: int
    closed_seconds: float
    latency_seconds: float
    long_seconds: float
    steps: int
    jobs: int
    messages: int
    cases: tuple[int, int]
    pending: int
    looks: int
    callbacks: int
    papers: int
    photos: int


FULL = Scale(
    rounds=3,
    members=30_000,
    connections=32,
    closed_seconds=3,
    latency_seconds=6,
    long_seconds=60,
    steps=300,
    jobs=3_000,
    messages=12_000,
    cases=(10_000, 1_000_000),
    pending=9_000,
    looks=200,
    callbacks=100_000,
    papers=100,
    photos=20,
)
QUICK = Scale(
    rounds=3,
    members=10_000,
    connections=32,
    closed_seconds=2,
    latency_seconds=5,
    long_seconds=10,
    steps=200,
    jobs=1_000,
    messages=1_500,
    cases=(10_000, 100_000),
    pending=5_000,
    looks=100,
    callbacks=10_000,
    papers=50,
    photos=10,
)
TINY = Scale(
    rounds=1,
    members=20,
    connections=2,
    closed_seconds=0.2,
    latency_seconds=0.2,
    long_seconds=0.2,
    steps=1,
    jobs=40,
    messages=20,
    cases=(30, 60),
    pending=20,
    looks=1,
    callbacks=1,
    papers=1,
    photos=1,
)
