"""What became of every number that was given (BY-13): series by series, with what is void and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.cases import numbering
from core.cases.models import Case, HistoryRow
from notices import records


@dataclass(frozen=True)
class Void:
    number: str
    at: datetime
    by: str
    reason: str

    def __str__(self) -> str:
        return f"{self.number} 已作废（{clock.spoken(self.at)} {self.by}）：{self.reason}"


@dataclass(frozen=True)
class Series:
    """``holes`` are numbers that were given to nothing: there must not be any."""

    name: str
    given: int
    voids: tuple[Void, ...]
    holes: tuple[str, ...]

    def lines(self) -> list[str]:
        missing = f"缺号{len(self.holes)}个：{'、'.join(self.holes)}" if self.holes else "没有缺号"
        return [
            f"{self.name}：共{self.given}号，作废{len(self.voids)}号，{missing}",
            *(f"  {one}" for one in self.voids),
        ]


async def of_year(year: int, stations: Iterable[int] | None = None) -> list[Series]:
    """All series of this year, or those of some stations."""
    wanted = None if stations is None else set(stations)
    found = []
    for one in await numbering.all_series():
        if str(year) not in one.key:
            continue
        cases = await one.cases()
        if wanted is None or {case.station_id for case in cases.values()} & wanted:
            voids = [await _void(case) for case in cases.values() if case.state == records.VOIDED]
            holes = tuple(number for number in one.numbers() if number not in cases)
            found.append(Series(one.name, one.given, tuple(voids), holes))
    return found


async def _void(case: Case) -> Void:
    row = await HistoryRow.filter(case_id=case.id, action="void").order_by("-seq").first()
    assert row is not None  # noqa: S101  # the step that leads to this state
    said = records.content(row)["data"]
    return Void(str(case.number), row.at, said["by"], said["reason"])
