"""A declaration as people read it: the state table of the specification, and a diagram."""

from core.cases.declaration import START, SYSTEM, Process, Step
from core.forms import questions


def describe(process: Process) -> str:
    """Markdown: heading, table of steps, slots, form fields and a Mermaid state diagram."""
    blocks = [
        f"# {process.title} (`{process.name}`)",
        f"Source: {process.source}." if process.source else "",
        _table(process),
        _slots(process),
        _fields(process),
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
    lines = ["| Part | Policy | Filled by |", "|---|---|---|"]
    for slot in process.slots:
        rule = slot.who or slot.offers
        how = f"{'chosen from ' if slot.offers else ''}{rule.caption}" if rule else "whoever begins"
        lines.append(f"| {slot.caption} (`{slot.name}`) | {slot.policy} | {how} |")
    return "\n".join(lines)


def _fields(process: Process) -> str:
    if process.form is None:
        return ""
    lines = ["| Field | Kind | Required |", "|---|---|---|"]
    lines += [
        f"| {q.caption} (`{q.name}`) | {q.field.kind} | {'yes' if q.required else 'no'} |"
        for q in questions(process.form)
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
