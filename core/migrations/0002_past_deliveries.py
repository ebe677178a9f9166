from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index


class Migration(migrations.Migration):
    dependencies = [("zhian", "0001_initial")]

    initial = False

    operations = [
        ops.CreateModel(
            name="PastDelivery",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("dedupe_key", fields.CharField(max_length=160)),
                ("case_id", fields.BigIntField()),
                ("person_id", fields.BigIntField()),
                ("recipient", fields.CharField(max_length=64)),
                ("kind", fields.CharField(max_length=20)),
                ("slot", fields.CharField(default="", max_length=40)),
                ("state", fields.CharField(max_length=12)),
                ("sent_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("message_id", fields.CharField(default="", max_length=128)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "past_delivery",
                "app": "zhian",
                "indexes": [Index(fields=["case_id", "person_id"])],
                "pk_attr": "id",
                "table_description": "What is kept of an outbox row of a closed case after its message's own time: that, when and to whom it was sent.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="InboxRow",
            name="lease_until",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
