import io
from dataclasses import dataclass

import av
import structlog
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream

from core.evidence.refusal import EvidenceRefused, Reason, refusal
from core.evidence.sniff import Kind, Sniffed, damaged

log = structlog.get_logger()

MOST_SECONDS = 60
SLACK = 0.5  # recorders and encoders pad their last frame
LIKELY_RATES = range(4_000, 192_001)
MOST_CHANNELS = 8
RATE = 24_000
BIT_RATE = 32_000


@dataclass(frozen=True)
class Voice:
    """`shown` is MP3, mono, which every browser plays."""

    seconds: float
    shown: bytes


def prepare(data: bytes, sniffed: Sniffed) -> Voice:
    """Blocking. Raise EvidenceRefused when it is longer than 60 s or does not decode."""
    out = io.BytesIO()
    try:
        with (
            av.open(io.BytesIO(data), "r", format=sniffed.format.opener) as source,
            av.open(out, "w", format="mp3", options={"id3v2_version": "0"}) as copy,
        ):
            seconds = _convert(source, copy)
    except EvidenceRefused:
        raise
    except Exception as error:  # decoders answer hostile bytes with errors of every kind
        log.info("evidence.voice_damaged", error=type(error).__name__, size=len(data))
        raise damaged(Kind.VOICE) from error
    return Voice(round(min(seconds, MOST_SECONDS), 1), out.getvalue())


def _convert(source: av.container.InputContainer, copy: av.container.OutputContainer) -> float:
    if source.streams.video or len(source.streams.audio) != 1:
        raise refusal(Reason.NOT_A_VOICE)
    check_plausible(source.streams.audio[0])
    target = copy.add_stream("libmp3lame", rate=RATE, layout="mono", bit_rate=BIT_RATE)
    resampler = AudioResampler("s16p", "mono", RATE)
    seconds = 0.0
    for frame in source.decode(source.streams.audio[0]):
        seconds += frame.samples / frame.sample_rate
        if seconds > MOST_SECONDS + SLACK:  # before resampling, which would blow up a dishonest rate
            raise refusal(Reason.TOO_LONG)
        for part in resampler.resample(frame):
            copy.mux(target.encode(part))
    if not seconds:
        raise damaged(Kind.VOICE)
    for part in resampler.resample(None):
        copy.mux(target.encode(part))
    copy.mux(target.encode(None))
    return seconds


def check_plausible(stream: AudioStream) -> None:
    """A resampler takes memory in proportion to the rates it is told, gigabytes for a dishonest header."""
    if stream.rate not in LIKELY_RATES or stream.channels > MOST_CHANNELS:
        raise refusal(Reason.SOUND_FORMAT)
