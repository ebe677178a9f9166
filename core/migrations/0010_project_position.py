from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index


class Migration(migrations.Migration):
    dependencies = [("zhian", "0009_uploads")]

    initial = False

    operations = [
        ops.CreateModel(
            name="ProjectPosition",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("project_id", fields.BigIntField()),
                ("person_id", fields.BigIntField()),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("longitude", fields.FloatField()),
                ("latitude", fields.FloatField()),
                ("accuracy", fields.FloatField(null=True)),
                ("address", fields.CharField(max_length=160)),
                ("way", fields.CharField(max_length=8)),
                ("datum", fields.CharField(max_length=8)),
                ("key", fields.CharField(unique=True, max_length=80)),
            ],
            options={
                "table": "project_position",
                "app": "zhian",
                "indexes": [Index(fields=["project_id", "id"])],
                "pk_attr": "id",
                "table_description": "Where a project was found to be, each time anew (HN-10), in GCJ-02 degrees whatever ``datum`` it came in.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="Project",
            name="cover_id",
            field=fields.BigIntField(null=True),
        ),
    ]
