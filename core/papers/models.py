"""What is kept of a paper. Nothing outside ``core.papers`` writes these rows."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class PaperState(StrEnum):
    """Life of a paper's row."""

    WANTED = "wanted"
    MADE = "made"
    FAILED = "failed"


class PaperRow(Model):
    """The paper of one case. ``code`` stands in its QR code, ``printed`` is the data that was set.

    ``pdf_id`` and ``page_ids`` are evidence, ``sha256`` is of the PDF."""

    id = fields.BigIntField(primary_key=True)
    case_id = fields.BigIntField(unique=True)
    template = fields.CharField(40)
    title = fields.CharField(60)
    number = fields.CharField(60)
    code = fields.CharField(32, unique=True)
    state = fields.CharField(8, default=PaperState.WANTED)
    printed: Any = fields.JSONField(null=True)
    pdf_id = fields.BigIntField(null=True)
    page_ids: Any = fields.JSONField(null=True)
    sha256 = fields.CharField(64, default="")
    attempts = fields.IntField(default=0)
    not_before = fields.DatetimeField()
    lease_until = fields.DatetimeField(null=True)
    fence = fields.IntField(default=0)
    error = fields.CharField(300, default="")
    issued_at = fields.DatetimeField()
    made_at = fields.DatetimeField(null=True)

    class Meta:
        table = "paper"
        indexes = (Index(fields=("state", "not_before", "id")),)


def sealed_as(row: PaperRow) -> str:
    """The key of the history row that seals a paper which was made."""
    return f"paper:{row.id}"
