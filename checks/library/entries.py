"""What a library holds: terms and violations, each resting on standards and regulations with their days of validity."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from core.people.models import OrgKind


class CheckType(StrEnum):
    """抽查类型 (HN-12)."""

    QUALITY = "quality"
    SAFETY = "safety"
    COMPREHENSIVE = "comprehensive"


class Severity(StrEnum):
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


OneType = Literal[CheckType.QUALITY, CheckType.SAFETY]
Party = Literal[
    OrgKind.CLIENT,
    OrgKind.CONTRACTOR,
    OrgKind.SUPERVISING_FIRM,
    OrgKind.SURVEYOR,
    OrgKind.DESIGNER,
    OrgKind.LAB,
    OrgKind.CONCRETE_PRODUCER,
]
Id = Annotated[str, Field(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)+$", max_length=40)]
Words = Annotated[str, Field(min_length=1)]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Standard(Frozen):
    """A standard, law or regulation. Entries cite its ``key``; a date left out means that no limit is known."""

    key: Words
    name: Words
    number: Words
    valid_from: date | None = None
    valid_until: date | None = None

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_from > self.valid_until:
            raise ValueError(f"{self.key} ends before it begins")
        return self

    def in_force(self, on: date) -> bool:
        """Both days included."""
        return (self.valid_from or date.min) <= on <= (self.valid_until or date.max)


class Basis(Frozen):
    """A standard and, where it is certain, the clause. A file names the standard by its key."""

    standard: Standard
    clause: Words | None = None

    @model_validator(mode="before")
    @classmethod
    def _look_up(cls, value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, dict) or not isinstance(key := value.get("standard"), str):
            return value
        standard = (info.context or {}).get(key)
        if standard is None:
            raise ValueError(f"cites {key}, which no list of standards has")
        return {**value, "standard": standard}

    @property
    def title(self) -> str:
        """``《建筑施工高处作业安全技术规范》（JGJ 80-2016）``."""
        return f"《{self.standard.name}》（{self.standard.number}）"

    @property
    def citation(self) -> str:
        """The title, with ``第4.1.1条`` where the clause is known."""
        return f"{self.title}第{self.clause}条" if self.clause else self.title


class Entry(Frozen):
    id: Id
    check_types: tuple[OneType, ...] = Field(min_length=1)
    category: Words
    also: tuple[Words, ...] = Field((), description="what people on site call it, for the search only")
    text: Words
    basis: tuple[Basis, ...] = Field(min_length=1, description="the main one first")
    severity: Severity
    usual_days: int = Field(ge=0, le=90, description="working days; 0 means at once")

    def suits(self, check_type: str) -> bool:
        """Takes a CheckType or its value."""
        return check_type == CheckType.COMPREHENSIVE or check_type in self.check_types

    def bases_on(self, on: date) -> list[Basis]:
        return [basis for basis in self.basis if basis.standard.in_force(on)]

    def basis_on(self, on: date) -> Basis | None:
        """The main basis in force that day (BY-11)."""
        return next(iter(self.bases_on(on)), None)


class Term(Entry):
    """标准术语 (HN-17)."""

    danger: bool = Field(description="work there stops until it is put right")
    location_hint: Words


class Violation(Entry):
    """违法违规行为 (HN-18)."""

    parties: tuple[Party, ...] = Field(min_length=1)
    penalty_basis: tuple[Basis, ...]
