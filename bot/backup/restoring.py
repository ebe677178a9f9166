"""``zhian restore FOLDER``: into the database and the store that the settings name, if they are free for it."""

import asyncio
from pathlib import Path

from bot.backup import postgresql, sqlite
from bot.backup.folder import EVIDENCE, SQLITE, Folder, Manifest, Unusable
from core import database, schema
from core.evidence.store import Store
from core.settings import Settings

_DAMAGED_SHOWN = 10
# What was waiting when the backup was made may have been delivered since: a person decides, nobody gets it twice.
_NOT_TWICE = (
    "UPDATE outbox SET state = 'uncertain', lease_until = NULL, error = '从备份恢复，不确定是否已送达，请人工核实' "
    "WHERE state IN ('pending', 'sending', 'held')"
)


async def restore(settings: Settings, path: Path) -> int:
    """Evidence first, the database last and at once: an interrupted restore can simply be run again."""
    try:
        folder, manifest = await asyncio.to_thread(Folder.read, path)
        await _require_fit(settings, folder, manifest)
        await _evidence(Store.open(settings.media_url), folder)
        await _database(settings.database_url, folder, manifest)
    except Unusable as reason:
        print(reason)
        return 1
    rows = sum(manifest.rows.values())
    print(f"{rows} rows and {manifest.evidence} evidence files are back, as of {manifest.made_at}.")
    print("Now run: zhian verify --evidence")
    return 0


async def _require_fit(settings: Settings, folder: Folder, manifest: Manifest) -> None:
    kind = settings.database_url.partition(":")[0]
    if (manifest.database == "sqlite") != (kind == "sqlite"):
        raise Unusable(f"The backup holds a {manifest.database} database, but ZHIAN_DATABASE_URL names {kind}.")
    unknown = [name for name in manifest.schema if name not in schema.shipped()]
    if unknown:
        raise Unusable(f"The backup was made by a newer version (it knows {unknown[0]}). Install that version first.")
    damaged = await asyncio.to_thread(folder.damaged)
    if damaged:
        raise Unusable(f"{len(damaged)} files are damaged or missing: {', '.join(damaged[:_DAMAGED_SHOWN])}")
    if not await _is_empty(settings.database_url):
        raise Unusable(
            "The database that ZHIAN_DATABASE_URL names has rows. Name an empty one: nothing is overwritten."
        )


async def _is_empty(url: str) -> bool:
    if url.startswith("sqlite"):
        return await asyncio.to_thread(sqlite.is_empty, Path(url.removeprefix("sqlite://")))
    return await postgresql.is_empty(url)


async def _evidence(store: Store, folder: Folder) -> None:
    """A key is the hash of what it holds, so what is there already is left as it is."""
    for name, _ in folder.sums():
        if name.startswith(f"{EVIDENCE}/"):
            key = name.removeprefix(f"{EVIDENCE}/")
            if not await store.exists(key):
                await store.put(key, await asyncio.to_thread((folder.path / name).read_bytes))


async def _database(url: str, folder: Folder, manifest: Manifest) -> None:
    """Under the schema of the backup first, then brought to the shipped one."""
    if url.startswith("sqlite"):
        target = Path(url.removeprefix("sqlite://"))
        await asyncio.to_thread(sqlite.put_back, folder.path / SQLITE, target, [_NOT_TWICE])
    else:
        await database.migrate(url, manifest.schema[-1])
        await postgresql.put_back(url, folder, manifest.rows, [_NOT_TWICE])
    await database.migrate(url)
