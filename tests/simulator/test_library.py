"""What a member can send without having anything of his own."""

from simulator import library
from tests.simulator.conftest import Caller


async def test_a_member_sends_the_supplied_samples(api: Caller) -> None:
    first = {kind: items[0]["id"] for kind, items in library.shown().items()}
    sent = [
        await api.sim("/persons/LinYue/image", {"picture": first["pictures"]}),
        await api.sim("/persons/LinYue/voice", {"voice": first["voices"]}),
        await api.sim("/persons/LinYue/video", {"video": first["videos"]}),
    ]

    assert [message["kind"] for message in sent] == ["image", "voice", "video"]
    assert 0 < sent[1]["seconds"] <= 60
    assert "thumb_url" in sent[2]


async def test_a_sample_that_does_not_exist(api: Caller) -> None:
    assert await api.sim("/persons/LinYue/image", {"picture": "no"}) == {"error": "素材库里没有“no”"}


async def test_a_browser_shows_and_plays_the_samples(api: Caller) -> None:
    for kind, content_type in (("pictures", "image/jpeg"), ("voices", "audio/wav"), ("videos", "video/mp4")):
        async with api.http.get(api.base + library.shown()[kind][0]["url"]) as response:
            assert (response.status, response.content_type) == (200, content_type)
