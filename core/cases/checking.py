"""Start-up checks: a declaration that misspells, strands or traps something fails in a sentence."""

from collections.abc import Iterable

from core.cases.declaration import AUTHOR, START, SYSTEM, Policy, Process
from core.errors import Misdeclared
from core.forms import People, questions


def check_all(processes: Iterable[Process]) -> None:
    """Raises Misdeclared for the first declaration that cannot work."""
    seen: dict[str, Process] = {}
    for process in processes:
        if process.name in seen:
            raise Misdeclared(f"Two processes are called '{process.name}'.")
        seen[process.name] = process
    for process in seen.values():
        check(process, seen)


def check(process: Process, others: dict[str, Process]) -> None:
    _check_names(process)
    _check_table(process)
    _check_ways(process)
    _check_people(process)
    _check_children(process, others)


def _fail(process: Process, sentence: str) -> None:
    raise Misdeclared(f"Process '{process.name}': {sentence}")


def _check_names(process: Process) -> None:
    for kind, names in (("state", [s.name for s in process.states]), ("slot", [s.name for s in process.slots])):
        for name in {n for n in names if names.count(n) > 1}:
            _fail(process, f"{kind} '{name}' is declared twice.")
    if START in {s.name for s in process.states}:
        _fail(process, f"'{START}' is where every case begins and cannot be declared as a state.")
    if AUTHOR not in {s.name for s in process.slots}:
        _fail(process, f"no slot is called '{AUTHOR}'.")


def _check_table(process: Process) -> None:
    states = {s.name for s in process.states}
    slots = {s.name for s in process.slots}
    for step in process.table:
        where = f"step '{step.action}' at '{step.at}'"
        if step.at not in states | {START}:
            _fail(process, f"{where} begins in a state that is not declared.")
        if step.to not in states:
            _fail(process, f"{where} leads to '{step.to}', which is not a declared state.")
        for slot in {step.by, *step.tells} - {SYSTEM}:
            if slot not in slots:
                _fail(process, f"{where} names slot '{slot}', which is not declared.")
        if step.at != START and process.state(step.at).final:
            _fail(process, f"{where} leaves '{step.at}', which is declared final.")
    for action in {(s.at, s.action) for s in process.table}:
        _check_branches(process, *action)


def _check_branches(process: Process, at: str, action: str) -> None:
    branches = process.steps(at, action)
    if len({(b.by, b.form) for b in branches}) > 1:
        _fail(process, f"the branches of '{action}' at '{at}' differ in slot or form; only the condition may differ.")
    if any(b.when is None for b in branches[:-1]):
        _fail(process, f"'{action}' at '{at}' has a branch after one without a condition; it can never be taken.")


def _check_ways(process: Process) -> None:
    if not process.steps(START):
        _fail(process, "no step begins a case.")
    if len({s.action for s in process.steps(START)}) > 1:
        _fail(process, "a case must begin with one action; put the difference into conditions.")
    reached, todo = {START}, [START]
    while todo:
        for step in process.steps(todo.pop()):
            if step.to not in reached:
                reached.add(step.to)
                todo.append(step.to)
    for state in process.states:
        if state.name not in reached:
            _fail(process, f"state '{state.name}' cannot be reached.")
        if not state.final and not process.steps(state.name):
            _fail(process, f"state '{state.name}' has no way out and is not declared final.")
        if state.final and state.deadline is not None:
            _fail(process, f"state '{state.name}' is final but has a deadline.")
        if state.deadline is not None and not process.steps(state.name, state.deadline.then):
            _fail(process, f"the deadline of '{state.name}' asks for '{state.deadline.then}', which is no step there.")
    for name in reached - {START}:
        _check_exit(process, name)


def _check_exit(process: Process, name: str) -> None:
    seen, todo = {name}, [name]
    while todo:
        current = todo.pop()
        if process.state(current).final:
            return
        for step in process.steps(current):
            if step.to not in seen:
                seen.add(step.to)
                todo.append(step.to)
    _fail(process, f"from state '{name}' no final state can be reached.")


def _check_people(process: Process) -> None:
    by_hand = {
        q.field.slot
        for step in process.table
        if step.form is not None
        for q in questions(step.form)
        if isinstance(q.field, People)
    }
    for name in by_hand:
        if name not in {s.name for s in process.slots}:
            _fail(process, f"a form chooses people for slot '{name}', which is not declared.")
        if process.slot(name).offers is None:
            _fail(process, f"slot '{name}' is chosen by hand but says not who may be offered.")
    for slot in process.slots:
        if slot.name != AUTHOR and slot.who is None and slot.name not in by_hand:
            _fail(process, f"nothing ever puts anybody into slot '{slot.name}'.")


def _check_children(process: Process, others: dict[str, Process]) -> None:
    each = {s.name for s in process.slots if s.policy is Policy.EACH}
    children = process.children
    if children is None:
        if each:
            _fail(process, f"slot '{each.pop()}' answers each for himself but no child process is declared.")
        return
    if children.process not in others:
        _fail(process, f"its child process '{children.process}' is not declared.")
    if children.slot not in each:
        _fail(process, f"children are born per person of '{children.slot}', which must have the policy 'each'.")
    if not any(s.by == SYSTEM for s in process.steps(children.at, children.then)):
        _fail(process, f"'{children.then}' at '{children.at}' must be a step of the system.")
    child = others[children.process]
    if child.steps(START) and child.first().by != SYSTEM:
        _fail(process, f"its child process '{child.name}' must be begun by the system.")
