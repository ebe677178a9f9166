from tortoise import fields
from tortoise.models import Model


class Credential(Model):
    """A token or ticket, sealed. Whoever holds the lease renews it, the fence refuses a holder who came too late.

    Rounds keep their leases here as well, and what one of them leaves for the next."""

    key = fields.CharField(160, primary_key=True)
    sealed = fields.TextField(default="")
    use_until = fields.DatetimeField(null=True)
    lease_until = fields.DatetimeField(null=True)
    fence = fields.IntField(default=0)

    class Meta:
        table = "credential"


class Digest(Model):
    """The newest morning digest of a station: of which day it is, and since when the next one counts."""

    station_id = fields.BigIntField(primary_key=True)
    day = fields.DateField()
    at = fields.DatetimeField()

    class Meta:
        table = "morning_digest"


class CallPace(Model):
    """How far ahead of time the calls to one API are reserved (seconds of the database clock), and its 45009 blocks."""

    api = fields.CharField(60, primary_key=True)
    minute_at = fields.FloatField(default=0)
    hour_at = fields.FloatField(default=0)
    blocks = fields.IntField(default=0)
    blocked_until = fields.DatetimeField(null=True)

    class Meta:
        table = "call_pace"
