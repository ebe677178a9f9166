"""What the engine keeps. Nothing outside ``core.cases`` writes these rows."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Case(Model):
    """One record of a process. ``data`` is the current view, the history keeps every version."""

    id = fields.BigIntField(primary_key=True)
    process = fields.CharField(40)
    number = fields.CharField(60, null=True, unique=True)
    title = fields.CharField(200)
    state = fields.CharField(40)
    data: Any = fields.JSONField()
    station_id = fields.BigIntField()
    project_id = fields.BigIntField(null=True)
    author_id = fields.BigIntField()
    parent_id = fields.BigIntField(null=True)
    version = fields.IntField(default=0)
    head = fields.CharField(64, default="")
    opened_at = fields.DatetimeField()
    changed_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "case_record"
        indexes = (
            Index(fields=("station_id", "process", "id")),
            Index(fields=("project_id", "process", "id")),
            Index(fields=("author_id", "process", "id")),
            Index(fields=("parent_id",)),
        )


class Participant(Model):
    """A person in a slot of a case, ``turn`` is 待办, ``left_at`` is set when somebody else was chosen instead.

    A deputy sits there for the person whom he ``stands_for``, while the turn lasts and until ``stands_until``."""

    id = fields.BigIntField(primary_key=True)
    case_id = fields.BigIntField()
    person_id = fields.BigIntField()
    slot = fields.CharField(40)
    process = fields.CharField(40)
    turn = fields.BooleanField(default=False)
    turn_since = fields.DatetimeField(null=True)
    told_at = fields.DatetimeField(null=True)
    opened_at = fields.DatetimeField(null=True)
    acted_at = fields.DatetimeField(null=True)
    action = fields.CharField(40, default="")
    left_at = fields.DatetimeField(null=True)
    stands_for = fields.BigIntField(null=True)
    stands_until = fields.DatetimeField(null=True)

    class Meta:
        table = "case_participant"
        unique_together = (("case_id", "slot", "person_id"),)
        indexes = (
            Index(fields=("person_id", "turn", "turn_since")),
            Index(fields=("person_id", "slot", "process", "case_id")),
        )

    def sits(self, now: datetime) -> bool:
        return self.left_at is None and (self.stands_until is None or self.stands_until > now)


class HistoryRow(Model):
    """Append-only. ``content`` is canonical JSON, kept as text so that its hash never depends on a database."""

    id = fields.BigIntField(primary_key=True)
    case_id = fields.BigIntField()
    seq = fields.IntField()
    at = fields.DatetimeField()
    actor_id = fields.BigIntField(null=True)
    action = fields.CharField(40)
    from_state = fields.CharField(40)
    to_state = fields.CharField(40)
    content = fields.TextField()
    request_key = fields.CharField(120, null=True, unique=True)
    previous = fields.CharField(64)
    hash = fields.CharField(64)

    class Meta:
        table = "case_history"
        unique_together = (("case_id", "seq"),)


class ClockRow(Model):
    """A running deadline. The sweeper reads ``next_step_at`` by index, a stopped clock has none.

    It keeps the moment as ``held_step_at``. ``rungs`` are the ladder's moments as JSON, ``next_step`` comes next."""

    id = fields.BigIntField(primary_key=True)
    case_id = fields.BigIntField()
    name = fields.CharField(40)
    started_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    explanation = fields.TextField(default="")
    next_step_at = fields.DatetimeField(null=True)
    next_step = fields.IntField(default=0)
    rungs = fields.TextField(default="[]")
    held_step_at = fields.DatetimeField(null=True)
    stopped_at = fields.DatetimeField(null=True)

    class Meta:
        table = "case_clock"
        unique_together = (("case_id", "name"),)
        indexes = (Index(fields=("next_step_at",)),)


class Delivery(StrEnum):
    """Life of an outbox row."""

    HELD = "held"  # by quiet hours; until then it stands in nobody's way
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    REPLACED = "replaced"  # a newer message of the same merge key took its place
    MERGED = "merged"  # its text went out with an earlier message
    FAILED = "failed"
    UNCERTAIN = "uncertain"


class OutboxRow(Model):
    """A message promised by a committed step. ``body`` is frozen: every attempt sends the same bytes."""

    id = fields.BigIntField(primary_key=True)
    dedupe_key = fields.CharField(160, unique=True)
    merge_key = fields.CharField(120, null=True)
    person_id = fields.BigIntField()
    recipient = fields.CharField(64)
    kind = fields.CharField(20)
    body = fields.TextField()
    frozen = fields.BooleanField(default=True)
    case_id = fields.BigIntField(null=True)
    slot = fields.CharField(40, default="")
    task_id = fields.CharField(128, null=True)
    state = fields.CharField(12, default=Delivery.PENDING)
    not_before = fields.DatetimeField()
    attempts = fields.IntField(default=0)
    unknown = fields.BooleanField(default=False)  # an attempt ended without an answer: it may have arrived
    lease_until = fields.DatetimeField(null=True)
    fence = fields.IntField(default=0)
    first_attempt_at = fields.DatetimeField(null=True)
    sent_at = fields.DatetimeField(null=True)
    message_id = fields.CharField(128, default="")
    error = fields.CharField(300, default="")
    created_at = fields.DatetimeField()

    class Meta:
        table = "outbox"
        indexes = (
            Index(fields=("state", "not_before", "id")),
            Index(fields=("recipient", "state", "id")),
            Index(fields=("recipient", "sent_at")),
            Index(fields=("merge_key", "state")),
            Index(fields=("case_id", "person_id")),
            Index(fields=("task_id",)),
        )


class PastDelivery(Model):
    """What is kept of an outbox row of a closed case after its message's own time: that, when and to whom it was sent.

    The id is the one it had in the outbox.
    """

    id = fields.BigIntField(primary_key=True)
    dedupe_key = fields.CharField(160)
    case_id = fields.BigIntField()
    person_id = fields.BigIntField()
    recipient = fields.CharField(64)
    kind = fields.CharField(20)
    slot = fields.CharField(40, default="")
    state = fields.CharField(12)
    sent_at = fields.DatetimeField(null=True)
    message_id = fields.CharField(128, default="")
    created_at = fields.DatetimeField()

    class Meta:
        table = "past_delivery"
        indexes = (Index(fields=("case_id", "person_id")),)


class Pause(Model):
    """The only row says until when nobody sends, since WeCom asked for quiet (45009)."""

    id = fields.IntField(primary_key=True)
    until = fields.DatetimeField()

    class Meta:
        table = "outbox_pause"


class UpdateCode(Model):
    """A response code: lets the service change a sent card once within 72 hours (path/94888)."""

    id = fields.BigIntField(primary_key=True)
    code = fields.CharField(200, unique=True)
    task_id = fields.CharField(128)
    recipient = fields.CharField(64)
    case_id = fields.BigIntField(null=True)
    issued_at = fields.DatetimeField()
    used_by = fields.BigIntField(null=True)

    class Meta:
        table = "update_code"
        indexes = (Index(fields=("case_id", "recipient")), Index(fields=("task_id", "recipient")))


class Series(Model):
    """The last number given in a series, which is named by its number 0, e.g. ``海检〔2026〕0000号``."""

    key = fields.CharField(100, primary_key=True)
    given = fields.IntField()

    class Meta:
        table = "number_series"


class Draft(Model):
    """A form that somebody is filling, in chat or on a page.

    ``closed_id`` is 0 while it can be submitted and its own id after that: of each step one draft is open."""

    id = fields.BigIntField(primary_key=True)
    person_id = fields.BigIntField()
    process = fields.CharField(40)
    action = fields.CharField(40)
    case_id = fields.BigIntField(default=0)
    closed_id = fields.BigIntField(default=0, db_default=0)
    data: Any = fields.JSONField()
    begun_at = fields.DatetimeField()
    touched_at = fields.DatetimeField()

    class Meta:
        table = "draft"
        unique_together = (("person_id", "process", "action", "case_id", "closed_id"),)


class InboxRow(Model):
    """A callback that was answered 200. ``reply`` is what a repeat gets, ``waiting`` rows need work outside."""

    id = fields.BigIntField(primary_key=True)
    repeat_key = fields.CharField(160, unique=True)
    sender = fields.CharField(64)
    kind = fields.CharField(40)
    body = fields.TextField()
    reply = fields.TextField(default="")
    waiting = fields.BooleanField(default=False)
    attempts = fields.IntField(default=0)
    not_before = fields.DatetimeField()
    fence = fields.IntField(default=0)
    lease_until = fields.DatetimeField(null=True)
    error = fields.CharField(300, default="")
    received_at = fields.DatetimeField()

    class Meta:
        table = "inbox"
        indexes = (Index(fields=("waiting", "not_before", "id")), Index(fields=("sender", "waiting", "id")))


class CaseFact(Model):
    """What searches and statistics ask of a case, kept beside it: a step changes less here than there.

    ``opened_on`` is the day in China, ``unit_id`` the author's organisation when the case was opened. ``kind``,
    ``rectified``, ``rounds``, ``lates`` and ``timing`` follow from the declaration, see Measured."""

    case_id = fields.BigIntField(primary_key=True)
    station_id = fields.BigIntField()
    project_id = fields.BigIntField(null=True)
    author_id = fields.BigIntField()
    unit_id = fields.BigIntField()
    process = fields.CharField(40)
    kind = fields.CharField(40, default="")
    state = fields.CharField(40)
    opened_on = fields.DateField()
    rectified = fields.BooleanField(default=False)
    rounds = fields.IntField(default=0)
    lates = fields.IntField(default=0)
    timing = fields.CharField(8, default="")

    class Meta:
        table = "case_fact"
        indexes = (
            Index(fields=("station_id", "case_id")),
            Index(fields=("station_id", "process", "kind", "case_id")),
            Index(fields=("station_id", "process", "state", "case_id")),
            Index(fields=("project_id", "case_id")),
            Index(fields=("author_id", "case_id")),
            Index(fields=("unit_id", "case_id")),
            Index(fields=("opened_on", "case_id")),
        )


class CaseTopic(Model):
    """An entry of a library that a case cites, once for each case."""

    id = fields.BigIntField(primary_key=True)
    station_id = fields.BigIntField()
    case_id = fields.BigIntField()
    topic = fields.CharField(60)

    class Meta:
        table = "case_topic"
        unique_together = (("station_id", "case_id", "topic"),)


class SearchFill(Model):
    """Cases from before there was a search index are entered from ``next_id`` down to the first.

    ``id`` is the version of what is entered, see ``core.search.index``."""

    id = fields.IntField(primary_key=True)
    first_id = fields.BigIntField()
    next_id = fields.BigIntField()

    class Meta:
        table = "search_fill"
