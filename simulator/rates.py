"""How often an API may be called (path/90312): 10,000 a minute, 150,000 an hour, then it is closed for as long."""

from dataclasses import dataclass

from simulator.errors import ApiError

WINDOWS = ((60, 10_000), (3600, 150_000))
FREE = ("message/send", "auth/getuserinfo", "gettoken")


@dataclass(slots=True)
class _Window:
    started: float
    count: int = 0
    closed_until: float = 0.0


class Rates:
    def __init__(self) -> None:
        self._windows: dict[tuple[str, int], _Window] = {}

    def count(self, path: str, now: float) -> None:
        """Raises ApiError 45009."""
        for seconds, most in WINDOWS if path not in FREE else ():
            window = self._windows.setdefault((path, seconds), _Window(now))
            if now < window.closed_until:
                raise ApiError(45009)
            if not window.started <= now < window.started + seconds:
                window.started, window.count = now, 0
            window.count += 1
            if window.count > most:
                window.closed_until = now + seconds
                raise ApiError(45009)
