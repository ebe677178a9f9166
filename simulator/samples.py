"""The supplied recordings: murmured voices that say nothing, and slow looks across a painted site."""

import io
import math
import random
import wave
from array import array
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from zlib import crc32

import av
from PIL import Image

from simulator import pictures, recordings

_FRAME = (720, 540)
_FRAMES_PER_SECOND = 15
_LOUD = 9000
_STEPS = 128
_VOWELS = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410))
"""The first three resonances of a, i, u, e and o, in hertz."""


@dataclass(frozen=True, slots=True)
class Voice:
    """`pitch` in hertz."""

    id: str
    caption: str
    seconds: float
    pitch: float


@dataclass(frozen=True, slots=True)
class Video:
    """Looks across one of the supplied pictures."""

    id: str
    caption: str
    seconds: float
    picture: str


VOICES: list[Voice] = [
    Voice("edge", "“五层楼板边上没有栏杆”", 5.0, 118),
    Voice("scaffold", "“外架连墙件少了两处，今天补上”", 8.0, 104),
    Voice("long", "一段较长的现场说明", 24.0, 186),
]

VIDEOS: list[Video] = [
    Video("edge", "从左到右看一遍楼层临边", 4.0, "edge-open"),
    Video("pit", "沿基坑走一圈", 5.0, "pit-bare"),
    Video("scaffold", "外脚手架由下往上", 4.0, "scaffold-loose"),
]

_VOICES = {voice.id: voice for voice in VOICES}
_VIDEOS = {video.id: video for video in VIDEOS}


@cache
def voice(voice_id: str) -> bytes:
    """AMR narrow-band, as a phone records it. Raises KeyError for an unknown id."""
    return recordings.to_amr(_wav(_murmur(_VOICES[voice_id])))


@cache
def video(video_id: str) -> bytes:
    """MP4 (H.264), silent. Raises KeyError for an unknown id."""
    return _mp4(_VIDEOS[video_id])


def _murmur(spoken: Voice) -> "array[int]":
    dice = random.Random(crc32(spoken.id.encode()))
    samples = array("h")
    total = round(spoken.seconds * recordings.AMR_RATE)
    while len(samples) < total:
        fall = 1.12 - 0.24 * len(samples) / total
        samples.extend(_syllable(dice, spoken.pitch * fall * dice.uniform(0.92, 1.1)))
        samples.extend([0] * round(recordings.AMR_RATE * dice.choice((0.01, 0.02, 0.03, 0.22))))
    return samples[:total]


def _syllable(dice: random.Random, pitch: float) -> list[int]:
    """A breath of noise, then a vowel whose pitch slides as in a tone."""
    vowel, slide = dice.choice(_VOWELS), dice.uniform(-0.22, 0.22)
    length = round(recordings.AMR_RATE * dice.uniform(0.14, 0.26))
    breath = [dice.gauss(0, _LOUD / 12) for _ in range(round(recordings.AMR_RATE * 0.03))]
    sung, phase = [0.0] * length, 0.0
    wave_form = [_harmonics(2 * math.pi * step / _STEPS, pitch, vowel) for step in range(_STEPS)]
    for index in range(length):
        part = index / length
        phase += pitch * (1 + slide * part) / recordings.AMR_RATE
        loud = math.sin(math.pi * part) ** 0.6 * _LOUD
        sung[index] = loud * wave_form[int(phase * _STEPS) % _STEPS]
    return [round(value) for value in breath + sung]


def _harmonics(phase: float, pitch: float, vowel: tuple[int, int, int]) -> float:
    """Overtones of the voice, stronger near the resonances of the mouth."""
    total = 0.0
    for number in range(1, int(3400 / pitch)):
        tone = number * pitch
        near = sum(math.exp(-(((tone - peak) / 130) ** 2)) / (rank + 1) for rank, peak in enumerate(vowel))
        if near > 0.01:
            total += near * math.sin(number * phase)
    return total / 3


def _wav(samples: "array[int]") -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(recordings.AMR_RATE)
        file.writeframes(samples.tobytes())
    return written.getvalue()


def _mp4(shot: Video) -> bytes:
    written = io.BytesIO()
    picture = Image.open(io.BytesIO(pictures.draw(shot.picture)))
    with av.open(written, "w", format="mp4") as file:
        stream = file.add_stream("libx264", rate=_FRAMES_PER_SECOND, options={"preset": "veryfast", "crf": "27"})
        stream.width, stream.height, stream.pix_fmt = *_FRAME, "yuv420p"
        stream.codec_context.time_base = Fraction(1, _FRAMES_PER_SECOND)
        count = round(shot.seconds * _FRAMES_PER_SECOND)
        for index in range(count):
            frame = av.VideoFrame.from_image(_look(picture, index / (count - 1)))  # type: ignore[no-untyped-call]
            frame.pts = index
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return written.getvalue()


def _look(picture: Image.Image, part: float) -> Image.Image:
    """The part of the picture that a hand-held camera shows: it pans, comes nearer, and trembles a little."""
    wide = 1180 - 160 * part
    high = wide * _FRAME[1] / _FRAME[0]
    glide = part * part * (3 - 2 * part)
    left = (picture.width - wide) * (0.04 + 0.92 * glide) + 5 * math.sin(part * 23)
    top = (picture.height - high) * (0.62 - 0.3 * glide) + 4 * math.sin(part * 31)
    return picture.resize(_FRAME, Image.Resampling.BILINEAR, (left, top, left + wide, top + high))
