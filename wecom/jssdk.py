"""Signing a page for WeCom's JavaScript interface (path/90506)."""

import hashlib
import secrets
from datetime import datetime
from typing import TypedDict


class PageSignature(TypedDict):
    timestamp: int
    nonceStr: str
    signature: str


def page_url(href: str) -> str:
    """What is signed: the address as the page sees it, without its fragment and not encoded again."""
    return href.split("#", 1)[0]


def signature(ticket: str, nonce: str, timestamp: int, url: str) -> str:
    signed = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={page_url(url)}"
    return hashlib.sha1(signed.encode(), usedforsecurity=False).hexdigest()


def sign(ticket: str, url: str, now: datetime) -> PageSignature:
    """The caller checks that the address is its own, else this signs for strangers."""
    nonce, timestamp = secrets.token_hex(8), int(now.timestamp())
    return {"timestamp": timestamp, "nonceStr": nonce, "signature": signature(ticket, nonce, timestamp, url)}
