"""A plugin of pytest: with `--most-seconds 60` no test begins after a minute, and none is broken off."""

import time

import pytest

_began = time.monotonic()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--most-seconds", type=float, required=True)


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    if nextitem is not None and time.monotonic() - _began > item.config.getoption("--most-seconds"):
        item.session.shouldstop = "the time is up"
