from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from core.errors import Misconfigured
from core.evidence.store import CHUNK, Store
from tests.core.evidence.material import stored

KEY = "ab/abcdef0123.shown.jpg"


class Bucket:
    """An S3 service as far as evidence needs one: objects by path, ranges, 404."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    async def answer(self, request: web.Request) -> web.Response:
        if request.method == "PUT":
            self.objects[request.path] = await request.read()
            return web.Response(headers={"ETag": '"1"'})
        found = self.objects.get(request.path)
        if found is None:
            return web.Response(status=404)
        part = found[request.http_range]
        status = 206 if "Range" in request.headers else 200
        start = request.http_range.start or 0
        headers = {"ETag": '"1"', "Last-Modified": "Sat, 21 Nov 2026 02:00:00 GMT"}
        if status == 206:
            headers["Content-Range"] = f"bytes {start}-{start + len(part) - 1}/{len(found)}"
        return web.Response(body=part, status=status, headers=headers)


@pytest.fixture
def bucket() -> Bucket:
    return Bucket()


@pytest.fixture
async def bucket_url(bucket: Bucket) -> AsyncIterator[str]:
    app = web.Application(client_max_size=4 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", bucket.answer)
    async with TestServer(app) as server:
        keys = "access_key_id=demo&secret_access_key=demo&region=demo"
        yield f"s3://evidence/station?endpoint=http://127.0.0.1:{server.port}&{keys}"


@pytest.fixture(params=["folder", "bucket"])
def somewhere(request: pytest.FixtureRequest, folder: Path) -> Store:
    return Store.open(folder.as_uri() if request.param == "folder" else request.getfixturevalue("bucket_url"))


async def read(store: Store, key: str, start: int = 0, end: int | None = None) -> bytes:
    return b"".join([chunk async for chunk in store.stream(key, start, end)])


async def test_what_is_put_comes_back(somewhere: Store) -> None:
    await somewhere.put(KEY, b"concrete")
    assert await somewhere.get(KEY) == b"concrete"
    assert await somewhere.size(KEY) == 8
    assert await somewhere.exists(KEY) is True


async def test_a_browser_may_ask_for_any_part(somewhere: Store) -> None:
    film = bytes(range(256)) * (3 * CHUNK // 256)
    await somewhere.put(KEY, film)
    assert await read(somewhere, KEY) == film
    assert await read(somewhere, KEY, 10, 20) == film[10:20]
    assert await read(somewhere, KEY, len(film) - 5, len(film) + 5) == film[-5:]
    assert await read(somewhere, KEY, len(film)) == b""


async def test_a_missing_key_is_said_to_be_missing(somewhere: Store) -> None:
    assert await somewhere.exists(KEY) is False
    with pytest.raises(FileNotFoundError):
        await somewhere.get(KEY)
    with pytest.raises(FileNotFoundError):
        await read(somewhere, KEY)


async def test_the_same_key_may_be_put_again(somewhere: Store) -> None:
    await somewhere.put(KEY, b"concrete")
    await somewhere.put(KEY, b"concrete")
    assert await somewhere.get(KEY) == b"concrete"


@pytest.mark.parametrize(
    "key", ["../out.jpg", "/etc/passwd", "a//b", "a/../b", "a/..", ".a", "a b", "%2e%2e/x", "", "A"]
)
async def test_a_key_that_is_not_ours_is_not_even_tried(store: Store, folder: Path, key: str) -> None:
    with pytest.raises(ValueError, match="is not a key of the evidence store"):
        await store.put(key, b"x")
    with pytest.raises(ValueError, match="is not a key of the evidence store"):
        await store.get(key)
    assert stored(folder) == []


async def test_a_put_leaves_one_whole_file_and_nothing_beside_it(store: Store, folder: Path) -> None:
    await store.put(KEY, b"concrete")
    assert stored(folder) == [KEY]


async def test_the_bucket_keeps_things_under_the_prefix(bucket: Bucket, bucket_url: str) -> None:
    await Store.open(bucket_url).put(KEY, b"concrete")
    assert bucket.objects == {f"/evidence/station/{KEY}": b"concrete"}


@pytest.mark.parametrize("url", ["", "ftp://files.example/x", "s3://evidence?colour=red", "file:///dev/null/media"])
def test_an_address_that_cannot_work_stops_start_up(url: str) -> None:
    with pytest.raises(Misconfigured, match=r"^ZHIAN_MEDIA_URL"):
        Store.open(url)


def test_a_secret_in_the_address_is_not_repeated() -> None:
    with pytest.raises(Misconfigured) as refused:
        Store.open("s3://evidence?secret_access_key=hush&colour=red")
    assert "hush" not in str(refused.value)
