"""Writing at the foot of a JPEG without touching the rest of it, which would cost time and quality.

``photos.encode`` lets each row of blocks begin anew (restart markers, ITU-T T.81, B.2.4.4), so that rows of two
pictures that were packed alike can be put together.
"""

import re
from dataclasses import dataclass
from typing import Self

BLOCK = 16  # rows of pixels that are packed together, colours at half their resolution
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")
_FRAME, _SCAN, _END = 0xC0, 0xDA, b"\xff\xd9"


@dataclass(frozen=True)
class Strips:
    """``head`` is all that precedes the rows, ``frame`` where in it the picture's height is told."""

    head: bytes
    frame: int
    rows: list[bytes]

    @classmethod
    def of(cls, jpeg: bytes) -> Self:
        """Of a baseline JPEG with one scan, as ``photos.encode`` makes it."""
        at, frame = 2, 0
        while jpeg[at + 1] != _SCAN:
            frame = at + 5 if jpeg[at + 1] == _FRAME else frame
            at += _length(jpeg, at)
        begin = at + _length(jpeg, at)
        return cls(jpeg[:begin], frame, _RESTART.split(jpeg[begin : -len(_END)]))

    @property
    def height(self) -> int:
        return int.from_bytes(self.head[self.frame : self.frame + 2])

    @property
    def whole(self) -> bool:
        """Nothing in it begins anew: there is but the whole."""
        return len(self.rows) != -(-self.height // BLOCK)

    def below(self, pixels: int) -> Self:
        """What lies below so many rows of pixels, a multiple of ``BLOCK``, as a picture of its own."""
        return type(self)(self._head(self.height - pixels), self.frame, self.rows[pixels // BLOCK :])

    def standing_on(self, foot: Self) -> Self | None:
        """With this foot instead of its own; None for one that was packed in another way."""
        rows = len(self.rows) - len(foot.rows)
        if foot.whole or rows < 0 or foot._head(self.height) != self.head:
            return None
        return type(self)(self.head, self.frame, self.rows[:rows] + foot.rows)

    def jpeg(self) -> bytes:
        marks = (bytes((0xFF, 0xD0 + number % 8)) for number in range(len(self.rows) - 1))
        parts = [part for pair in zip(self.rows, [*marks, _END], strict=True) for part in pair]
        return b"".join([self.head, *parts])

    def _head(self, height: int) -> bytes:
        return self.head[: self.frame] + height.to_bytes(2) + self.head[self.frame + 2 :]


def _length(jpeg: bytes, at: int) -> int:
    """Of the segment that begins here, with its marker."""
    return 2 + int.from_bytes(jpeg[at + 2 : at + 4])
