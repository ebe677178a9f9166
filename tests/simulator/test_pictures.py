"""What a newcomer can send without a site of his own."""

import io
from itertools import pairwise

import av
import pytest
from PIL import Image, ImageChops, ImageStat

from simulator import pictures, samples

PAIRS = [
    ("edge-open", "edge-guarded"),
    ("opening-bare", "opening-covered"),
    ("scaffold-loose", "scaffold-tied"),
    ("box-open", "box-locked"),
    ("honeycomb", "honeycomb-repaired"),
    ("pit-bare", "pit-supported"),
    ("fire-empty", "fire-complete"),
]


def opened(picture_id: str) -> Image.Image:
    return Image.open(io.BytesIO(pictures.draw(picture_id))).convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of a point, from 0 to 255."""
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


@pytest.mark.parametrize("picture", pictures.PICTURES, ids=lambda picture: picture.id)
def test_every_picture_is_a_photo_of_the_usual_size_with_something_on_it(picture: pictures.Picture) -> None:
    shown = Image.open(io.BytesIO(pictures.draw(picture.id)))

    assert (shown.format, shown.size) == ("JPEG", (1600, 1200))
    assert len(pictures.draw(picture.id)) < 2_000_000
    assert min(ImageStat.Stat(shown).stddev) > 20


def test_there_are_at_least_twelve_pictures_each_with_its_own_name_and_caption() -> None:
    names = {picture.id for picture in pictures.PICTURES}
    captions = {picture.caption for picture in pictures.PICTURES}

    assert len(pictures.PICTURES) >= 12
    assert len(names) == len(captions) == len(pictures.PICTURES)


def test_the_same_picture_is_painted_the_same_every_time() -> None:
    first = pictures.draw("crane-load")
    pictures.draw.cache_clear()

    assert pictures.draw("crane-load") == first


def test_no_two_pictures_look_alike() -> None:
    small = [opened(picture.id).resize((80, 60)) for picture in pictures.PICTURES]

    assert min(difference(one, other) for i, one in enumerate(small) for other in small[:i]) > 3


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_a_pair_shows_the_same_place_before_and_after(before: str, after: str) -> None:
    same_pair = difference(opened(before).resize((80, 60)), opened(after).resize((80, 60)))
    another = min(
        difference(opened(before).resize((80, 60)), opened(other).resize((80, 60)))
        for pair in PAIRS
        for other in pair
        if other not in (before, after)
    )

    assert same_pair < another


def test_an_unknown_picture_is_refused() -> None:
    with pytest.raises(KeyError):
        pictures.draw("nowhere")


@pytest.mark.parametrize("voice", samples.VOICES, ids=lambda voice: voice.id)
def test_a_voice_is_amr_of_the_length_it_claims(voice: samples.Voice) -> None:
    content = samples.voice(voice.id)

    with av.open(io.BytesIO(content)) as recording:
        frames = list(recording.decode(audio=0))
    seconds = sum(frame.samples for frame in frames) / frames[0].sample_rate
    assert content.startswith(b"#!AMR\n")
    assert (frames[0].sample_rate, frames[0].layout.name) == (8000, "mono")
    assert seconds == pytest.approx(voice.seconds, abs=0.1)
    assert voice.seconds <= 60


@pytest.mark.parametrize("video", samples.VIDEOS, ids=lambda video: video.id)
def test_a_video_moves_and_has_the_length_it_claims(video: samples.Video) -> None:
    content = samples.video(video.id)

    with av.open(io.BytesIO(content)) as film:
        frames = [frame.to_image().resize((80, 60)) for frame in film.decode(video=0)]
        codec, rate = film.streams.video[0].codec_context.name, film.streams.video[0].average_rate
    assert codec == "h264"
    assert len(frames) / rate == pytest.approx(video.seconds, abs=0.1)
    assert len(content) < 10 * 1024 * 1024
    assert all(difference(one, other) > 0 for one, other in pairwise(frames[::10]))
