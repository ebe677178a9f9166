import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from core.evidence import video
from core.evidence.refusal import EvidenceRefused, Reason
from core.evidence.sniff import sniff
from core.evidence.workers import Patience
from tests.core.evidence import material

Film = Callable[..., bytes]


@pytest.fixture
def film(tmp_path: Path) -> Film:
    def make(*arguments: str, **options: Any) -> bytes:
        return material.film(tmp_path, *arguments, **options)

    return make


def prepared(data: bytes, patience: float = 30) -> video.Video:
    return video.prepare(data, sniff(data), Patience(patience))


def seen(data: bytes) -> tuple[set[str], tuple[int, int], bool]:
    """Codecs, size as shown, and whether the index is in front."""
    with av.open(io.BytesIO(data), "r", format="mp4") as played:
        assert not [name for name in played.metadata if "location" in name]
        frame = next(played.decode(video=0))
        size = (frame.height, frame.width) if frame.rotation % 180 else (frame.width, frame.height)
        return {stream.codec_context.name for stream in played.streams}, size, data.find(b"moov") < data.find(b"mdat")


def test_an_ordinary_mp4_stays_as_it_is(film: Film) -> None:
    kept = prepared(film())
    assert kept.shown is None
    assert (kept.width, kept.height, kept.seconds) == (320, 240, 2.0)
    poster = Image.open(io.BytesIO(kept.poster))
    assert (poster.format, poster.size) == ("JPEG", (320, 240))


def test_a_silent_mp4_stays_as_it_is(film: Film) -> None:
    assert prepared(film(sound=False)).shown is None


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        (("mp4",), {"front": False}),
        (("mp4",), {"place": "+20.0-110.0/"}),
        (("mov",), {}),
        (("mp4", "libx265"), {}),
        (("mp4", "mpeg4"), {}),
        (("webm", "libvpx"), {}),
    ],
    ids=["index at the end", "position", "iPhone", "HEVC", "old phone", "browser"],
)
def test_other_video_is_made_playable_and_forgets_its_position(
    film: Film, arguments: tuple[str, ...], options: dict[str, Any]
) -> None:
    kept = prepared(film(*arguments, **options))
    assert kept.seconds == pytest.approx(2, abs=0.1)
    assert kept.shown is not None
    assert seen(kept.shown) == ({"h264", "aac"}, (320, 240), True)


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_a_video_filmed_upright_stands_upright(film: Film, codec: str) -> None:
    kept = prepared(film("mp4", codec, front=False, turned=90))
    assert (kept.width, kept.height) == (240, 320)
    poster = Image.open(io.BytesIO(kept.poster))
    assert poster.size == (240, 320)
    assert poster.getpixel((120, 5))[1] > 180, "the crane, left in the frames, is on top"
    assert kept.shown is not None
    assert seen(kept.shown)[1] == (240, 320)


def test_a_large_video_is_shown_smaller(film: Film) -> None:
    kept = prepared(film("mp4", "libx265", size=(1_920, 1_080), seconds=1))
    assert (kept.width, kept.height) == (1_920, 1_080)
    assert kept.shown is not None
    assert seen(kept.shown)[1] == (1_280, 720)


def test_a_recording_without_a_duration_is_measured(film: Film) -> None:
    data = film("webm", "libvpx")
    at = data.index(b"\x44\x89\x88")
    headless = data[:at] + b"\xec\x89\x00" + data[at + 3 :]
    assert prepared(headless).seconds == pytest.approx(2, abs=0.1)


def test_conversion_ends_when_patience_does(film: Film) -> None:
    with pytest.raises(EvidenceRefused) as refused:
        prepared(film("mp4", "libx265"), patience=0)
    assert refused.value.sentence == "这段视频处理不过来，请把视频拍短一些再发。"


def test_conversion_ends_when_nobody_waits_any_more(film: Film) -> None:
    data, patience = film("mp4", "libx265"), Patience(60)
    patience.give_up()
    with pytest.raises(EvidenceRefused) as refused:
        video.prepare(data, sniff(data), patience)
    assert refused.value.reason is Reason.TOO_SLOW


@pytest.mark.parametrize("kept", [0.2, 0.6, 0.95])
def test_a_video_cut_short_is_refused(film: Film, kept: float) -> None:
    data = film()
    with pytest.raises(EvidenceRefused) as refused:
        prepared(data[: int(len(data) * kept)])
    assert refused.value.sentence == "视频不完整或已损坏，请重新发送一次；还是不行，请重新拍摄。"


def test_a_picture_wider_than_any_phone_makes_is_refused(film: Film) -> None:
    with pytest.raises(EvidenceRefused) as refused:
        prepared(film(size=(5_000, 64), sound=False, seconds=1))
    assert refused.value.sentence == "这种视频格式打不开，请用手机相机按普通画质重拍一段。"
