"""Pictures that were drawn on, beside the untouched ones."""

from collections.abc import Sequence

from core.evidence.models import Evidence


async def stands_for(held: Sequence[int], new: Evidence) -> list[int] | None:
    """Which of those that are ``held`` it takes the place of: the picture that it was drawn on, and earlier copies of
    that. None where there is nothing to do: it is there, or the same bytes are (a form that was posted twice), or it is
    the untouched one that arrives after its copy."""
    original = new.marks_id or new.id
    there = await Evidence.filter(id__in=list(held))
    related = [one.id for one in there if original in (one.id, one.marks_id)]
    same = any(one.id == new.id or (one.sha256, one.marks_id) == (new.sha256, new.marks_id) for one in there)
    return None if same or (related and new.marks_id is None) else related
