"""What an operator does about papers: seals in a folder, and papers that could not be made."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import _unmade
from bot.doctor import machine, seals
from bot.doctor.finding import Level
from bot.seals import Seals
from core import clock, database, health, metrics
from core.errors import Misconfigured
from core.papers.models import PaperRow, PaperState
from core.people.models import Organisation, OrgKind
from tests.notices.papers import material
from tests.operation.test_doctor import told, with_settings


async def station(url: str) -> Organisation:
    await database.open_database(url)
    made = await Organisation.create(name="海澄市质安监督站", short_name="海澄站", kind=OrgKind.STATION, code="海澄")
    await database.close_database()
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "seals"
    made.mkdir()
    (made / "海澄.png").write_bytes(material.seal())
    return made


async def test_each_station_has_its_own_seal(folder: Path, migrated_url: str) -> None:
    haicheng = await station(migrated_url)
    nowhere = Organisation(name="云渚市质安监督站", code="云渚")
    kept = Seals.open(folder)
    assert [await kept.of(haicheng), await kept.of(nowhere)] == [material.seal(), None]
    given = with_settings(seals=folder, database_url=migrated_url)
    assert told(await seals.pictures(given)) == [(Level.GOOD, "1 个监督站有印章图片。")]
    (folder / "海城.png").write_bytes(material.seal())
    assert told(await seals.pictures(given)) == [(Level.NOTE, "没有代号是海城的监督站，这些印章不会印出。")]


async def test_a_code_leads_to_nothing_outside_the_folder(folder: Path) -> None:
    (folder.parent / "别处.png").write_bytes(material.seal())
    stations = [Organisation(name="南屿市质安监督站", code=code) for code in ("../别处", "", "海澄/../../别处")]
    assert [await Seals.open(folder).of(one) for one in stations] == [None, None, None]


async def test_a_seal_that_cannot_be_printed_stops_the_start(folder: Path) -> None:
    broken = folder / "云渚.png"
    broken.write_text("a seal")
    with pytest.raises(Misconfigured) as refused:
        Seals.open(folder)
    assert str(refused.value) == (
        f"ZHIAN_SEALS: {broken} is no PNG picture that can be printed. docs/papers.md says how seals are kept."
    )
    assert told(await seals.pictures(with_settings(seals=folder))) == [(Level.BAD, f"{broken} 不能用。")]
    with pytest.raises(Misconfigured):
        Seals.open(folder / "nowhere")


async def promised(**facts: Any) -> PaperRow:
    """An hour ago."""
    then = clock.now() - timedelta(hours=1)
    known = {"case_id": 1, "template": "rectification", "title": "责令整改通知书", "code": "x" * 22}
    return await PaperRow.create(
        number="海澄质安改〔2026〕001号", not_before=then, issued_at=then, **(known | facts)
    )  # fmt: skip


async def test_papers_that_nobody_makes_are_a_trouble(migrated_url: str) -> None:
    await database.open_database(migrated_url)
    try:
        failed = await promised(state=PaperState.FAILED)
        assert health.troubles(await health.look(), 0) == []
        await promised(case_id=2, code="y" * 22)
        assert health.troubles(await health.look(), 0) == ["papers"]
        await health.measure()
        shown = {state: metrics.papers.labels(state)._value.get() for state in ("wanted", "failed")}
        assert (shown, failed.state) == ({"wanted": 1.0, "failed": 1.0}, PaperState.FAILED)
    finally:
        await database.close_database()


async def test_papers_that_failed_are_listed_and_made_again(
    migrated_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await database.open_database(migrated_url)
    await promised(state=PaperState.FAILED, error="照片没有取到。", attempts=5)
    await database.close_database()
    given = with_settings(database_url=migrated_url)
    assert told(await machine.database(given))[1:] == [(Level.BAD, "1 份文书没有生成，通知照常有效。")]
    assert [await _unmade(given, again=False), await _unmade(given, again=True)] == [1, 0]
    assert capsys.readouterr().out.splitlines() == [
        "海澄质安改〔2026〕001号 责令整改通知书: failed (照片没有取到。)",
        "1 papers are not made.",
        "1 papers that had failed will be made as soon as the service works.",
        "海澄质安改〔2026〕001号 责令整改通知书: wanted (照片没有取到。)",
        "1 papers are not made.",
    ]
