"""Photos, voice and video of a plain form: what has been kept so far, each to be taken out again; more is attached by
the script of docs/pages.md, file by file."""

from typing import Any

from multidict import MultiDict

from core.cases.drafts import POCKETS
from core.errors import BadInput
from core.evidence.models import Evidence
from core.forms import check_answer
from h5.drafting.adapter import Adapter, Desk
from h5.numbers import number


class MaterialAdapter(Adapter):
    """``kind`` is that of the evidence: photo, voice or video."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    async def offer(self, desk: Desk) -> list[Evidence]:
        held = self.held(desk) or []
        found = await Evidence.in_bulk(held, "id")
        return [found[one] for one in held if one in found]

    def held(self, desk: Desk) -> Any:
        pockets = desk.filling.draft.data.get(POCKETS, {})
        return pockets.get(desk.name) or desk.answers.get(desk.name)

    def shown(self, desk: Desk, value: Any) -> Any:
        return self.kind

    def read(self, name: str, form: MultiDict[str]) -> Any:
        return form.getall(name, [])

    def typed(self, desk: Desk, value: Any) -> Any:
        if not all(map(number, value)):
            raise BadInput(f"「{desk.question.caption}」中有不认识的附件，请重新选择。", desk.name)
        return check_answer(desk.question, list(dict.fromkeys(map(number, value)))) or None

    async def check(self, desk: Desk, value: Any) -> None:
        """What was attached before, or this member's own."""
        new = set(value) - set(self.held(desk) or [])
        own = Evidence.filter(id__in=new, taken_by_id=desk.filling.person.id, kind=self.kind)
        if await own.count() != len(new):
            raise BadInput(f"「{desk.question.caption}」中有不能使用的附件，请重新拍摄或选择。", desk.name)

    def keep(self, desk: Desk, value: Any) -> None:
        desk.filling.draft.data.get(POCKETS, {}).pop(desk.name, None)
        super().keep(desk, value)
