import asyncio
import os
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from core.errors import Misconfigured

CHUNK = 256 * 1024
# A phone waits about as long; what a callback brought is tried again later anyhow.
_RETRIES = {"max_retries": 4, "retry_timeout": timedelta(seconds=15)}
_CLIENT = {"connect_timeout": "3s", "timeout": "30s"}
KEY = re.compile(r"[a-z0-9][a-z0-9_-]*(?:[./][a-z0-9][a-z0-9_-]*)*")


class StoreAway(OSError):
    """The store did not do what was asked: it is away, full, or refuses us. Trying again later may help."""


class Store:
    """Where evidence lies: a folder, or a bucket of any S3-compatible service.

    A missing key raises FileNotFoundError; a key that no part of the service would make raises ValueError; a store
    that fails raises StoreAway.
    """

    def __init__(self, objects: ObjectStore, folder: Path | None = None) -> None:
        self._objects = objects
        self._folder = folder

    @classmethod
    def open(cls, url: str) -> Self:
        """Take `ZHIAN_MEDIA_URL`: a path, `file:///path`, or `s3://bucket/prefix?endpoint=…&region=…`.

        What stands behind `?` is given to the S3 client; keys may also come from its usual environment variables.
        Raises Misconfigured when the address cannot be used.
        """
        parts = urlsplit(url)
        if parts.scheme in ("", "file"):
            return cls._open_folder(Path(unquote(parts.path) if parts.scheme else url))
        return cls(_bucket(url))

    @classmethod
    def _open_folder(cls, folder: Path) -> Self:
        if not folder.parts:
            raise Misconfigured("ZHIAN_MEDIA_URL names no folder; give a path such as var/media.")
        folder = folder.resolve()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Misconfigured(f"ZHIAN_MEDIA_URL: the folder {folder} cannot be made: {error.strerror}.") from error
        return cls(LocalStore(folder), folder)

    async def put(self, key: str, data: bytes) -> None:
        """Store all of it or nothing; when this returns, a power cut no longer loses it."""
        with _failures():
            await self._objects.put_async(_checked(key), data, use_multipart=False)
        if self._folder is not None:
            await asyncio.to_thread(_flush, self._folder / key)

    async def get(self, key: str) -> bytes:
        with _failures():
            found = await self._objects.get_async(_checked(key))
            return bytes(await found.bytes_async())

    async def delete(self, keys: Sequence[str]) -> None:
        """What is not there (any more) is no failure."""
        for key in keys:
            with _failures(), suppress(FileNotFoundError):
                await self._objects.delete_async(_checked(key))

    async def stream(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Bytes from `start` up to, not including, `end`."""
        size = await self.size(key)
        end = size if end is None else min(end, size)
        if start >= end:
            return
        with _failures():
            found = await self._objects.get_async(key, options={"range": (start, end)})
            async for chunk in found.stream(min_chunk_size=CHUNK):
                yield bytes(chunk)

    async def exists(self, key: str) -> bool:
        try:
            await self.size(key)
        except FileNotFoundError:
            return False
        return True

    async def size(self, key: str) -> int:
        with _failures():
            return (await self._objects.head_async(_checked(key)))["size"]

    async def is_empty(self) -> bool:
        with _failures():
            async for found in self._objects.list(chunk_size=1):
                return not found
        return True


@contextmanager
def _failures() -> Iterator[None]:
    """The client's own words may hold keys and addresses, so only their kind goes on."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as error:
        raise StoreAway(None, f"the evidence store failed ({type(error).__name__})") from error


def _checked(key: str) -> str:
    if not KEY.fullmatch(key):
        raise ValueError(f"{key!r} is not a key of the evidence store.")
    return key


def _bucket(url: str) -> ObjectStore:
    address, _, query = url.partition("?")
    config: dict[str, Any] = dict(parse_qsl(query))
    plain = str(config.get("endpoint", "")).startswith("http://")
    try:
        options: dict[str, Any] = {"client_options": {"allow_http": plain, **_CLIENT}, "retry_config": _RETRIES}
        return from_url(address, **(options | ({"config": config} if config else {})))
    except Exception as error:
        raise Misconfigured(
            f"ZHIAN_MEDIA_URL cannot be used as an object store ({urlsplit(url).scheme}): {error}"
        ) from error


def _flush(path: Path) -> None:
    """The file's own bytes, then the folder entries that lead to it."""
    for part in (path, path.parent, path.parent.parent):
        descriptor = os.open(part, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
