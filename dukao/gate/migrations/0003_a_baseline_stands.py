"""The database itself refuses to change or remove a baseline: a comparison that may be moved compares nothing."""

from django.db import migrations


def protect(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE OR REPLACE FUNCTION gate_baseline_stands() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'a baseline stands'; END $$"
        )
        schema_editor.execute(
            "CREATE TRIGGER gate_baseline_stands BEFORE UPDATE OR DELETE ON gate_baseline "
            "FOR EACH ROW EXECUTE FUNCTION gate_baseline_stands()"
        )
    else:
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER gate_baseline_stands_{verb.lower()} BEFORE {verb} ON gate_baseline "
                "BEGIN SELECT RAISE(ABORT, 'a baseline stands'); END"
            )


class Migration(migrations.Migration):
    dependencies = [("gate", "0002_plans_visits_documents_meetings_ledger")]
    operations = [migrations.RunPython(protect, migrations.RunPython.noop)]
