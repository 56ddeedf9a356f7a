from django.db import migrations, models

LASTING = """
CREATE FUNCTION refuse_to_change_a_trace() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a trace is never changed and never taken away';
END $$;
CREATE TRIGGER traces_last BEFORE UPDATE OR DELETE ON foundation_trace
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_a_trace();
"""
NOT_LASTING = """
DROP TRIGGER traces_last ON foundation_trace;
DROP FUNCTION refuse_to_change_a_trace;
"""


class Migration(migrations.Migration):
    dependencies = [("foundation", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Pulse",
            fields=[
                ("name", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("beat_at", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(LASTING, NOT_LASTING),
    ]
