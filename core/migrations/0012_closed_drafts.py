from typing import Any

from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state_apps import StateApps


class _NotInSqlite(ops.TortoiseOperation):
    """SQLite cannot change what is unique in a table that is there."""

    async def database_forward(self, app_label: str, old: Any, new: Any, state_editor: Any = None) -> None:
        if state_editor is not None and state_editor.DIALECT != "sqlite":
            await super().database_forward(app_label, old, new, state_editor)


class RemoveConstraint(_NotInSqlite, ops.RemoveConstraint): ...


class AddConstraint(_NotInSqlite, ops.AddConstraint): ...


async def made_anew(apps: StateApps, editor: BaseSchemaEditor) -> None:
    """SQLite's table, with what is unique now. Ids go on from the last that was ever given: under its id a draft becomes
    a record at most once, so that a second draft of that id could never be submitted."""
    if editor.DIALECT != "sqlite":
        return
    draft = apps.get_model("zhian.Draft")
    columns, run = ", ".join(draft._meta.fields_db_projection.values()), editor.client.execute_query
    await run("ALTER TABLE draft RENAME TO draft_before")
    await editor.create_model(draft)
    await run(f"INSERT INTO draft ({columns}) SELECT {columns} FROM draft_before")  # noqa: S608  # our own names
    await run("DELETE FROM sqlite_sequence WHERE name = 'draft'")
    await run("UPDATE sqlite_sequence SET name = 'draft' WHERE name = 'draft_before'")
    await run("DROP TABLE draft_before")


async def closed(apps: StateApps, editor: BaseSchemaEditor) -> None:
    """They stood under an action of their own, such as ``fail#7``."""
    mark = "'#' || CAST(id AS text)"
    await editor.client.execute_query(
        f"UPDATE draft SET closed_id = id, action = replace(action, {mark}, '') WHERE action LIKE '%' || {mark}"  # noqa: S608
    )


class Migration(migrations.Migration):
    dependencies = [("zhian", "0011_search")]

    initial = False

    operations = [
        RemoveConstraint(model_name="Draft", fields=["person_id", "process", "action", "case_id"]),
        ops.AddField(
            model_name="Draft",
            name="closed_id",
            field=fields.BigIntField(default=0, db_default=0),
        ),
        AddConstraint(
            model_name="Draft",
            constraint=UniqueConstraint(fields=("person_id", "process", "action", "case_id", "closed_id")),
        ),
        ops.RunPython(made_anew, ops.RunPython.noop),
        ops.RunPython(closed, ops.RunPython.noop),
    ]
