"""How `zhian serve` and `zhian work` begin."""

import gc
import sys
from collections.abc import Iterator

import pytest

from bot import __main__ as command_line


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


@pytest.mark.parametrize("command", [["serve"], ["work"]])
def test_what_was_imported_is_never_looked_through_for_garbage(
    command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    gc.unfreeze()
    frozen: list[int] = []

    async def noted(_work: object) -> int:
        frozen.append(gc.get_freeze_count())
        return 0

    monkeypatch.setattr(command_line, "_with_settings", noted)
    monkeypatch.setattr(sys, "argv", ["zhian", *command])
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    assert ended.value.code == 0
    assert frozen[0] > 50_000
