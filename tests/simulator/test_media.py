"""Media from members and from the app: three days, the right kind, and parts of it."""

import aiohttp
import pytest
from aiohttp import FormData

from simulator.recordings import to_amr, to_mp4, to_wav
from simulator.world import World
from tests.simulator.conftest import Caller
from tests.simulator.recorded import beep, jpeg, mp4, webm


async def upload(api: Caller, kind: str, content: bytes, filename: str) -> dict[str, object]:
    """As raw bytes: the platform wants the name unescaped."""
    head = f'--b\r\nContent-Disposition: form-data; name="media"; filename="{filename}"\r\n\r\n'
    return await api_post(api, kind, head.encode() + content + b"\r\n--b--\r\n", "multipart/form-data; boundary=b")


async def api_post(api: Caller, kind: str, body: bytes, content_type: str) -> dict[str, object]:
    url = f"{api.base}/cgi-bin/media/upload"
    query = {"access_token": api.token, "type": kind}
    async with api.http.post(url, params=query, data=body, headers={"Content-Type": content_type}) as response:
        told: dict[str, object] = await response.json()
        return told


async def download(api: Caller, media_id: str, **headers: str) -> tuple[aiohttp.ClientResponse, bytes]:
    query = {"access_token": api.token, "media_id": media_id}
    async with api.http.get(f"{api.base}/cgi-bin/media/get", params=query, headers=headers) as response:
        return response, await response.read()


async def test_what_a_member_sends_can_be_fetched(api: Caller, world: World) -> None:
    media_id = world.send_image("LinYue", jpeg()).body["media_id"]

    response, content = await download(api, media_id)

    assert (response.content_type, content) == ("image/jpeg", jpeg())


async def test_after_three_days_it_is_gone(api: Caller, world: World) -> None:
    media_id = world.send_image("LinYue", jpeg()).body["media_id"]
    world.clock.advance(3 * 24 * 3600)
    await api.get_token()

    response, _ = await download(api, media_id)

    assert (response.status, response.headers["Error-Code"]) == (200, "40007")


async def test_a_part_of_it_can_be_fetched(api: Caller, world: World) -> None:
    media_id = world.send_image("LinYue", jpeg()).body["media_id"]

    response, content = await download(api, media_id, Range="bytes=2-5")

    assert (response.status, content) == (206, jpeg()[2:6])
    assert response.headers["Content-Range"] == f"bytes 2-5/{len(jpeg())}"


async def test_the_app_uploads_and_sends_a_file(api: Caller, world: World) -> None:
    uploaded = await upload(api, "file", b"%PDF-1.7 notice", "整改通知.pdf")
    await api.send("LinYue", "file", file={"media_id": uploaded["media_id"]})

    assert uploaded["created_at"] == str(int(float(str(uploaded["created_at"]))))
    assert world.chat("LinYue")[0].body["filename"] == "整改通知.pdf"


async def test_a_file_name_the_platform_cannot_read_is_refused(api: Caller) -> None:
    head = b"--b\r\nContent-Disposition: form-data; name=\"media\"; filename*=utf-8''a.pdf\r\n\r\n12345678\r\n--b--\r\n"

    assert (await api_post(api, "file", head, "multipart/form-data; boundary=b"))["errcode"] == 44001


@pytest.mark.parametrize(
    ("kind", "content", "errcode"),
    [
        ("poster", b"123456789", 40005),
        ("image", b"no picture at all", 40123),
        ("voice", b"no voice at all", 40004),
        ("video", b"no video at all", 40004),
        ("file", b"", 44001),
        ("file", b"12345", 40006),
        ("image", b"\xff\xd8\xff" + bytes(10 * 1024 * 1024), 40009),
        ("voice", b"#!AMR\n" + bytes([0x04] + [0] * 12) * 3001, 45007),
    ],
)
async def test_what_is_not_what_it_says_is_refused(api: Caller, kind: str, content: bytes, errcode: int) -> None:
    assert (await upload(api, kind, content, "x"))["errcode"] == errcode


async def test_an_image_is_not_sent_as_a_voice(api: Caller) -> None:
    uploaded = await upload(api, "image", jpeg(), "p.jpg")

    assert (await api.send("LinYue", "voice", voice={"media_id": uploaded["media_id"]}))["errcode"] == 40007


async def test_what_a_browser_recorded_becomes_what_a_phone_sends(api: Caller, world: World) -> None:
    voice = await send_file(api, "/persons/LinYue/voice", beep(2.0), "voice.wav")
    video = await send_file(api, "/persons/LinYue/video", webm(), "video.webm")

    assert (voice["kind"], round(float(str(voice["seconds"])))) == ("voice", 2)
    _, amr = await download(api, str(voice["media_id"]))
    _, film = await download(api, str(video["media_id"]))
    assert (amr[:6], film[4:8]) == (b"#!AMR\n", b"ftyp")


async def test_a_recording_that_is_none_gets_a_sentence(api: Caller) -> None:
    assert await send_file(api, "/persons/LinYue/voice", b"hum", "voice.wav") == {"error": "这段录音无法识别"}


async def test_a_browser_can_play_a_voice(api: Caller, world: World) -> None:
    media_id = world.send_voice("LinYue", to_amr(beep())).body["media_id"]

    async with api.http.get(f"{api.base}/sim/media/{media_id}") as response:
        assert (response.content_type, (await response.read())[:4]) == ("audio/wav", b"RIFF")


def test_an_mp4_stays_as_it_is() -> None:
    assert to_mp4(mp4()) == mp4()
    assert to_wav(to_amr(beep()))[:4] == b"RIFF"


async def send_file(api: Caller, path: str, content: bytes, filename: str) -> dict[str, object]:
    form = FormData()
    form.add_field("file", content, filename=filename)
    async with api.http.post(f"{api.base}/sim{path}", data=form) as response:
        told: dict[str, object] = await response.json()
        return told
