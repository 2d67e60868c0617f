"""Clues: what was said stays as it was said, and nothing of it disappears."""

import django.db.models.deletion
from django.db import migrations, models

import dukao.voice.models.clues

_STANDS = {
    # What the office does to a clue moves its state; its words and where it comes from stay.
    "voice_clue": ("DELETE", "UPDATE OF number, code_digest, text, kind, place_id, contact_sealed"),
    "voice_cluenote": ("DELETE", "UPDATE"),
}


def protect(apps, schema_editor):
    """The database itself refuses."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION clue_stands() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'a clue stands'; END $$"
        )
    for table, changes in _STANDS.items():
        for place, change in enumerate(changes):
            begins = f"CREATE TRIGGER {table}_stands_{place} BEFORE {change} ON {table} "
            if schema_editor.connection.vendor == "postgresql":
                schema_editor.execute(begins + "FOR EACH ROW EXECUTE FUNCTION clue_stands()")
            else:
                schema_editor.execute(begins + "BEGIN SELECT RAISE(ABORT, 'a clue stands'); END")


class Migration(migrations.Migration):

    dependencies = [("voice", "0002_surveys"), ("org", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name='Clue',
            fields=[
                ('id', models.BigIntegerField(default=dukao.voice.models.clues.chance_key, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=16, unique=True)),
                ('code_digest', models.CharField(max_length=64, unique=True)),
                ('kind', models.CharField(max_length=40)),
                ('text', models.TextField()),
                ('is_office_accused', models.BooleanField(default=False)),
                ('is_reprisal', models.BooleanField(default=False)),
                ('contact_sealed', models.BinaryField(default=bytes)),
                ('state', models.CharField(default='received', max_length=8)),
                ('received_on', models.DateField()),
                ('notify_by', models.DateField()),
                ('close_by', models.DateField()),
                ('accepted_on', models.DateField(null=True)),
                ('extended_on', models.DateField(null=True)),
                ('closed_on', models.DateField(null=True)),
                ('outcome', models.CharField(blank=True, max_length=12)),
                ('reference', models.CharField(blank=True, max_length=32)),
                ('said_on', models.DateField(null=True)),
                ('is_fixed', models.BooleanField(null=True)),
                ('is_synthetic', models.BooleanField(default=False)),
                ('accused_unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
                ('department', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.department')),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
            ],
        ),
        migrations.CreateModel(
            name='ClueNote',
            fields=[
                ('id', models.BigIntegerField(default=dukao.voice.models.clues.chance_key, editable=False, primary_key=True, serialize=False)),
                ('place', models.SmallIntegerField()),
                ('side', models.CharField(choices=[('office', '督考办'), ('reporter', '反映人')], max_length=8)),
                ('act', models.CharField(max_length=8)),
                ('text', models.CharField(blank=True, max_length=1000)),
                ('on', models.DateField()),
                ('clue', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='voice.clue')),
            ],
        ),
        migrations.AddIndex(
            model_name='clue',
            index=models.Index(fields=['office', 'state'], name='clue_by_office'),
        ),
        migrations.AddConstraint(
            model_name='clue',
            constraint=models.CheckConstraint(condition=models.Q(('department', None), ('accused_unit', None), _connector='OR'), name='clue_accuses_one'),
        ),
        migrations.AddConstraint(
            model_name='clue',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='clue_says_something'),
        ),
        migrations.AddConstraint(
            model_name='clue',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['closed', 'fixed']), _negated=True), models.Q(models.Q(('outcome', ''), _negated=True), ('closed_on__isnull', False)), _connector='OR'), name='clue_closed_with_outcome'),
        ),
        migrations.AddConstraint(
            model_name='clue',
            constraint=models.CheckConstraint(condition=models.Q(('notify_by__gte', models.F('received_on'))), name='clue_days_in_order'),
        ),
        migrations.AddConstraint(
            model_name='cluenote',
            constraint=models.UniqueConstraint(fields=('clue', 'place'), name='clue_note_once'),
        ),
        migrations.RunPython(protect, migrations.RunPython.noop),
    ]
