import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('org', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Poll',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('title', models.CharField(max_length=120)),
                ('purpose', models.CharField(blank=True, max_length=500)),
                ('questions', models.JSONField()),
                ('scale', models.JSONField()),
                ('by_name', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
                ('is_synthetic', models.BooleanField(default=False)),
                ('scope_unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
            ],
        ),
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=48, unique=True)),
                ('state', models.CharField(choices=[('preparing', '准备中'), ('open', '进行中'), ('closed', '已结束')], default='preparing', max_length=10)),
                ('period', models.IntegerField()),
                ('opens_on', models.DateField()),
                ('closes_on', models.DateField()),
                ('opened_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('collected_on', models.DateField(null=True)),
                ('by_name', models.CharField(max_length=64)),
                ('is_synthetic', models.BooleanField(default=False)),
                ('poll', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rounds', to='voice.poll')),
            ],
        ),
        migrations.CreateModel(
            name='ServedMatter',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='voice.round')),
            ],
        ),
        migrations.CreateModel(
            name='Subject',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.SmallIntegerField()),
                ('name', models.CharField(max_length=80)),
                ('department', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.department')),
                ('poll', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='subjects', to='voice.poll')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='org.unit')),
            ],
        ),
        migrations.CreateModel(
            name='Paper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('short', models.CharField(max_length=4, unique=True)),
                ('invited', models.IntegerField(default=0)),
                ('issued', models.IntegerField(default=0)),
                ('counted', models.IntegerField(default=0)),
                ('tally', models.JSONField(null=True)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='voice.round')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='voice.subject')),
            ],
        ),
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True)),
                ('ref', models.CharField(max_length=64)),
                ('follow', models.CharField(max_length=64)),
                ('levels', models.JSONField()),
                ('comment', models.CharField(blank=True, max_length=600)),
                ('masked', models.JSONField(default=list)),
                ('has_contact', models.BooleanField(default=False)),
                ('state', models.CharField(choices=[('received', '待核实'), ('verified', '整改中'), ('appealed', '申诉中'), ('answered', '已答复'), ('closed', '已办结')], default='received', max_length=10)),
                ('outcome', models.CharField(blank=True, choices=[('', '–'), ('fixed', '已整改'), ('explained', '已说明'), ('misjudged', '误评')], default='', max_length=10)),
                ('received_on', models.DateField()),
                ('released_on', models.DateField(null=True)),
                ('due_on', models.DateField(null=True)),
                ('is_complex', models.BooleanField(default=False)),
                ('found', models.CharField(blank=True, max_length=500)),
                ('answer', models.CharField(blank=True, max_length=500)),
                ('answered_on', models.DateField(null=True)),
                ('answered_by', models.CharField(blank=True, max_length=64)),
                ('called_back_on', models.DateField(null=True)),
                ('call_back', models.CharField(blank=True, max_length=300)),
                ('called_back_by', models.CharField(blank=True, max_length=64)),
                ('second_place', models.SmallIntegerField(null=True)),
                ('second_on', models.DateField(null=True)),
                ('times_reopened', models.SmallIntegerField(default=0)),
                ('appeal', models.CharField(blank=True, max_length=500)),
                ('appealed_on', models.DateField(null=True)),
                ('appealed_by', models.CharField(blank=True, max_length=64)),
                ('appeal_upheld', models.BooleanField(null=True)),
                ('decision', models.CharField(blank=True, max_length=500)),
                ('decided_on', models.DateField(null=True)),
                ('decided_by', models.CharField(blank=True, max_length=64)),
                ('closed_on', models.DateField(null=True)),
                ('is_synthetic', models.BooleanField(default=False)),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='voice.paper')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'closed'), _negated=True), fields=['due_on'], name='order_by_due')],
                'constraints': [models.UniqueConstraint(fields=('paper', 'ref'), name='order_once_per_rating'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['answered', 'closed']), _negated=True), models.Q(('outcome', ''), _negated=True), _connector='OR'), name='order_ends_with_outcome'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), ('closed_on__isnull', False), _connector='OR'), name='order_closed_has_day'), models.CheckConstraint(condition=models.Q(('released_on__isnull', False), ('state__in', ['received', 'answered', 'closed']), _connector='OR'), name='order_moves_after_release'), models.CheckConstraint(condition=models.Q(('decided_on', None), models.Q(('appeal_upheld__isnull', False), ('appealed_on__isnull', False), models.Q(('decision', ''), _negated=True), models.Q(('decided_by', models.F('appealed_by')), _negated=True)), _connector='OR'), name='order_appeal_decided_by_others'), models.CheckConstraint(condition=models.Q(('second_place', None), ('second_place__range', (1, 5)), _connector='OR'), name='order_second_place_on_scale'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), ('has_contact', False), ('called_back_on__isnull', False), _connector='OR'), name='order_called_back_before_end')],
            },
        ),
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('way', models.CharField(choices=[('cards', '印制的邀请卡'), ('residents', '居民名单'), ('matters', '办件一事一评'), ('tablet', '窗口平板')], max_length=10)),
                ('on', models.DateField()),
                ('count', models.IntegerField()),
                ('by_name', models.CharField(blank=True, max_length=64)),
                ('paper', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='batches', to='voice.paper')),
            ],
            options={
                'indexes': [models.Index(fields=['paper', 'on'], name='batch_by_paper')],
                'constraints': [models.CheckConstraint(condition=models.Q(('count__gte', 0)), name='batch_count_whole'), models.UniqueConstraint(condition=models.Q(('way__in', ['matters', 'tablet'])), fields=('paper', 'way', 'on'), name='batch_of_windows_daily')],
            },
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.CheckConstraint(condition=models.Q(('closes_on__gte', models.F('opens_on'))), name='round_ends_after_begin'),
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'preparing'), ('opened_at__isnull', False), _connector='OR'), name='round_open_has_moment'),
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), ('closed_at__isnull', False), _connector='OR'), name='round_closed_has_moment'),
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'closed'), _negated=True), fields=('poll',), name='round_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='subject',
            constraint=models.UniqueConstraint(fields=('poll', 'position'), name='subject_position_once'),
        ),
        migrations.AddConstraint(
            model_name='subject',
            constraint=models.UniqueConstraint(condition=models.Q(('department', None)), fields=('poll', 'unit'), name='subject_unit_once_in_poll'),
        ),
        migrations.AddConstraint(
            model_name='subject',
            constraint=models.UniqueConstraint(fields=('poll', 'department'), name='subject_department_once_in_poll'),
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.UniqueConstraint(fields=('round', 'subject'), name='paper_once_in_round'),
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.CheckConstraint(condition=models.Q(('counted__lte', models.F('issued')), ('issued__lte', models.F('invited'))), name='paper_counted_of_invited'),
        ),
    ]
