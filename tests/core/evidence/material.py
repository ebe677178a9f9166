"""Photos, voice and video of an invented site, made on the spot."""

import io
import math
import struct
import wave
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image, ImageDraw

GPS_IFD = 0x8825


def site(width: int = 800, height: int = 600) -> Image.Image:
    """Red sky, grey ground, a yellow crane on the left: turning or mirroring it shows."""
    picture = Image.new("RGB", (width, height), (200, 60, 60))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, height // 2, width, height), fill=(110, 110, 110))
    draw.rectangle((0, 0, width // 5, height), fill=(220, 200, 40))
    return picture


def saved(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def stored(folder: Path) -> list[str]:
    """Keys of everything that lies in the folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def phone_photo(orientation: int = 6) -> bytes:
    """As a phone held upright stores it: lying on its side, with a tag that says so, camera and position."""
    exif = Image.Exif()
    exif[0x0110] = "Demo Phone 1"
    exif[0x0112] = orientation
    exif[GPS_IFD] = {1: "N", 2: (20.0, 1.0, 30.0), 3: "E", 4: (110.0, 20.0, 6.0)}
    return saved(site(4000, 3000), exif=exif, comment=b"<script>alert(1)</script>")


def wav(seconds: float, rate: int = 8_000) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        tone = (int(8_000 * math.sin(i / 9)) for i in range(int(seconds * rate)))
        file.writeframes(b"".join(struct.pack("<h", value) for value in tone))
    return out.getvalue()


def voice(seconds: float, container: str = "amr", codec: str = "libopencore_amrnb", rate: int = 8_000) -> bytes:
    out = io.BytesIO()
    with av.open(io.BytesIO(wav(seconds, rate)), format="wav") as source, av.open(out, "w", format=container) as copy:
        stream = copy.add_stream(codec, rate=rate, layout="mono")
        sample = stream.codec_context.codec.audio_formats[0].name
        resampler = av.AudioResampler(sample, "mono", rate, stream.codec_context.frame_size or None)
        for frame in [*source.decode(audio=0), None]:
            for part in resampler.resample(frame):
                copy.mux(stream.encode(part))
        copy.mux(stream.encode(None))
    return out.getvalue()


def film(
    folder: Path,
    container: str = "mp4",
    codec: str = "libx264",
    *,
    seconds: int = 2,
    place: str = "",
    sound: bool = True,
    front: bool = True,
    size: tuple[int, int] = (320, 240),
    turned: int = 0,
) -> bytes:
    path = folder / f"film.{container}"
    options = {"movflags": "+faststart+use_metadata_tags"} if front else {"movflags": "+use_metadata_tags"}
    with av.open(str(path), "w", format=container, options=options) as copy:
        if place:
            copy.metadata["location"] = place
        pictures = copy.add_stream(codec, rate=10, options={"x265-params": "log-level=none"})
        pictures.width, pictures.height = size
        pictures.pix_fmt = "yuv420p"
        voices = (
            copy.add_stream("libopus" if container == "webm" else "aac", rate=48_000, layout="mono") if sound else None
        )
        for i in range(seconds * 10):
            frame = av.VideoFrame.from_image(site(*size))
            frame.pts, frame.time_base = i, Fraction(1, 10)
            copy.mux(pictures.encode(frame))
        copy.mux(pictures.encode(None))
        if voices:
            with av.open(io.BytesIO(wav(seconds, 48_000)), format="wav") as source:
                sample = voices.codec_context.codec.audio_formats[0].name
                resampler = av.AudioResampler(sample, "mono", 48_000, voices.codec_context.frame_size or None)
                for heard in [*source.decode(audio=0), None]:
                    for part in resampler.resample(heard):
                        copy.mux(voices.encode(part))
                copy.mux(voices.encode(None))
    return _turned(path.read_bytes(), turned)


def _turned(data: bytes, degrees: int) -> bytes:
    """Phones do not turn the pictures; they write into the track's header how to turn them."""
    if not degrees:
        return data
    upright = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    clockwise = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
    at = data.index(upright, data.index(b"tkhd"))
    return data[:at] + clockwise + data[at + len(upright) :]
