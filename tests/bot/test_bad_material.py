"""What cannot be evidence, and words meant to do harm: a sentence that says what to do, and the draft untouched."""

import io

import pytest
from PIL import Image

from core.cases.models import Case, Draft
from core.evidence.models import Evidence
from tests.bot.material import photo, spot, words
from tests.bot.test_review import report
from tests.town import Phone, Town, read

MB = 1024 * 1024
NOTE = "3号楼5层临边没有栏杆"


async def begun(town: Town) -> Phone:
    lin = town.phone("lin")
    await lin.together(spot(), photo(), words(NOTE))
    return lin


async def refused(town: Town, kind: str, content: bytes, sentence: str) -> None:
    """The sentence is said, nothing is kept, and the draft is what it was."""
    lin = await begun(town)
    draft, kept = await Draft.get(), await Evidence.all().count()
    assert await lin.sends(kind, content) == sentence
    assert (await Draft.get()).data == draft.data
    assert await Evidence.all().count() == kept


def gif() -> bytes:
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


NOT_PHOTOS = {
    "a program": (b"MZ" + b"\0" * 200, "这是程序文件，为了安全没有收下，请改发照片、录音、视频或 PDF。"),
    "a page": (
        b"<html><script>alert(1)</script></html>",
        "网页和矢量图不能作为证据，为了安全没有收下，请截图或拍照后再发。",
    ),
    "half a photo": (photo()[1][0][:400], "照片不完整或已损坏，请重新发送一次；还是不行，请重新拍摄。"),
    "a moving picture": (gif(), "动图不能作为现场照片，请直接拍照发送。"),
    "nothing known": (b"\x01\x02\x03\x04" * 50, "收到的不是照片，请直接拍照，或从相册里选一张照片再发。"),
}


@pytest.mark.parametrize("name", NOT_PHOTOS)
async def test_photos_that_are_none(small_place: Town, name: str) -> None:
    await refused(small_place, "image", *NOT_PHOTOS[name])


async def test_a_video_of_60_megabytes(small_place: Town) -> None:
    sentence = "视频太大了，最多 20 MB，请拍短一些或降低画质后再发。"
    await refused(small_place, "video", b"\0" * 60 * MB, sentence)


async def test_a_voice_of_more_than_a_minute(small_place: Town) -> None:
    minute = b"#!AMR\n" + (b"\x04" + b"\0" * 12) * 50 * 62
    await refused(small_place, "voice", minute, "录音超过 60 秒了，请分成几段，每段 60 秒以内再发。")


async def test_a_place_without_coordinates(small_place: Town) -> None:
    sentence = "这条位置没有坐标，请点输入框旁的「+」→「位置」，选好地点后重新发送。"
    lin = await begun(small_place)
    before = (await Draft.get()).data
    for latitude, longitude in (("", ""), ("91", "10"), ("nan", "110"), ("北纬", "东经")):
        assert await lin.sends("location", latitude, longitude, "某处") == sentence
    assert (await Draft.get()).data == before


async def test_a_photo_that_wecom_does_not_have_any_more(small_place: Town) -> None:
    lin = await begun(small_place)
    small_place.world.faults.set("81013", "media/get")
    assert await lin.photographs() == "这个附件没有取到，可能已经过期，请重新发送。草稿中的其他内容都在。"
    small_place.world.faults.clear()
    assert (await lin.photographs()).splitlines()[2] == "材料：2 张照片"


# ── words meant to do harm ───────────────────────────────────────────────────────────────────────────────────────────

HOSTILE = [
    "]]>&lt;/Content&gt;<xml>&xxe;",
    '<a href="http://bad.example">点我</a><script>alert(1)</script>',
    "'; DROP TABLE case_record; -- %_%",
    "👷🏽‍♀️🚧 5层\u202e反了\u202c",
    "{{ 7*7 }} ${7*7} %s {0}",
    "$userName=luo$",
]


@pytest.mark.parametrize("said", HOSTILE)
async def test_hostile_words_stay_words(place: Town, said: str) -> None:
    lin, luo = place.phone("lin"), place.phone("luo")
    for answer in ("上报", "滨江花园", "安全检查", said, said, "确认", "罗敬川", "陈光泽"):
        await lin.says(answer)
    shown = " ".join(said.split())
    assert f"抽查部位：{shown}"[:30] in lin.text
    await lin.says("立即提交")
    assert read(luo.last).splitlines()[2] == f"1.一般：{shown}"
    await luo.taps("不通过")
    await luo.says(said)
    assert lin.text.splitlines()[2] == f"罗敬川不通过，意见：{shown}"
    case = await Case.get()
    assert (case.data["checked_location"], case.data["findings"][0]["note"]) == (said, said)


async def test_an_echo_makes_no_link(small_place: Town) -> None:
    lin = small_place.phone("lin")
    await lin.says("上报")
    await lin.says('<a href="x">来</a>')
    assert lin.last.body["content"] == (
        "没有找到与“〈a href=”x”〉来〈/a〉”相符的工程，请换个关键词，或发送位置查找附近的工程。"
    )


async def test_two_kilobytes_of_words(small_place: Town) -> None:
    lin = await begun(small_place)
    long = "临边没有栏杆" * 113  # 2,034 bytes
    assert (await lin.says(long)).splitlines()[1].startswith(f"{NOTE}，临边没有栏杆临边")
    assert await lin.says(long) == "一条问题的说明最多 1000 字，这段文字没有加上。请缩短后重新发送。"
    await lin.taps("确认，下一步")
    await lin.taps("安全检查")
    note = (await Draft.get()).data["answers"]["findings"][0]["note"]
    assert note == f"{NOTE}，{long}"


async def test_a_location_that_is_too_long_is_asked_for_again(small_place: Town) -> None:
    lin = small_place.phone("lin")
    for said in ("上报", "滨江花园", "安全检查"):
        await lin.says(said)
    assert await lin.says("楼" * 300) == "「抽查部位」最多 200 个字，现在是 300 个字，请精简后重发。"
    assert (await lin.says("3号楼")).splitlines()[0] == "请拍摄或描述问题"


async def test_a_reason_of_blanks_is_no_reason(small_place: Town) -> None:
    await report(small_place)
    luo = small_place.phone("luo")
    await luo.taps("不通过")
    assert await luo.says("　 ") == "请填写「不通过的原因」。"
    assert (await Case.get()).state == "pending"
