"""What a file is, by its bytes alone; names and declared types are never asked."""

import re
from dataclasses import dataclass
from enum import StrEnum

from core.evidence import dimensions, documents
from core.evidence.refusal import EvidenceRefused, Reason, refusal

MB = 1024 * 1024


class Kind(StrEnum):
    PHOTO = "photo"
    VOICE = "voice"
    VIDEO = "video"
    FILE = "file"


@dataclass(frozen=True)
class Habit:
    """How the service speaks of a kind, and how much of it it takes."""

    thing: str
    verb: str
    remedy: str
    most_bytes: int


HABITS = {
    Kind.PHOTO: Habit("照片", "拍摄", "用手机相机的普通模式重拍", 20 * MB),
    Kind.VOICE: Habit("录音", "录制", "分成几段录", 2 * MB),
    Kind.VIDEO: Habit("视频", "拍摄", "拍短一些或降低画质", 50 * MB),
    Kind.FILE: Habit("文件", "导出", "压缩或拆成几份", 20 * MB),
}


@dataclass(frozen=True)
class Format:
    """`opener` is what Pillow or FFmpeg call it, so that they try nothing else."""

    kind: Kind
    mime: str
    extension: str
    opener: str = ""


JPEG = Format(Kind.PHOTO, "image/jpeg", "jpg", "JPEG")
PNG = Format(Kind.PHOTO, "image/png", "png", "PNG")
WEBP = Format(Kind.PHOTO, "image/webp", "webp", "WEBP")
GIF = Format(Kind.PHOTO, "image/gif", "gif", "GIF")
AMR = Format(Kind.VOICE, "audio/amr", "amr", "amr")
AMR_WB = Format(Kind.VOICE, "audio/amr-wb", "awb", "amr")
WAV = Format(Kind.VOICE, "audio/wav", "wav", "wav")
MP3 = Format(Kind.VOICE, "audio/mpeg", "mp3", "mp3")
OGG = Format(Kind.VOICE, "audio/ogg", "ogg", "ogg")
M4A = Format(Kind.VOICE, "audio/mp4", "m4a", "mov")
WEBA = Format(Kind.VOICE, "audio/webm", "weba", "matroska")
MP4 = Format(Kind.VIDEO, "video/mp4", "mp4", "mov")
MOV = Format(Kind.VIDEO, "video/quicktime", "mov", "mov")
WEBM = Format(Kind.VIDEO, "video/webm", "webm", "matroska")
PDF = Format(Kind.FILE, "application/pdf", "pdf")

MAGIC = (
    (rb"\xff\xd8\xff", JPEG),
    (rb"\x89PNG\r\n\x1a\n", PNG),
    (rb"RIFF....WEBP", WEBP),
    (rb"GIF8[79]a", GIF),
    (rb"#!AMR\n", AMR),
    (rb"#!AMR-WB\n", AMR_WB),
    (rb"RIFF....WAVE", WAV),
    (rb"ID3|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]", MP3),
    (rb"OggS", OGG),
    (rb"%PDF-", PDF),
)
REFUSED = (
    (rb"MZ|\x7fELF|\xca\xfe\xba\xbe|[\xce\xcf]\xfa\xed\xfe|dex\n|#!|L\x00\x00\x00\x01\x14\x02\x00", Reason.PROGRAM),
    (rb"(\xef\xbb\xbf)?\s*<", Reason.MARKUP),
    (rb"Rar!|7z\xbc\xaf\x27\x1c|\x1f\x8b|BZh|\xfd7zXZ", Reason.ARCHIVE),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|\{\\rtf", Reason.DOCUMENT_FORMAT),
    (rb"BM.{4}\x00\x00\x00\x00|II\*\x00|MM\x00\*|\xff\x0a|\x00\x00\x00\x0cJXL |8BPS", Reason.PICTURE_FORMAT),
    (rb"FORM....AIF|fLaC|\x02?#!SILK|caff|\xff[\xf0\xf1\xf8\xf9]", Reason.SOUND_FORMAT),
    (rb"RIFF....AVI |FLV\x01|\x00\x00\x01\xba|0&\xb2u", Reason.VIDEO_FORMAT),
)
MATROSKA = b"\x1a\x45\xdf\xa3"
PICTURE_CODEC = re.compile(rb"\x86.V_", re.DOTALL)
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
AVIF_BRANDS = (b"avif", b"avis")
OF_ANOTHER_KIND = {
    Kind.PHOTO: Reason.NOT_A_PHOTO,
    Kind.VOICE: Reason.NOT_A_VOICE,
    Kind.VIDEO: Reason.NOT_A_VIDEO,
}


@dataclass(frozen=True)
class Sniffed:
    """`width` and `height` are as stored, before any rotation; only photos have them."""

    format: Format
    width: int | None = None
    height: int | None = None

    @property
    def kind(self) -> Kind:
        return self.format.kind


def check_size(size: int, kind: Kind) -> None:
    """Also for a size that was only announced, before fetching it."""
    habit = HABITS[kind]
    if size > habit.most_bytes:
        limit = f"{habit.most_bytes // MB} MB"
        raise refusal(Reason.TOO_LARGE, thing=habit.thing, limit=limit, remedy=habit.remedy)


def damaged(kind: Kind) -> EvidenceRefused:
    return refusal(Reason.DAMAGED, thing=HABITS[kind].thing, verb=HABITS[kind].verb)


def sniff(data: bytes, kind_hint: Kind | None = None) -> Sniffed:
    """Raise EvidenceRefused for whatever is not, by its bytes, something to keep.

    `kind_hint` is what the member was asked for; photo, voice and video are then insisted on, a file may be anything.
    """
    if not data:
        raise refusal(Reason.EMPTY)
    if kind_hint in OF_ANOTHER_KIND:
        check_size(len(data), kind_hint)
    found = _format(data, kind_hint)
    if kind_hint in OF_ANOTHER_KIND and found.kind != kind_hint:
        raise refusal(OF_ANOTHER_KIND[kind_hint])
    check_size(len(data), found.kind)
    _refuse_stowaways(data, found)
    return _measured(data, found)


def _format(data: bytes, kind_hint: Kind | None) -> Format:
    for pattern, found in MAGIC:
        if re.match(pattern, data, re.DOTALL):
            return found
    if data[4:8] == b"ftyp":
        return _iso_media(data)
    if data.startswith(MATROSKA):
        return WEBM if PICTURE_CODEC.search(data, 0, 4096) else WEBA
    if data.startswith(b"PK\x03\x04"):
        document = documents.office(data)
        return Format(Kind.FILE, document.mime, document.extension)
    for pattern, reason in REFUSED:
        if re.match(pattern, data, re.DOTALL):
            raise refusal(reason)
    raise refusal(OF_ANOTHER_KIND.get(kind_hint or Kind.FILE, Reason.UNKNOWN))


def _iso_media(data: bytes) -> Format:
    brand = data[8:12]
    if brand in HEIC_BRANDS:
        raise refusal(Reason.HEIC)
    if brand in AVIF_BRANDS:
        raise refusal(Reason.PICTURE_FORMAT)
    if brand.startswith(b"M4A") or (re.search(rb"hdlr.{8}soun", data, re.DOTALL) and not _has_picture_track(data)):
        return M4A
    return MOV if brand == b"qt  " else MP4


def _has_picture_track(data: bytes) -> bool:
    return re.search(rb"hdlr.{8}vide", data, re.DOTALL) is not None


def _refuse_stowaways(data: bytes, found: Format) -> None:
    """A picture that is also an archive or a PDF; what hides inside pictures is lost when they are drawn anew."""
    if found.extension in documents.EXTENSIONS:
        return
    if documents.ends_as_zip(data) or (found is not PDF and b"%PDF-" in data[:1024]):
        raise refusal(Reason.POLYGLOT)


def _measured(data: bytes, found: Format) -> Sniffed:
    if found is PDF and b"%%EOF" not in data[-2048:]:
        raise damaged(Kind.FILE)
    if found.opener == "mov" and not dimensions.boxes_are_whole(data):
        raise damaged(found.kind)
    if found is WAV and int.from_bytes(data[4:8], "little") + 8 > len(data) and data[4:8] != b"\xff\xff\xff\xff":
        raise damaged(Kind.VOICE)
    if found.kind is not Kind.PHOTO:
        return Sniffed(found)
    return _measured_photo(data, found)


def _measured_photo(data: bytes, found: Format) -> Sniffed:
    picture = dimensions.read(data, found.opener)
    if picture is None:
        raise damaged(Kind.PHOTO)
    if picture.animated:
        raise refusal(Reason.ANIMATED)
    if picture.width * picture.height > picture.most_pixels:
        raise refusal(Reason.TOO_MANY_PIXELS, limit=picture.most_pixels // 10_000)
    return Sniffed(found, picture.width, picture.height)
