"""Standard terms and violations for the finding in hand: suggested, searched, and cited as they stand today (BY-11)."""

from bot.asking.desk import Desk
from bot.cards import OPTIONS
from bot.flows import finding_cards as cards
from checks.citing import citing
from checks.hand import Hand
from checks.library import CheckType, Library, Term, Violation
from checks.suggesting import Suggester
from core import clock

_SUGGESTED = 5
_HOW_TO_SEARCH = "可多选；也可以发关键词或拼音首字母再找，如 lbfh"


class Citing:
    def __init__(self, library: Library) -> None:
        self._library = library
        self._suggester = Suggester(library)

    def suggested(self, desk: Desk, note: str) -> list[Term]:
        return self._suggester.terms(note, _check_type(desk), clock.today(), _SUGGESTED) if note else []

    def offer(self, desk: Desk, hand: Hand, serial: str, kind: str, words: str = "") -> None:
        """What fits the words, or what is usual; ``kind``: terms or violations."""
        found = self._search(desk, kind, words) if words else []
        desc = f"没有找到“{words[:10]}”，以下是常用的；请换个词再发" if words and not found else _HOW_TO_SEARCH
        if not found:
            fitting = self.suggested(desk, hand.finding(serial).note) if kind == "terms" else []
            usual = self._search(desk, kind, "")
            found = list({entry.id: entry for entry in (*fitting, *usual)}.values())[:OPTIONS]
        desk.talk.show(cards.entries(desk, serial, kind, found, desc), merge_key=f"offer:{desk.draft.id}")

    def _search(self, desk: Desk, kind: str, words: str) -> list[Term | Violation]:
        search = self._library.search_terms if kind == "terms" else self._library.search_violations
        return list(search(words, _check_type(desk), clock.today(), OPTIONS))

    def cite(self, hand: Hand, serial: str, kind: str, ids: list[str]) -> None:
        """Replaces what was cited before; the severity rises to the worst that is cited, and never falls by itself."""
        hand.change(serial, **citing(hand.finding(serial), kind, ids, self._library, clock.today()))


def _check_type(desk: Desk) -> CheckType:
    return CheckType(desk.answers.get("check_type", "comprehensive"))
