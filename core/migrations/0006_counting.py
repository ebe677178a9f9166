from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("zhian", "0005_papers")]

    initial = False

    operations = [
        ops.CreateModel(
            name="CountingRule",
            fields=[
                ("station_id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("same_day", fields.BooleanField()),
                ("rolls", fields.BooleanField()),
            ],
            options={
                "table": "counting_rule",
                "app": "zhian",
                "pk_attr": "station_id",
                "table_description": "How one station counts. A station without a row counts as ``deadlines.Rule`` says by itself.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="HolidayPlan",
            fields=[
                ("year", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("holidays", fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads)),
                ("workdays", fields.JSONField(encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads)),
                ("entered_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "holiday_plan",
                "app": "zhian",
                "pk_attr": "year",
                "table_description": "One year as it was published: ``holidays`` and ``workdays`` hold days (ISO) with what they are off for.",
            },
            bases=["Model"],
        ),
    ]
