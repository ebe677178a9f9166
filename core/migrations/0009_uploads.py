from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index


class Migration(migrations.Migration):
    dependencies = [("zhian", "0008_photo_use")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Upload",
            fields=[
                ("id", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("person_id", fields.BigIntField()),
                ("draft_id", fields.BigIntField()),
                ("kind", fields.CharField(max_length=8)),
                ("name", fields.CharField(max_length=200)),
                ("sha256", fields.CharField(max_length=64)),
                ("size", fields.IntField()),
                ("received", fields.IntField(default=0)),
                ("parts", fields.TextField(default="", unique=False)),
                ("taken_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("marks_id", fields.BigIntField(null=True)),
                ("evidence_id", fields.BigIntField(null=True)),
                ("begun_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "upload",
                "app": "zhian",
                "unique_together": (("person_id", "draft_id", "sha256", "size"),),
                "indexes": [Index(fields=["begun_at"])],
                "pk_attr": "id",
                "table_description": "Bytes on their way from a phone: so many of ``size`` have been ``received``, and lie in the store in ``parts``.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Evidence",
            name="marks_id",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="Evidence",
            name="taken_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
