"""The only place that reads the time; everything else asks here.

A rehearsal moves the clock: where a clock file is set, its ``offset_seconds`` are added to real time in
every process that reads the same file.
"""

import json
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
_REREAD_SECONDS = 0.2
_SOON = timedelta(days=3)


class Clock:
    """Real time, moved by the offset that a file holds."""

    def __init__(self, offset_file: Path | None = None) -> None:
        self._file = offset_file
        self._offset = timedelta(0)
        self._read_at = float("-inf")
        self._mtime = -1

    def now(self) -> datetime:
        if self._file is not None and time.monotonic() - self._read_at > _REREAD_SECONDS:
            self._reread(self._file)
        return datetime.now(UTC) + self._offset

    def _reread(self, file: Path) -> None:
        self._read_at = time.monotonic()
        try:
            mtime = file.stat().st_mtime_ns
            if mtime != self._mtime:
                seconds = float(json.loads(file.read_text("utf-8"))["offset_seconds"])
                self._offset, self._mtime = timedelta(seconds=seconds), mtime
        except FileNotFoundError:
            self._offset, self._mtime = timedelta(0), -1
        except (ValueError, KeyError, TypeError):
            return  # half written by the simulator; the next look reads it whole


class _Current:
    clock: Clock = Clock()


def use(clock: Clock) -> Clock:
    """Replaces the clock of this process (rehearsals and tests) and gives back the one before."""
    before, _Current.clock = _Current.clock, clock
    return before


def now() -> datetime:
    """Aware, in UTC."""
    return _Current.clock.now()


def host() -> datetime:
    """What this machine's own clock says, rehearsal or not: to be held against the database's."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The same moment as people in China read it."""
    return moment.astimezone(ZONE)


def today() -> date:
    """The calendar day in Asia/Shanghai."""
    return local(now()).date()


def spoken(moment: datetime) -> str:
    """``11月21日 14:05`` for this year, with the year otherwise."""
    there = local(moment)
    year = "" if there.year == today().year else f"{there.year}年"
    return f"{year}{there.month}月{there.day}日 {there:%H:%M}"


def ends(due: datetime) -> str:
    """``11月30日24时``: midnight belongs to the day that it ends."""
    there = local(due)
    last = there - timedelta(minutes=1)
    return spoken(due) if there.hour or there.minute else f"{spoken(last).rpartition(' ')[0]}24时"


def last_day(due: datetime) -> date:
    """The day on which something ends, in China."""
    return local(due - timedelta(minutes=1)).date()


def waiting(since: datetime) -> str:
    """``已等 3 小时``, or ``刚刚`` within the first minute."""
    return "刚刚" if now() - since < timedelta(minutes=1) else f"已等 {lasting(since)}"


def left(due: datetime) -> str:
    """``剩 3 天``, or ``已超期 2 小时`` from the end on."""
    ahead = due - now()
    return f"剩 {_length(ahead)}" if ahead > timedelta(0) else f"已超期 {_length(-ahead)}"


def pressing(due: datetime) -> str:
    """``over``, ``soon`` in the last three days, or ``later``."""
    ahead = due - now()
    return "over" if ahead <= timedelta(0) else "soon" if ahead <= _SOON else "later"


def lasting(since: datetime) -> str:
    """How long something has been waiting, in the largest unit that says enough."""
    return _length(now() - since)


def _length(time: timedelta) -> str:
    minutes = max(0, int(time.total_seconds() // 60))
    if minutes < 1:
        return "不到 1 分钟"
    if minutes < 60:
        return f"{minutes} 分钟"
    if minutes < 48 * 60:
        return f"{minutes // 60} 小时"
    return f"{minutes // (24 * 60)} 天"
