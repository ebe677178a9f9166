"""The process that sets papers: what it reads, and what ends it."""

import subprocess
import sys
from pathlib import Path

from tests.notices.papers.material import PAPERS

ROOT = Path(__file__).parents[3]


def test_templates_reach_for_nothing_but_their_base_and_their_data() -> None:
    folder = ROOT / "notices" / "papers"
    for template in folder.glob("*.typ"):
        text = template.read_text(encoding="utf-8")
        assert [word for word in ("@", "http", "eval(", "plugin(", "read(") if word in text] == [], template.name
        assert text.count("#import ") == (0 if template.stem == "base" else 1)


def test_every_template_belongs_to_a_paper() -> None:
    folder = ROOT / "notices" / "papers"
    assert {path.stem for path in folder.glob("*.typ")} == {"base", *PAPERS}
    assert {kind: paper.template for kind, paper in PAPERS.items()} == {kind: kind for kind in PAPERS}


def test_the_press_ends_with_its_input() -> None:
    command = [sys.executable, "-m", "notices.papers.press", "640"]
    assert subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, timeout=30, check=False).returncode == 0
