"""A small, suspicious reader for the XML and JSON of callbacks: names in any case, repeated children kept."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat  # declarations are refused before the parser sees the body

from wecom.crypto import BAD_BODY, Refused
from wecom.text import clean

_DEPTH = 32
_NODES = 4000
_BRACKETS = 1000

# A document type can only stand before the root element, so nothing but an XML declaration is let through there.
_PROLOGUE = re.compile(r"\ufeff?\s*(?:<\?xml\s[^<>]*\?>\s*)?<xml[\s/>]")


@dataclass(slots=True)
class Node:
    """One element; `name` is lower-case, `text` is what stands directly in it."""

    name: str
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def every(self, name: str) -> list["Node"]:
        wanted = name.lower()
        return [child for child in self.children if child.name == wanted]

    def child(self, name: str) -> "Node":
        """The first of that name, or an empty one."""
        return next(iter(self.every(name)), Node(name.lower()))

    def value(self, name: str) -> str:
        return self.child(name).text.strip()

    def leaves(self) -> Iterator[tuple[str, str]]:
        if not self.children:
            yield self.name, self.text.strip()
        for child in self.children:
            yield from child.leaves()


def read(body: bytes) -> Node:
    """The root of an XML document or JSON object in UTF-8.

    A character that is broken or forbidden is replaced or dropped rather than losing a member's message to it;
    raises Refused(-40002) for anything else that is not one plain document.
    """
    if b"\0" in body:
        raise _unreadable()
    text = clean(body.decode("utf-8", "replace"))
    return _read_json(text) if text.lstrip("\ufeff \t\r\n").startswith("{") else _read_xml(text)


def _unreadable() -> Refused:
    return Refused(BAD_BODY, "the body is not a plain document")


class _Builder:
    def __init__(self) -> None:
        self.root = Node("")
        self.open = [self.root]
        self.count = 0

    def start(self, name: str, _attributes: object) -> None:
        self.count += 1
        if self.count > _NODES or len(self.open) > _DEPTH:
            raise _unreadable()
        node = Node(name.lower())
        self.open[-1].children.append(node)
        self.open.append(node)

    def end(self, _name: str) -> None:
        self.open.pop()

    def text(self, data: str) -> None:
        self.open[-1].text += data


def _read_xml(text: str) -> Node:
    if not _PROLOGUE.match(text):
        raise _unreadable()
    builder = _Builder()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    try:
        parser.Parse(text.lstrip("\ufeff \t\r\n"), True)
    except expat.ExpatError:
        raise _unreadable() from None
    return builder.root.children[0]


def _read_json(text: str) -> Node:
    if text.count("[") + text.count("{") > _BRACKETS:
        raise _unreadable()
    try:
        value = json.loads(text.lstrip("\ufeff"), object_pairs_hook=_pairs)
    except (ValueError, RecursionError):
        raise _unreadable() from None
    return Node("json", children=list(_nodes(value, 0)))


class _Pairs(list[tuple[str, Any]]):
    """An object's members with repeated names kept, so that a second `encrypt` does not hide the first."""


def _pairs(pairs: list[tuple[str, Any]]) -> _Pairs:
    return _Pairs(pairs)


def _nodes(pairs: _Pairs, depth: int) -> Iterator[Node]:
    if depth > _DEPTH:
        raise _unreadable()
    for name, value in pairs:
        for one in value if isinstance(value, list) and not isinstance(value, _Pairs) else [value]:
            yield _node(name.lower(), one, depth)


def _node(name: str, value: object, depth: int) -> Node:
    if isinstance(value, _Pairs):
        return Node(name, children=list(_nodes(value, depth + 1)))
    if isinstance(value, list):
        raise _unreadable()
    return Node(name, "" if value is None else clean(str(value)))  # an escape may hide what XML cannot carry
