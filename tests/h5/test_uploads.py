"""What a phone sends in pieces becomes evidence once, whatever the network does; what is no evidence leaves nothing."""

import asyncio
import base64
import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse
from PIL import Image

from core.cases import drafts
from core.evidence import uploads
from core.evidence.models import Evidence, Upload
from core.people.models import Person
from tests.core.evidence import material
from tests.h5.story import PUBLIC_URL, Browser, Station, photo

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = 64 * 1024


class Phone:
    """Speaks tus as the page's script does."""

    def __init__(self, station: Station, browser: Browser, token: str) -> None:
        self.station = station
        self._browser = browser
        self._token = token

    @classmethod
    async def of(cls, station: Station, person: Person) -> "Phone":
        browser = await station.browser(person)
        return cls(station, browser, (await (await browser.get("/h5/uploads")).json())["csrf"])

    async def ask(self, method: str, path: str, **headers: str) -> ClientResponse:
        return await self.send(method, path, b"", **headers)

    async def send(self, method: str, path: str, body: Any, **headers: str) -> ClientResponse:
        sent = {"Origin": PUBLIC_URL, "X-CSRF": self._token} | TUS | headers
        return await self._browser.client.request(method, path, data=body, headers=sent, allow_redirects=False)

    async def announce(self, data: bytes, kind: str = "photo", size: int | None = None, **said: str) -> ClientResponse:
        said = {"kind": kind, "sha256": hashlib.sha256(data).hexdigest()} | said
        pairs = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in said.items())
        length = {"Upload-Length": str(len(data) if size is None else size)}
        return await self.ask("POST", "/h5/uploads", **length, **{"Upload-Metadata": pairs})

    async def piece(self, address: str, offset: int, data: bytes, **headers: str) -> ClientResponse:
        about = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
        return await self.send("PATCH", address, data, **about, **headers)

    async def upload(self, data: bytes, kind: str = "photo", **said: str) -> ClientResponse:
        """Announces and sends it in one piece; gives the last answer."""
        begun = await self.announce(data, kind, **said)
        return await self.piece(begun.headers["Location"], 0, data) if begun.status == 201 else begun


@pytest.fixture
async def lin(station: Station) -> Phone:
    return await Phone.of(station, station.cast.lin)


@pytest.fixture
async def chen(station: Station) -> Phone:
    return await Phone.of(station, station.cast.chen)


def _stored(tmp_path: Path) -> list[str]:
    return material.stored(tmp_path / "media")


async def test_a_photo_comes_in_pieces_and_goes_on_where_the_network_broke(station: Station, lin: Phone) -> None:
    taken = material.phone_photo()
    draft = await drafts.begin(station.cast.lin.id, "check_report", "submit")
    begun = await lin.announce(
        taken, draft=str(draft.id), filename="../../IMG 1.jpg", taken_at="2026-11-20T08:55+08:00"
    )
    address = begun.headers["Location"]
    assert (begun.status, begun.headers["Upload-Offset"]) == (201, "0")

    first = await lin.piece(address, 0, taken[:PIECE])
    assert (first.status, first.headers["Upload-Offset"]) == (204, str(PIECE))
    assert (await lin.piece(address, 0, taken[:PIECE])).status == 409
    stands = await lin.ask("HEAD", address)
    assert (stands.headers["Upload-Offset"], stands.headers["Upload-Length"]) == (str(PIECE), str(len(taken)))

    last = await lin.piece(address, PIECE, taken[PIECE:])
    kept = await Evidence.get()
    assert (last.status, last.headers["X-Evidence"]) == (204, str(kept.id))
    assert (kept.taken_by_id, kept.source, kept.name) == (station.cast.lin.id, "page", "IMG 1.jpg")
    assert kept.taken_at.isoformat() == "2026-11-20T00:55:00+00:00"
    assert await station.store.get(kept.original_key) == taken
    assert not [key for key in _stored(Path(station.store._folder).parent) if key.startswith("uploads/")]

    told = await (await lin.ask("GET", address)).json()
    assert told == {
        **{"upload": address.rpartition("/")[2], "offset": len(taken), "length": len(taken), "evidence": kept.id},
        **{"kind": "photo", "seconds": None, "marks": None},
        **{"thumb": f"/h5/evidence/{kept.id}/thumb", "shown": f"/h5/evidence/{kept.id}/shown"},
    }
    shown = Image.open(io.BytesIO(await (await lin.ask("GET", told["shown"])).read()))
    assert (shown.size, dict(shown.getexif())) == ((1200, 1600), {})


async def test_a_phone_whose_clock_is_wrong_says_nothing_of_when(lin: Phone) -> None:
    """It is 2026-11-20 09:00."""
    said = {
        "2026-11-20T08:55+08:00": "2026-11-20T00:55:00+00:00",
        "2026-11-21T08:55+08:00": "None",
        "2001-01-01T00:00Z": "None",
        "0001-01-01T00:00+23:59": "None",
        "yesterday": "None",
    }
    kept = []
    for number, moment in enumerate(said):
        await lin.upload(photo(f"#{number}0{number}0{number}0"), taken_at=moment)
        newest = await Evidence.all().order_by("-id").first()
        kept.append(newest and (newest.taken_at.isoformat() if newest.taken_at else "None"))
    assert kept == list(said.values())


async def test_what_was_sent_twice_is_one(station: Station, lin: Phone) -> None:
    taken = photo()
    answers = await asyncio.gather(*(lin.announce(taken) for _ in range(3)))
    (address,) = {one.headers["Location"] for one in answers}
    sent = await asyncio.gather(*(lin.piece(address, 0, taken) for _ in range(3)))
    assert sorted(one.status for one in sent) == [204, 409, 409]
    again = await lin.announce(taken)
    assert (again.headers["Location"], again.headers["Upload-Offset"]) == (address, str(len(taken)))
    assert {int(one.headers["X-Evidence"]) for one in (again, await lin.ask("HEAD", address))} == {
        (await Evidence.get()).id
    }


async def test_a_process_that_died_before_its_answer_left_an_upload_that_the_next_look_finishes(
    station: Station, lin: Phone
) -> None:
    taken = photo()
    address = (await lin.announce(taken)).headers["Location"]
    upload = await Upload.get()
    assert await uploads.append(station.store, upload, 0, taken)
    assert await Evidence.all().count() == 0
    assert (await lin.ask("HEAD", address)).headers["X-Evidence"] == str((await Evidence.get()).id)


async def test_bytes_that_changed_on_the_way_are_sent_again(station: Station, lin: Phone) -> None:
    taken = photo()
    address = (await lin.announce(taken)).headers["Location"]
    garbled = await lin.piece(address, 0, photo("green")[: len(taken)].ljust(len(taken), b"\0"))
    said = await garbled.json()
    assert (garbled.status, said["reason"], said["final"]) == (422, "garbled", False)
    assert said["sentence"] == "照片在传送途中损坏了，没有收下，请重新发送一次。"
    assert (await lin.ask("HEAD", address)).status == 404
    assert (await lin.upload(taken)).status == 204


async def test_it_is_the_senders_alone(station: Station, lin: Phone, chen: Phone) -> None:
    taken = photo()
    done = await lin.upload(taken)
    address = f"/h5/uploads/{(await Upload.get()).id}"
    evidence = int(done.headers["X-Evidence"])
    draft = await drafts.begin(station.cast.lin.id, "check_report", "submit")
    theirs = [
        await chen.ask("GET", address),
        await chen.ask("HEAD", address),
        await chen.ask("DELETE", address),
        await chen.piece(address, 0, taken),
        await chen.ask("GET", f"/h5/evidence/{evidence}/shown"),
        await chen.announce(photo("blue"), draft=str(draft.id)),
        await chen.announce(photo("blue"), marks=str(evidence)),
    ]
    assert [one.status for one in theirs] == [404] * 7
    assert (await lin.ask("GET", f"/h5/evidence/{evidence}/original")).status == 404
    assert (await lin.ask("PATCH", address, **{"X-CSRF": "x"})).status == 403
    assert (await lin.ask("POST", "/h5/uploads", **{"Sec-Fetch-Site": "cross-site"})).status == 403


async def test_a_marked_picture_knows_its_untouched_original(station: Station, lin: Phone) -> None:
    original = (await lin.upload(photo())).headers["X-Evidence"]
    marked = (await lin.upload(photo("red"), marks=original)).headers["X-Evidence"]
    again = (await lin.upload(photo("blue"), marks=marked)).headers["X-Evidence"]
    kept = await Evidence.in_bulk([int(marked), int(again)], "id")
    assert {one.marks_id for one in kept.values()} == {int(original)}


async def test_an_upload_is_given_up_or_thrown_away_after_a_day(station: Station, lin: Phone, tmp_path: Path) -> None:
    taken = material.phone_photo()
    for step in ("given up", "swept"):
        address = (await lin.announce(taken)).headers["Location"]
        await lin.piece(address, 0, taken[:PIECE])
        assert len(_stored(tmp_path)) == 1
        if step == "given up":
            assert (await lin.ask("DELETE", address)).status == 204
        else:
            station.clock.move(hours=23)
            assert await uploads.sweep(station.store) == 0
            station.clock.move(hours=2)
            assert await uploads.sweep(station.store) == 1
        assert (_stored(tmp_path), await Upload.all().count()) == ([], 0)


SAID = {
    "not_a_photo": "收到的不是照片，请直接拍照，或从相册里选一张照片再发。",
    "not_a_video": "收到的不是视频，请重新拍一段，或从相册里选一段视频再发。",
    "polyglot": "文件里夹带了别的内容，为了安全没有收下，请重新拍照，或发送没有改动过的原文件。",
    "damaged": "照片不完整或已损坏，请重新发送一次；还是不行，请重新拍摄。",
    "markup": "网页和矢量图不能作为证据，为了安全没有收下，请截图或拍照后再发。",
    "program": "这是程序文件，为了安全没有收下，请改发照片、录音、视频或 PDF。",
    "too_many_pixels": "照片的像素太高了，这种格式最多 900 万像素，请用相机的普通模式重拍一张。",
    "animated": "动图不能作为现场照片，请直接拍照发送。",
    "heic": "这张照片是 HEIC 格式，暂时打不开，请把手机相机的格式改为“兼容性最佳”后重拍一张。",
}


def _hostile() -> dict[str, tuple[str, bytes]]:
    site = material.saved(material.site())
    frames = [Image.new("RGB", (40, 30), (4 * n, 0, 0)) for n in range(60)]
    bomb = bytearray(material.saved(material.site(64, 48), "WEBP", lossless=True))
    bomb[21:25] = ((12_000 - 1) | (7_333 - 1) << 14).to_bytes(4, "little")  # 88 megapixels
    return {
        "not_a_photo": ("photo", material.wav(0.2)),
        "polyglot": ("photo", site + b"PK\x05\x06" + bytes(18)),
        "markup": ("photo", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        "program": ("photo", b"MZ" + bytes(200)),
        "too_many_pixels": ("photo", bytes(bomb)),
        "damaged": ("photo", site[: len(site) // 2]),
        "animated": ("photo", material.saved(frames[0], "GIF", save_all=True, append_images=frames[1:])),
        "heic": ("photo", b"\x00\x00\x00\x18ftypheic" + bytes(60)),
        "not_a_video": ("video", site),
    }


@pytest.mark.parametrize(
    ("reason", "kind", "data"), [(reason, *one) for reason, one in _hostile().items()], ids=list(_hostile())
)
async def test_what_is_no_evidence_gets_a_sentence_and_leaves_nothing(
    lin: Phone, tmp_path: Path, reason: str, kind: str, data: bytes
) -> None:
    answer = await lin.upload(data, kind, filename="../../etc/IMG_0001.jpg")
    said = await answer.json()
    assert (answer.status, said["reason"], said["sentence"]) == (422, reason, SAID[reason])
    assert said["final"] == ("请重新发送一次" not in SAID[reason])
    assert (_stored(tmp_path), await Evidence.all().count(), await Upload.all().count()) == ([], 0, 0)


@pytest.mark.parametrize(
    ("kind", "size", "status", "sentence"),
    [
        ("video", 300 * 2**20, 413, "视频太大了，最多 50 MB，请拍短一些或降低画质后再发。"),
        ("photo", 20 * 2**20 + 1, 413, "照片太大了，最多 20 MB，请用手机相机的普通模式重拍后再发。"),
        ("voice", 0, 422, "收到的文件是空的，请重新发送一次。"),
    ],
)
async def test_what_is_too_much_is_refused_before_it_is_sent(
    lin: Phone, kind: str, size: int, status: int, sentence: str
) -> None:
    answer = await lin.announce(b"", kind, size)
    assert (answer.status, (await answer.json())["sentence"]) == (status, sentence)
    assert await Upload.all().count() == 0


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "file"},
        {"sha256": "A" * 64},
        {"draft": "-1"},
        {"marks": "1 OR 1"},
        {"filename": "x", "kind": ""},
    ],
)
async def test_what_no_page_would_say_is_refused(lin: Phone, said: dict[str, str]) -> None:
    assert (await lin.announce(photo(), **said)).status == 400  # type: ignore[arg-type]


async def test_a_piece_that_is_no_piece_is_refused(lin: Phone) -> None:
    taken = material.phone_photo()
    address = (await lin.announce(taken)).headers["Location"]
    answers = [
        await lin.piece(address, 0, taken[:10]),
        await lin.piece(address, 1, taken[:PIECE]),
        await lin.piece(address, 0, taken[:PIECE], **{"Tus-Resumable": "0.2"}),
        await lin.send("PATCH", address, taken[:PIECE], **{"Upload-Offset": "0", "Content-Type": "image/jpeg"}),
        await lin.piece(address, 0, bytes(uploads.PIECE + 1)),
        await lin.piece(address, 0, taken + bytes(PIECE)),
    ]
    assert [one.status for one in answers] == [400, 409, 412, 415, 413, 409]
    assert (await Upload.get()).received == 0
