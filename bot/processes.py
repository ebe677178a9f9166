"""Every process of the service. Adding one means adding a line here."""

from pathlib import Path

from checks.report import CHECK_REPORT
from core.cases.declaration import Process
from core.cases.describing import describe
from core.people.delegation import DELEGATION
from notices.processes import NOTICES

PROCESSES: tuple[Process, ...] = (CHECK_REPORT, *NOTICES, DELEGATION)


def pages() -> dict[str, str]:
    """The documentation that follows from the declarations: file name → Markdown."""
    lines = [f"- [{process.title}]({process.name}.md) ({process.source})" for process in PROCESSES]
    index = "\n".join(["# Processes", "", "Written by `zhian processes --write docs/processes`.", "", *lines, ""])
    return {"README.md": index} | {f"{process.name}.md": describe(process) for process in PROCESSES}


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")
