import io
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from core.evidence import photos
from core.evidence.refusal import EvidenceRefused, Reason
from core.evidence.sniff import sniff
from tests.core.evidence import material

ROOT = Path(__file__).parents[3]
MOST_MEMORY = 150


def prepared(data: bytes) -> photos.Photo:
    return photos.prepare(data, sniff(data))


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def colour(picture: Image.Image, x: float, y: float) -> str:
    at = (round(x * (picture.width - 1)), round(y * (picture.height - 1)))
    red, green, _ = picture.convert("RGB").getpixel(at)
    return "crane" if green > 180 else "sky" if red > 150 else "ground"


def test_a_phone_photo_stands_upright_and_tells_nothing_else(phone_photo: bytes) -> None:
    photo = prepared(phone_photo)
    shown, thumb = opened(photo.shown), opened(photo.thumb)
    assert (photo.width, photo.height) == (3_000, 4_000)
    assert (shown.format, shown.size) == ("JPEG", (1_200, 1_600))
    assert (thumb.format, thumb.size) == ("JPEG", (240, 320))
    assert [colour(shown, *spot) for spot in ((0.5, 0.02), (0.98, 0.5), (0.02, 0.5))] == ["crane", "sky", "ground"]
    for copy in (shown, thumb):
        assert dict(copy.getexif()) == {}
        assert set(copy.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_what_hides_in_a_photo_is_not_in_its_copies(phone_photo: bytes) -> None:
    assert b"<script>" in phone_photo
    photo = prepared(phone_photo)
    assert b"<script>" not in photo.shown + photo.thumb
    assert b"Demo Phone" not in photo.shown + photo.thumb


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_honoured(orientation: int) -> None:
    """A picture turned away by the inverse of its tag looks like the untouched one."""
    undo = {5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE}
    undo |= {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM}
    undo |= {8: Image.Transpose.ROTATE_270}
    picture = material.site(800, 600)
    exif = Image.Exif()
    exif[0x0112] = orientation
    lying = picture.transpose(undo[orientation]) if orientation in undo else picture
    photo = prepared(material.saved(lying, exif=exif))
    shown = opened(photo.shown)
    assert (photo.width, photo.height) == shown.size == (800, 600)
    assert [colour(shown, *spot) for spot in ((0.02, 0.5), (0.9, 0.1), (0.9, 0.9))] == ["crane", "sky", "ground"]


def test_a_small_photo_is_not_blown_up() -> None:
    photo = prepared(material.saved(material.site(300, 200)))
    assert opened(photo.shown).size == opened(photo.thumb).size == (300, 200)


def test_a_panorama_keeps_at_least_a_pixel() -> None:
    assert opened(prepared(material.saved(material.site(9_000, 2))).shown).size == (1_600, 1)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        *(("L", "JPEG"), ("CMYK", "JPEG"), ("RGBA", "WEBP"), ("P", "GIF")),
        *(("L", "PNG"), ("1", "PNG"), ("P", "PNG"), ("LA", "PNG"), ("I;16", "PNG")),
    ],
)
def test_pictures_in_other_colours_are_photos_too(mode: str, kind: str) -> None:
    through = "I" if mode == "I;16" else mode
    picture = material.site().convert("L" if mode == "I;16" else "RGB").convert(through).convert(mode)
    assert opened(prepared(material.saved(picture, kind)).shown).mode == "RGB"


def test_what_is_transparent_becomes_white() -> None:
    clear = Image.new("RGBA", (40, 40), (255, 0, 0, 0))
    assert opened(prepared(material.saved(clear, "PNG")).shown).getpixel((20, 20)) == (255, 255, 255)


def test_a_photo_with_a_second_picture_inside_is_a_photo() -> None:
    pair = material.saved(material.site(), "MPO", save_all=True, append_images=[material.site(100, 75)])
    assert opened(prepared(pair).shown).size == (800, 600)


@pytest.mark.parametrize("garbage", [{"exif": b"Exif\0\0II*\0\xff\xff\xff\xff"}, {"icc_profile": b"not a profile"}])
def test_garbage_beside_the_pixels_does_no_harm(garbage: dict[str, bytes]) -> None:
    assert opened(prepared(material.saved(material.site(), **garbage)).shown).size == (800, 600)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_a_photo_cut_short_is_refused(kind: str, kept: float) -> None:
    data = material.saved(Image.effect_noise((400, 300), 80).convert("RGB"), kind)
    with pytest.raises(EvidenceRefused) as refused:
        prepared(data[: int(len(data) * kept)])
    assert refused.value.sentence == "照片不完整或已损坏，请重新发送一次；还是不行，请重新拍摄。"


def test_a_header_that_promises_another_size_than_the_pixels_is_refused() -> None:
    data = material.saved(material.site(), "WEBP", exif=b"Exif\0\0")
    with pytest.raises(EvidenceRefused) as refused:
        prepared(data[:24] + (99).to_bytes(3, "little") + data[27:])
    assert refused.value.reason is Reason.DAMAGED


def test_the_same_scene_hashes_alike_and_another_does_not() -> None:
    photo = prepared(material.saved(material.site(1_600, 1_200), quality=95))
    forwarded = prepared(material.saved(material.site(1_600, 1_200).resize((900, 675)), quality=40))
    other = prepared(material.saved(material.site(1_600, 1_200).transpose(Image.Transpose.ROTATE_180)))
    assert len(photo.phash) == 16
    assert (int(photo.phash, 16) ^ int(forwarded.phash, 16)).bit_count() <= 6
    assert (int(photo.phash, 16) ^ int(other.phash, 16)).bit_count() > 6


MEASURE = """
import re, sys
from pathlib import Path
from core.evidence import photos
from core.evidence.sniff import sniff

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024

warm, *files = [Path(name).read_bytes() for name in sys.argv[1:]]
photos.prepare(warm, sniff(warm))
for data in files:
    Path("/proc/self/clear_refs").write_text("5")
    before = peak()
    photos.prepare(data, sniff(data))
    print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")
def test_the_largest_pictures_we_take_cost_no_more_than_promised(tmp_path: Path) -> None:
    largest = {
        "plain.jpg": material.saved(material.site(7_300, 5_475)),
        "progressive.jpg": material.saved(material.site(5_400, 4_050), progressive=True, subsampling=0),
        "opaque.png": material.saved(material.site(5_650, 4_240), "PNG", compress_level=1),
        "clear.png": material.saved(material.site(4_470, 3_350).convert("RGBA"), "PNG", compress_level=1),
        "large.webp": material.saved(material.site(3_460, 2_600), "WEBP", method=0),
    }
    for name, data in {"warm.jpg": material.saved(material.site()), **largest}.items():
        (tmp_path / name).write_bytes(data)
    names = [tmp_path / name for name in ("warm.jpg", *largest)]
    run = subprocess.run([sys.executable, "-c", MEASURE, *names], cwd=ROOT, capture_output=True, text=True, check=True)
    costs = dict(zip(largest, map(int, run.stdout.split()), strict=True))
    assert {name: cost for name, cost in costs.items() if cost > MOST_MEMORY} == {}
