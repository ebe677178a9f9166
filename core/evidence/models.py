from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class Evidence(Model):
    """One thing that one person took or sent, the same bytes sent twice are two rows over the same keys.

    ``taken_at`` is what the phone's clock said, and may be wrong. ``marks_id`` is the untouched original of a picture
    that somebody drew on."""

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
    taken_at = fields.DatetimeField(null=True)
    marks_id = fields.BigIntField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "evidence"


class PhotoUse(Model):
    """A photo that somebody has handed in with a case. The bands of its hash find what looks like it by index."""

    id = fields.BigIntField(primary_key=True)
    case_id = fields.BigIntField()
    evidence_id = fields.BigIntField()
    used_at = fields.DatetimeField()
    phash = fields.CharField(max_length=16)
    band_a = fields.CharField(max_length=4)
    band_b = fields.CharField(max_length=4)
    band_c = fields.CharField(max_length=4)
    band_d = fields.CharField(max_length=4)

    class Meta:
        table = "photo_use"
        unique_together = (("case_id", "evidence_id"),)
        indexes = (
            Index(fields=("evidence_id",)),
            Index(fields=("band_a",)),
            Index(fields=("band_b",)),
            Index(fields=("band_c",)),
            Index(fields=("band_d",)),
        )


class Upload(Model):
    """Bytes on their way from a phone: so many of ``size`` have been ``received``, and lie in the store in ``parts``.

    ``draft_id`` 0 stands for no draft. ``evidence_id`` is what they have become."""

    id = fields.CharField(max_length=32, primary_key=True)
    person_id = fields.BigIntField()
    draft_id = fields.BigIntField()
    kind = fields.CharField(max_length=8)
    name = fields.CharField(max_length=200)
    sha256 = fields.CharField(max_length=64)
    size = fields.IntField()
    received = fields.IntField(default=0)
    parts = fields.TextField(default="")
    taken_at = fields.DatetimeField(null=True)
    marks_id = fields.BigIntField(null=True)
    evidence_id = fields.BigIntField(null=True)
    begun_at = fields.DatetimeField()

    class Meta:
        table = "upload"
        unique_together = (("person_id", "draft_id", "sha256", "size"),)
        indexes = (Index(fields=("begun_at",)),)
