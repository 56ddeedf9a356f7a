import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Figures read an index and no row of the log; four indexes that repeat others go."""

    dependencies = [
        ("people", "0008_consent_to_a_vendor"),
        ("rounds", "0006_what_a_telephone_tells"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                fields=["household", "-at"],
                include=("worker", "kind", "result"),
                name="log_of_a_person",
            ),
        ),
        migrations.AddIndex(
            model_name="standing",
            index=models.Index(
                condition=models.Q(("ended_at", None), ("refuses_since__isnull", False)),
                fields=["due_on"],
                name="who_refuses",
            ),
        ),
        migrations.RemoveIndex(model_name="contact", name="contacts_of_a_person"),
        migrations.AlterField(
            model_name="contact",
            name="device",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="rounds.device",
            ),
        ),
        migrations.AlterField(
            model_name="contact",
            name="household",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.household",
            ),
        ),
        migrations.AlterField(
            model_name="contact",
            name="partner",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="rounds.worker",
            ),
        ),
        migrations.AlterField(
            model_name="contact",
            name="worker",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="contacts",
                to="rounds.worker",
            ),
        ),
    ]
