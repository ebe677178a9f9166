"""WeCom's tokens in the database: one process renews, all use; sealed, so that a copy of the database opens nothing.

A lease is one committed row, never an open transaction: nothing in the database waits while WeCom is asked.
"""

import asyncio
import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core import database
from core.sharing.models import Credential

log = structlog.get_logger()

LEASE_SECONDS = 30
_LOOK_SECONDS = 0.1
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Kept:
    value: str = field(repr=False)
    use_until: datetime


class Credentials:
    """`secret_key` is the service's own; after it was changed everything kept before counts as absent."""

    def __init__(self, secret_key: str) -> None:
        self._cipher = AESGCM(_derived(secret_key))
        self._fences: dict[str, int] = {}

    async def get(self, key: str) -> Kept | None:
        row = await Credential.get_or_none(key=key)
        if row is None or row.use_until is None:
            return None
        value = self._opened(row)
        return Kept(value, row.use_until) if value else None

    async def put(self, key: str, value: str, use_until: datetime) -> bool:
        """Inside ``lease``; False when the lease was lost meanwhile, and with it the right to write."""
        held = await Credential.filter(key=key, fence=self._fences.get(key, 0)).update(
            sealed=self._sealed(key, value), use_until=use_until
        )
        if not held:
            log.warning("credential.lease_lost", credential=key)
        return bool(held)

    @asynccontextmanager
    async def lease(self, key: str) -> AsyncIterator[None]:
        """At most one holder among all processes, for at most half a minute; the others wait."""
        while (fence := await take(key, LEASE_SECONDS)) is None:  # noqa: ASYNC110  # the holder may be another process
            await asyncio.sleep(_LOOK_SECONDS)
        self._fences[key] = fence
        try:
            yield
        finally:
            await Credential.filter(key=key, fence=fence).update(lease_until=None)

    def _sealed(self, key: str, value: str) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, value.encode(), key.encode())).decode()

    def _opened(self, row: Credential) -> str:
        kept = base64.b64decode(row.sealed)
        try:
            return self._cipher.decrypt(kept[:_NONCE_BYTES], kept[_NONCE_BYTES:], row.key.encode()).decode()
        except InvalidTag:
            log.warning("credential.sealed_by_another_key", credential=row.key)
            return ""


def _derived(secret_key: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=b"zhian: tokens at rest").derive(secret_key.encode())


async def take(key: str, seconds: int) -> int | None:
    """The fence of the lease, or None while somebody else holds it."""
    taken = await database.rows(
        "INSERT INTO credential (key, sealed, fence, lease_until) "  # noqa: S608  # our own constants
        f"VALUES ($1, '', 1, {database.real_time(seconds)}) "
        "ON CONFLICT (key) DO UPDATE SET fence = credential.fence + 1, lease_until = excluded.lease_until "
        f"WHERE credential.lease_until IS NULL OR credential.lease_until < {database.real_time(0)} RETURNING fence",
        key,
    )
    return int(taken[0]["fence"]) if taken else None
