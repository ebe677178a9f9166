"""Fields with one input: text, choice, day, number, switch."""

from typing import Any

from multidict import MultiDict

from h5.drafting.adapter import Adapter, Desk


class Plain(Adapter):
    """``text``, ``number`` and ``day``: the input's value is the answer."""


class Choice(Adapter):
    """Also for a kind of notice: what else is asked may depend on it."""

    leads = True


class Switch(Adapter):
    def read(self, name: str, form: MultiDict[str]) -> Any:
        return form.get(name) == "true" or None

    def shown(self, desk: Desk, value: Any) -> Any:
        return "true" if value else ""
