"""Whatever the bytes, the answer is a kept thing or one sentence; nothing else comes out, and nothing hangs."""

import asyncio
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.evidence.keeping import keep
from core.evidence.refusal import EvidenceRefused
from core.evidence.store import Store
from tests.core.evidence import material


def _films() -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        return [
            material.film(Path(folder), *kind, seconds=1, size=(64, 48))
            for kind in (("mp4",), ("mov",), ("webm", "libvpx"), ("mp4", "libx265"))
        ]


SEEDS = [
    *(material.saved(material.site(64, 48), kind) for kind in ("JPEG", "PNG", "GIF", "WEBP")),
    material.saved(material.site(64, 48), progressive=True),
    material.saved(material.site(64, 48), "WEBP", lossless=True),
    material.voice(0.5),
    material.wav(0.1),
    *(material.voice(0.5, *kind) for kind in (("mp3", "libmp3lame", 24_000), ("ipod", "aac", 16_000))),
    *(material.voice(0.5, *kind) for kind in (("ogg", "libopus", 16_000), ("webm", "libopus", 16_000))),
    *_films(),
    b"%PDF-1.7\n%%EOF\n",
]


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """A real file with a few bytes changed, most often in its headers, and perhaps an end missing or added."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(0, 6))):
        reach = draw(st.sampled_from([32, 256, len(data)]))
        data[draw(st.integers(0, min(reach, len(data)) - 1))] = draw(st.integers(0, 255))
    end = draw(st.integers(1, len(data)))
    return bytes(data[:end] if draw(st.booleans()) else data) + draw(st.binary(max_size=8))


async def _answer(data: bytes) -> str:
    try:
        return (await keep(Store.open("memory:///"), data)).name
    except EvidenceRefused as refused:
        return refused.sentence


@settings(max_examples=400, deadline=5_000, suppress_health_check=[HealthCheck.too_slow])
@given(broken())
def test_a_broken_file_gets_an_answer(data: bytes) -> None:
    assert asyncio.run(_answer(data))


@settings(max_examples=200, deadline=5_000)
@given(st.binary(max_size=200))
def test_noise_gets_an_answer(data: bytes) -> None:
    assert asyncio.run(_answer(data))
