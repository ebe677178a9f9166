"""``case_text`` is made here and not by a model: SQLite finds in it through a table of its full-text search, PostgreSQL
through an index over the numbers of its grams. A migration runs this: another change needs another function.
"""

from collections.abc import Awaitable, Callable

Run = Callable[[str], Awaitable[object]]

# Trigram words of three characters, see text.threes; detail=none keeps which record has one and not where.
_SQLITE = (
    "CREATE TABLE case_text (case_id INTEGER NOT NULL PRIMARY KEY, text TEXT NOT NULL)",
    "CREATE VIRTUAL TABLE case_gram USING fts5(text, content='case_text', content_rowid='case_id', "
    "tokenize='trigram case_sensitive 1', detail='none', columnsize=0)",
    "CREATE TRIGGER case_text_added AFTER INSERT ON case_text BEGIN "
    "INSERT INTO case_gram (rowid, text) VALUES (new.case_id, new.text); END",
    "CREATE TRIGGER case_text_changed AFTER UPDATE ON case_text BEGIN "
    "INSERT INTO case_gram (case_gram, rowid, text) VALUES ('delete', old.case_id, old.text); "
    "INSERT INTO case_gram (rowid, text) VALUES (new.case_id, new.text); END",
)
# What was added lately is read through by each search: no more of it than that (kB).
_POSTGRESQL = (
    "CREATE TABLE case_text (case_id bigint NOT NULL PRIMARY KEY, text text NOT NULL, grams int[] NOT NULL)",
    "CREATE INDEX idx_case_text_grams ON case_text USING gin (grams) WITH (gin_pending_list_limit = 512)",
)


async def create(run: Run, *, postgresql: bool) -> None:
    for statement in statements(postgresql=postgresql):
        await run(statement)


def statements(*, postgresql: bool) -> tuple[str, ...]:
    return _POSTGRESQL if postgresql else _SQLITE
