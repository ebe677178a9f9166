from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("zhian", "0006_counting")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Digest",
            fields=[
                ("station_id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("day", fields.DateField()),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "morning_digest",
                "app": "zhian",
                "pk_attr": "station_id",
                "table_description": "The newest morning digest of a station: of which day it is, and since when the next one counts.",
            },
            bases=["Model"],
        ),
    ]
