from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from core.papers.models import PaperState
from json import dumps, loads
from tortoise import fields
from tortoise.indexes import Index


class Migration(migrations.Migration):
    dependencies = [("zhian", "0004_deputies")]

    initial = False

    operations = [
        ops.CreateModel(
            name="PaperRow",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("case_id", fields.BigIntField(unique=True)),
                ("template", fields.CharField(max_length=40)),
                ("title", fields.CharField(max_length=60)),
                ("number", fields.CharField(max_length=60)),
                ("code", fields.CharField(unique=True, max_length=32)),
                ("state", fields.CharField(default=PaperState.WANTED, max_length=8)),
                (
                    "printed",
                    fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
                ),
                ("pdf_id", fields.BigIntField(null=True)),
                (
                    "page_ids",
                    fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads),
                ),
                ("sha256", fields.CharField(default="", max_length=64)),
                ("attempts", fields.IntField(default=0)),
                ("not_before", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("lease_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("fence", fields.IntField(default=0)),
                ("error", fields.CharField(default="", max_length=300)),
                ("issued_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("made_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "paper",
                "app": "zhian",
                "indexes": [Index(fields=["state", "not_before", "id"])],
                "pk_attr": "id",
                "table_description": "The paper of one case. ``code`` stands in its QR code, ``printed`` is the data that was set.",
            },
            bases=["Model"],
        ),
    ]
