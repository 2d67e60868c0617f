"""Tasks; what happened to them is only ever added to."""

import django.db.models.deletion
from django.db import migrations, models


def protect(apps, schema_editor):
    """The database itself refuses to change or remove a step."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION task_step_stands() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'a step of a task stands'; END $$"
        )
        schema_editor.execute(
            "CREATE TRIGGER tasks_step_stands BEFORE UPDATE OR DELETE ON tasks_step "
            "FOR EACH ROW EXECUTE FUNCTION task_step_stands()"
        )
    else:
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER tasks_step_stands_{verb.lower()} BEFORE {verb} ON tasks_step "
                "BEGIN SELECT RAISE(ABORT, 'a step of a task stands'); END"
            )


class Migration(migrations.Migration):

    initial = True

    dependencies = [("org", "0001_initial"), ("gate", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=32, unique=True)),
                ('template', models.SlugField(max_length=40)),
                ('title', models.CharField(max_length=120)),
                ('content', models.CharField(max_length=2000)),
                ('origin', models.CharField(max_length=10)),
                ('origin_number', models.CharField(blank=True, max_length=40)),
                ('basis', models.CharField(max_length=300)),
                ('state', models.CharField(default='set', max_length=10)),
                ('round', models.SmallIntegerField(default=1)),
                ('set_at', models.DateTimeField()),
                ('due_on', models.DateField()),
                ('first_due_on', models.DateField()),
                ('reported_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('raiser', models.CharField(max_length=4)),
                ('raiser_digest', models.CharField(blank=True, max_length=64)),
                ('candidates', models.JSONField(default=list)),
                ('commitment', models.CharField(blank=True, max_length=64)),
                ('is_emergency', models.BooleanField(default=False)),
                ('is_synthetic', models.BooleanField(default=False)),
                ('by_name', models.CharField(max_length=64)),
                ('asker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.department')),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
                ('raiser_unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
            ],
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(max_length=20)),
                ('who', models.CharField(max_length=120)),
                ('text', models.CharField(blank=True, max_length=1000)),
                ('on', models.DateField()),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='tasks.task')),
            ],
        ),
        migrations.CreateModel(
            name='Party',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_lead', models.BooleanField()),
                ('signed_at', models.DateTimeField(null=True)),
                ('objection', models.CharField(blank=True, max_length=500)),
                ('objected_at', models.DateTimeField(null=True)),
                ('released_at', models.DateTimeField(null=True)),
                ('demand', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='gate.demand')),
                ('department', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.department')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parties', to='tasks.task')),
            ],
        ),
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.SmallIntegerField()),
                ('title', models.CharField(max_length=60)),
                ('due_on', models.DateField()),
                ('element', models.SlugField(blank=True, max_length=64)),
                ('reached_at', models.DateTimeField(null=True)),
                ('evidence', models.JSONField(default=dict)),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='milestones', to='tasks.task')),
            ],
        ),
        migrations.CreateModel(
            name='Extension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('asked', '待决定'), ('granted', '同意'), ('refused', '不同意')], default='asked', max_length=8)),
                ('reason', models.CharField(max_length=500)),
                ('until', models.DateField()),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision', models.CharField(blank=True, max_length=500)),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='extensions', to='tasks.task')),
            ],
        ),
        migrations.CreateModel(
            name='Closing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('round', models.SmallIntegerField()),
                ('due_on', models.DateField()),
                ('is_late', models.BooleanField()),
                ('closed_at', models.DateTimeField()),
                ('draw', models.JSONField(default=dict)),
                ('outcome', models.CharField(blank=True, max_length=10)),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='closings', to='tasks.task')),
            ],
        ),
        migrations.CreateModel(
            name='Confirmation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_raiser', models.BooleanField()),
                ('asked_on', models.DateField()),
                ('answer_by', models.DateField()),
                ('answered_on', models.DateField(null=True)),
                ('is_fixed', models.BooleanField(null=True)),
                ('text', models.CharField(blank=True, max_length=500)),
                ('closing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='confirmations', to='tasks.closing')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('answered_on', None), ('is_fixed', None)), models.Q(('answered_on__isnull', False), ('is_fixed__isnull', False)), _connector='OR'), name='confirmation_answered_whole'), models.UniqueConstraint(condition=models.Q(('is_raiser', False)), fields=('closing', 'unit'), name='confirmation_unit_once')],
            },
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(fields=['office', 'state'], name='task_by_office'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(fields=['asker', 'set_at'], name='task_by_asker'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(('basis', ''), _negated=True), name='task_has_basis'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(('due_on__gte', models.F('first_due_on'))), name='task_never_due_earlier'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['reported', 'closed']), _negated=True), ('reported_at__isnull', False), _connector='OR'), name='task_reported_before_closed'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state__in', ['fixed', 'withdrawn'])), models.Q(models.Q(('state__in', ['fixed', 'withdrawn']), _negated=True), ('ended_at', None)), _connector='OR'), name='task_ended_has_moment'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('raiser', 'unit'), _negated=True), ('raiser_unit__isnull', False), _connector='OR'), name='task_raised_by_a_unit_names_it'),
        ),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('department', None), ('unit__isnull', False)), models.Q(('department__isnull', False), ('unit', None)), _connector='OR'), name='party_is_one_body'),
        ),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.UniqueConstraint(condition=models.Q(('is_lead', True), ('released_at', None)), fields=('task',), name='party_one_leads'),
        ),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.CheckConstraint(condition=models.Q(('objected_at', None), models.Q(('objection', ''), _negated=True), _connector='OR'), name='party_objects_in_words'),
        ),
        migrations.AddConstraint(
            model_name='milestone',
            constraint=models.UniqueConstraint(fields=('task', 'position'), name='milestone_once'),
        ),
        migrations.AddConstraint(
            model_name='milestone',
            constraint=models.CheckConstraint(condition=models.Q(('reached_at', None), models.Q(('evidence', {}), _negated=True), _connector='OR'), name='milestone_shown_by_something'),
        ),
        migrations.AddConstraint(
            model_name='extension',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('task',), name='extension_one_asked'),
        ),
        migrations.AddConstraint(
            model_name='extension',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'asked'), ('decided_at__isnull', False), _connector='OR'), name='extension_decided_has_moment'),
        ),
        migrations.AddIndex(
            model_name='closing',
            index=models.Index(fields=['closed_at'], name='closing_by_day'),
        ),
        migrations.AddConstraint(
            model_name='closing',
            constraint=models.UniqueConstraint(fields=('task', 'round'), name='closing_once_a_round'),
        ),
        migrations.AddConstraint(
            model_name='closing',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'confirmed', 'denied', 'silent'])), name='closing_outcome_known'),
        ),
        migrations.RunPython(protect, migrations.RunPython.noop),
    ]
