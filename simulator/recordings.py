"""Voices and videos that a browser recorded, turned into what a phone would have sent, and back for playing."""

import io
from typing import cast

import av
from av import AudioStream
from av.audio.resampler import AudioResampler
from av.container import InputContainer, OutputContainer

AMR_RATE = 8000
_AMR_FRAME = 160
_FRAME_RATE = 25
_SOUND_RATE = 44_100


class Unplayable(ValueError):
    """Bytes that hold no such recording; the text is for the browser."""


def to_amr(content: bytes) -> bytes:
    """Any audio as 8 kHz mono AMR narrow-band. Raises Unplayable."""
    return _recode(content, "amr", "libopencore_amrnb", {"b": "12200"})


def to_wav(content: bytes) -> bytes:
    """Raises Unplayable."""
    return _recode(content, "wav", "pcm_s16le", {})


def _recode(content: bytes, container: str, codec: str, options: dict[str, str]) -> bytes:
    made = io.BytesIO()
    try:
        with av.open(io.BytesIO(content), "r") as source, av.open(made, "w", format=container) as target:
            stream = cast(AudioStream, target.add_stream(codec, rate=AMR_RATE, options=options, layout="mono"))
            resampler = AudioResampler(format="s16", layout="mono", rate=AMR_RATE, frame_size=_AMR_FRAME)
            for frame in [*source.decode(audio=0), None]:
                for piece in resampler.resample(frame):
                    target.mux(stream.encode(piece))
            target.mux(stream.encode(None))
    except (av.FFmpegError, IndexError) as error:
        raise Unplayable("这段录音无法识别") from error
    return made.getvalue()


def to_mp4(content: bytes) -> bytes:
    """MP4 as it is; anything else recoded to H.264 and AAC. Raises Unplayable."""
    if content[4:8] == b"ftyp":
        return content
    made = io.BytesIO()
    try:
        with av.open(io.BytesIO(content), "r") as source, av.open(made, "w", format="mp4") as target:
            _recode_pictures(source, target)
    except (av.FFmpegError, IndexError) as error:
        raise Unplayable("这段视频无法识别") from error
    return made.getvalue()


def _recode_pictures(source: InputContainer, target: OutputContainer) -> None:
    picture = source.streams.video[0]
    width, height = picture.width - picture.width % 2, picture.height - picture.height % 2
    shown = target.add_stream("libx264", rate=_FRAME_RATE, options={"preset": "veryfast", "crf": "28"})
    shown.width, shown.height, shown.pix_fmt = width, height, "yuv420p"
    heard = target.add_stream("aac", rate=_SOUND_RATE, layout="mono") if source.streams.audio else None
    resampler = AudioResampler(format="fltp", layout="mono", rate=_SOUND_RATE, frame_size=1024)
    for frame in source.decode():
        if isinstance(frame, av.VideoFrame):
            target.mux(shown.encode(frame.reformat(width, height, "yuv420p")))
        elif heard is not None and isinstance(frame, av.AudioFrame):
            for piece in resampler.resample(frame):
                target.mux(heard.encode(piece))
    target.mux(shown.encode(None))
    if heard is not None:
        target.mux(heard.encode(None))


def first_picture(content: bytes) -> bytes:
    """The first frame of a video as JPEG. Raises Unplayable."""
    made = io.BytesIO()
    try:
        with av.open(io.BytesIO(content), "r") as source:
            next(source.decode(video=0)).to_image().save(made, "JPEG", quality=80)  # type: ignore[no-untyped-call]
    except (av.FFmpegError, IndexError, StopIteration) as error:
        raise Unplayable("这段视频无法识别") from error
    return made.getvalue()
