"""How often one address may ask, where nobody signs in."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from aiohttp import web

PER_MINUTE = 60
_SECONDS = 60.0
_REMEMBERED = 20_000  # addresses; those that have been quiet longest are forgotten first


@dataclass
class Pace:
    """Of this process: every replica counts for itself. ``behind_proxy``: the proxy says who asks, in the last place of
    X-Forwarded-For; otherwise that header is anybody's word."""

    behind_proxy: bool
    most: int = PER_MINUTE
    _asked: OrderedDict[str, tuple[float, int]] = field(default_factory=OrderedDict)

    def allows(self, request: web.Request) -> bool:
        """Counts this one, too."""
        now, address = asyncio.get_running_loop().time(), self._address(request)
        began, count = self._asked.pop(address, (now, 0))
        if now - began >= _SECONDS:
            began, count = now, 0
        self._asked[address] = (began, count + 1)
        if len(self._asked) > _REMEMBERED:
            self._asked.popitem(last=False)
        return count < self.most

    def _address(self, request: web.Request) -> str:
        # Some proxies write a line of their own below those that were sent: all lines are one list.
        forwarded = ",".join(request.headers.getall("X-Forwarded-For", [])) if self.behind_proxy else ""
        return _network(forwarded.rpartition(",")[2].strip() or request.remote or "")


def _network(said: str) -> str:
    """Whoever has one IPv6 address has at least 2⁶⁴ of them; one that stands for an IPv4 address is that."""
    try:
        address = ip_address(said)
    except ValueError:
        return ""
    if address.version == 6 and address.ipv4_mapped is None:
        return str(ip_network((address, 64), strict=False))
    return str(address if address.version == 4 else address.ipv4_mapped)
