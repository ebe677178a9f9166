"""Numbers of rows, as addresses and forms bring them."""

import re

_NUMBER = re.compile(r"[0-9]{1,18}")


def number(text: str) -> int:
    """0, which no row has, for what is none."""
    return int(text) if _NUMBER.fullmatch(text) else 0
