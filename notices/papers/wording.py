"""From a paper's models to the plain JSON that its template prints: times become words, citations become sentences."""

from datetime import datetime
from typing import Any

from checks.finding import SEVERITIES, Citation
from core import clock
from notices.papers.paper import Fact, Paper, Part


def printed(paper: Paper) -> dict[str, Any]:
    """The template's data: strings, numbers and lists only."""
    said: dict[str, Any] = _plain(dict(paper))
    return said | {"draft": not paper.doc_no, "created": _created(paper.issued_at)}


def day(moment: datetime) -> str:
    """``2026年11月21日``"""
    there = clock.local(moment)
    return f"{there.year}年{there.month}月{there.day}日"


def minute(moment: datetime) -> str:
    """``2026年11月21日 14:05``"""
    return f"{day(moment)} {clock.local(moment):%H:%M}"


def digits(moment: datetime) -> list[str]:
    """``["2026-11-21", "14:05:09"]``, for tables."""
    return f"{clock.local(moment):%Y-%m-%d %H:%M:%S}".split()


def limit(moment: datetime) -> str:
    """A deadline: the last minute of a day is said as 24时, which nobody reads as the day before."""
    there = clock.local(moment)
    if (there.hour, there.minute) == (23, 59):
        return f"{day(moment)}24时"
    return f"{day(moment)}{there.hour}时" + (f"{there.minute:02}分" if there.minute else "")


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return {"day": day(value), "minute": minute(value), "limit": limit(value), "digits": digits(value)}
        case Fact():
            return _fact(value)
        case Part() | dict():
            return {name: _plain(part) for name, part in dict(value).items()}
        case tuple() | list():
            return [_plain(one) for one in value]
    return value


def _fact(fact: Fact) -> dict[str, Any]:
    finding = fact.finding
    return {
        "number": fact.number,
        "severity": SEVERITIES[finding.severity],
        "wording": finding.wording,
        "terms": [_citation(one) for one in finding.terms],
        "violations": [_citation(one) for one in finding.violations],
        "note": finding.note,
        "photos": finding.photos,
    }


def _citation(cited: Citation) -> dict[str, str]:
    return {"text": cited.text, "basis": cited.basis + (f"第{cited.clause}条" if cited.clause else "")}


def _created(issued_at: datetime | None) -> int:
    """What the PDF says of its own making: the moment of the issue, so that the same paper has the same bytes."""
    return int(issued_at.timestamp()) if issued_at else 0
