"""Which places a member finds on every page: a bar under the thumb on a phone, a rail on a PC."""

from dataclasses import dataclass

from core import access
from core.people.models import Person

_LISTS = ("/h5/todo", "/h5/sent", "/h5/received", "/h5/lists", "/h5/cases")


@dataclass(frozen=True)
class Place:
    """``within``: beginnings of the addresses that belong to it; ``icon`` names a drawing in parts/places.html."""

    address: str
    caption: str
    icon: str
    within: tuple[str, ...] = ()

    def current(self, path: str) -> str:
        """What aria-current says: ``page`` on the place itself, ``true`` on what belongs to it, nothing elsewhere."""
        if path == self.address:
            return "page"
        return "true" if path.startswith(self.within) else ""


HOME = Place("/h5/", "首页", "home")
LISTS = Place("/h5/lists/todo", "列表", "lists", _LISTS)
PROJECTS = Place("/h5/projects", "工程", "projects", ("/h5/projects",))
SEARCH = Place("/h5/search", "查询", "search", ("/h5/search", "/h5/statistics"))
OWN = Place("/h5/me", "我的", "own", ("/h5/me", "/h5/delegations"))


def places(person: Person) -> list[Place]:
    return [HOME, LISTS, PROJECTS, *([SEARCH] if access.may_search(person) else []), OWN]
