"""The index of words behind the search of notes: FTS5 on SQLite, GIN on PostgreSQL.

What a member wrote and what a customer said when asked are rows of one table with posts and changes, which are not
indexed here. On SQLite every row carries a word for its workspace ("w12").
"""

from django.db import migrations

WRITTEN = "kind IN ('note', 'heard')"
SPACE = "'w' || (SELECT workspace_id FROM cases_case WHERE cases_case.id = {row}.case_id)"
SQLITE = [
    "CREATE VIRTUAL TABLE cases_entry_fts USING fts5(words, space, tokenize='unicode61 remove_diacritics 2')",
    "INSERT INTO cases_entry_fts(rowid, words, space) "
    f"SELECT id, text, {SPACE.format(row='cases_entry')} FROM cases_entry WHERE {WRITTEN}",
    f"CREATE TRIGGER cases_entry_fts_new AFTER INSERT ON cases_entry WHEN new.{WRITTEN} BEGIN "
    f"INSERT INTO cases_entry_fts(rowid, words, space) VALUES (new.id, new.text, {SPACE.format(row='new')}); END",
    f"CREATE TRIGGER cases_entry_fts_gone AFTER DELETE ON cases_entry WHEN old.{WRITTEN} BEGIN "
    "DELETE FROM cases_entry_fts WHERE rowid = old.id; END",
    f"CREATE TRIGGER cases_entry_fts_changed AFTER UPDATE OF text ON cases_entry WHEN new.{WRITTEN} BEGIN "
    "UPDATE cases_entry_fts SET words = new.text WHERE rowid = new.id; END",
]
POSTGRESQL = [
    "CREATE INDEX cases_entry_words ON cases_entry USING gin (to_tsvector('simple', left(text, 200000))) "
    f"WHERE {WRITTEN}",
]


def up(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def down(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in ("new", "gone", "changed"):
            schema_editor.execute(f"DROP TRIGGER cases_entry_fts_{name}")
        schema_editor.execute("DROP TABLE cases_entry_fts")
    else:
        schema_editor.execute("DROP INDEX cases_entry_words")


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [migrations.RunPython(up, down)]
