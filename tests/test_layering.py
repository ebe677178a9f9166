"""Imports point one way: doors (webhooks, h5, bot) to subjects (checks, notices, attendance) to core."""

from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.source import ROOMS, fail_with, imports, module_name, python_files

SUBJECTS = frozenset({"checks", "notices", "attendance"})
MAY_IMPORT = {
    "core": frozenset[str](),
    "wecom": frozenset[str](),
    **dict.fromkeys(SUBJECTS, frozenset({"core"})),
    "notices": frozenset({"core", "checks"}),  # a notice cites a check
    **dict.fromkeys(("webhooks", "h5", "bot"), SUBJECTS | {"core", "wecom"}),
    "simulator": frozenset({"wecom"}),
}
COMPOSITION_ROOT = {Path("bot/app.py"), Path("bot/__main__.py")}
EVERYTHING = frozenset(ROOMS)


def breaches(file: Path, imported: set[str]) -> list[str]:
    """A sentence for each import that points the wrong way."""
    room = file.parts[0]
    allowed = (EVERYTHING if file in COMPOSITION_ROOT else MAY_IMPORT[room]) | {room}
    return [
        f"{module_name(file)} imports {name}, but {room} may import only {_listed(allowed - {room})}."
        for name in sorted(imported)
        if (other := name.split(".")[0]) in EVERYTHING and other not in allowed
    ]


def _listed(rooms: frozenset[str]) -> str:
    return ", ".join(sorted(rooms)) or "itself"


def test_imports_point_one_way() -> None:
    found = [sentence for file in python_files(*ROOMS) for sentence in breaches(file, imports(file))]
    fail_with(found)


def test_imports_never_run_in_a_circle() -> None:
    """Imports hidden in functions count: they are how circles are usually kept alive."""
    modules = {module_name(file): imports(file) for file in python_files(*ROOMS)}
    graph = {name: {_module(other, modules) for other in imported} - {name} for name, imported in modules.items()}
    assert circle(graph) == []


def circle(graph: dict[str, set[str]]) -> list[str]:
    """The modules of one circle, each imported by the one before it."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found[::-1]
    return []


def _module(name: str, modules: dict[str, set[str]]) -> str:
    """The module that an imported name lies in, or is."""
    while name and name not in modules:
        name = name.rpartition(".")[0]
    return name


def test_a_circle_is_named() -> None:
    assert circle({"core.a": {"core.b"}, "core.b": {"core.c"}, "core.c": {"core.a"}, "core.d": {"core.a"}}) == [
        *("core.a", "core.b", "core.c", "core.a"),
    ]


def test_every_room_has_a_rule() -> None:
    assert set(MAY_IMPORT) == set(ROOMS)


@pytest.mark.parametrize(
    ("file", "imported", "sentence"),
    [
        ("core/cases/engine.py", "bot.cards", "core.cases.engine imports bot.cards, but core may import only itself."),
        ("checks/report.py", "wecom.cards", "checks.report imports wecom.cards, but checks may import only core."),
        ("wecom/client.py", "core.clock", "wecom.client imports core.clock, but wecom may import only itself."),
        ("simulator/app.py", "core.clock", "simulator.app imports core.clock, but simulator may import only wecom."),
        (
            "h5/views.py",
            "simulator.state",
            "h5.views imports simulator.state, but h5 may import only attendance, checks, core, notices, wecom.",
        ),
    ],
)
def test_an_import_that_points_back_is_named_in_a_sentence(file: str, imported: str, sentence: str) -> None:
    assert breaches(Path(file), {imported, "json"}) == [sentence]


def test_only_the_composition_root_sees_everything() -> None:
    assert breaches(Path("bot/app.py"), {"h5.views", "webhooks.callback"}) == []
    assert len(breaches(Path("bot/router.py"), {"h5.views", "webhooks.callback"})) == 2
