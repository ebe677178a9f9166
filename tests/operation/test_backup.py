"""A backup is taken while the service works, proves itself, and comes back whole into an empty place."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from bot import __main__ as command_line
from bot.backup import folder as folders
from bot.backup import restoring, saving
from core import clock, database
from core.cases import history
from core.cases.models import Case, Delivery, OutboxRow
from core.evidence.models import Evidence
from core.people.models import Person
from core.settings import Settings
from tests.databases import PostgresServer
from tests.operation.buckets import bucket, media_url
from tests.town import Town, town

Place = tuple[Settings, Path]


@pytest.fixture
async def place(migrated_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(migrated_url, tmp_path) as made:
        yield made


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path) -> str:
    """An empty database on another place."""
    if database_kind == "sqlite":
        return f"sqlite://{tmp_path / 'elsewhere' / 'zhian.sqlite3'}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create()
    request.addfinalizer(lambda: server.drop(name))
    return server.url(name)


async def check(place: Town) -> None:
    lin, luo = place.phone("lin"), place.phone("luo")
    await lin.says("上报")
    await lin.chooses("滨江花园一期")
    await lin.taps("安全检查")
    await lin.says("3号楼 5层")
    await lin.photographs(2)
    await lin.says("临边防护缺失")
    await lin.taps("确认，下一步")
    await lin.chooses("罗敬川", "秦若岩")
    await lin.chooses("陈光泽")
    await lin.taps("立即提交")
    await luo.taps("通过")


async def save(settings: Settings, folder: Path) -> tuple[int, str]:
    said = io.StringIO()
    with redirect_stdout(said):
        return await saving.save(settings, folder), said.getvalue()


async def restore(settings: Settings, folder: Path) -> tuple[int, str]:
    said = io.StringIO()
    with redirect_stdout(said):
        return await restoring.restore(settings, folder), said.getvalue()


async def verified(settings: Settings) -> tuple[int, str]:
    said = io.StringIO()
    with redirect_stdout(said):
        return await command_line._verifying(settings, evidence=True), said.getvalue()


def moved_to(place: Town, url: str, media: str) -> Settings:
    return place.house.settings.model_copy(update={"database_url": url, "media_url": media})


async def test_a_check_comes_back_whole_in_another_place(place: Town, elsewhere: str, tmp_path: Path) -> None:
    await check(place)
    before = await _contents()
    code, said = await save(place.house.settings, tmp_path / "backup")
    assert (code, said.endswith(" evidence files.\n")) == (0, True)

    await place.running.aclose()
    there = moved_to(place, elsewhere, str(tmp_path / "elsewhere" / "media"))
    assert (await restore(there, tmp_path / "backup"))[0] == 0
    assert await verified(there) == (0, "1 records checked, 0 broken.\n")
    await database.open_database(elsewhere)
    assert await _contents() == before
    newcomer = await Person.create(name="周一鸣", mobile="10000000099", org_id=1, role="participant")
    assert newcomer.id == await Person.all().count()
    await database.close_database()


async def _contents() -> dict[str, object]:
    case = await Case.get()
    return {
        "case": (case.number, case.state, case.head, case.data),
        "moments": (case.opened_at, case.closed_at),
        "chain": await history.verify(case),
        "people": [p.id for p in await Person.all().order_by("id")],
        "evidence": [(e.sha256, e.seconds, e.taken_by_id) for e in await Evidence.all().order_by("id")],
    }


async def test_what_was_waiting_is_not_sent_twice_after_a_restore(place: Town, elsewhere: str, tmp_path: Path) -> None:
    now = clock.now()
    await OutboxRow.create(
        dedupe_key="k", person_id=1, recipient="lin", kind="text", body="x", not_before=now.replace(year=2099),
        created_at=now,
    )  # fmt: skip
    await save(place.house.settings, tmp_path / "backup")
    await place.running.aclose()
    await restore(moved_to(place, elsewhere, str(tmp_path / "other")), tmp_path / "backup")
    await database.open_database(elsewhere)
    assert [(row.state, row.error) for row in await OutboxRow.all()] == [
        (Delivery.UNCERTAIN, "从备份恢复，不确定是否已送达，请人工核实"),
    ]
    await database.close_database()


async def test_the_sums_are_what_everybodys_tool_reads(place: Town, tmp_path: Path) -> None:
    await place.phone("lin").says("上报")
    await save(place.house.settings, tmp_path / "backup")
    command = ("sha256sum", "--check", "--quiet", folders.SUMS)
    checking = await asyncio.create_subprocess_exec(*command, cwd=tmp_path / "backup")
    assert await checking.wait() == 0
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "backup").rglob("*") if path.is_file()} == {0}


async def test_nothing_is_overwritten(place: Town, tmp_path: Path) -> None:
    here = place.house.settings
    await save(here, tmp_path / "backup")
    assert (await save(here, tmp_path / "backup"))[0] == 1
    assert await restore(here, tmp_path / "backup") == (
        1,
        "The database that ZHIAN_DATABASE_URL names has rows. Name an empty one: nothing is overwritten.\n",
    )


async def test_a_damaged_backup_is_refused_by_name(place: Town, elsewhere: str, tmp_path: Path) -> None:
    await check(place)
    await save(place.house.settings, tmp_path / "backup")
    photo = next(path for path in (tmp_path / "backup" / "evidence").rglob("*.jpg"))
    photo.write_bytes(photo.read_bytes()[:-1])
    there = moved_to(place, elsewhere, str(tmp_path / "other"))
    code, said = await restore(there, tmp_path / "backup")
    assert (code, said) == (
        1,
        f"1 files are damaged or missing: {photo.relative_to(tmp_path / 'backup')}\n",
    )


async def test_evidence_that_is_gone_is_named_and_the_rest_is_saved(place: Town, tmp_path: Path) -> None:
    await check(place)
    lost = await Evidence.all().order_by("id").first()
    assert lost is not None
    (tmp_path / "media" / lost.original_key).unlink()
    code, said = await save(place.house.settings, tmp_path / "backup")
    assert (code, said.splitlines()[1:]) == (1, [f"missing or damaged in the evidence store: {lost.original_key}"])
    manifest = json.loads((tmp_path / "backup" / folders.MANIFEST).read_text())
    assert manifest["missing"] == [lost.original_key]


async def test_a_folder_that_is_no_backup_is_refused(place: Town, tmp_path: Path) -> None:
    (tmp_path / "half").mkdir()
    code, said = await restore(place.house.settings, tmp_path / "half")
    assert (code, said) == (1, f"{tmp_path / 'half'} is not a complete backup: it has no manifest.json.\n")


async def test_a_newer_versions_backup_is_refused(place: Town, elsewhere: str, tmp_path: Path) -> None:
    await save(place.house.settings, tmp_path / "backup")
    file = tmp_path / "backup" / folders.MANIFEST
    file.write_text(file.read_text().replace('"0001_initial"', '"0001_initial", "0999_future"'))
    assert await restore(moved_to(place, elsewhere, str(tmp_path / "other")), tmp_path / "backup") == (
        1,
        "The backup was made by a newer version (it knows 0999_future). Install that version first.\n",
    )


async def test_a_restore_that_was_interrupted_goes_on(
    place: Town, elsewhere: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await check(place)
    await save(place.house.settings, tmp_path / "backup")
    await place.running.aclose()
    there = moved_to(place, elsewhere, str(tmp_path / "other"))

    async def cut(*_: object) -> None:
        raise ConnectionResetError

    with monkeypatch.context() as patch:
        patch.setattr(restoring, "_database", cut)
        with pytest.raises(ConnectionResetError):
            await restore(there, tmp_path / "backup")
    assert (await restore(there, tmp_path / "backup"))[0] == 0
    assert await verified(there) == (0, "1 records checked, 0 broken.\n")


async def test_a_backup_moves_evidence_into_a_bucket(place: Town, elsewhere: str, tmp_path: Path) -> None:
    await check(place)
    await save(place.house.settings, tmp_path / "backup")
    await place.running.aclose()
    with bucket() as address:
        there = moved_to(place, elsewhere, media_url(*address))
        assert (await restore(there, tmp_path / "backup"))[0] == 0
        assert await verified(there) == (0, "1 records checked, 0 broken.\n")
        again = await save(there, tmp_path / "again")
        assert again[0] == 0
    sums = [dict(folders.Folder(tmp_path / name).sums()) for name in ("backup", "again")]
    kept = [{name: digest for name, digest in one.items() if name.startswith("evidence/")} for one in sums]
    assert kept[0] == kept[1] != {}
