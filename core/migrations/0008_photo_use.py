from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps


_BANDS = ", ".join(" || ".join(f"substr(e.phash, {n + d}, 1)" for d in (1, 5, 9, 13)) for n in range(4))
_ATTACHED = {
    "sqlite": "json_each(h.content, '$.attachments')",
    "postgres": "json_each(CAST(h.content AS json) -> 'attachments')",
}


async def used_before(apps: StateApps, editor: BaseSchemaEditor) -> None:
    """Photos that were handed in before there was this table."""
    attached = _ATTACHED[editor.client.capabilities.dialect]
    await editor.client.execute_query(
        "INSERT INTO photo_use (case_id, evidence_id, used_at, phash, band_a, band_b, band_c, band_d) "  # noqa: S608
        f"SELECT h.case_id, e.id, MIN(h.at), e.phash, {_BANDS} "
        f"FROM case_history h, {attached} a JOIN evidence e ON e.id = CAST(a.key AS bigint) "
        "WHERE h.actor_id IS NOT NULL AND e.kind = 'photo' AND e.phash IS NOT NULL "
        "GROUP BY h.case_id, e.id, e.phash ORDER BY MIN(h.at), e.id"
    )


class Migration(migrations.Migration):
    dependencies = [("zhian", "0007_digests")]

    initial = False

    operations = [
        ops.CreateModel(
            name="PhotoUse",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("case_id", fields.BigIntField()),
                ("evidence_id", fields.BigIntField()),
                ("used_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("phash", fields.CharField(max_length=16)),
                ("band_a", fields.CharField(max_length=4)),
                ("band_b", fields.CharField(max_length=4)),
                ("band_c", fields.CharField(max_length=4)),
                ("band_d", fields.CharField(max_length=4)),
            ],
            options={
                "table": "photo_use",
                "app": "zhian",
                "unique_together": (("case_id", "evidence_id"),),
                "indexes": [
                    Index(fields=["evidence_id"]),
                    Index(fields=["band_a"]),
                    Index(fields=["band_b"]),
                    Index(fields=["band_c"]),
                    Index(fields=["band_d"]),
                ],
                "pk_attr": "id",
                "table_description": "A photo that somebody has handed in with a case. The bands of its hash find what looks like it by index.",
            },
            bases=["Model"],
        ),
        ops.RunPython(used_before, ops.RunPython.noop),
    ]
