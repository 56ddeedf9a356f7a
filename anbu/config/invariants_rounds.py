"""What must be true of the rounds at every instant: clocks and sums follow from the log."""

from .invariant import Invariant

# A row of the log holds unless the same hand put it right: as rules.clock.standing reads it.
HOLDS = (
    "NOT EXISTS (SELECT FROM rounds_contact r WHERE r.replaces = c.id AND r.by = c.by"
    " AND r.id <> c.id)"
)

ROUNDS: tuple[Invariant, ...] = (
    Invariant(
        "a_clock_of_contact_equals_its_log",
        "SELECT s.household_id FROM rounds_standing s LEFT JOIN LATERAL (SELECT max(c.at) AS at"
        f" FROM rounds_contact c WHERE c.household_id = s.household_id AND c.is_real AND {HOLDS})"
        " l ON true WHERE s.contact_at IS DISTINCT FROM l.at",
    ),
    Invariant(
        "a_log_is_real_by_what_came_of_it",
        "SELECT id FROM rounds_contact WHERE is_real"
        " <> (result IN ('reached', 'declined', 'taken', 'seen'))",
    ),
    Invariant(
        "no_home_is_left_with_a_worker_who_has_gone",
        "SELECT t.id FROM rounds_task t JOIN rounds_worker w ON w.id IN (t.worker_id, t.partner_id)"
        " WHERE t.done_by_id IS NULL AND w.ended_at < %(now)s - interval '1 hour'"
        " AND t.day > (%(now)s AT TIME ZONE 'Asia/Seoul')::date",
    ),
    Invariant(
        "nobody_visits_alone",
        "SELECT id FROM rounds_task WHERE way = 'visit'"
        " AND (partner_id IS NULL OR partner_id = worker_id)",
    ),
    Invariant(
        "no_open_visit_is_without_a_moment_to_look",
        "SELECT id FROM rounds_visit WHERE stage IN ('inside', 'amber') AND look_at IS NULL",
    ),
    Invariant(
        "a_month_adds_up_to_its_lines_and_was_signed_by_two",
        "SELECT m.id FROM rounds_monthreport m WHERE m.signed_by_id = m.confirmed_by_id"
        " OR m.told_min <> (SELECT coalesce(sum(l.minutes), 0) FROM rounds_monthline l"
        " WHERE l.report_id = m.id)",
    ),
    Invariant(
        "who_came_to_a_programme_stands_in_the_log_once",
        "SELECT s.id FROM rounds_signup s WHERE s.came AND NOT EXISTS (SELECT FROM rounds_contact c"
        " WHERE c.id = s.contact AND c.household_id = s.household_id AND c.kind = 'programme'"
        f" AND c.result = 'reached' AND {HOLDS})",
    ),
)
