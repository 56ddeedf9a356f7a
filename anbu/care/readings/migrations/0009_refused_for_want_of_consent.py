from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('readings', '0008_patience_over_time'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='quarantine',
            index=models.Index(condition=models.Q(('reason', 'no_consent')), fields=['device', 'received_at'], name='refused_for_want_of_consent'),
        ),
    ]
