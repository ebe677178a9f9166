"""``zhian backup`` and ``zhian restore``: database and evidence as one folder that proves itself.

    manifest.json      when, from which kind of database, under which schema, how many rows in each table
    SHA256SUMS         every file with its hash, as ``sha256sum --check`` reads it
    database.sqlite3   the SQLite database, or
    tables/*.csv       one file for each table of a PostgreSQL database
    evidence/…         the originals and their shown copies, under the names they have in the store

The database is copied first, at one moment; then the evidence that this copy names, which never changes once it is
there. So the two fit each other however much is written meanwhile.
"""
