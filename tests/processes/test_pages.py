"""docs/processes holds what the declarations say, word for word."""

from pathlib import Path

from bot.processes import pages

DOCS = Path(__file__).parents[2] / "docs" / "processes"


def test_the_pages_say_what_the_declarations_say() -> None:
    kept = {file.name: file.read_text("utf-8") for file in DOCS.glob("*.md")}

    assert kept == pages(), "run: zhian processes --write docs/processes"
