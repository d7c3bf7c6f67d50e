"""The index of words behind the search: FTS5 on SQLite, a generated column with GIN on PostgreSQL.

Every row carries a word for its workspace ("w12"), so that a search in one workspace never walks over another's.
"""

from django.db import migrations

SQLITE = [
    "CREATE VIEW listen_post_words AS SELECT id, title || ' ' || text AS words, 'w' || workspace_id AS space "
    "FROM listen_post",
    "CREATE VIRTUAL TABLE listen_post_fts USING fts5("
    "words, space, content='listen_post_words', content_rowid='id', tokenize='unicode61 remove_diacritics 2')",
    "CREATE TRIGGER listen_post_fts_new AFTER INSERT ON listen_post BEGIN "
    "INSERT INTO listen_post_fts(rowid, words, space) "
    "VALUES (new.id, new.title || ' ' || new.text, 'w' || new.workspace_id); END",
    "CREATE TRIGGER listen_post_fts_gone AFTER DELETE ON listen_post BEGIN "
    "INSERT INTO listen_post_fts(listen_post_fts, rowid, words, space) "
    "VALUES ('delete', old.id, old.title || ' ' || old.text, 'w' || old.workspace_id); END",
    "CREATE TRIGGER listen_post_fts_changed AFTER UPDATE OF text, title ON listen_post BEGIN "
    "INSERT INTO listen_post_fts(listen_post_fts, rowid, words, space) "
    "VALUES ('delete', old.id, old.title || ' ' || old.text, 'w' || old.workspace_id); "
    "INSERT INTO listen_post_fts(rowid, words, space) "
    "VALUES (new.id, new.title || ' ' || new.text, 'w' || new.workspace_id); END",
]
POSTGRESQL = [
    # A word of more than 2 kB cannot be indexed, and a text of 1 MB of words cannot be a tsvector: cut before.
    "ALTER TABLE listen_post ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('simple', "
    "'w' || workspace_id || ' ' || title || ' ' || left(text, 200000))) STORED",
    "CREATE INDEX listen_post_words ON listen_post USING gin (words)",
]


def up(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def down(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in ("new", "gone", "changed"):
            schema_editor.execute(f"DROP TRIGGER listen_post_fts_{name}")
        schema_editor.execute("DROP TABLE listen_post_fts")
        schema_editor.execute("DROP VIEW listen_post_words")
    else:
        schema_editor.execute("ALTER TABLE listen_post DROP COLUMN words")


class Migration(migrations.Migration):
    dependencies = [("listen", "0001_initial")]
    operations = [migrations.RunPython(up, down)]
