"""Video that not every browser plays, made into H.264 and AAC."""

from collections.abc import Iterator
from fractions import Fraction

from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.filter import Graph
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from core.evidence.workers import Patience

SHOWN_SIDE = 1_280
TICKS = Fraction(1, 90_000)
X264 = {"preset": "veryfast", "crf": "25", "maxrate": "3M", "bufsize": "6M", "threads": "2"}
SOUND_RATE = 44_100
SOUND_FRAME = 1_024  # what AAC encodes at a time
UPRIGHT = {90: ["cclock"], 180: ["cclock", "cclock"], 270: ["clock"]}


def convert(
    source: InputContainer, stream: VideoStream, copy: OutputContainer, rotation: int, patience: Patience
) -> None:
    """The pictures and the first sound. `rotation` in degrees counter-clockwise, as FFmpeg's frames have it."""
    pictures = _Pictures(stream, copy, rotation)
    sound = _Sound(copy) if source.streams.audio else None
    for packet in source.demux(stream, *source.streams.audio[:1]):
        for frame in packet.decode():
            patience.check()
            if isinstance(frame, VideoFrame):
                pictures.take(frame)
            elif isinstance(frame, AudioFrame) and sound:
                sound.take(frame)
    pictures.end()
    if sound:
        sound.end()


class _Pictures:
    def __init__(self, stream: VideoStream, copy: OutputContainer, rotation: int) -> None:
        width, height = _fitted(stream.codec_context.width, stream.codec_context.height)
        turns = UPRIGHT.get(rotation % 360, [])
        self._graph = _chain(stream, [f"scale={width}:{height}", *(f"transpose={t}" for t in turns), "format=yuv420p"])
        self._copy = copy
        self._target = copy.add_stream("libx264", options=X264)
        self._target.width, self._target.height = (height, width) if len(turns) == 1 else (width, height)
        self._target.pix_fmt = "yuv420p"
        self._target.codec_context.time_base = TICKS

    def take(self, frame: VideoFrame) -> None:
        self._graph.vpush(frame)
        for ready in self._pulled():
            ready.pict_type = 0
            self._copy.mux(self._target.encode(ready))

    def end(self) -> None:
        self._copy.mux(self._target.encode(None))

    def _pulled(self) -> Iterator[VideoFrame]:
        while True:
            try:
                yield self._graph.vpull()
            except (BlockingIOError, EOFError):
                return


class _Sound:
    def __init__(self, copy: OutputContainer) -> None:
        self._copy = copy
        self._target: AudioStream = copy.add_stream("aac", rate=SOUND_RATE, layout="stereo")
        self._resampler = AudioResampler("fltp", "stereo", SOUND_RATE, SOUND_FRAME)

    def take(self, frame: AudioFrame | None) -> None:
        for part in self._resampler.resample(frame):
            self._copy.mux(self._target.encode(part))

    def end(self) -> None:
        self.take(None)
        self._copy.mux(self._target.encode(None))


def _fitted(width: int, height: int) -> tuple[int, int]:
    """Even numbers, as H.264 asks."""
    scale = min(1.0, SHOWN_SIDE / max(width, height))
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def _chain(stream: VideoStream, steps: list[str]) -> Graph:
    graph = Graph()
    nodes = [graph.add_buffer(template=stream)]
    nodes += [graph.add(*step.split("=", 1)) for step in steps]
    graph.link_nodes(*nodes, graph.add("buffersink")).configure()
    return graph
