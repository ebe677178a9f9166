import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont

from core import fonts
from core.errors import Misconfigured
from core.evidence import glyphs, marking, photos
from core.evidence.marking import Mark, marked
from core.evidence.strips import Strips
from tests.core.evidence import material

MARK = Mark(
    received_at=datetime(2026, 11, 21, 2, 32, tzinfo=UTC),
    project="滨江花园二期 3# 楼",
    part="三层 ⑤–⑦ 轴梁板",
    role="监督员",
    by="林小满",
)


def changed(before: bytes, after: bytes) -> tuple[int, int, int, int]:
    """The box outside which nobody can see a difference."""
    one, other = (Image.open(io.BytesIO(data)).convert("L") for data in (before, after))
    box = ImageChops.difference(one, other).point(lambda value: 255 * (value > 24)).getbbox()
    assert box is not None
    return box


def test_the_mark_is_a_band_at_the_foot() -> None:
    shown = material.saved(material.site(1_600, 1_200))
    left, top, right, bottom = changed(shown, marked(shown, MARK))
    assert (left, right, bottom) == (0, 1_600, 1_200)
    assert 1_000 < top < 1_100


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    lines: list[str] = []
    monkeypatch.setattr(marking, "_draw", lambda _photo, found, _size: lines.extend(found))
    return lines


def test_the_mark_reads_in_chinese_time_and_tells_the_phones_word_from_ours(drawn: list[str]) -> None:
    taken = replace(MARK, taken_at=datetime(2026, 11, 21, 2, 30, tzinfo=UTC))
    marked(material.saved(material.site(1_200, 1_600)), taken)
    assert drawn == [
        "收到：2026-11-21 10:32",
        "拍摄：2026-11-21 10:30（手机时间）　监督员：林小满",
        "工程：滨江花园二期 3# 楼　部位：三层 ⑤–⑦ 轴梁板",
    ]


def test_a_long_name_takes_two_lines_and_ends_in_an_ellipsis(drawn: list[str]) -> None:
    mark = Mark(MARK.received_at, project="滨江花园" * 50, place="\u202e", by="林\n小\u202e满")
    marked(material.saved(material.site(400, 300)), mark)
    assert [line[:3] for line in drawn] == ["收到：", "工程：", drawn[2][:3]]
    assert drawn[0].endswith("　提交人：林 小满")
    assert drawn[2].endswith("…")


def test_a_tiny_photo_can_be_marked_too() -> None:
    assert Image.open(io.BytesIO(marked(material.saved(material.site(20, 20)), MARK))).size == (20, 20)


def test_the_marked_copy_tells_nothing_but_its_mark() -> None:
    copy = Image.open(io.BytesIO(marked(material.saved(material.site(), comment=b"<script>"), MARK)))
    assert "comment" not in copy.info
    assert dict(copy.getexif()) == {}


def test_glyphs_come_from_the_chinese_font() -> None:
    """A missing glyph is drawn as the same box for every character."""
    drawn = {glyphs.glyph(character, 40).ink.tobytes() for character in "时间工程地点监督员"}
    assert len(drawn) == 9


@pytest.mark.parametrize("size", [12, 40])
@pytest.mark.parametrize("line", ["收到：2026-11-21 10:32　监督员：林小满", "AVATo. Typ “é”… ⑤–⑦ 轴 20.02° 😀e\u0301"])
def test_a_line_looks_as_if_it_was_drawn_in_one_go(line: str, size: int) -> None:
    font = ImageFont.truetype(fonts.REGULAR, size, layout_engine=ImageFont.Layout.BASIC)
    one, other = Image.new("RGB", (1_200, 80)), Image.new("RGB", (1_200, 80))
    glyphs.write(one, line, 10, 10, size)
    ImageDraw.Draw(other).text((10, 10), line, font=font, fill="white")
    assert one.tobytes() == other.tobytes()


def test_without_the_font_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fonts, "REGULAR", tmp_path / "none.ttf")
    with pytest.raises(Misconfigured) as missing:
        glyphs.glyph("汐", 7)
    assert str(missing.value) == "The font Noto Sans SC is missing; `make setup` installs it."


@pytest.mark.parametrize("size", [(1_600, 1_200), (1_200, 1_599), (801, 1_087), (900, 130)])
def test_what_is_above_the_mark_stays_bit_by_bit(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    shown = photos.encode(Image.effect_noise(size, 90).convert("RGB"), photos.SHOWN_QUALITY)
    copy = marked(shown, MARK)
    before, after = Strips.of(shown), Strips.of(copy)
    same = [one == other for one, other in zip(before.rows, after.rows, strict=True)]
    assert (before.head, same) == (after.head, sorted(same, reverse=True))
    assert same.count(True) * 16 > size[1] - 300
    monkeypatch.setattr(Strips, "whole", True)
    one, other = (Image.open(io.BytesIO(data)) for data in (copy, marked(shown, MARK)))
    assert one.size == other.size == size
    assert max(high for _, high in ImageChops.difference(one, other).getextrema()) < 24
