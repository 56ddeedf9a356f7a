import anbu.care.foundation.rules.ids
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0008_consent_to_a_vendor'),
        ('places', '0005_vendors_answer'),
        ('rounds', '0004_what_waits_to_be_sent'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('held_on', models.DateField()),
                ('note', models.CharField(blank=True, default='', max_length=300)),
                ('told_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='MeetingSeat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('came', models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name='MonthLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('minutes', models.PositiveIntegerField()),
                ('calls', models.PositiveSmallIntegerField()),
                ('visits', models.PositiveSmallIntegerField()),
                ('others', models.PositiveSmallIntegerField()),
                ('contacts', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField())),
            ],
        ),
        migrations.CreateModel(
            name='MonthReport',
            fields=[
                ('id', models.UUIDField(default=anbu.care.foundation.rules.ids.new_id, primary_key=True, serialize=False)),
                ('month', models.DateField()),
                ('nth', models.PositiveSmallIntegerField(default=0)),
                ('told_min', models.PositiveIntegerField()),
                ('paid_min', models.PositiveIntegerField()),
                ('allowance_krw', models.PositiveIntegerField()),
                ('before_krw', models.PositiveIntegerField(default=0)),
                ('full_krw', models.PositiveIntegerField()),
                ('over_days', django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), default=list)),
                ('over_weeks', django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), default=list)),
                ('digest', models.CharField(max_length=64)),
                ('confirmed_at', models.DateTimeField()),
                ('signed_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Programme',
            fields=[
                ('id', models.UUIDField(default=anbu.care.foundation.rules.ids.new_id, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('walk', 'WALK'), ('cooking', 'COOKING'), ('trip', 'TRIP'), ('other', 'OTHER')], max_length=8)),
                ('name', models.CharField(max_length=60)),
                ('place', models.CharField(max_length=80)),
                ('begins_at', models.DateTimeField()),
                ('minutes', models.PositiveSmallIntegerField()),
                ('capacity', models.PositiveSmallIntegerField()),
                ('made_at', models.DateTimeField()),
                ('cancelled_at', models.DateTimeField(null=True)),
                ('cancelled_why', models.CharField(blank=True, default='', max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name='SignUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('said_yes', models.BooleanField()),
                ('made_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('came', models.BooleanField(null=True)),
                ('times_told', models.PositiveSmallIntegerField(default=0)),
                ('contact', models.UUIDField(null=True)),
            ],
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('partner__isnull', False)), fields=['partner', 'at'], name='contacts_of_a_partner'),
        ),
        migrations.AddField(
            model_name='meeting',
            name='dong',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.dong'),
        ),
        migrations.AddField(
            model_name='meeting',
            name='told_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='meetingseat',
            name='meeting',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='rounds.meeting'),
        ),
        migrations.AddField(
            model_name='meetingseat',
            name='worker',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rounds.worker'),
        ),
        migrations.AddField(
            model_name='monthreport',
            name='confirmed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='monthreport',
            name='signed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='monthreport',
            name='worker',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='months', to='rounds.worker'),
        ),
        migrations.AddField(
            model_name='monthline',
            name='report',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='rounds.monthreport'),
        ),
        migrations.AddField(
            model_name='programme',
            name='district',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.district'),
        ),
        migrations.AddField(
            model_name='programme',
            name='dong',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.dong'),
        ),
        migrations.AddField(
            model_name='programme',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='signup',
            name='household',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.household'),
        ),
        migrations.AddField(
            model_name='signup',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='signup',
            name='programme',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sign_ups', to='rounds.programme'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.UniqueConstraint(fields=('dong', 'month'), name='one_meeting_a_month'),
        ),
        migrations.AddConstraint(
            model_name='meetingseat',
            constraint=models.UniqueConstraint(fields=('meeting', 'worker'), name='one_seat_a_worker'),
        ),
        migrations.AddConstraint(
            model_name='monthreport',
            constraint=models.UniqueConstraint(fields=('worker', 'month', 'nth'), name='one_report_a_worker_and_month'),
        ),
        migrations.AddConstraint(
            model_name='monthreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('signed_at', None), ('signed_by', None)), models.Q(('signed_at__isnull', False), ('signed_by__isnull', False), models.Q(('signed_by', models.F('confirmed_by')), _negated=True)), _connector='OR'), name='nobody_signs_the_own_month'),
        ),
        migrations.AddConstraint(
            model_name='monthreport',
            constraint=models.CheckConstraint(condition=models.Q(('month__day', 1)), name='a_month_begins_on_its_first'),
        ),
        migrations.AddConstraint(
            model_name='monthline',
            constraint=models.UniqueConstraint(fields=('report', 'day'), name='one_line_a_day'),
        ),
        migrations.AddIndex(
            model_name='programme',
            index=models.Index(fields=['district', '-begins_at'], name='programmes_by_day'),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cancelled_at', None), ('cancelled_why', '')), models.Q(('cancelled_at__isnull', False), models.Q(('cancelled_why', ''), _negated=True)), _connector='OR'), name='what_is_called_off_says_why'),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('capacity__gte', 1)), name='a_programme_has_room'),
        ),
        migrations.AddIndex(
            model_name='signup',
            index=models.Index(fields=['household'], name='programmes_of_a_home'),
        ),
        migrations.AddConstraint(
            model_name='signup',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('programme', 'household'), name='a_home_comes_once'),
        ),
        migrations.AddConstraint(
            model_name='signup',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('came', True), _negated=True), models.Q(('contact__isnull', False), ('withdrawn_at', None)), _connector='OR'), name='who_was_there_stands_in_the_log'),
        ),
    ]
