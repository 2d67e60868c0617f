"""The database itself refuses to change or remove a filing that a unit has lawfully refused to fill in."""

from django.db import migrations


def protect(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE OR REPLACE FUNCTION sheets_refusal_stands() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'a refusal stands'; END $$"
        )
        schema_editor.execute(
            "CREATE TRIGGER sheets_filing_refusal_stands BEFORE UPDATE OR DELETE ON sheets_filing "
            "FOR EACH ROW WHEN (OLD.state = 'refused') EXECUTE FUNCTION sheets_refusal_stands()"
        )
    else:
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER sheets_filing_refusal_stands_{verb.lower()} BEFORE {verb} ON sheets_filing "
                "WHEN OLD.state = 'refused' BEGIN SELECT RAISE(ABORT, 'a refusal stands'); END"
            )


class Migration(migrations.Migration):
    dependencies = [("sheets", "0001_initial")]
    operations = [migrations.RunPython(protect, migrations.RunPython.noop)]
