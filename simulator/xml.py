"""The XML of callbacks and of passive replies."""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring


def document(fields: dict[str, Any]) -> str:
    """`{"A": 1, "B": {"C": "x"}}` as `<xml>…<A>1</A>…<B>…<C>…`, an element a line; a list repeats its element,
    None leaves it out."""
    return "\n".join(["<xml>", *_lines(fields, ""), "</xml>"])


def parse(text: bytes) -> Element:
    """Raises ValueError for what is no XML or holds a DTD."""
    try:
        found: Element = fromstring(text, forbid_dtd=True)
    except (ParseError, DefusedXmlException) as error:
        raise ValueError("not well-formed") from error
    return found


def child(element: Element, name: str) -> str:
    """The text of a child; empty where there is none."""
    return (element.findtext(name) or "").strip()


def _lines(fields: dict[str, Any], indent: str) -> Iterator[str]:
    for name, value in fields.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                yield f"{indent}<{name}>"
                yield from _lines(item, indent + "  ")
                yield f"{indent}</{name}>"
            elif item is not None:
                yield f"{indent}<{name}>{_text(item)}</{name}>"


def _text(value: str | float) -> str:
    if isinstance(value, str):
        return "<![CDATA[" + value.replace("]]>", "]]]]><![CDATA[>") + "]]>"
    return str(value)
