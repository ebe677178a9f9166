"""What people enter about days: holidays that the library does not know yet, and how a station counts."""

from typing import Any

from tortoise import fields
from tortoise.models import Model


class HolidayPlan(Model):
    """One year as it was published: ``holidays`` and ``workdays`` hold days (ISO) with what they are off for."""

    year = fields.IntField(primary_key=True)
    holidays: Any = fields.JSONField()
    workdays: Any = fields.JSONField()
    entered_at = fields.DatetimeField()

    class Meta:
        table = "holiday_plan"


class CountingRule(Model):
    """How one station counts. A station without a row counts as ``deadlines.Rule`` says by itself."""

    station_id = fields.BigIntField(primary_key=True)
    same_day = fields.BooleanField()
    rolls = fields.BooleanField()

    class Meta:
        table = "counting_rule"
