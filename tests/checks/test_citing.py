"""What a record keeps of a library entry (BY-11)."""

from datetime import date

import pytest

from checks.citing import cite
from checks.finding import Citation
from checks.library import Basis, CheckType, Library, Severity, Standard, Term, load
from core.errors import BadInput

OLD = Standard(key="OLD", name="旧临边防护规范", number="JGJ 1-2010", valid_until=date(2025, 5, 31))
NEW = Standard(key="NEW", name="新临边防护规范", number="JGJ 1-2025", valid_from=date(2025, 6, 1))
EDGE = Term(
    id="SA-EDGE-900",
    check_types=(CheckType.SAFETY,),
    category="临边洞口",
    text="临边未设置防护栏杆。",
    basis=(Basis(standard=OLD, clause="4.1.1"), Basis(standard=NEW)),
    severity=Severity.CRITICAL,
    usual_days=3,
    danger=True,
    location_hint="楼层临边",
)


@pytest.fixture
def library() -> Library:
    return load()


def test_the_clause_in_force_on_the_day_is_copied(library: Library) -> None:
    assert cite(EDGE, library, date(2025, 5, 31)) == Citation(
        id="SA-EDGE-900",
        text="临边未设置防护栏杆。",
        basis="《旧临边防护规范》（JGJ 1-2010）",
        clause="4.1.1",
        severity="critical",
        usual_days=3,
        library=library.version,
    )


def test_the_next_day_the_new_standard_counts_whose_clause_is_not_known(library: Library) -> None:
    cited = cite(EDGE, library, date(2025, 6, 1))
    assert (cited.basis, cited.clause) == ("《新临边防护规范》（JGJ 1-2025）", "")


def test_an_entry_whose_standard_was_withdrawn_is_refused(library: Library) -> None:
    withdrawn = EDGE.model_copy(update={"basis": (Basis(standard=OLD),)})
    with pytest.raises(BadInput) as refused:
        cite(withdrawn, library, date(2026, 1, 1))
    assert refused.value.sentence == "「临边未设置防护栏杆。」所依据的规范在检查当日不适用，请另选一条。"
