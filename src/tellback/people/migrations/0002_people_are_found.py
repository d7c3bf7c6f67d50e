"""The index of words behind the search of people: FTS5 on SQLite, a generated column with GIN on PostgreSQL.

Whoever has no name is found by handle. Every row carries a word for its workspace ("w12"), so that a search in one workspace never walks over another's.
"""

from django.db import migrations

SQLITE = [
    "CREATE VIRTUAL TABLE people_person_fts USING fts5(words, space, tokenize='unicode61 remove_diacritics 2')",
    "INSERT INTO people_person_fts(rowid, words, space) SELECT id, name, 'w' || workspace_id FROM people_person WHERE name <> ''",
    "CREATE TRIGGER people_person_fts_new AFTER INSERT ON people_person WHEN new.name <> '' BEGIN "
    "INSERT INTO people_person_fts(rowid, words, space) VALUES (new.id, new.name, 'w' || new.workspace_id); END",
    "CREATE TRIGGER people_person_fts_gone AFTER DELETE ON people_person BEGIN "
    "DELETE FROM people_person_fts WHERE rowid = old.id; END",
    "CREATE TRIGGER people_person_fts_changed AFTER UPDATE OF name ON people_person BEGIN "
    "DELETE FROM people_person_fts WHERE rowid = old.id; "
    "INSERT INTO people_person_fts(rowid, words, space) VALUES (new.id, new.name, 'w' || new.workspace_id); END",
]
POSTGRESQL = [
    # PostgreSQL reads "tove.hallam" as a host and keeps it whole: signs are no part of a name's words.
    "ALTER TABLE people_person ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('simple', "
    "'w' || workspace_id || ' ' || regexp_replace(name, '[^[:alnum:]]+', ' ', 'g'))) STORED",
    "CREATE INDEX people_person_words ON people_person USING gin (words)",
]


def up(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def down(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in ("new", "gone", "changed"):
            schema_editor.execute(f"DROP TRIGGER people_person_fts_{name}")
        schema_editor.execute("DROP TABLE people_person_fts")
    else:
        schema_editor.execute("ALTER TABLE people_person DROP COLUMN words")


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunPython(up, down)]
