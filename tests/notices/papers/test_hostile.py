"""Whatever was typed is printed as it was typed: nothing is markup, nothing breaks a page, nothing vanishes."""

import io
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops
from pypdf import PdfReader

from checks.finding import Citation, Finding
from core import fonts
from notices.papers import letters, press
from notices.papers.paper import Deadline, Fact, GenericNotice, Notice, Officer, Paper
from notices.papers.rendering import Press
from notices.papers.wording import printed
from tests.notices.papers.material import EDGE, PAPERS, VERIFY, at, codes, page_words, photo, words

MARKUP = [
    '#panic("x")',
    "#{1+1}",
    "$x^2$ $",
    "\\ \\u{41} \\n",
    "]]>",
    "*b* _i_ `c` ```d```",
    "<label> @ref",
    "// c /* d */",
    "= h",
    "- l\n+ m\n/ t: u",
    '"q" \'s -- --- ... ~',
    "[a](b) http://foreign.example",
    "{{ x }} {% y %} </script>",
    '#import "@preview/x:1.0.0": *',
    '#read("/etc/passwd")',
]


def everywhere(text: str, line: str) -> Notice:
    """A notice that says `text` in every long field and `line` in every short one."""
    cited = Citation(id="x", text=text, basis=line, clause=line)
    return GenericNotice(
        title=line[:120],
        station=line[:120],
        project_name=line,
        supervision_no=line,
        doc_no=line,
        issued_at=at(21),
        verify_url=VERIFY,
        contact=line[:200],
        addressee_units=(line, line),
        facts=(Fact(number=1, finding=Finding(terms=[cited], violations=[cited], note=text[:1000])),),
        notice_text=text,
        deadline=Deadline(by=at(30, 17, 30), because=text),
        consequences=(text, text),
        repliers=(line,),
        appeal=text,
        inspectors=(Officer(name=line[:60], certificate=line[:60]),),
        approved_by=line[:60],
        copied_to=(line,),
    )


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("text", MARKUP)
async def test_typed_markup_is_printed_as_typed(text: str, press: Press) -> None:
    said = words((await press.render(everywhere(text, text))).pdf)
    expected = re.sub(r"\s", "", text)
    assert said.startswith(f"{expected}{expected}{expected}{expected}、{expected}：经查，{expected}")
    assert said.count(f"监督人员：{expected}（执法证号：{expected}）签发人：{expected}联系方式：{expected}") == 1
    assert f"通知事项{expected}" in said


@pytest.mark.asyncio(loop_scope="module")
async def test_what_has_no_shape_turns_no_text_around(press: Press) -> None:
    sly = "甲\u202e乙丙\u202c\u2066丁\u2069\x00\x07\x1b[31m戊\ufeff己\u200d\ufe0f庚\u2028辛\r\n壬\t癸"
    said = words((await press.render(everywhere(sly, "临边"))).pdf)
    assert said.count("通知事项甲乙丙丁[31m戊己庚辛壬癸") == 1


@pytest.mark.asyncio(loop_scope="module")
async def test_characters_without_a_glyph_are_shown_and_listed(press: Press) -> None:
    paper = PAPERS["rectification_notice"].model_copy(update={"facts": (), "notice_text": "请𠀋先生清理🏗️现场😀。"})
    said = words((await press.render(paper)).pdf)
    assert said.count("请□先生清理□现场□。") == 1
    assert said.count("注：字库中没有的字符以“□”代替，其编码依次为U+2000B、U+1F3D7、U+1F600。") == 1


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("word", ["W", "/", "工", "，", "（", "1."])
async def test_endless_words_stay_inside_the_page(word: str, press: Press) -> None:
    endless = (word * 300)[:300]
    pages = (await press.render(everywhere(endless * 2, endless))).pages
    assert [codes(page) for page in pages] == [[VERIFY]] * len(pages)
    assert [margins_are_white(page) for page in pages] == [True] * len(pages)


def margins_are_white(page: bytes) -> bool:
    """The outer 15 mm at the left and the right, and the 8 mm at the foot."""
    image = Image.open(io.BytesIO(page)).convert("L")
    width, height, side, foot = *image.size, 65, 35
    strips = [(0, 0, side, height), (width - side, 0, width, height), (0, height - foot, width, height)]
    return all(ImageChops.invert(image.crop(strip)).getbbox() is None for strip in strips)


@pytest.mark.asyncio(loop_scope="module")
async def test_an_address_is_copied_without_what_lets_it_break(press: Press) -> None:
    pdf = (await press.render(PAPERS["service_record"])).pdf
    assert PdfReader(io.BytesIO(pdf)).pages[0].extract_text().count(f"\n{VERIFY}\n") == 1


@pytest.mark.asyncio(loop_scope="module")
async def test_forty_findings_with_sixty_photos_are_numbered_and_whole(press: Press) -> None:
    facts = tuple(
        Fact(number=n, finding=Finding(photos=[2 * n, 2 * n + 1] if n <= 30 else [], terms=[EDGE], note=f"第{n}处。"))
        for n in range(1, 41)
    )
    paper = PAPERS["rectification_notice"].model_copy(update={"facts": facts})
    shapes = [photo(400, 300), photo(300, 400), photo(900, 60), photo(60, 900)]
    rendered = await press.render(paper, {n: shapes[n % 4] for n in range(2, 62)})
    pages = page_words(rendered.pdf)
    annex = next(n for n, page in enumerate(pages) if page.startswith("附件：问题照片（共60张）"))
    text, shown = "".join(pages[:annex]), "".join(pages[annex:])
    assert [n for n in range(1, 41) if f"{n}.〔一般〕" not in text] == []
    assert re.findall(r"照片(\d+-\d)临边", shown) == [f"{n}-{k}" for n in range(1, 31) for k in (1, 2)]
    assert [page.count("未设置…") for page in pages[annex:]] == [6] * 10
    assert [codes(page) for page in rendered.pages] == [[VERIFY]] * len(pages)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_photo_that_cannot_be_read_is_named_in_the_paper(press: Press) -> None:
    broken = {11: b"\xff\xd8\xff\xe0 no picture", 12: photo()[:9000], 31: b"<svg onload='x()'/>"}
    rendered = await press.render(PAPERS["rectification_notice"], broken)
    assert words(rendered.pdf).count("这张照片无法读取，未能印出。") == 3


@pytest.mark.asyncio(loop_scope="module")
async def test_a_seal_that_cannot_be_read_leaves_its_place(press: Press) -> None:
    rendered = await press.render(PAPERS["service_record"], seal=b"no picture")
    assert words(rendered.pdf).count("汐港市建设工程质量安全监督站（盖章）") == 1


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=500), st.text(max_size=60))
def test_any_text_can_be_printed(text: str, line: str) -> None:
    assert typeset(everywhere(text, line)).startswith(b"%PDF-1.7")


def test_every_character_of_the_font_can_be_printed() -> None:
    every = "".join(map(chr, sorted(letters._covered())))
    paper = PAPERS["generic_notice"].model_copy(update={"facts": (), "consequences": tuple(_slices(every, 10_000))})
    assert letters._covered() > set(range(0x4E00, 0x9FA6)) | set(range(0x20, 0x7F))
    assert letters._covered() == frozenset(letters._code_points(fonts.BOLD.read_bytes()))
    assert typeset(paper).startswith(b"%PDF-1.7")


def _slices(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def typeset(paper: Paper, given: dict[str, bytes] | None = None) -> bytes:
    data: dict[str, Any] = printed(paper)
    return press.typeset(paper.template, data, given or {})[0]
