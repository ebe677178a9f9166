from enum import StrEnum

from core.errors import Refusal


class Reason(StrEnum):
    """Why something was not taken as evidence; for logs, counters and tests."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_LONG = "too_long"
    TOO_SLOW = "too_slow"
    DAMAGED = "damaged"
    ANIMATED = "animated"
    HEIC = "heic"
    PICTURE_FORMAT = "picture_format"
    SOUND_FORMAT = "sound_format"
    VIDEO_FORMAT = "video_format"
    DOCUMENT_FORMAT = "document_format"
    MACRO = "macro"
    MARKUP = "markup"
    PROGRAM = "program"
    ARCHIVE = "archive"
    POLYGLOT = "polyglot"
    GARBLED = "garbled"
    TOO_MANY = "too_many"
    UNKNOWN = "unknown"
    NOT_A_PHOTO = "not_a_photo"
    NOT_A_VOICE = "not_a_voice"
    NOT_A_VIDEO = "not_a_video"


SENTENCES = {
    Reason.EMPTY: "收到的文件是空的，请重新发送一次。",
    Reason.TOO_LARGE: "{thing}太大了，最多 {limit}，请{remedy}后再发。",
    Reason.TOO_MANY_PIXELS: "照片的像素太高了，这种格式最多 {limit} 万像素，请用相机的普通模式重拍一张。",
    Reason.TOO_LONG: "录音超过 60 秒了，请分成几段，每段 60 秒以内再发。",
    Reason.TOO_SLOW: "这段视频处理不过来，请把视频拍短一些再发。",
    Reason.DAMAGED: "{thing}不完整或已损坏，请重新发送一次；还是不行，请重新{verb}。",
    Reason.ANIMATED: "动图不能作为现场照片，请直接拍照发送。",
    Reason.HEIC: "这张照片是 HEIC 格式，暂时打不开，请把手机相机的格式改为“兼容性最佳”后重拍一张。",
    Reason.PICTURE_FORMAT: "这种图片格式打不开，请直接拍照，或改发 JPG、PNG 格式的照片。",
    Reason.SOUND_FORMAT: "这种录音格式打不开，请在聊天里按住说话，重新录一段。",
    Reason.VIDEO_FORMAT: "这种视频格式打不开，请用手机相机按普通画质重拍一段。",
    Reason.DOCUMENT_FORMAT: "这种旧格式的文档收不了，请另存为 PDF 后再发。",
    Reason.MACRO: "文档里带有宏，为了安全没有收下，请另存为 PDF 后再发。",
    Reason.MARKUP: "网页和矢量图不能作为证据，为了安全没有收下，请截图或拍照后再发。",
    Reason.PROGRAM: "这是程序文件，为了安全没有收下，请改发照片、录音、视频或 PDF。",
    Reason.ARCHIVE: "压缩包收不了，请解压后把里面的文件逐个发来。",
    Reason.POLYGLOT: "文件里夹带了别的内容，为了安全没有收下，请重新拍照，或发送没有改动过的原文件。",
    Reason.GARBLED: "{thing}在传送途中损坏了，没有收下，请重新发送一次。",
    Reason.TOO_MANY: "还有 {most} 个附件没有传完，请等它们传完，或删除几个再发。",
    Reason.UNKNOWN: "这种文件收不了，请发照片、录音、视频或 PDF。",
    Reason.NOT_A_PHOTO: "收到的不是照片，请直接拍照，或从相册里选一张照片再发。",
    Reason.NOT_A_VOICE: "收到的不是录音，请按住说话，重新录一段。",
    Reason.NOT_A_VIDEO: "收到的不是视频，请重新拍一段，或从相册里选一段视频再发。",
}


_ANOTHER_TIME = (Reason.EMPTY, Reason.DAMAGED, Reason.GARBLED, Reason.TOO_MANY)  # their sentences ask for it again


class EvidenceRefused(Refusal):
    """What was sent cannot be evidence; nothing of it was stored. ``final``: the same file never will be."""

    def __init__(self, sentence: str, reason: Reason) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.final = reason not in _ANOTHER_TIME


def refusal(reason: Reason, **facts: str | int) -> EvidenceRefused:
    return EvidenceRefused(SENTENCES[reason].format(**facts), reason)
