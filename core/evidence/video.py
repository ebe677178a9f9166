import io
import tempfile
from dataclasses import dataclass
from pathlib import Path

import av
import structlog
from av.container import InputContainer, OutputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from core.evidence import converting, photos, sound
from core.evidence.refusal import EvidenceRefused, Reason, refusal
from core.evidence.sniff import Kind, Sniffed, damaged
from core.evidence.workers import Patience

log = structlog.get_logger()

MOST_SIDE = 4_096
MOST_PIXELS = 4_096 * 2_304
PLAIN_CODECS = {"h264", "aac", "mp3"}
PLAIN_PIXELS = {"yuv420p", "yuvj420p"}
CONVERTED_CODECS = {"h264", "hevc", "mpeg4", "h263", "vp8", "vp9", "mjpeg"}


@dataclass(frozen=True)
class Video:
    """`shown` is None when the original plays in every browser and holds no position; `poster` is JPEG."""

    width: int
    height: int
    seconds: float
    shown: bytes | None
    poster: bytes
    phash: str


def prepare(data: bytes, sniffed: Sniffed, patience: Patience) -> Video:
    """Blocking. Raise EvidenceRefused when it does not decode, or takes longer to convert than `patience` allows."""
    try:
        return _prepare(data, sniffed.format.opener, patience)
    except EvidenceRefused:
        raise
    except Exception as error:  # decoders answer hostile bytes with errors of every kind
        log.info("evidence.video_damaged", error=type(error).__name__, size=len(data))
        raise damaged(Kind.VIDEO) from error


def _prepare(data: bytes, opener: str, patience: Patience) -> Video:
    with av.open(io.BytesIO(data), "r", format=opener) as source:
        seconds = _seconds(source)
        plain = _plays_anywhere(source, data)
        first = next(source.decode(_pictures(source)))
    poster = _poster(first)
    turned = first.rotation % 180 != 0
    return Video(
        width=first.height if turned else first.width,
        height=first.width if turned else first.height,
        seconds=seconds or _counted_seconds(data, opener),
        shown=None if plain else _shown(data, opener, first.rotation, patience),
        poster=photos.encode(poster, photos.SHOWN_QUALITY),
        phash=photos.dhash(poster),
    )


def _pictures(source: InputContainer) -> VideoStream:
    if not source.streams.video:
        raise refusal(Reason.NOT_A_VIDEO)
    stream = source.streams.video[0]
    codec = stream.codec_context
    if max(codec.width, codec.height) > MOST_SIDE or codec.name not in CONVERTED_CODECS:
        raise refusal(Reason.VIDEO_FORMAT)
    for voice in source.streams.audio:
        sound.check_plausible(voice)
    codec.options = {"max_pixels": str(MOST_PIXELS)}  # frames may be larger than their container says
    codec.thread_count = 2
    return stream


def _poster(frame: VideoFrame) -> Image.Image:
    image: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
    image.thumbnail((converting.SHOWN_SIDE, converting.SHOWN_SIDE))
    return image.rotate(frame.rotation, expand=True)


def _seconds(source: InputContainer) -> float:
    return round((source.duration or 0) / av.time_base, 1)


def _counted_seconds(data: bytes, opener: str) -> float:
    """Recorders in browsers write no duration."""
    with av.open(io.BytesIO(data), "r", format=opener) as source:
        stream = _pictures(source)
        ends = [packet.pts + (packet.duration or 0) for packet in source.demux(stream) if packet.pts is not None]
        return round(float(max(ends, default=0) * (stream.time_base or 0)), 1)


def _plays_anywhere(source: InputContainer, data: bytes) -> bool:
    """MP4 with H.264 and AAC, index in front, and no word about where it was taken, not in a track either."""
    where = [name for holder in (source, *source.streams) for name in holder.metadata if "location" in name.lower()]
    front = 0 <= data.find(b"moov") < data.find(b"mdat")
    alone = len(source.streams.video) == 1 and len(source.streams.audio) <= 1 and not source.streams.data
    return data[8:12] != b"qt  " and front and not where and alone and _is_plain(source)


def _is_plain(source: InputContainer) -> bool:
    eight_bit = all(stream.codec_context.pix_fmt in PLAIN_PIXELS for stream in source.streams.video)
    codecs = {stream.codec_context.name for stream in (*source.streams.video, *source.streams.audio)}
    return eight_bit and codecs <= PLAIN_CODECS


def _shown(data: bytes, opener: str, rotation: int, patience: Patience) -> bytes:
    """Made in a file, because moving the index to the front needs to read it again."""
    with tempfile.TemporaryDirectory(prefix="zhian-video-") as folder:
        path = Path(folder, "shown.mp4")
        with (
            av.open(io.BytesIO(data), "r", format=opener) as source,
            av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as copy,
        ):
            if _is_plain(source):
                _rewrap(source, copy, patience)
            else:
                converting.convert(source, _pictures(source), copy, rotation, patience)
        return path.read_bytes()


def _rewrap(source: InputContainer, copy: OutputContainer, patience: Patience) -> None:
    streams = (*source.streams.video[:1], *source.streams.audio[:1])
    targets = {stream.index: copy.add_stream_from_template(stream) for stream in streams}
    for packet in source.demux(streams):
        patience.check()
        if packet.dts is not None:
            packet.stream = targets[packet.stream.index]
            copy.mux(packet)
