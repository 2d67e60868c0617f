from django.db import migrations

# A function sees what was committed while it waited for its lock; a plain part of the statement would not.
IS_VISITED = """
    CREATE FUNCTION gate_is_visited(the_unit bigint, first date, last date, but varchar) RETURNS boolean
    LANGUAGE plpgsql VOLATILE AS $$
    BEGIN
        PERFORM 1 FROM org_unit WHERE id = the_unit FOR NO KEY UPDATE;
        RETURN EXISTS (
            SELECT 1 FROM gate_visit
            WHERE unit_id = the_unit AND "on" BETWEEN first AND last AND number <> but
                AND state <> 'given_back' AND mode <> 'remote'
        );
    END $$
"""


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(IS_VISITED)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION gate_is_visited")


class Migration(migrations.Migration):
    """On PostgreSQL a booking waits for its unit, and looks at its other visits, within one statement."""

    dependencies = [("gate", "0006_found_by_fewer_indexes")]
    operations = [migrations.RunPython(make, remove)]
