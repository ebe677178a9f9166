"""Field types shared by messages, cards and menus: what WeCom counts in bytes is counted in bytes."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer

from wecom.text import clean, size

URL_BYTES = 2048


class Part(BaseModel):
    """Serialises without what is not set: WeCom reads an empty object as a part that is there and wrong."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_serializer(mode="wrap")
    def _without_unset(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in handler(self).items() if value not in (None, [], ())}

    def to_json(self) -> dict[str, Any]:
        """The object WeCom's interface takes, ready for json.dumps."""
        return self.model_dump(mode="json")


def at_most(limit: int) -> Callable[[str], str]:
    def check(text: str) -> str:
        if size(text) > limit:
            raise ValueError(f"{size(text)} bytes, at most {limit} are allowed")
        return text

    return check


def characters(limit: int) -> Callable[[str], str]:
    def check(text: str) -> str:
        if len(text) > limit:
            raise ValueError(f"{len(text)} characters, at most {limit} are allowed")
        return text

    return check


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text


def _url(text: str) -> str:
    if not text.startswith(("http://", "https://")) or text.split() != [text]:
        raise ValueError("must be an address with http:// or https://")
    return text


def all_different(what: str, values: Iterable[str]) -> None:
    listed = list(values)
    if len(set(listed)) != len(listed):
        raise ValueError(f"every {what} must be different")


def need(condition: object, sentence: str) -> None:
    if not condition:
        raise ValueError(sentence)


Plain = Annotated[str, AfterValidator(clean)]
Said = Annotated[str, AfterValidator(clean), AfterValidator(_said)]
Url = Annotated[str, AfterValidator(_url), AfterValidator(at_most(URL_BYTES))]
Key = Annotated[Said, AfterValidator(at_most(1024))]
OptionId = Annotated[Said, AfterValidator(at_most(128))]
MediaId = Annotated[Said, AfterValidator(at_most(512))]
