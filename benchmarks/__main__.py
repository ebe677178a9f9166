"""``python -m benchmarks [a b c d e f g h i j] [--quick]``."""

import argparse
import signal
import sys
import time
from collections.abc import Callable

from benchmarks import (
    callbacks,
    deadlines,
    figures,
    growth,
    lifetime,
    machine,
    pages,
    papers,
    photos,
    queues,
    searching,
    steps,
)
from benchmarks.places import Places, places
from benchmarks.scale import FULL, QUICK, Scale

PARTS: dict[str, Callable[[Places, Scale], None]] = {
    "a": callbacks.measure,
    "b": steps.measure,
    "c": queues.measure,
    "d": growth.measure,
    "e": lifetime.measure,
    "f": papers.measure,
    "g": deadlines.measure,
    "h": searching.measure,
    "i": pages.measure,
    "j": photos.measure,
}


def main() -> None:
    asked = _parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that everything that was started is ended
    scale = QUICK if asked.quick else FULL
    print("\n".join(f"- {line}" for line in machine.describe()))
    with places() as found:
        for part in asked.parts or PARTS:
            began = time.monotonic()
            figures.say(f"part {part}")
            PARTS[part](found, scale)
            figures.say(f"part {part} took {time.monotonic() - began:.0f} s")


def _part(name: str) -> str:
    if name not in PARTS:
        raise argparse.ArgumentTypeError(f"there is no part {name}, only {', '.join(PARTS)}")
    return name


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="zhian beside its parts and peers")
    parser.add_argument(
        "parts", nargs="*", type=_part, metavar="part", help="a b c d e f g h i j; all when none is named"
    )
    parser.add_argument("--quick", action="store_true", help="small counts: minutes instead of most of an hour")
    return parser


if __name__ == "__main__":
    main()
