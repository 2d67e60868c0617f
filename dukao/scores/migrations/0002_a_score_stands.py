"""The database itself refuses to change or remove a version of a score: what was told to the scored stays readable."""

from django.db import migrations


def protect(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE OR REPLACE FUNCTION scores_score_stands() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'a version of a score stands'; END $$"
        )
        schema_editor.execute(
            "CREATE TRIGGER scores_score_stands BEFORE UPDATE OR DELETE ON scores_score "
            "FOR EACH ROW EXECUTE FUNCTION scores_score_stands()"
        )
    else:
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER scores_score_stands_{verb.lower()} BEFORE {verb} ON scores_score "
                "BEGIN SELECT RAISE(ABORT, 'a version of a score stands'); END"
            )


class Migration(migrations.Migration):
    dependencies = [("scores", "0001_initial")]
    operations = [migrations.RunPython(protect, migrations.RunPython.noop)]
