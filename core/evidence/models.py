from tortoise import fields
from tortoise.models import Model


class Evidence(Model):
    """One thing that one person took or sent, the same bytes sent twice are two rows over the same keys."""

    id = fields.BigIntField(primary_key=True)
    sha256 = fields.CharField(max_length=64, db_index=True)
    kind = fields.CharField(max_length=8)
    mime = fields.CharField(max_length=80)
    size = fields.IntField()
    width = fields.IntField(null=True)
    height = fields.IntField(null=True)
    seconds = fields.FloatField(null=True)
    original_key = fields.CharField(max_length=100)
    shown_key = fields.CharField(max_length=100)
    thumb_key = fields.CharField(max_length=100, null=True)
    phash = fields.CharField(max_length=16, null=True)
    name = fields.CharField(max_length=120)
    source = fields.CharField(max_length=8)
    taken_by_id = fields.BigIntField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "evidence"
