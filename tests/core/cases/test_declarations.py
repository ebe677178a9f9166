"""A declaration that misspells, strands or traps something fails at start-up, in a sentence that names it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any

import pytest

from bot.processes import PROCESSES
from core.cases.checking import check_all
from core.cases.declaration import (
    AUTHOR,
    START,
    SYSTEM,
    Children,
    Deadline,
    Offer,
    Policy,
    Process,
    Slot,
    State,
    Step,
    View,
    answered,
    chosen,
)
from core.cases.ladders import Ladder
from core.errors import Misdeclared
from core.forms import Form, Number, Offered, People, Text
from core.people.models import Role
from core.projects import finding
from tests.core.cases import processes


class Request(Form):
    wish: Annotated[str, Text("申请事项")]
    judges: Annotated[list[int], People("审核人", "judges")] = []


class Remark(Form):
    remark = True
    opinion: Annotated[str, Text("意见")]


class Elsewhere(Form):
    wish: Annotated[float, Number("申请数量")]


class Wordy(Form):
    wish: Annotated[str, Text("申请事项和理由")]
    judges: Annotated[list[int], People("审核人", "judges")] = []


class Strangers(Form):
    strangers: Annotated[list[int], People("外人", "strangers")] = []


class Choosy(Request):
    wishes: Annotated[list[str], Offered("事项", "case", several=True)] = []


async def nothing(_view: View) -> Mapping[str, str]:
    return {}


AUTHORS = Slot(AUTHOR, "申请人")
JUDGES = Slot("judges", "审核人", judges=True, offers=finding.station(Role.CHIEF))
PENDING = State("pending", "待审核")
DONE = State("done", "已办结", final=True)
SUBMIT = Step(START, "submit", "提交", by=AUTHOR, to="pending", form=Request)
PASS = Step("pending", "pass", "通过", by="judges", to="done")
DEADLINE = Deadline("review", "两日内", lambda _view, at: at, then="expire")
FAIL = replace(PASS, action="fail", caption="不通过")
FAILED = (PENDING, DONE, State("failed", "未通过"))
TIMED = (replace(PENDING, deadline=DEADLINE), DONE)
EXPIRE = Step("pending", "expire", "超期", by=SYSTEM, to="done")
EACH = Slot("judges", "审核人", policy=Policy.EACH, offers=finding.station(Role.CHIEF))
ALL = replace(JUDGES, policy=Policy.ALL)


def timed(**more: Any) -> tuple[State, ...]:
    return (replace(PENDING, deadline=replace(DEADLINE, **more)), DONE)


def request(
    *table: Step, slots: tuple[Slot, ...] = (AUTHORS, JUDGES), states: Any = (PENDING, DONE), **more: Any
) -> Process:
    """A process that works, unless the story changes something."""
    return Process(
        **{"name": "request", "title": "申请", "word": "申请", "heading": lambda view: str(view.data["wish"])} | more,
        slots=slots,
        states=states,
        table=table or (SUBMIT, PASS),
    )


CHILD = Process(
    name="child",
    title="各自办理",
    word="",
    heading=lambda view: "",
    slots=(AUTHORS,),
    states=(State("open", "待办理"), DONE),
    table=(
        Step(START, "begin", "开始", by=SYSTEM, to="open"),
        Step("open", "finish", "完成", by=AUTHOR, to="done"),
    ),
)
CLOSE = Step("pending", "close", "办结", by=SYSTEM, to="done")
PARENT = request(SUBMIT, CLOSE, slots=(AUTHORS, EACH), children=Children("child", "judges", at="pending", then="close"))


def test_what_is_shipped_and_what_the_stories_use_is_well_declared() -> None:
    check_all(PROCESSES)
    check_all(processes.ALL)
    check_all([request()])
    check_all([PARENT, CHILD])
    check_all([request(SUBMIT, PASS, EXPIRE, states=TIMED)])


MISTAKES: dict[str, tuple[Callable[[], Process], str]] = {
    # names
    "a name that a button cannot carry": (
        lambda: request(name="Request: urgent"),
        "'Request: urgent' is no name: use up to 40 lower-case letters, digits and underscores.",
    ),
    "a state twice": (lambda: request(states=(PENDING, PENDING, DONE)), "state 'pending' is declared twice."),
    "a slot twice": (lambda: request(slots=(AUTHORS, JUDGES, JUDGES)), "slot 'judges' is declared twice."),
    "a state called start": (
        lambda: request(states=(PENDING, DONE, State(START, "起草"))),
        "'start' is where every case begins and cannot be declared as a state.",
    ),
    "no author": (
        lambda: request(slots=(replace(AUTHORS, name="writer"), JUDGES)),
        "no slot is called 'author'.",
    ),
    "an author who judges": (
        lambda: request(slots=(replace(AUTHORS, judges=True), JUDGES)),
        "the author's slot cannot judge: nobody reviews his own record.",
    ),
    # steps
    "a misspelt state to begin in": (
        lambda: request(SUBMIT, PASS, replace(PASS, at="pendin")),
        "step 'pass' at 'pendin' begins in a state that is not declared.",
    ),
    "a misspelt state to go to": (
        lambda: request(SUBMIT, replace(PASS, to="dnoe")),
        "step 'pass' at 'pending' leads to 'dnoe', which is not a declared state.",
    ),
    "a misspelt slot that acts": (
        lambda: request(SUBMIT, replace(PASS, by="judge")),
        "step 'pass' at 'pending' names slot 'judge', which is not declared.",
    ),
    "a misspelt slot that is told": (
        lambda: request(SUBMIT, replace(PASS, tells=("reader",))),
        "step 'pass' at 'pending' names slot 'reader', which is not declared.",
    ),
    "a way out of the end": (
        lambda: request(SUBMIT, PASS, Step("done", "reopen", "重开", by=AUTHOR, to="pending")),
        "step 'reopen' at 'done' leaves 'done', which is declared final.",
    ),
    "a form for the system": (
        lambda: request(SUBMIT, PASS, replace(EXPIRE, form=Request)),
        "step 'expire' at 'pending' is the system's but has a form that nobody would fill.",
    ),
    "a decision at once where any decides": (
        lambda: request(SUBMIT, replace(PASS, at_once=True)),
        "step 'pass' at 'pending' decides at once, which means something only where all of 'judges' must act.",
    ),
    "branches with different forms": (
        lambda: request(replace(SUBMIT, when=chosen("judges", "选了")), replace(SUBMIT, form=None), PASS),
        "the branches of 'submit' at 'start' differ in slot, form or caption; only the condition may differ.",
    ),
    "a branch that is never taken": (
        lambda: request(SUBMIT, replace(SUBMIT, to="done"), PASS),
        "'submit' at 'start' has a branch after one without a condition; it can never be taken.",
    ),
    # conditions
    "a condition on a misspelt slot": (
        lambda: request(replace(SUBMIT, when=~chosen("judge", "选了")), replace(SUBMIT, to="done"), PASS),
        "the condition '非（选了）' looks at slot 'judge', which is not declared.",
    ),
    "a condition on a misspelt answer": (
        lambda: request(replace(SUBMIT, when=answered("wisch", "x", "急")), replace(SUBMIT, to="done"), PASS),
        "the condition '急' looks at 'wisch', which no form asks.",
    ),
    "a label on a misspelt slot": (
        lambda: request(states=(PENDING, replace(DONE, label=(chosen("judge", "选了"), "已审")))),
        "the condition '选了' looks at slot 'judge', which is not declared.",
    ),
    # ways through
    "no beginning": (lambda: request(PASS), "no step begins a case."),
    "two beginnings": (
        lambda: request(SUBMIT, replace(SUBMIT, action="report"), PASS),
        "a case must begin with one action; put the difference into conditions.",
    ),
    "a beginning by somebody else": (
        lambda: request(replace(SUBMIT, by="judges"), PASS),
        "a case is begun by its author or by the system, not by 'judges'.",
    ),
    "a beginning with a remark": (
        lambda: request(replace(SUBMIT, form=Remark), PASS, slots=(AUTHORS, replace(JUDGES, who=JUDGES.offers))),
        "the form that begins a case is its data and cannot be a remark.",
    ),
    "a state out of reach": (
        lambda: request(SUBMIT, PASS, states=(PENDING, DONE, State("lost", "失联", final=True))),
        "state 'lost' cannot be reached.",
    ),
    "a state without a way out": (
        lambda: request(SUBMIT, PASS, replace(FAIL, to="failed"), states=FAILED),
        "state 'failed' has no way out and is not declared final.",
    ),
    "states that lead round in a circle": (
        lambda: request(
            *(SUBMIT, PASS, replace(FAIL, to="failed"), Step("failed", "wait", "等", by=AUTHOR, to="failed")),
            states=FAILED,
        ),
        "from state 'failed' no final state can be reached.",
    ),
    # duties
    "a state in which it is nobody's turn": (
        lambda: request(SUBMIT, replace(PASS, turn=False)),
        "in state 'pending' it is nobody's turn, and no deadline or child case ends it.",
    ),
    "a deadline without its step": (
        lambda: request(states=TIMED),
        "the deadline of 'pending' asks for 'expire', which is no step there.",
    ),
    "a deadline that is somebody's duty": (
        lambda: request(SUBMIT, PASS, replace(EXPIRE, by=AUTHOR), states=TIMED),
        "the deadline of 'pending' must be a step of the system, and one that leaves the state.",
    ),
    "a deadline that leads nowhere": (
        lambda: request(SUBMIT, PASS, replace(EXPIRE, to="pending"), states=TIMED),
        "the deadline of 'pending' must be a step of the system, and one that leaves the state.",
    ),
    "a deadline of the end": (
        lambda: request(states=(PENDING, replace(DONE, deadline=DEADLINE))),
        "state 'done' is final but has a deadline.",
    ),
    "a deadline that two states declare differently": (
        lambda: request(
            SUBMIT,
            PASS,
            EXPIRE,
            replace(FAIL, to="failed"),
            replace(PASS, at="failed"),
            states=(*TIMED, State("failed", "未通过", deadline=replace(DEADLINE, caption="三日内"))),
        ),
        "the deadline 'review' is declared in two ways.",
    ),
    "a ladder that tells nobody": (
        lambda: request(SUBMIT, PASS, EXPIRE, states=timed(ladder=lambda _view: Ladder())),
        "the deadline 'review' needs both or neither: a ladder, and the slots that it tells.",
    ),
    "a ladder that tells strangers": (
        lambda: request(SUBMIT, PASS, EXPIRE, states=timed(ladder=lambda _view: Ladder(), tells=("mayor",))),
        "the deadline 'review' tells slot 'mayor', which is not declared.",
    ),
    "a question that nothing is offered for": (
        lambda: request(replace(SUBMIT, form=Choosy), PASS),
        "nothing says what 'wishes' offers.",
    ),
    "an offer that nobody asks for": (
        lambda: request(offers={"wish": Offer("申请事项", nothing, "没有可选的。")}),
        "'wish' is offered but no form asks it.",
    ),
    "all must act, and could be divided": (
        lambda: request(SUBMIT, PASS, FAIL, slots=(AUTHORS, ALL)),
        "all of 'judges' must act at 'pending', but fail and pass could leave them divided; "
        "declare all but one at_once.",
    ),
    # people
    "a form that chooses for no slot": (
        lambda: request(replace(SUBMIT, form=Strangers), PASS, slots=(AUTHORS, replace(JUDGES, who=JUDGES.offers))),
        "a form chooses people for slot 'strangers', which is not declared.",
    ),
    "a choice from nobody": (
        lambda: request(slots=(AUTHORS, Slot("judges", "审核人"))),
        "slot 'judges' is chosen by hand but says not who may be offered.",
    ),
    "a slot that nobody fills": (
        lambda: request(SUBMIT, replace(PASS, tells=("reader",)), slots=(AUTHORS, JUDGES, Slot("reader", "阅读人"))),
        "nothing ever puts anybody into slot 'reader'.",
    ),
    "a slot that plays no part": (
        lambda: request(slots=(AUTHORS, JUDGES, Slot("reader", "阅读人", who=finding.station(Role.CHIEF)))),
        "slot 'reader' is filled but never acts and is never told.",
    ),
    "a slot that excludes nobody's slot": (
        lambda: request(slots=(AUTHORS, replace(JUDGES, excludes=("marker",)))),
        "slot 'judges' excludes 'marker', which is not declared.",
    ),
    "a step of those who answer each for himself": (
        lambda: replace(PARENT, table=(SUBMIT, CLOSE, PASS)),
        "'judges' answers each for himself in a child case, so no step here can be theirs.",
    ),
    # papers
    "a number that no step gives": (
        lambda: request(number="{station}〔{year}〕{n}号"),
        "a number needs both: the pattern of the process and a step that is numbered.",
    ),
    "a numbered step without a pattern": (
        lambda: request(replace(SUBMIT, numbered=True), PASS),
        "a number needs both: the pattern of the process and a step that is numbered.",
    ),
    "a pattern with a misspelt part": (
        lambda: request(replace(SUBMIT, numbered=True), PASS, number="{staton}〔{year}〕{n}号"),
        "the number '{staton}〔{year}〕{n}号' must hold {n} and may hold {station} and {year}.",
    ),
    "a pattern that counts nothing": (
        lambda: request(replace(SUBMIT, numbered=True), PASS, number="{station}〔{year}〕号"),
        "the number '{station}〔{year}〕号' must hold {n} and may hold {station} and {year}.",
    ),
    "one question of two kinds": (
        lambda: request(SUBMIT, replace(PASS, form=Elsewhere)),
        "Request and Elsewhere ask 'wish' differently; their answers would mix.",
    ),
    "a card that shows what nobody asks": (
        lambda: request(card_fields=("wish", "wisch")),
        "the card shows 'wisch', which no form asks.",
    ),
    "a caption that a card would cut": (
        lambda: request(replace(SUBMIT, form=Wordy), PASS),
        "'申请事项和理由' is too long for a card: give 'wish' a short caption of 5.",
    ),
    # children
    "each for himself without a child process": (
        lambda: request(replace(SUBMIT, tells=("judges",)), replace(PASS, by=AUTHOR), slots=(AUTHORS, EACH)),
        "slot 'judges' answers each for himself but no child process is declared.",
    ),
    "an unknown child process": (
        lambda: replace(PARENT, children=Children("chidl", "judges", at="pending", then="close")),
        "its child process 'chidl' is not declared.",
    ),
    "children of a slot that decides together": (
        lambda: replace(PARENT, slots=(AUTHORS, JUDGES)),
        "children are born per person of 'judges', which must have the policy 'each'.",
    ),
    "children whose end leads nowhere": (
        lambda: replace(PARENT, children=Children("child", "judges", at="pending", then="finish")),
        "'finish' at 'pending' must be a step of the system.",
    ),
    "children who must begin themselves": (
        lambda: replace(PARENT, children=Children("own", "judges", at="pending", then="close")),
        "its child process 'own' must be begun by the system.",
    ),
}
OWN = replace(CHILD, name="own", table=(replace(CHILD.table[0], by=AUTHOR), CHILD.table[1]))


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named(mistake: str) -> None:
    declare, sentence = MISTAKES[mistake]
    process = declare()
    with pytest.raises(Misdeclared) as refused:
        check_all([process, CHILD, OWN])
    assert str(refused.value) == f"Process '{process.name}': {sentence}"


def test_children_that_would_bear_their_parent_are_refused() -> None:
    slots = (AUTHORS, replace(EACH, who=EACH.offers))
    begin = Step(START, "begin", "开始", by=SYSTEM, to="pending")
    family = [
        request(
            begin,
            CLOSE,
            slots=slots,
            name=name,
            word="",
            children=Children(child, "judges", at="pending", then="close"),
        )
        for name, child in (("one", "two"), ("two", "one"))
    ]
    with pytest.raises(Misdeclared, match=r"Process 'one': it would be born of its own children\."):
        check_all(family)


@pytest.mark.parametrize(
    ("second", "sentence"),
    [
        (request(word="另一个"), "Two processes are called 'request'."),
        (request(name="other"), "'申请' begins both 'request' and 'other'."),
    ],
)
def test_two_processes_do_not_share_a_name_or_a_word(second: Process, sentence: str) -> None:
    with pytest.raises(Misdeclared) as refused:
        check_all([request(), second])
    assert str(refused.value) == sentence
