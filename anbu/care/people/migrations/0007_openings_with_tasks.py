from django.db import migrations, models
from django.db.models import Q


# What the walls of rules.walls ask besides those of 0005.
FUNCTIONS = """
CREATE FUNCTION anbu_is_machine() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(current_setting('anbu.reach', true), '') = 'machine' $$;
CREATE FUNCTION anbu_watches() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT anbu_is_machine()
        OR coalesce(current_setting('anbu.role', true), '') = 'privacy_officer' $$;
"""
NO_FUNCTIONS = """
DROP FUNCTION anbu_watches, anbu_is_machine CASCADE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("people", "0006_consent_by_scope"),
        ("places", "0003_succession"),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.DeleteModel(name="Looked"),
        migrations.DeleteModel(name="Review"),
        migrations.DeleteModel(name="Suspicion"),
        migrations.RemoveConstraint(model_name="opening", name="an_opening_says_why"),
        migrations.RemoveIndex(model_name="opening", name="broken_glass_to_review"),
        migrations.AddField(
            model_name="opening",
            name="task",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.AlterField(
            model_name="opening",
            name="kind",
            field=models.CharField(
                choices=[("task", "맡은 일"), ("reason", "사유 열람"), ("break_glass", "긴급 열람")],
                max_length=11,
            ),
        ),
        migrations.AlterField(
            model_name="opening",
            name="reason",
            field=models.CharField(blank=True, default="", max_length=300),
        ),
        migrations.AddConstraint(
            model_name="opening",
            constraint=models.CheckConstraint(
                condition=Q(kind="task", reason="") & ~Q(task="")
                | ~Q(kind="task") & Q(task="") & ~Q(reason=""),
                name="an_opening_names_a_task_or_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="opening",
            constraint=models.CheckConstraint(
                condition=~Q(kind="break_glass") | Q(told_post__isnull=False),
                name="broken_glass_is_told_to_a_post",
            ),
        ),
        migrations.AddIndex(
            model_name="opening",
            index=models.Index(
                fields=["until"], condition=Q(kind="break_glass"), name="glass_that_is_broken"
            ),
        ),
        migrations.AddIndex(
            model_name="opening",
            index=models.Index(
                fields=["told_post", "opened_at"],
                condition=Q(kind="break_glass", seen_by_post_at=None),
                name="broken_glass_to_be_seen",
            ),
        ),
        migrations.AddIndex(
            model_name="opening",
            index=models.Index(
                fields=["opened_at", "id"], condition=~Q(kind="task"), name="openings_to_review"
            ),
        ),
    ]
