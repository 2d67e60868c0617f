import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('org', '0001_initial'),
        ('voice', '0001_polls'),
    ]

    operations = [
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.IntegerField()),
                ('position', models.IntegerField()),
                ('stratum', models.CharField(max_length=60)),
                ('cluster', models.CharField(blank=True, max_length=60)),
                ('region', models.CharField(blank=True, max_length=12)),
                ('weight', models.FloatField()),
                ('sealed_phone', models.BinaryField(default=bytes)),
                ('masked_phone', models.CharField(blank=True, max_length=20)),
                ('is_rechecked', models.BooleanField(default=False)),
                ('outcome', models.CharField(blank=True, max_length=16)),
                ('is_done', models.BooleanField(default=False)),
                ('calls', models.SmallIntegerField(default=0)),
                ('next_at', models.DateTimeField(null=True)),
                ('held_by', models.CharField(blank=True, max_length=64)),
                ('held_until', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Interview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answers', models.JSONField(default=dict)),
                ('began_at', models.DateTimeField()),
                ('completed_at', models.DateTimeField(null=True)),
                ('completed_by', models.CharField(blank=True, max_length=64)),
                ('weight', models.FloatField(null=True)),
                ('rechecked_at', models.DateTimeField(null=True)),
                ('recheck_agreed', models.SmallIntegerField(null=True)),
                ('recheck_asked', models.SmallIntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('on', models.DateField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='Survey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60, unique=True)),
                ('title', models.CharField(max_length=120)),
                ('state', models.CharField(choices=[('designed', '已设计'), ('promised', '已承诺抽样'), ('drawn', '已抽样'), ('field', '访问中'), ('closed', '访问结束'), ('published', '已发布')], default='designed', max_length=10)),
                ('definition', models.JSONField()),
                ('size', models.JSONField(default=dict)),
                ('begins_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('report', models.JSONField(default=dict)),
                ('defined_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('published_at', models.DateTimeField(null=True)),
                ('by_name', models.CharField(max_length=64)),
                ('is_synthetic', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='SurveyEstimate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question', models.CharField(max_length=60)),
                ('answer', models.CharField(blank=True, max_length=60)),
                ('kind', models.CharField(choices=[('share', '占比'), ('mean', '平均')], max_length=8)),
                ('domain', models.CharField(blank=True, max_length=40)),
                ('level', models.CharField(blank=True, max_length=60)),
                ('value_millionths', models.BigIntegerField()),
                ('error_millionths', models.BigIntegerField(null=True)),
                ('low_millionths', models.BigIntegerField(null=True)),
                ('high_millionths', models.BigIntegerField(null=True)),
                ('n', models.IntegerField()),
                ('n_eff_tenths', models.IntegerField()),
                ('deff_hundredths', models.IntegerField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='SurveySample',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('commitment', models.CharField(max_length=64)),
                ('drawn_from', models.JSONField()),
                ('seed', models.CharField(blank=True, max_length=64)),
                ('public_part', models.CharField(blank=True, max_length=200)),
                ('left_out', models.JSONField(default=list)),
                ('result', models.JSONField(default=dict)),
                ('promised_at', models.DateTimeField()),
                ('drawn_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='interview',
            name='contact',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='interview', to='voice.contact'),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(fields=['key', 'on'], name='invitation_by_key'),
        ),
        migrations.AddField(
            model_name='survey',
            name='department',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='surveys', to='org.department'),
        ),
        migrations.AddField(
            model_name='survey',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='surveys', to='org.unit'),
        ),
        migrations.AddField(
            model_name='contact',
            name='survey',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='voice.survey'),
        ),
        migrations.AddField(
            model_name='surveyestimate',
            name='survey',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='estimates', to='voice.survey'),
        ),
        migrations.AddField(
            model_name='surveysample',
            name='survey',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='sample', to='voice.survey'),
        ),
        migrations.AddConstraint(
            model_name='interview',
            constraint=models.CheckConstraint(condition=models.Q(('recheck_asked', None), ('recheck_agreed__lte', models.F('recheck_asked')), _connector='OR'), name='interview_agreed_of_asked'),
        ),
        migrations.AddConstraint(
            model_name='survey',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('begins_on'))), name='survey_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='survey',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['closed', 'published']), _negated=True), ('closed_at__isnull', False), _connector='OR'), name='survey_closed_at'),
        ),
        migrations.AddConstraint(
            model_name='survey',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), ('published_at__isnull', False), _connector='OR'), name='survey_published_at'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.UniqueConstraint(fields=('survey', 'line'), name='contact_line_once'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.UniqueConstraint(fields=('survey', 'position'), name='contact_position_once'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.UniqueConstraint(condition=models.Q(('held_by', ''), _negated=True), fields=('survey', 'held_by'), name='contact_held_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(('weight__gte', 1)), name='contact_stands_for_somebody'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(('held_by', ''), ('held_until__isnull', False), _connector='OR'), name='contact_held_for_a_time'),
        ),
        migrations.AddConstraint(
            model_name='surveyestimate',
            constraint=models.UniqueConstraint(fields=('survey', 'question', 'answer', 'kind', 'domain', 'level'), name='survey_estimate_once'),
        ),
        migrations.AddConstraint(
            model_name='surveyestimate',
            constraint=models.CheckConstraint(condition=models.Q(('low_millionths', None), models.Q(('high_millionths__gte', models.F('value_millionths')), ('low_millionths__lte', models.F('value_millionths'))), _connector='OR'), name='survey_estimate_within_interval'),
        ),
    ]
