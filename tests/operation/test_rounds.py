"""What comes round for all processes together is done by one of them, once in a period."""

import asyncio
from datetime import UTC, datetime

import pytest

from core.sharing import rounds
from core.sharing.models import Credential
from tests.operation.conftest import Replicas

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("replicas")


async def test_of_many_that_tick_together_one_works_until_the_period_is_over(replicas: Replicas) -> None:
    done: list[int] = []

    async def work() -> None:
        done.append(1)

    await asyncio.gather(*(rounds.once_in(60, "directory", work) for _ in range(5)))
    await rounds.once_in(60, "retention", work)
    assert len(done) == 2
    await Credential.all().update(lease_until=LONG_AGO)
    await rounds.once_in(60, "directory", work)
    await rounds.once_in(60, "directory", work)
    assert len(done) == 3


async def test_work_that_failed_is_done_at_the_next_tick(replicas: Replicas) -> None:
    async def broken() -> None:
        raise ConnectionError

    done: list[int] = []

    async def work() -> None:
        done.append(1)

    with pytest.raises(ConnectionError):
        await rounds.once_in(60, "directory", broken)
    await rounds.once_in(60, "directory", work)
    assert done == [1]
