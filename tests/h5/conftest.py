"""The station for stories of the pages."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from checks.report import CHECK_REPORT
from core.people.models import OrgKind
from core.projects.models import ProjectParty
from notices.processes import NOTICES
from tests.h5.story import Station, station_on


@pytest.fixture
async def station(migrated_url: str, tmp_path: Path) -> AsyncIterator[Station]:
    async with station_on(migrated_url, tmp_path) as made:
        yield made


@pytest.fixture
async def office(migrated_url: str, tmp_path: Path) -> AsyncIterator[Station]:
    """A station with checks and notices."""
    async with station_on(migrated_url, tmp_path, (CHECK_REPORT, *NOTICES)) as made:
        await ProjectParty.create(
            project_id=made.cast.project.id, org_id=made.cast.chen.org_id, kind=OrgKind.CONTRACTOR
        )
        yield made
