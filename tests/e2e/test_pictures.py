"""What the README shows is there, small, and the same in both languages."""

import re
from pathlib import Path

from tests.e2e.rehearsal import ROOT

MOST_BYTES = 500_000


def _shown(readme: str) -> list[Path]:
    text = (ROOT / readme).read_text(encoding="utf-8")
    return [ROOT / name for name in re.findall(r"docs/images/[\w.-]+", text)]


def test_both_languages_show_every_picture_that_lies_there() -> None:
    kept = sorted((ROOT / "docs" / "images").iterdir())
    assert sorted(_shown("README.md")) == sorted(_shown("README.zh-CN.md")) == kept


def test_no_picture_is_heavy() -> None:
    assert [picture.name for picture in _shown("README.md") if picture.stat().st_size > MOST_BYTES] == []
