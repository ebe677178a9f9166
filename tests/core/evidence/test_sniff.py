import io
import struct
import zipfile
import zlib

import pytest

from core.evidence.refusal import SENTENCES, EvidenceRefused, Reason
from core.evidence.sniff import MB, Kind, check_size, sniff
from tests.core.evidence import material


def refused(data: bytes, hint: Kind | None = None) -> tuple[Reason, str]:
    with pytest.raises(EvidenceRefused) as error:
        sniff(data, hint)
    return error.value.reason, error.value.sentence


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(name, "demo")
    return out.getvalue()


def png(width: int, height: int) -> bytes:
    """A well-formed header over a picture that is not there."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def webp(width: int, height: int) -> bytes:
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + (width - 1).to_bytes(3, "little")
    body += (height - 1).to_bytes(3, "little") + bytes(20)
    return b"RIFF" + struct.pack("<I", len(body)) + body


DOCX = archive("[Content_Types].xml", "word/document.xml")
JPEG = material.saved(material.site())
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.mark.parametrize(
    ("data", "mime", "kind"),
    [
        (JPEG, "image/jpeg", Kind.PHOTO),
        (material.saved(material.site(), "PNG"), "image/png", Kind.PHOTO),
        (material.saved(material.site(), "WEBP"), "image/webp", Kind.PHOTO),
        (material.saved(material.site(), "WEBP", lossless=True), "image/webp", Kind.PHOTO),
        (material.saved(material.site(), "GIF"), "image/gif", Kind.PHOTO),
        (material.voice(0.2), "audio/amr", Kind.VOICE),
        (material.wav(0.2), "audio/wav", Kind.VOICE),
        (material.voice(0.2, "mp3", "libmp3lame", 24_000), "audio/mpeg", Kind.VOICE),
        (material.voice(0.2, "ipod", "aac", 16_000), "audio/mp4", Kind.VOICE),
        (material.voice(0.2, "mp4", "aac", 16_000), "audio/mp4", Kind.VOICE),
        (material.voice(0.2, "ogg", "libopus", 16_000), "audio/ogg", Kind.VOICE),
        (material.voice(0.2, "webm", "libopus", 16_000), "audio/webm", Kind.VOICE),
        (PDF, "application/pdf", Kind.FILE),
        (DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Kind.FILE),
    ],
)
def test_content_decides(data: bytes, mime: str, kind: Kind) -> None:
    found = sniff(data)
    assert (found.format.mime, found.kind) == (mime, kind)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_size_is_read_from_the_header(kind: str) -> None:
    found = sniff(material.saved(material.site(641, 363), kind))
    assert (found.width, found.height) == (641, 363)


def test_size_is_read_from_a_lossless_webp_and_a_progressive_jpeg() -> None:
    for data in (
        material.saved(material.site(641, 363), "WEBP", lossless=True),
        material.saved(material.site(641, 363), "WEBP", exif=b"Exif\0\0"),
        material.saved(material.site(641, 363), progressive=True),
    ):
        found = sniff(data)
        assert (found.width, found.height) == (641, 363)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", Reason.EMPTY),
        (b"MZ\x90\x00\x03" + bytes(200), Reason.PROGRAM),
        (b"\x7fELF" + bytes(200), Reason.PROGRAM),
        (b"#!/bin/sh\necho", Reason.PROGRAM),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", Reason.MARKUP),
        (b"\xef\xbb\xbf \n<?xml version='1.0'?><svg/>", Reason.MARKUP),
        (b"<!doctype html><p>", Reason.MARKUP),
        (b"hello", Reason.UNKNOWN),
        (b"Rar!\x1a\x07\x00", Reason.ARCHIVE),
        (archive("report.docx"), Reason.ARCHIVE),
        (archive("AndroidManifest.xml", "classes.dex"), Reason.ARCHIVE),
        (archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), Reason.MACRO),
        (DOCX[:-30], Reason.DAMAGED),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), Reason.DOCUMENT_FORMAT),
        (b"BM" + bytes(100), Reason.PICTURE_FORMAT),
        (b"\0\0\0\x18ftypavif" + bytes(100), Reason.PICTURE_FORMAT),
        (b"\0\0\0\x18ftypheic" + bytes(100), Reason.HEIC),
        (b"\x02#!SILK_V3" + bytes(100), Reason.SOUND_FORMAT),
        (b"RIFF\0\0\0\0AVI LIST" + bytes(100), Reason.VIDEO_FORMAT),
        (PDF[:-7], Reason.DAMAGED),
        (JPEG[:100], Reason.DAMAGED),
        (material.saved(material.site(), "PNG")[:-20], Reason.DAMAGED),
        (material.saved(material.site(), "WEBP")[:-20], Reason.DAMAGED),
        (material.saved(material.site(), "GIF")[:-20], Reason.DAMAGED),
        (material.wav(1)[:-20], Reason.DAMAGED),
    ],
)
def test_what_is_not_evidence_is_refused_with_a_sentence(data: bytes, reason: Reason) -> None:
    found, sentence = refused(data)
    assert found is reason
    assert sentence.endswith("。")
    assert "{" not in sentence


def test_every_reason_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Reason)


def test_a_program_that_calls_itself_a_photo() -> None:
    assert refused(b"MZ" + bytes(500), Kind.PHOTO) == (
        Reason.PROGRAM,
        "这是程序文件，为了安全没有收下，请改发照片、录音、视频或 PDF。",
    )


@pytest.mark.parametrize(
    ("hint", "reason"),
    [(Kind.PHOTO, Reason.NOT_A_PHOTO), (Kind.VOICE, Reason.NOT_A_VOICE), (Kind.VIDEO, Reason.NOT_A_VIDEO)],
)
def test_something_else_than_asked_for(hint: Kind, reason: Reason) -> None:
    assert refused(PDF, hint)[0] is reason
    assert refused(b"hello", hint)[0] is reason


def test_a_photo_sent_as_a_file_is_a_photo() -> None:
    assert sniff(JPEG, Kind.FILE).kind is Kind.PHOTO


@pytest.mark.parametrize(
    ("data", "limit"),
    [(webp(11_000, 8_000), "900"), (png(20_000, 8_850), "2400"), (png(0x7FFFFFFF, 0x7FFFFFFF), "2400")],
)
def test_a_bomb_is_refused_by_its_header(data: bytes, limit: str) -> None:
    sentence = f"照片的像素太高了，这种格式最多 {limit} 万像素，请用相机的普通模式重拍一张。"
    assert refused(data) == (Reason.TOO_MANY_PIXELS, sentence)


def test_forty_megapixels_are_the_end_for_jpeg() -> None:
    start = JPEG.index(b"\xff\xc0")
    fits = JPEG[: start + 5] + struct.pack(">HH", 5_000, 8_000) + JPEG[start + 9 :]
    over = JPEG[: start + 5] + struct.pack(">HH", 5_000, 8_001) + JPEG[start + 9 :]
    assert sniff(fits).width == 8_000
    assert refused(over)[1] == "照片的像素太高了，这种格式最多 4000 万像素，请用相机的普通模式重拍一张。"


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_moving_pictures_are_refused(kind: str) -> None:
    frames = [material.site(64 + i, 48).resize((64, 48)) for i in range(60)]
    moving = material.saved(frames[0], kind, save_all=True, append_images=frames[1:])
    assert refused(moving) == (Reason.ANIMATED, "动图不能作为现场照片，请直接拍照发送。")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_picture_that_is_also_an_archive(kind: str) -> None:
    assert refused(material.saved(material.site(), kind) + archive("Applet.class"))[0] is Reason.POLYGLOT


def test_a_picture_that_is_also_a_pdf() -> None:
    assert refused(material.saved(material.site(), comment=b"%PDF-1.7"))[0] is Reason.POLYGLOT


def test_sizes_have_limits_that_name_the_remedy() -> None:
    for kind, sentence in {
        Kind.PHOTO: "照片太大了，最多 20 MB，请用手机相机的普通模式重拍后再发。",
        Kind.VOICE: "录音太大了，最多 2 MB，请分成几段录后再发。",
        Kind.VIDEO: "视频太大了，最多 50 MB，请拍短一些或降低画质后再发。",
        Kind.FILE: "文件太大了，最多 20 MB，请压缩或拆成几份后再发。",
    }.items():
        with pytest.raises(EvidenceRefused) as error:
            check_size(60 * MB, kind)
        assert error.value.sentence == sentence


def test_a_size_just_at_the_limit_is_fine() -> None:
    check_size(20 * MB, Kind.PHOTO)
    with pytest.raises(EvidenceRefused):
        check_size(20 * MB + 1, Kind.PHOTO)


def test_a_hostile_chain_of_segments_ends() -> None:
    assert refused(b"\xff\xd8" + b"\xff" * 5_000_000)[0] is Reason.DAMAGED
    assert refused(b"\xff\xd8" + b"\xff\xe1\x00\x02" * 1_000_000)[0] is Reason.DAMAGED
