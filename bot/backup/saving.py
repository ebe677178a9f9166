"""``zhian backup FOLDER``."""

import asyncio
import hashlib
from collections.abc import Iterator
from pathlib import Path

from bot.backup import postgresql, sqlite
from bot.backup.folder import EVIDENCE, SQLITE, Folder, Manifest, Unusable
from core import clock
from core.evidence.store import Store
from core.settings import Settings


async def save(settings: Settings, path: Path) -> int:
    """1 when there was nothing to back up or no place for it, or when evidence was missing or damaged."""
    try:
        manifest = await _saved(settings, path)
    except Unusable as reason:
        print(reason)
        return 1
    rows = sum(manifest.rows.values())
    print(f"{path}: {rows} rows, {manifest.evidence} evidence files.")
    for key in manifest.missing:
        print(f"missing or damaged in the evidence store: {key}")
    return 1 if manifest.missing else 0


async def _saved(settings: Settings, path: Path) -> Manifest:
    folder = Folder.make(path)
    schema, rows, keys = await _database(settings.database_url, folder)
    kept, missing = await _evidence(Store.open(settings.media_url), keys, folder)
    kind = settings.database_url.partition(":")[0]
    manifest = Manifest(kind, schema, clock.now().isoformat(), rows, kept, missing)
    await asyncio.to_thread(folder.finish, manifest)
    return manifest


async def _database(url: str, folder: Folder) -> tuple[list[str], dict[str, int], Iterator[tuple[str, str]]]:
    if not url.startswith("sqlite"):
        schema, rows = await postgresql.copy(url, folder)
        return schema, rows, postgresql.evidence(folder)
    copied = folder.file(SQLITE)
    rows = await asyncio.to_thread(sqlite.copy, Path(url.removeprefix("sqlite://")), copied)
    return sqlite.schema(copied), rows, sqlite.evidence(copied)


async def _evidence(store: Store, keys: Iterator[tuple[str, str]], folder: Folder) -> tuple[int, list[str]]:
    """How many files were copied, and which are missing or not what was submitted."""
    kept, missing = 0, []
    for key, sha256 in keys:
        target = folder.file(f"{EVIDENCE}/{key}")
        if target.exists():  # the same bytes, submitted twice
            continue
        if await _copied(store, key, target, sha256):
            kept += 1
        else:
            missing.append(key)
    return kept, missing


async def _copied(store: Store, key: str, target: Path, sha256: str) -> bool:
    digest = hashlib.sha256()
    try:
        with target.open("wb") as file:
            async for chunk in store.stream(key):
                digest.update(chunk)
                await asyncio.to_thread(file.write, chunk)
    except FileNotFoundError:
        await asyncio.to_thread(target.unlink)
        return False
    return sha256 in ("", digest.hexdigest())
