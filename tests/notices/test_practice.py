"""A station's own kinds come from a file; one that cannot work keeps the service from starting, in a sentence."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import Misdeclared
from notices import practice
from tests import source


@pytest.fixture(autouse=True)
def shipped_again() -> Iterator[None]:
    yield
    practice.use(practice.Practice())


def test_without_a_file_there_is_what_is_shipped() -> None:
    practice.use(practice.of_station(None))
    assert practice.kind("rectification").title == "整改通知"


def test_the_file_of_the_documentation_works(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", source.text(Path("docs/notices.md")), flags=re.S)
    file = tmp_path / "kinds.toml"
    file.write_text(example, "utf-8")
    practice.use(practice.of_station(file))
    changed = practice.kind("rectification")
    assert (changed.title, changed.failed_reply, len(changed.ladder.rungs)) == ("限期整改通知", "partial_stop", 2)
    assert practice.kinds().title("warning") == "提示函"
    assert "stop_work" in practice.kinds()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Misdeclared, match=r"^通知种类的文件“.*none\.toml”打不开："):
        practice.of_station(tmp_path / "none.toml")


def test_a_file_that_cannot_work(tmp_path: Path) -> None:
    file = tmp_path / "kinds.toml"
    file.write_text('[[kind]]\nname = "warning"\n', "utf-8")
    with pytest.raises(Misdeclared, match=r"^通知种类“warning”不能用："):
        practice.of_station(file)
