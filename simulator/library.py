"""The supplied pictures, voices and videos that a member can send without having any of his own."""

from collections.abc import Callable
from functools import cache

from simulator import pictures, samples
from simulator.corp import Unknown
from simulator.state import Json

_MAKERS: dict[str, tuple[list[str], Callable[[str], bytes]]] = {
    "pictures": ([item.id for item in pictures.PICTURES], pictures.draw),
    "voices": ([item.id for item in samples.VOICES], samples.voice),
    "videos": ([item.id for item in samples.VIDEOS], samples.video),
}


def shown() -> Json:
    """The lists of the control API."""
    return {
        "pictures": [_entry("pictures", item.id, item.caption) for item in pictures.PICTURES],
        "voices": [_entry("voices", item.id, item.caption) for item in samples.VOICES],
        "videos": [_entry("videos", item.id, item.caption) for item in samples.VIDEOS],
    }


@cache
def content(kind: str, identity: str) -> bytes:
    """JPEG, AMR or MP4 by kind: `pictures`, `voices`, `videos`. Raises Unknown."""
    known, make = _MAKERS[kind]
    if identity not in known:
        raise Unknown(f"素材库里没有“{identity}”")
    return make(identity)


def _entry(kind: str, identity: str, caption: str) -> Json:
    return {"id": identity, "url": f"/sim/{kind}/{identity}", "caption": caption}
