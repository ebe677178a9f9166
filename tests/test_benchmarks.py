"""The benchmarks still run: every part once with hardly anything to do, without the peers that make bench installs."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import machine, peers_at
from benchmarks.__main__ import PARTS
from benchmarks.places import Places, places
from benchmarks.scale import TINY
from tests import source

LONG = "adgh"  # start a server for each row of their tables: here on one database only


@pytest.fixture(scope="module")
def somewhere() -> Iterator[Places]:
    with places() as found:
        yield found


@pytest.fixture(autouse=True)
def without_peers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers_at, "node", lambda: None)
    monkeypatch.setattr(peers_at, "installed", lambda _package: False)


@pytest.mark.parametrize(("part", "tables"), {**dict.fromkeys("bdefij", 1), **dict.fromkeys("acg", 2), "h": 3}.items())
def test_every_part_prints_its_tables(
    part: str,
    tables: int,
    somewhere: Places,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if part in LONG:
        monkeypatch.setattr(Places, "kinds", somewhere.kinds[-1:])
    PARTS[part](somewhere, TINY)
    titles = re.findall(rf"^\({part}\) (?:sqlite|postgresql|zhian)", capsys.readouterr().out, flags=re.M)
    assert len(titles) == tables * (1 if part in "efj" else len(somewhere.kinds))


def test_no_first_view_weighs_more_than_60_kilobytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    PARTS["i"](Places(tmp_path, socket=None), TINY)
    weights = re.findall(r"^\| (\S.*?) +\|.*\*\*([\d.]+)\*\*", capsys.readouterr().out, flags=re.M)
    assert len(weights) > 30
    assert [(page, kilobytes) for page, kilobytes in weights if float(kilobytes) >= 60] == []


def test_the_machine_is_described() -> None:
    described = "\n".join(machine.describe())
    assert re.search(r"^\d+ cores, .* GiB of memory", described)
    assert "SQLite" in described


def test_locks_of_the_peers_hold_every_pin_and_no_address() -> None:
    project = tomllib.loads(source.text(Path("pyproject.toml")))["project"]
    python, npm = source.text(Path("requirements-bench.lock")), source.text(Path("benchmarks/package-lock.json"))
    manifest, lock = json.loads(source.text(Path("benchmarks/package.json"))), json.loads(npm)
    assert [pin for pin in project["optional-dependencies"]["bench"] if f"{pin} " not in python] == []
    assert lock["packages"][""]["dependencies"] == manifest["dependencies"]
    assert "://" not in python + npm
