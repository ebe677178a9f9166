"""Errors that are sentences a tired person can act on."""


class Refusal(Exception):
    """Something a member asked for cannot be done; the sentence goes to them as it stands."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotYours(Refusal):
    """The reader may not know whether the thing exists: same sentence for 'not there' and 'not yours'."""

    def __init__(self) -> None:
        super().__init__("没有找到这条记录，或者您无权查看。")


class NotNow(Refusal):
    """The action is not open any more (or not yet), usually because somebody else was faster."""


class BadInput(Refusal):
    """What was typed or chosen does not fit the field."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class Misdeclared(Exception):
    """A process declaration that cannot work; raised at start-up with the reason in a sentence."""


class Misconfigured(Exception):
    """A setting that is missing or malformed; names the setting and what it is for."""
