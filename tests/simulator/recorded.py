"""Small recordings, made on the spot."""

import io
import math
import struct
import wave
from functools import cache

import av
from PIL import Image


@cache
def jpeg(width: int = 64, height: int = 48) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, height), "#c0392b").save(made, "JPEG")
    return made.getvalue()


@cache
def beep(seconds: float = 1.0) -> bytes:
    """A WAV of 48 kHz, as a browser might give."""
    made = io.BytesIO()
    samples = [int(9000 * math.sin(n / 12)) for n in range(int(48_000 * seconds))]
    with wave.open(made, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(48_000)
        sound.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return made.getvalue()


@cache
def webm() -> bytes:
    return _video("webm", "libvpx")


@cache
def mp4() -> bytes:
    return _video("mp4", "libx264")


def _video(container: str, codec: str) -> bytes:
    made = io.BytesIO()
    with av.open(made, "w", format=container) as target:
        stream = target.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for n in range(5):
            frame = av.VideoFrame.from_image(Image.new("RGB", (64, 48), (50 * n, 90, 120)))
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return made.getvalue()
