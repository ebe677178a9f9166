import asyncio
import hashlib
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from core.evidence import names, photos
from core.evidence.keeping import Kept, keep
from core.evidence.refusal import EvidenceRefused, Reason
from core.evidence.sniff import MB, Kind, Sniffed
from core.evidence.store import Store
from core.evidence.workers import Patience
from tests.core.evidence import material
from tests.core.evidence.material import stored

DIRECTION = "\u202e"


async def test_a_photo_is_kept_byte_for_byte_beside_two_safe_copies(
    store: Store, folder: Path, phone_photo: bytes
) -> None:
    sha256 = hashlib.sha256(phone_photo).hexdigest()
    kept = await keep(store, phone_photo, kind_hint="photo", name="IMG_0001.JPG")
    assert kept == Kept(
        kind=Kind.PHOTO,
        mime="image/jpeg",
        size=len(phone_photo),
        sha256=sha256,
        original_key=f"{sha256[:2]}/{sha256}.jpg",
        shown_key=f"{sha256[:2]}/{sha256}.shown.jpg",
        thumb_key=f"{sha256[:2]}/{sha256}.thumb.jpg",
        name="IMG_0001.jpg",
        width=3_000,
        height=4_000,
        phash=kept.phash,
    )
    assert await store.get(kept.original_key) == phone_photo
    assert stored(folder) == sorted([kept.original_key, kept.shown_key, kept.thumb_key or ""])
    for key in (kept.shown_key, kept.thumb_key or ""):
        assert b"Exif" not in await store.get(key)


async def test_the_same_photo_twice_is_stored_once(store: Store, folder: Path, phone_photo: bytes) -> None:
    first = await keep(store, phone_photo)
    before = stored(folder)
    assert await keep(store, phone_photo) == first
    assert stored(folder) == before


async def test_a_voice_keeps_its_amr_and_gets_a_copy_for_browsers(store: Store) -> None:
    amr = material.voice(4)
    kept = await keep(store, amr, kind_hint=Kind.VOICE)
    assert (kept.kind, kept.mime, kept.seconds, kept.name) == (Kind.VOICE, "audio/amr", 4.0, "录音.amr")
    assert await store.get(kept.original_key) == amr
    assert kept.shown_key == kept.original_key.replace(".amr", ".shown.mp3")
    assert kept.thumb_key is None


async def test_an_ordinary_video_is_its_own_copy(store: Store, folder: Path, tmp_path: Path) -> None:
    kept = await keep(store, material.film(tmp_path), kind_hint="video")
    assert kept.shown_key == kept.original_key
    assert stored(folder) == sorted([kept.original_key, kept.thumb_key or ""])


async def test_a_document_is_kept_as_it_is(store: Store, folder: Path) -> None:
    kept = await keep(store, b"%PDF-1.7\n%%EOF\n", kind_hint="file", name="整改方案.pdf")
    assert (kept.kind, kept.name, kept.shown_key) == (Kind.FILE, "整改方案.pdf", kept.original_key)
    assert stored(folder) == [kept.original_key]


@pytest.mark.parametrize(
    ("data", "hint", "sentence"),
    [
        (b"", "photo", "收到的文件是空的，请重新发送一次。"),
        (b"MZ" + bytes(9_000), "photo", "这是程序文件，为了安全没有收下，请改发照片、录音、视频或 PDF。"),
        (b"<svg onload=alert(1)>", "photo", "网页和矢量图不能作为证据，为了安全没有收下，请截图或拍照后再发。"),
        (
            material.saved(material.site())[:-2_000],
            "photo",
            "照片不完整或已损坏，请重新发送一次；还是不行，请重新拍摄。",
        ),
        (material.voice(61), "voice", "录音超过 60 秒了，请分成几段，每段 60 秒以内再发。"),
        (b"\0" * (60 * MB), "video", "视频太大了，最多 50 MB，请拍短一些或降低画质后再发。"),
    ],
    ids=["empty", "program", "svg", "truncated", "61 s", "60 MB"],
)
async def test_what_is_refused_leaves_no_trace(
    store: Store, folder: Path, data: bytes, hint: str, sentence: str
) -> None:
    with pytest.raises(EvidenceRefused) as refused:
        await keep(store, data, kind_hint=hint, name="现场.jpg")
    assert refused.value.sentence == sentence
    assert stored(folder) == []


async def test_a_real_video_of_60_mb_is_refused_without_being_opened(store: Store, tmp_path: Path) -> None:
    film = material.film(tmp_path)
    padding = 60 * MB
    with pytest.raises(EvidenceRefused) as refused:
        await keep(store, film + padding.to_bytes(4) + b"free" + bytes(padding - 8))
    assert refused.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("", "照片.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\photos\\3号楼.png", "3号楼.jpg"),
        ("setup.exe", "setup.jpg"),
        (f"invoice{DIRECTION}gpj.exe", "invoicegpj.jpg"),
        ("一层\r\nSet-Cookie: a=b.jpg", "一层 Set-Cookie a=b.jpg"),
        ("<b>“梁”</b>.jpg", "b.jpg"),
        ('a"b;c.jpg', "abc.jpg"),
        ("..", "照片.jpg"),
        (".jpg", "jpg.jpg"),
        ("长" * 500 + ".jpg", "长" * 100 + ".jpg"),
    ],
)
def test_names_only_decorate(sent: str, kept: str) -> None:
    assert names.cleaned(sent, Kind.PHOTO, "jpg") == kept


async def test_photos_are_decoded_one_at_a_time_and_never_on_the_loop(
    store: Store, phone_photo: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once: list[int] = []
    running: set[int] = set()
    threads: set[int] = set()
    prepare = photos.prepare

    def watched(data: bytes, sniffed: Sniffed, whole: Callable[[], object]) -> photos.Photo:
        running.add(id(data))
        at_once.append(len(running))
        threads.add(threading.get_ident())
        try:
            return prepare(data, sniffed, whole)
        finally:
            running.discard(id(data))

    monkeypatch.setattr(photos, "prepare", watched)
    pictures = [material.saved(material.site(400 + i, 300)) for i in range(6)]
    await asyncio.gather(*(keep(store, picture) for picture in pictures))
    assert at_once == [1] * 6
    assert threading.get_ident() not in threads


async def test_a_photo_that_was_decoded_to_its_end_is_stored_while_its_copies_are_made(
    store: Store, folder: Path, phone_photo: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = threading.Event()
    beside: list[list[str]] = []
    put, encode = store.put, photos.encode

    async def told(key: str, data: bytes) -> None:
        await put(key, data)
        written.set()

    def waiting(image: Image.Image, quality: int) -> bytes:
        assert written.wait(20)
        beside.append(stored(folder))
        return encode(image, quality)

    monkeypatch.setattr(store, "put", told)
    monkeypatch.setattr(photos, "encode", waiting)
    kept = await keep(store, phone_photo)
    assert beside == [[kept.original_key]] * 2


async def test_somebody_who_hangs_up_ends_the_conversion(
    store: Store, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = threading.Event(), threading.Event()
    check = Patience.check

    def watched(patience: Patience) -> None:
        begun.set()
        try:
            check(patience)
        except EvidenceRefused:
            ended.set()
            raise

    monkeypatch.setattr(Patience, "check", watched)
    film = material.film(tmp_path, "mp4", "libx265", seconds=60, sound=False)
    waiting = asyncio.create_task(keep(store, film))
    assert await asyncio.to_thread(begun.wait, 20)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await asyncio.to_thread(ended.wait, 20)
    assert stored(folder) == []
