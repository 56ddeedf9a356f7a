from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("staff", "0005_a_vendor_answers")]

    operations = [
        migrations.AddField(
            model_name="shift",
            name="extension",
            field=models.CharField(blank=True, default="", max_length=8),
        ),
    ]
