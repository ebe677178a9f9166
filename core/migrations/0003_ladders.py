from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("zhian", "0002_past_deliveries")]

    initial = False

    operations = [
        ops.AddField(
            model_name="ClockRow",
            name="held_step_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name="ClockRow",
            name="rungs",
            field=fields.TextField(default="[]", unique=False),
        ),
    ]
