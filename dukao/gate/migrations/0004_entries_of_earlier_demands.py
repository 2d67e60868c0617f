"""Demands issued before there was a ledger: their minutes are spread evenly over the units they asked, and say so."""

from django.db import migrations
from django.utils import timezone

_POST = """
INSERT INTO gate_burdenentry (demand_id, unit_id, asker_id, month, kind, minutes_hundredths, estimate, measure,
  given_back_at)
SELECT %(demand)s, asked.id, %(asker)s, %(month)s, %(kind)s,
  %(minutes)s / %(units)s + CASE WHEN asked.place <= %(minutes)s %% %(units)s THEN 1 ELSE 0 END, 'spread', '',
  %(given_back_at)s
FROM (
  SELECT u.id, row_number() OVER (ORDER BY u.code) AS place FROM org_unit u
  JOIN org_unit s ON s.id = %(scope)s AND substr(u.path, 1, length(s.path)) = s.path
  WHERE u.level = %(level)s AND u.valid_to IS NULL
    AND u.id NOT IN (SELECT unit_id FROM gate_demand_spared_units WHERE demand_id = %(demand)s)
) asked
"""


def post(apps, schema_editor):
    Demand = apps.get_model("gate", "Demand")
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        for demand in Demand.objects.filter(entries=None).order_by("id").iterator():
            given_back_at = demand.withdrawn_at and timezone.localtime(demand.withdrawn_at)
            cursor.execute(_POST, {
                "demand": demand.pk, "asker": demand.asker_id, "kind": demand.kind, "scope": demand.scope_unit_id,
                "month": demand.due_on.year * 1000 + 200 + demand.due_on.month, "level": demand.target_level,
                "minutes": demand.minutes_hundredths, "units": demand.unit_count,
                "given_back_at": connection.ops.adapt_datetimefield_value(given_back_at),
            })  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("gate", "0003_a_baseline_stands")]
    operations = [migrations.RunPython(post, migrations.RunPython.noop)]
