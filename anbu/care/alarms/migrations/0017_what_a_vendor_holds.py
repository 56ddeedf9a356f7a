from django.db import migrations

# The homes of duty posts: those whose signals the post, or somebody of it, answers for, and for
# an hour what they have closed. alarms.queries.sight says the same of alarms.
HOMES = """
CREATE FUNCTION anbu_homes_of_posts(posts bigint[]) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT a.household_id FROM alarms_alarm a LEFT JOIN staff_staff s ON s.id = a.owner_staff_id
        WHERE a.closed_at IS NULL AND (a.owner_post_id = ANY (posts) OR s.post_id = ANY (posts))
    UNION
    SELECT a.household_id FROM alarms_alarm a JOIN staff_staff s ON s.id = a.closed_by_id
        WHERE a.closed_at > anbu_now() - interval '1 hour' AND s.post_id = ANY (posts) $$;
CREATE OR REPLACE FUNCTION anbu_homes() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT anbu_ids('homes')::uuid[] || anbu_ids('self')::uuid[] || ARRAY(
        SELECT household_id FROM people_opening
        WHERE kind = 'break_glass' AND until > anbu_now() AND opened_at <= anbu_now()
          AND 'staff:' || staff_id = current_setting('anbu.actor', true))
    || CASE WHEN anbu_ids('post') = '{}' THEN '{}'
        ELSE ARRAY(SELECT anbu_homes_of_posts(anbu_ids('post')::bigint[])) END $$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION anbu_homes() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT anbu_ids('homes')::uuid[] || anbu_ids('self')::uuid[] || ARRAY(
        SELECT household_id FROM people_opening
        WHERE kind = 'break_glass' AND until > anbu_now() AND opened_at <= anbu_now()
          AND 'staff:' || staff_id = current_setting('anbu.actor', true)) $$;
DROP FUNCTION anbu_homes_of_posts;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('alarms', '0016_joins'),
        ('people', '0008_consent_to_a_vendor'),
        ('staff', '0005_a_vendor_answers'),
    ]

    operations = [
        migrations.RunSQL(HOMES, BEFORE),
    ]
