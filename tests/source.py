"""The project's own files, as the tests about the codebase read them."""

import ast
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("attendance", "bot", "checks", "core", "h5", "notices", "simulator", "webhooks", "wecom")
SERVICE = tuple(room for room in ROOMS if room != "simulator")


@cache
def files() -> tuple[Path, ...]:
    """Everything git keeps or would keep, relative to the root."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return tuple(sorted(Path(name) for name in set(names) - {""} if (ROOT / name).is_file()))


def python_files(*rooms: str) -> list[Path]:
    return [file for file in files() if file.suffix == ".py" and file.parts[0] in rooms]


def text(file: Path) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(text(file), filename=str(file))


def module_name(file: Path) -> str:
    parts = file.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(file: Path) -> set[str]:
    """Dotted names that a file imports anywhere, inside functions too; `from a import b` counts as a.b."""
    package = module_name(file).split(".")
    if file.name != "__init__.py":
        package = package[:-1]
    found = set()
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            origin = package[: len(package) + 1 - node.level] if node.level else []
            base = ".".join([*origin, *([node.module] if node.module else [])])
            found |= {f"{base}.{alias.name}" for alias in node.names}
    return found


def fail_with(sentences: list[str]) -> None:
    """Fails with the sentences alone: they say more than a traceback."""
    if sentences:
        pytest.fail("\n".join(sentences), pytrace=False)
