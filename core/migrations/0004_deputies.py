from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("zhian", "0003_ladders")]

    initial = False

    operations = [
        ops.AddField(
            model_name="Participant",
            name="stands_for",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="Participant",
            name="stands_until",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
