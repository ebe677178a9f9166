"""What a run with several workers needs (`pytest -n 2`): stories that start processes and browsers by
the dozen run one after another on one worker, every worker throws the same dice, and all figures stand at the end.

Each worker has a database server, a browser and temporary folders of its own, and every port is asked of the system.
"""

from typing import Any

import pytest
from xdist.remote import Producer
from xdist.scheduler.loadscope import LoadScopeScheduling

from tests.reliability import figures

HEAVY = (
    *("tests/e2e/", "tests/operation/", "tests/reliability/"),
    *("tests/bot/test_killed.py", "tests/bot/test_demo_data.py", "tests/test_benchmarks.py"),
)


class HeavyTogether(LoadScopeScheduling):
    """The largest group is given out first, so the light stories fill the time beside it and after it."""

    def _split_scope(self, nodeid: str) -> str:
        return "heavy" if nodeid.startswith(HEAVY) else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> HeavyTogether:
    return HeavyTogether(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["seed"] = figures.SEED


def pytest_configure(config: pytest.Config) -> None:
    figures.SEED = getattr(config, "workerinput", {}).get("seed", figures.SEED)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["figures"] = figures.lines


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    figures.lines += getattr(node, "workeroutput", {}).get("figures", [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if figures.lines:
        terminalreporter.section("figures")
        for line in figures.lines:
            terminalreporter.write_line(line)
