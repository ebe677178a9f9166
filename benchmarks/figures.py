"""Interleaved rounds, and tables of their medians and spread."""

import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence

Measure = Callable[[], float]
Rounds = dict[str, list[float]]


def interleave(rounds: int, contestants: Mapping[str, Measure]) -> Rounds:
    """Everybody once, then everybody again: what slows the machine for a minute slows all alike."""
    found: Rounds = {name: [] for name in contestants}
    for number in range(1, rounds + 1):
        for name, measure in contestants.items():
            say(f"  round {number} of {rounds}: {name}")
            found[name].append(measure())
    return found


def ratio(found: Rounds, one: str, other: str) -> float:
    """The median of the rounds' own ratios, which a slow minute touches least."""
    return statistics.median(a / b for a, b in zip(found[one], found[other], strict=True) if b)


def quantiles(values: Sequence[float]) -> tuple[float, float, float]:
    """The middle one, the one that 95 of 100 do not exceed, the largest."""
    ordered = sorted(values)
    middle, late, longest = (ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.95, 1))
    return middle, late, longest


def spread(values: Sequence[float], digits: int = 0) -> str:
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:,.{digits}f} ({low:,.{digits}f}–{high:,.{digits}f})"


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A Markdown table, so that a run can be put into the papers as it is."""
    lines = [columns, *rows]
    widths = [max(len(line[n]) for line in lines) for n in range(len(columns))]
    print(f"\n{title}\n")
    for number, line in enumerate(lines):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |")
        if number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    sys.stdout.flush()


def say(words: str) -> None:
    """What is under way, beside the figures."""
    print(f"{time.strftime('%H:%M:%S')} {words}", file=sys.stderr, flush=True)
