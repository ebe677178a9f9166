from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps

from core.search import tables


async def texts(apps: StateApps, editor: BaseSchemaEditor) -> None:
    """Records of before are entered by and by, while the service runs."""
    client = editor.client
    await tables.create(client.execute_script, postgresql=client.capabilities.dialect == "postgres")


class Migration(migrations.Migration):
    dependencies = [("zhian", "0010_project_position")]

    initial = False

    operations = [
        ops.CreateModel(
            name="CaseFact",
            fields=[
                ("case_id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("station_id", fields.BigIntField()),
                ("project_id", fields.BigIntField(null=True)),
                ("author_id", fields.BigIntField()),
                ("unit_id", fields.BigIntField()),
                ("process", fields.CharField(max_length=40)),
                ("kind", fields.CharField(default="", max_length=40)),
                ("state", fields.CharField(max_length=40)),
                ("opened_on", fields.DateField()),
                ("rectified", fields.BooleanField(default=False)),
                ("rounds", fields.IntField(default=0)),
                ("lates", fields.IntField(default=0)),
                ("timing", fields.CharField(default="", max_length=8)),
            ],
            options={
                "table": "case_fact",
                "app": "zhian",
                "indexes": [
                    Index(fields=["station_id", "case_id"]),
                    Index(fields=["station_id", "process", "kind", "case_id"]),
                    Index(fields=["station_id", "process", "state", "case_id"]),
                    Index(fields=["project_id", "case_id"]),
                    Index(fields=["author_id", "case_id"]),
                    Index(fields=["unit_id", "case_id"]),
                    Index(fields=["opened_on", "case_id"]),
                ],
                "pk_attr": "case_id",
                "table_description": "What searches and statistics ask of a case, kept beside it: a step changes less here than there.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CaseTopic",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("station_id", fields.BigIntField()),
                ("case_id", fields.BigIntField()),
                ("topic", fields.CharField(max_length=60)),
            ],
            options={
                "table": "case_topic",
                "app": "zhian",
                "unique_together": (("station_id", "case_id", "topic"),),
                "pk_attr": "id",
                "table_description": "An entry of a library that a case cites, once for each case.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SearchFill",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("first_id", fields.BigIntField()),
                ("next_id", fields.BigIntField()),
            ],
            options={
                "table": "search_fill",
                "app": "zhian",
                "pk_attr": "id",
                "table_description": "Cases from before there was a search index are entered from ``next_id`` down to the first.",
            },
            bases=["Model"],
        ),
        ops.RunPython(texts, ops.RunPython.noop),
    ]
