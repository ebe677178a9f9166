"""One's own photos, recordings and videos on a draft's page."""

from dataclasses import dataclass

from core.evidence.models import Evidence


@dataclass(frozen=True)
class OwnFile:
    """``original`` is the address of the untouched picture, where this one was drawn on."""

    id: int
    kind: str
    thumb: str
    shown: str
    seconds: str
    marks: int | None
    original: str


def own_file(evidence: Evidence) -> OwnFile:
    base = f"/h5/evidence/{evidence.id}"
    return OwnFile(
        id=evidence.id,
        kind=evidence.kind,
        thumb=f"{base}/thumb" if evidence.thumb_key else "",
        shown=f"{base}/shown",
        seconds=f"{evidence.seconds:.0f} 秒" if evidence.seconds else "",
        marks=evidence.marks_id,
        original=f"/h5/evidence/{evidence.marks_id}/shown" if evidence.marks_id else "",
    )
