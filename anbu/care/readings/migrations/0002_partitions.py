"""Readings and signs, one table a day; the default partition catches what has no day yet."""

from django.db import migrations, models

TABLES = """
CREATE TABLE reading (
    device_id   integer     NOT NULL,
    channel     smallint    NOT NULL,
    at          timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    value       real        NOT NULL  -- NaN: the source said "no data"
) PARTITION BY RANGE (at);
CREATE TABLE reading_default PARTITION OF reading DEFAULT;

CREATE TABLE sign (
    household_id uuid        NOT NULL,
    feed_id      integer     NOT NULL,
    at           timestamptz NOT NULL,
    strength     real        NOT NULL
) PARTITION BY RANGE (at);
CREATE TABLE sign_default PARTITION OF sign DEFAULT;
CREATE INDEX signs_of_a_home ON sign (household_id, at);  -- strips and rhythms

CREATE TABLE delivery (
    device_id   integer     NOT NULL,
    message_id  text COLLATE "C" NOT NULL,
    body_hash   bigint      NOT NULL,
    received_at timestamptz NOT NULL,
    CONSTRAINT one_delivery_per_message PRIMARY KEY (device_id, message_id)
);
CREATE INDEX deliveries_to_forget ON delivery USING brin (received_at);

-- Every batch moves these rows: room on the page keeps the update from touching an index.
ALTER TABLE readings_feed SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE readings_watch SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

CREATE FUNCTION make_day(parent text, day date) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    child text := parent || '_' || to_char(day, 'YYYYMMDD');
    first timestamptz := day::timestamp AT TIME ZONE 'UTC';
    past  timestamptz := (day + 1)::timestamp AT TIME ZONE 'UTC';
BEGIN
    IF to_regclass(child) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent || '_default');
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', child, parent);
    -- what the default partition caught moves to its day
    EXECUTE format('WITH moved AS (DELETE FROM %I WHERE at >= $1 AND at < $2 RETURNING *)
                    INSERT INTO %I SELECT * FROM moved', parent || '_default', child)
        USING first, past;
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                   parent, child, first, past);
    RETURN true;
END $$;
"""
AWAY = """
DROP FUNCTION make_day;
DROP TABLE delivery, sign, reading;
"""


class Migration(migrations.Migration):
    dependencies = [("readings", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(TABLES, AWAY)],
            state_operations=[
            migrations.CreateModel(
                name='Delivery',
                fields=[
                    ('pk', models.CompositePrimaryKey('device_id', 'message_id', blank=True, editable=False, primary_key=True, serialize=False)),
                    ('device_id', models.IntegerField()),
                    ('message_id', models.TextField()),
                    ('body_hash', models.BigIntegerField()),
                    ('received_at', models.DateTimeField()),
                ],
                options={
                    'db_table': 'delivery',
                },
            ),
            migrations.CreateModel(
                name='Reading',
                fields=[
                    ('pk', models.CompositePrimaryKey('device_id', 'channel', 'at', 'received_at', blank=True, editable=False, primary_key=True, serialize=False)),
                    ('device_id', models.IntegerField()),
                    ('channel', models.PositiveSmallIntegerField()),
                    ('at', models.DateTimeField()),
                    ('received_at', models.DateTimeField()),
                    ('value', models.FloatField()),
                ],
                options={
                    'db_table': 'reading',
                },
            ),
            migrations.CreateModel(
                name='Sign',
                fields=[
                    ('pk', models.CompositePrimaryKey('feed_id', 'at', blank=True, editable=False, primary_key=True, serialize=False)),
                    ('household_id', models.UUIDField()),
                    ('feed_id', models.IntegerField()),
                    ('at', models.DateTimeField()),
                    ('strength', models.FloatField()),
                ],
                options={
                    'db_table': 'sign',
                },
            ),
            ],
        )
    ]
