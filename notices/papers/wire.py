"""What goes between the service and its press: a head in JSON and blobs, never pickles, since a press reads pictures
that strangers took."""

import json
import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Any

HEAD = struct.Struct(">I")


def packed(head: dict[str, Any], blobs: Sequence[bytes] = ()) -> bytes:
    words = json.dumps(head | {"sizes": [len(blob) for blob in blobs]}).encode()
    return b"".join((HEAD.pack(len(words)), words, *blobs))


def unpacked(read: Callable[[int], bytes]) -> tuple[dict[str, Any], Iterator[bytes]] | None:
    """Blocking. None at the end of the stream."""
    size = read(HEAD.size)
    if len(size) < HEAD.size:
        return None
    head = json.loads(read(HEAD.unpack(size)[0]))
    return head, (read(length) for length in head["sizes"])
