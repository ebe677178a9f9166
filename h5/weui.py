"""Of WeUI's styles what our pages name: a phone on a bad network fetches all of them before it shows anything.

A name that a template puts together (``weui-icon-{{ icon }}``) keeps all that begin like it.
"""

import re
from collections.abc import Iterable, Iterator

_NAME = re.compile(r"weui-[\w-]+")
_CLASS = re.compile(r"\.(weui-[\w-]+)")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_NOTICE = re.compile(r"/\*!.*?\*/", re.DOTALL)  # whose they are, and the licence
_GROUPS = ("@media", "@supports")
Rule = tuple[str, str]  # what it is for, and what stands between its braces


def needed(styles: str, sources: Iterable[str]) -> str:
    """``sources`` are templates and scripts."""
    names = {name for source in sources for name in _NAME.findall(source)}
    whole = {name for name in names if not name.endswith(("-", "_"))}
    notices = "".join(_NOTICE.findall(styles))
    return notices + _kept(_COMMENT.sub("", styles), whole, tuple(names - whole))


def _kept(styles: str, names: set[str], beginnings: tuple[str, ...]) -> str:
    return "".join(_rule(rule, names, beginnings) for rule in _rules(styles))


def _rule(rule: Rule, names: set[str], beginnings: tuple[str, ...]) -> str:
    for_what, inside = rule
    if for_what.startswith(_GROUPS):
        inside = _kept(inside, names, beginnings)
    elif not for_what.startswith("@"):
        for_what = ",".join(one for one in for_what.split(",") if _is_named(one, names, beginnings))
    return f"{for_what}{{{inside}}}" if for_what and inside else ""


def _is_named(selector: str, names: set[str], beginnings: tuple[str, ...]) -> bool:
    return all(one in names or one.startswith(beginnings) for one in _CLASS.findall(selector))


def _rules(styles: str) -> Iterator[Rule]:
    start = 0
    while (opens := styles.find("{", start)) >= 0:
        ends = _end(styles, opens)
        yield styles[start:opens].strip(), styles[opens + 1 : ends]
        start = ends + 1


def _end(styles: str, opens: int) -> int:
    """Where the brace is closed."""
    depth = 0
    for place in range(opens, len(styles)):
        depth += {"{": 1, "}": -1}.get(styles[place], 0)
        if depth == 0:
            return place
    raise ValueError("a brace is not closed")
