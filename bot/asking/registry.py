"""Which asker serves which kind of field."""

from bot.asking.answers import AnswersAsker
from bot.asking.attachments import AttachmentsAsker
from bot.asking.choice import ChoiceAsker
from bot.asking.day import DayAsker
from bot.asking.desk import Asker
from bot.asking.number import NumberAsker
from bot.asking.offered import OfferedAsker
from bot.asking.people import PeopleAsker
from bot.asking.project import ProjectAsker
from bot.asking.switch import SwitchAsker
from bot.asking.term import TermAsker
from bot.asking.text import TextAsker
from bot.asking.verdicts import VerdictsAsker


def plain_askers() -> dict[str, Asker]:
    """Everything but the kinds that bring a flow of their own."""
    return {
        "text": TextAsker(),
        "choice": ChoiceAsker(),
        "day": DayAsker(),
        "number": NumberAsker(),
        "switch": SwitchAsker(),
        "project": ProjectAsker(),
        "people": PeopleAsker(),
        "offered": OfferedAsker(),
        "photos": AttachmentsAsker("photos"),
        "voices": AttachmentsAsker("voices"),
        "videos": AttachmentsAsker("videos"),
        "notice_kind": ChoiceAsker(),
        "term": TermAsker(),
        "answers": AnswersAsker(),
        "verdicts": VerdictsAsker(),
    }
