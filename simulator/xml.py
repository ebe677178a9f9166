"""The XML of callbacks and of passive replies."""

from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring


def document(fields: dict[str, Any]) -> str:
    """`{"A": 1, "B": {"C": "x"}}` as `<xml><A>1</A><B><C>…`; a list repeats its element, None leaves it out."""
    return f"<xml>{_children(fields)}</xml>"


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


def _children(fields: dict[str, Any]) -> str:
    return "".join(_element(name, value) for name, value in fields.items() if value is not None)


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, item) for item in value)
    inner = _children(value) if isinstance(value, dict) else _text(value)
    return f"<{name}>{inner}</{name}>"


def _text(value: str | float) -> str:
    if isinstance(value, str):
        return "<![CDATA[" + value.replace("]]>", "]]]]><![CDATA[>") + "]]>"
    return str(value)
