"""Start-up checks: a declaration that misspells, strands or traps something fails in a sentence."""

import re
from collections.abc import Iterable, Iterator

from core.cases.declaration import AUTHOR, START, SYSTEM, Condition, Policy, Process, State, Step
from core.cases.numbering import PARTS
from core.errors import Misdeclared
from core.forms import Form, Offered, People, Question, questions
from core.forms.form import LABEL

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def check_all(processes: Iterable[Process]) -> None:
    """Raises Misdeclared for the first declaration that cannot work."""
    seen: dict[str, Process] = {}
    words: dict[str, str] = {}
    for process in processes:
        if process.name in seen:
            raise Misdeclared(f"Two processes are called '{process.name}'.")
        if process.word and process.word in words:
            raise Misdeclared(f"'{process.word}' begins both '{words[process.word]}' and '{process.name}'.")
        seen[process.name], words[process.word] = process, process.name
    for process in seen.values():
        check(process, seen)


def check(process: Process, others: dict[str, Process]) -> None:
    for fault in _faults(process, others):
        raise Misdeclared(f"Process '{process.name}': {fault}")


def _faults(process: Process, others: dict[str, Process]) -> Iterator[str]:
    """In an order in which each part may rely on those before it."""
    yield from _names(process)
    yield from _steps(process)
    yield from _conditions(process)
    yield from _ways(process)
    yield from _duties(process)
    yield from _people(process)
    yield from _offers(process)
    yield from _papers(process)
    yield from _children(process, others)


# ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _names(process: Process) -> Iterator[str]:
    states, slots = [s.name for s in process.states], [s.name for s in process.slots]
    deadlines = [s.deadline.name for s in process.states if s.deadline]
    for kind, names in (("state", states), ("slot", slots)):
        yield from (f"{kind} '{name}' is declared twice." for name in names if names.count(name) > 1)
    for name in (process.name, *states, *slots, *deadlines, *(s.action for s in process.table)):
        if not _NAME.fullmatch(name):
            yield f"'{name}' is no name: use up to 40 lower-case letters, digits and underscores."
    if START in states:
        yield f"'{START}' is where every case begins and cannot be declared as a state."
    if AUTHOR not in slots:
        yield f"no slot is called '{AUTHOR}'."
    elif process.slot(AUTHOR).judges:
        yield "the author's slot cannot judge: nobody reviews his own record."


# ── the table ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _steps(process: Process) -> Iterator[str]:
    states, slots = {s.name for s in process.states}, {s.name for s in process.slots}
    for step in process.table:
        where = f"step '{step.action}' at '{step.at}'"
        if step.at not in states | {START}:
            yield f"{where} begins in a state that is not declared."
        if step.to not in states:
            yield f"{where} leads to '{step.to}', which is not a declared state."
        for slot in sorted({step.by, *step.tells} - {SYSTEM} - slots):
            yield f"{where} names slot '{slot}', which is not declared."
        if step.at != START and process.state(step.at).final and not _ends_otherwise(process, step):
            yield f"{where} leaves '{step.at}', which is declared final."
        if step.marks and (step.form is not None or step.at == START):
            yield f"{where} marks a moment, which neither a form nor the beginning of a case leaves room for."
        if step.by == SYSTEM and step.form is not None and _happens_by_itself(process, step):
            yield f"{where} is the system's but has a form that nobody would fill."
        if step.at_once and process.slot(step.by).policy is not Policy.ALL:
            yield f"{where} decides at once, which means something only where all of '{step.by}' must act."
    for at, action in dict.fromkeys((s.at, s.action) for s in process.table):
        yield from _branches(process, at, action)


def _ends_otherwise(process: Process, step: Step) -> bool:
    """What is over may be declared void, by the system on somebody's word, and is over then as well."""
    return step.by == SYSTEM and process.state(step.to).final


def _happens_by_itself(process: Process, step: Step) -> bool:
    """Where nobody's effect takes it, and says why."""
    taken = {state.deadline.then for state in process.states if state.deadline is not None}
    taken |= {process.children.then} if process.children is not None else set()
    return not (step.form is not None and step.form.remark) or step.at == START or step.action in taken


def _branches(process: Process, at: str, action: str) -> Iterator[str]:
    branches = process.steps(at, action)
    if len({(b.by, b.form, b.caption, b.turn) for b in branches}) > 1:
        yield f"the branches of '{action}' at '{at}' differ in slot, form or caption; only the condition may differ."
    if any(b.when is None for b in branches[:-1]):
        yield f"'{action}' at '{at}' has a branch after one without a condition; it can never be taken."


def _conditions(process: Process) -> Iterator[str]:
    slots = {s.name for s in process.slots}
    answers = {q.name for form in process.forms() for q in questions(form)}
    for condition in _all_conditions(process):
        if condition.slot and condition.slot not in slots:
            yield f"the condition '{condition.caption}' looks at slot '{condition.slot}', which is not declared."
        if condition.answer and condition.answer not in answers:
            yield f"the condition '{condition.caption}' looks at '{condition.answer}', which no form asks."


def _all_conditions(process: Process) -> list[Condition]:
    labels = [*(s.label[0] for s in process.states if s.label), *(condition for condition, _ in process.tags)]
    return [s.when for s in process.table if s.when] + labels


# ── ways through ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _ways(process: Process) -> Iterator[str]:
    first = process.steps(START)
    if not first:
        yield "no step begins a case."
        return
    if len({s.action for s in first}) > 1:
        yield "a case must begin with one action; put the difference into conditions."
    if first[0].by not in (AUTHOR, SYSTEM):
        yield f"a case is begun by its author or by the system, not by '{first[0].by}'."
    if first[0].form is not None and first[0].form.remark:
        yield "the form that begins a case is its data and cannot be a remark."
    reached = _reachable(process, START)
    for state in process.states:
        if state.name not in reached:
            yield f"state '{state.name}' cannot be reached."
        if not state.final and not process.steps(state.name):
            yield f"state '{state.name}' has no way out and is not declared final."
        if not any(process.state(name).final for name in {state.name, *_reachable(process, state.name)}):
            yield f"from state '{state.name}' no final state can be reached."


def _reachable(process: Process, begin: str) -> set[str]:
    reached: set[str] = set()
    todo = [begin]
    while todo:
        for step in process.steps(todo.pop()):
            if step.to not in reached:
                reached.add(step.to)
                todo.append(step.to)
    return reached


# ── whose duty ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _duties(process: Process) -> Iterator[str]:
    for state in process.states:
        waits_for_children = process.children is not None and process.children.at == state.name
        ends_by_itself = state.deadline is not None and process.steps(state.name, state.deadline.then)
        if not (state.final or process.turn_slots(state.name) or ends_by_itself or waits_for_children):
            yield f"in state '{state.name}' it is nobody's turn, and no deadline or child case ends it."
        yield from _deadline(process, state)
        yield from _all_must_act(process, state)


def _deadline(process: Process, state: State) -> Iterator[str]:
    deadline = state.deadline
    if deadline is None:
        return
    if state.final:
        yield f"state '{state.name}' is final but has a deadline."
    shared = [s for s in process.states if s.deadline is not None and s.deadline.name == deadline.name]
    if any(s.deadline != deadline for s in shared):
        yield f"the deadline '{deadline.name}' is declared in two ways."
    then = process.steps(state.name, deadline.then)
    if not any(process.steps(s.name, deadline.then) for s in shared):
        yield f"the deadline of '{state.name}' asks for '{deadline.then}', which is no step there."
    if any(s.by != SYSTEM or s.to == state.name for s in then):
        yield f"the deadline of '{state.name}' must be a step of the system, and one that leaves the state."
    if (deadline.ladder is None) != (not deadline.tells):
        yield f"the deadline '{deadline.name}' needs both or neither: a ladder, and the slots that it tells."
    for slot in sorted(set(deadline.tells) - {s.name for s in process.slots}):
        yield f"the deadline '{deadline.name}' tells slot '{slot}', which is not declared."


def _all_must_act(process: Process, state: State) -> Iterator[str]:
    for slot in (s for s in process.slots if s.policy is Policy.ALL):
        ways = {s.action for s in process.steps(state.name) if s.by == slot.name and s.turn and not s.at_once}
        if len(ways) > 1:
            yield (
                f"all of '{slot.name}' must act at '{state.name}', but {' and '.join(sorted(ways))} could leave them "
                "divided; declare all but one at_once."
            )


# ── people ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _people(process: Process) -> Iterator[str]:
    slots = {s.name for s in process.slots}
    chosen = {q.field.slot for q in _asked(process) if isinstance(q.field, People)}
    used = {slot for step in process.table for slot in (step.by, *step.tells)}
    used |= {slot for state in process.states if state.deadline for slot in state.deadline.tells}
    used |= {process.children.slot} if process.children else set()
    for name in sorted(chosen):
        if name not in slots:
            yield f"a form chooses people for slot '{name}', which is not declared."
        elif process.slot(name).offers is None:
            yield f"slot '{name}' is chosen by hand but says not who may be offered."
    for slot in process.slots:
        if slot.name != AUTHOR and slot.who is None and slot.name not in chosen:
            yield f"nothing ever puts anybody into slot '{slot.name}'."
        if slot.name not in used | {AUTHOR}:
            yield f"slot '{slot.name}' is filled but never acts and is never told."
        for name in sorted(set(slot.excludes) - slots):
            yield f"slot '{slot.name}' excludes '{name}', which is not declared."
        if slot.policy is Policy.EACH and any(s.by == slot.name for s in process.table):
            yield f"'{slot.name}' answers each for himself in a child case, so no step here can be theirs."


def _offers(process: Process) -> Iterator[str]:
    asked = {q.name for q in _asked(process) if isinstance(q.field, Offered)}
    yield from (f"nothing says what '{name}' offers." for name in sorted(asked - process.offers.keys()))
    yield from (f"'{name}' is offered but no form asks it." for name in sorted(process.offers.keys() - asked))


def _asked(process: Process) -> list[Question]:
    forms = dict.fromkeys(s.form for s in process.table if s.form is not None)
    return [q for form in forms for q in questions(form)]


def _papers(process: Process) -> Iterator[str]:
    """Numbers and cards."""
    if any(s.numbered for s in process.table) != bool(process.number):
        yield "a number needs both: the pattern of the process and a step that is numbered."
    elif isinstance(process.number, str) and process.number and not _is_pattern(process.number):
        yield f"the number '{process.number}' must hold {{n}} and may hold {{station}} and {{year}}."
    kept: dict[str, tuple[type[Form], Question]] = {}
    for form, question in ((f, q) for f in process.forms() for q in questions(f)):
        other, before = kept.setdefault(question.name, (form, question))
        if before.field != question.field:
            yield f"{other.__name__} and {form.__name__} ask '{question.name}' differently; their answers would mix."
        if len(question.label) > LABEL:
            yield f"'{question.label}' is too long for a card: give '{question.name}' a short caption of {LABEL}."
    for name in process.card_fields:
        if name not in kept:
            yield f"the card shows '{name}', which no form asks."


def _is_pattern(number: str) -> bool:
    try:
        return number.format(**PARTS) != number.format(**PARTS | {"n": 2})
    except (KeyError, IndexError, ValueError):
        return False


# ── children ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _children(process: Process, others: dict[str, Process]) -> Iterator[str]:
    each = [s.name for s in process.slots if s.policy is Policy.EACH]
    children = process.children
    if children is None:
        yield from (f"slot '{name}' answers each for himself but no child process is declared." for name in each)
        return
    if children.process not in others:
        yield f"its child process '{children.process}' is not declared."
        return
    if children.slot not in each:
        yield f"children are born per person of '{children.slot}', which must have the policy 'each'."
    if not any(s.by == SYSTEM for s in process.steps(children.at, children.then)):
        yield f"'{children.then}' at '{children.at}' must be a step of the system."
    first: list[Step] = others[children.process].steps(START)
    if first and first[0].by != SYSTEM:
        yield f"its child process '{children.process}' must be begun by the system."
    if process.name in _descendants(children.process, others):
        yield "it would be born of its own children."


def _descendants(name: str, others: dict[str, Process]) -> set[str]:
    found: set[str] = set()
    while name not in found and name in others:
        found.add(name)
        child = others[name].children
        name = child.process if child else ""
    return found
