"""A declaration as people read it: the state table of the specification, and a diagram."""

from core.cases.declaration import AUTHOR, START, SYSTEM, Policy, Process, Slot, Step
from core.forms import Form, questions
from core.people.models import ROLE_CAPTIONS

_POLICIES = {Policy.ANY: "any one acts for all", Policy.ALL: "all must act", Policy.EACH: "each in a case of his own"}


def describe(process: Process) -> str:
    """Markdown: heading, table of steps, slots, the fields of every form and a Mermaid state diagram."""
    forms = dict.fromkeys(step.form for step in process.table if step.form is not None)
    blocks = [
        f"# {process.title} (`{process.name}`)",
        f"Source: {process.source}." if process.source else "",
        f"Members begin it with the word 「{process.word}」." if process.word else "It is begun by the system.",
        _table(process),
        _slots(process),
        *(_fields(process, form) for form in forms),
        _diagram(process),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _table(process: Process) -> str:
    head = "| State | Action | Who | Condition | Next | Told | Deadline |\n|---|---|---|---|---|---|---|"
    return "\n".join([head, *(_row(process, step) for step in process.table)])


def _row(process: Process, step: Step) -> str:
    told = [process.slot(s).caption for s in step.tells]
    told += [process.slot(s).caption for s in sorted(process.turn_slots(step.to)) if s not in step.tells]
    deadline = None if step.at == START else process.state(step.at).deadline
    cells = (
        _state(process, step.at),
        step.caption + ("（须填写）" if step.form is not None and step.at != START else ""),
        "系统" if step.by == SYSTEM else process.slot(step.by).caption,
        step.when.caption if step.when else "",
        _state(process, step.to),
        "、".join(told),
        deadline.caption if deadline else "",
    )
    return f"| {' | '.join(cell or '—' for cell in cells)} |"


def _state(process: Process, name: str) -> str:
    if name == START:
        return "（起草）"
    state = process.state(name)
    return state.caption + ("（结束）" if state.final else "")


def _slots(process: Process) -> str:
    lines = ["| Part | Several people | Filled by |", "|---|---|---|"]
    for slot in process.slots:
        lines.append(f"| {slot.caption} (`{slot.name}`) | {_POLICIES[slot.policy]} | {_filled(slot)} |")
    return "\n".join(lines)


def _filled(slot: Slot) -> str:
    limits = ["、".join(caption for role, caption in ROLE_CAPTIONS.items() if role in slot.roles)]
    limits += [slot.who.caption] if slot.who else []
    if slot.name == AUTHOR:
        return "whoever begins" + "".join(f", of {limit}" for limit in limits if limit)
    return f"chosen from {slot.offers.caption}" if slot.offers else "".join(limits)


def _fields(process: Process, form: type[Form]) -> str:
    captions = dict.fromkeys(step.caption for step in process.table if step.form is form)
    kept = "a remark in the history" if form.remark else "part of the record"
    lines = [f"「{'」「'.join(captions)}」 asks for ({kept}):", "", "| Field | Kind | Required |", "|---|---|---|"]
    lines += [
        f"| {q.caption} (`{q.name}`) | {q.field.kind} | {'yes' if q.required else 'no'} |" for q in questions(form)
    ]
    return "\n".join(lines)


def _diagram(process: Process) -> str:
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    {s.name}: {s.caption}" for s in process.states]
    for step in process.table:
        begin = "[*]" if step.at == START else step.at
        condition = f"（{step.when.caption}）" if step.when else ""
        lines.append(f"    {begin} --> {step.to}: {step.caption}{condition}")
    lines += [f"    {s.name} --> [*]" for s in process.states if s.final]
    return "\n".join([*lines, "```"])
