"""Agreements that every file keeps; a breach is named with its file and line."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests import source

LONGEST_FILE = 450
LONGEST_FUNCTION = 60
LONG_FOR_A_REASON: dict[str, str] = {
    # "core/example.py": "why this file, or this file's function, reads better in one piece",
}
GENERATED = ("core/migrations/",)

RAW_CLOCKS = {
    *("time.time", "time.time_ns", "time.gmtime", "time.localtime", "tortoise.timezone.now"),
    *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"),
}
NAMES_THAT_SAY_NOTHING = {"common", "helper", "helpers", "manager", "misc", "util", "utils"}
# In pieces, so that this file keeps the rule it checks.
FOREIGN_WORDS = (
    *("pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "npm" + "mirror", "debian" + ".org"),
    *("/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/", "/tm" + "p/"),
)
PYPROJECT = tomllib.loads(source.text(Path("pyproject.toml")))
LOCKS = ("requirements.lock", "requirements-dev.lock")


# Time


def test_only_the_clock_module_asks_the_machine_for_the_time() -> None:
    found = [
        f"{file}:{line} uses {name}; ask core.clock instead"
        for file in source.python_files(*source.SERVICE)
        if file != Path("core/clock.py")
        for line, name in raw_clocks(source.tree(file))
    ]
    source.fail_with(found)


def raw_clocks(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every mention counts, called or handed on; auto_now lets the database library read the machine's clock."""
    known_as = _import_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and ast.unparse(node) in {"auto_now=True", "auto_now_add=True"}:
            yield node.value.lineno, ast.unparse(node)
        elif isinstance(node, ast.Attribute | ast.Name):
            first, _, rest = ast.unparse(node).partition(".")
            name = f"{known_as.get(first, first)}.{rest}".rstrip(".")
            if name in RAW_CLOCKS:
                yield node.lineno, name


def _import_names(tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for: {"datetime": "datetime.datetime"} after `from datetime import datetime`."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.asname: alias.name for alias in node.names if alias.asname}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize(
    "code",
    [
        "from datetime import datetime\nnow = datetime.now(UTC)",
        "import datetime as dt\nnow = dt.datetime.utcnow()",
        "from datetime import date as day\nwhen = day.today()",
        "import time\nstamp = field(default_factory=time.time)",
        "from time import time\nstamp = time()",
        "at = DatetimeField(auto_now_add=True)",
    ],
)
def test_a_raw_clock_is_found_under_any_name(code: str) -> None:
    assert len(list(raw_clocks(ast.parse(code)))) == 1


def test_a_duration_is_no_clock() -> None:
    assert (
        list(raw_clocks(ast.parse("import time\nfrom core import clock\nspan = time.monotonic(), clock.now()"))) == []
    )


# Failures


def test_no_failure_is_swallowed() -> None:
    found = [
        f"{file}:{line} swallows any exception; name the one you expect, or log it with its ids"
        for file in source.python_files(*source.ROOMS)
        for line in swallowed(source.tree(file))
    ]
    source.fail_with(found)


def swallowed(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and _is_broad(node.type) and all(map(_does_nothing, node.body)):
            yield node.lineno
        if (
            isinstance(node, ast.Call)
            and ast.unparse(node.func).endswith("suppress")
            and any(map(_is_broad, node.args))
        ):
            yield node.lineno


def _is_broad(kind: ast.expr | None) -> bool:
    return kind is None or ast.unparse(kind) in {"Exception", "BaseException"}


def _does_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr | ast.Return):
        return isinstance(statement.value, ast.Constant | None)
    return isinstance(statement, ast.Pass | ast.Continue | ast.Break)


@pytest.mark.parametrize(
    "code",
    [
        "try:\n    send()\nexcept Exception:\n    pass",
        "try:\n    send()\nexcept:\n    return",
        "with contextlib.suppress(Exception):\n    send()",
    ],
)
def test_a_swallowed_failure_is_found(code: str) -> None:
    assert len(list(swallowed(ast.parse(code)))) == 1


def test_an_expected_or_logged_failure_is_not_swallowed() -> None:
    code = "try:\n    send()\nexcept KeyError:\n    pass\nexcept Exception:\n    log.exception('send.failed')"
    assert list(swallowed(ast.parse(code))) == []


# Pages


class InlineCode(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        values = {value.strip().lower() for _, value in attrs if value}
        line = self.getpos()[0]
        if tag == "script" and "src" not in names and "application/json" not in values:
            self.found.append((line, "a script without src"))
        self.found += [(line, f"the handler {name}") for name in names if name.startswith(("on", "hx-on"))]
        if any(value.startswith("javascript:") for value in values):
            self.found.append((line, "a javascript: address"))


def inline_code(page: str) -> list[tuple[int, str]]:
    parser = InlineCode()
    parser.feed(re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", lambda mark: "\n" * mark[0].count("\n"), page, flags=re.S))
    return parser.found


def test_pages_hold_no_inline_code() -> None:
    found = [
        f"{file}:{line} has {what}; the pages' security policy refuses it, so put it into a file under static/"
        for file in source.files()
        if file.suffix in {".html", ".j2", ".svg"} and file.parts[0] in source.ROOMS
        for line, what in inline_code(source.text(file))
    ]
    source.fail_with(found)


def test_inline_code_is_found() -> None:
    page = (
        '{% if a %}\n<b onclick="x()">{% endif %}\n<script>x()</script><a href="javascript:x()">\n<script src="/x.js">'
    )
    assert inline_code(page) == [(2, "the handler onclick"), (3, "a script without src"), (3, "a javascript: address")]


# Files


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    found = [
        f"{file} holds {word}"
        for file in source.files()
        for word in FOREIGN_WORDS
        if word.encode() in (source.ROOT / file).read_bytes()
    ]
    source.fail_with(found)


def test_files_and_functions_stay_short() -> None:
    found = [
        f"{sentence}; could a part stand on its own?"
        for file in source.files()
        if file.suffix == ".py" and not str(file).startswith(GENERATED) and str(file) not in LONG_FOR_A_REASON
        for sentence in too_long(file)
    ]
    source.fail_with(found)


def too_long(file: Path) -> Iterator[str]:
    if (lines := source.text(file).count("\n")) > LONGEST_FILE:
        yield f"{file} has {lines} lines, more than {LONGEST_FILE}"
    for node in ast.walk(source.tree(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (lines := _length(node)) > LONGEST_FUNCTION:
            yield f"{file}:{node.lineno} {node.name} has {lines} lines, more than {LONGEST_FUNCTION}"


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    docstring = ast.get_docstring(function, clean=False)
    end = function.end_lineno or function.lineno
    return end - function.lineno + 1 - (docstring.count("\n") + 1 if docstring else 0)


def test_what_is_long_for_a_reason_is_still_long() -> None:
    assert [file for file in LONG_FOR_A_REASON if not list(too_long(Path(file)))] == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    named = {part: file for file in source.python_files(*source.ROOMS) for part in file.with_suffix("").parts}
    assert {named[part] for part in NAMES_THAT_SAY_NOTHING & set(named)} == set()


# Set-up


def test_lock_files_hold_no_addresses() -> None:
    assert [name for name in (*LOCKS, "package-lock.json") if "://" in source.text(Path(name))] == []


def test_python_locks_hold_every_pin_and_a_hash_for_each() -> None:
    wanted = {*PYPROJECT["project"]["dependencies"], *PYPROJECT["build-system"]["requires"]}
    for_tests = {*wanted, *PYPROJECT["project"]["optional-dependencies"]["dev"]}
    for name, pins in zip(LOCKS, (wanted, for_tests), strict=True):
        entries = re.split(r"\n(?=\S)", source.text(Path(name)).strip())
        locked = {re.split(r"[ ;\\]", entry, maxsplit=1)[0] for entry in entries}
        assert pins - locked == set(), f"{name} is behind pyproject.toml: run make lock"
        assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_npm_lock_holds_every_pin_and_a_hash_for_each() -> None:
    lock = json.loads(source.text(Path("package-lock.json")))
    manifest = json.loads(source.text(Path("package.json")))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert lock["packages"][""]["dependencies"] == manifest["dependencies"]
    assert [name for name, package in packages.items() if "integrity" not in package] == []


def test_packaging_and_type_check_know_every_room() -> None:
    rooms = {room for room in source.ROOMS if (source.ROOT / room / "__init__.py").exists()}
    packaged = {pattern.rstrip("*") for pattern in PYPROJECT["tool"]["setuptools"]["packages"]["find"]["include"]}
    assert rooms - packaged == set()
    assert rooms - set(PYPROJECT["tool"]["mypy"]["packages"]) == set()


# Papers


def test_every_setting_is_explained_in_the_example() -> None:
    from core.settings import Settings

    explained = set(re.findall(r"^#? ?(ZHIAN_[A-Z_]+)=", source.text(Path(".env.example")), flags=re.M))
    assert explained == {f"ZHIAN_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md", "CONTRIBUTING.md"])
def test_papers_name_only_commands_that_exist(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", source.text(Path("Makefile")), flags=re.M))
    named = set(re.findall(r"\bmake ([a-z-]+)`|^make ([a-z-]+)", source.text(Path(name)), flags=re.M))
    commands = {command for pair in named for command in pair if command}
    assert commands
    assert commands - targets == set()


def test_changelog_begins_with_the_version_that_is_shipped() -> None:
    versions = re.findall(r"^## (\S+)", source.text(Path("CHANGELOG.md")), flags=re.M)
    assert versions[0] == PYPROJECT["project"]["version"]


def test_licence_is_the_one_that_is_declared() -> None:
    assert PYPROJECT["project"]["license"] == "Apache-2.0"
    assert source.text(Path("LICENSE")).split()[:4] == ["Apache", "License", "Version", "2.0,"]
