"""What must be true of the rows at every instant, as questions whose right answer is nobody."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from anbu.care.people.rules import STANDS

from .invariant import Invariant
from .invariants_rounds import ROUNDS


@dataclass(frozen=True)
class Finding:
    """How many rows break one invariant."""

    name: str
    broken: int


INVARIANTS = (
    Invariant(
        "one_open_alarm_per_home",
        "SELECT household_id FROM alarms_alarm WHERE closed_at IS NULL"
        " GROUP BY household_id HAVING count(*) > 1",
    ),
    Invariant(
        "one_alarm_per_deadline",
        "SELECT household_id FROM alarms_alarm GROUP BY household_id, kind, due_at"
        " HAVING count(*) > 1",
    ),
    Invariant(
        "open_alarm_has_exactly_one_owner",
        "SELECT id FROM alarms_alarm WHERE closed_at IS NULL"
        " AND num_nonnulls(owner_staff_id, owner_post_id) <> 1",
    ),
    Invariant(
        "open_alarm_has_a_next_deadline",
        "SELECT id FROM alarms_alarm WHERE closed_at IS NULL AND rung_due_at IS NULL",
    ),
    Invariant(
        "closed_alarm_has_outcome_and_closer",
        "SELECT id FROM alarms_alarm WHERE closed_at IS NOT NULL"
        " AND (outcome = '' OR closed_by_id IS NULL"
        " AND NOT (kind IN ('watch', 'return') AND level = 1 AND outcome = 'answered_by_sign'))",
    ),
    Invariant(
        "every_visit_is_looked_after_in_time",
        "SELECT id FROM rounds_visit WHERE look_at < %(now)s - interval '1 minute'",
    ),
    Invariant(
        "who_is_in_danger_has_a_signal_until_it_is_over",
        "SELECT v.id FROM rounds_visit v LEFT JOIN alarms_alarm a ON a.id = v.alarm_id"
        " WHERE v.stage = 'red' AND (a.id IS NULL"
        " OR a.closed_at < %(now)s - interval '1 minute')",
    ),
    Invariant(
        "every_alarm_began_with_a_step",
        "SELECT a.id FROM alarms_alarm a WHERE NOT EXISTS (SELECT 1 FROM alarms_step s"
        " WHERE s.alarm_id = a.id AND s.kind = 'raised')",
    ),
    Invariant(
        "every_cry_is_raised_within_a_minute",
        "SELECT id FROM readings_spokensos WHERE raised_at IS NULL"
        " AND received_at < %(now)s - interval '1 minute'",
    ),
    Invariant(
        "no_watch_is_left_unlooked_at",
        "SELECT household_id FROM readings_watch WHERE check_at < %(now)s - interval '5 minutes'",
    ),
    Invariant(
        "no_silence_is_held_past_its_limit",
        "SELECT h.id FROM readings_heldsilence h JOIN readings_groupincident i"
        " ON i.id = h.incident_id WHERE h.ended_at IS NULL"
        " AND (h.rings_at < %(now)s - interval '5 minutes'"
        " OR h.rings_at > i.hold_until + make_interval(secs => h.lag_s + 1))",
    ),
    Invariant(
        "a_held_silence_has_a_cause_that_lasts_or_is_just_over",
        "SELECT h.id FROM readings_heldsilence h JOIN readings_groupincident i"
        " ON i.id = h.incident_id WHERE h.ended_at IS NULL AND i.ended_at IS NOT NULL"
        " AND h.rings_at > i.ended_at + make_interval(secs => h.long_s + h.lag_s + 1)",
    ),
    Invariant(
        "open_group_signal_has_exactly_one_owner",
        "SELECT id FROM alarms_groupsignal WHERE closed_at IS NULL"
        " AND num_nonnulls(owner_staff_id, owner_post_id) <> 1",
    ),
    Invariant(
        "one_brake_takes_what_is_raised_and_has_one_owner",
        "SELECT b.id FROM alarms_brake b WHERE b.ended_at IS NULL"
        " AND (num_nonnulls(owner_staff_id, owner_post_id) <> 1 OR choice IN ('', 'by_risk')"
        " AND (SELECT count(*) FROM alarms_brake o WHERE o.ended_at IS NULL"
        " AND o.choice IN ('', 'by_risk')) > 1)",
    ),
    Invariant(
        "every_alarm_under_an_ended_brake_has_a_running_clock",
        "SELECT a.id FROM alarms_alarm a JOIN alarms_brake b ON b.id = a.brake_id"
        " WHERE a.closed_at IS NULL AND b.ended_at IS NOT NULL"
        " AND (a.waits_for = 'brake' OR a.rung_due_at IS NULL)",
    ),
    Invariant(
        "no_message_of_an_ended_brake_waits_for_it",
        "SELECT m.id FROM alarms_message m JOIN alarms_alarm a ON a.id = m.alarm_id"
        " JOIN alarms_brake b ON b.id = a.brake_id WHERE m.status = 'waiting'"
        " AND b.ended_at IS NOT NULL AND (a.waits_for = 'brake'"
        " OR m.goes_at < %(now)s - interval '5 minutes')",
    ),
    Invariant(
        "no_brake_holds_past_its_limit",
        "SELECT a.id FROM alarms_alarm a JOIN alarms_brake b ON b.id = a.brake_id"
        " WHERE a.closed_at IS NULL AND a.waits_for = 'brake'"
        " AND b.all_gone_by < %(now)s - interval '5 minutes'",
    ),
    Invariant(
        "what_we_called_our_own_fault_stands_by_name_until_a_human_clears_it",
        "SELECT a.id FROM alarms_alarm a WHERE a.outcome = 'our_fault' AND NOT EXISTS"
        " (SELECT 1 FROM alarms_doubt d WHERE d.household_id = a.household_id"
        " AND d.cause = 'own' AND (d.ended_at IS NULL OR d.ended_at >= a.closed_at))",
    ),
    Invariant(
        "every_common_cause_has_a_signal_within_five_minutes",
        "SELECT i.id FROM readings_groupincident i WHERE i.is_told AND i.ended_at IS NULL"
        " AND i.recognised_at < %(now)s - interval '5 minutes' AND NOT EXISTS"
        " (SELECT 1 FROM alarms_groupsignal s WHERE s.incident_id = i.id)",
    ),
    Invariant(
        "no_one_is_watched_without_consent",
        "SELECT a.id FROM alarms_alarm a WHERE NOT EXISTS (SELECT 1 FROM people_consent c"
        " WHERE c.household_id = a.household_id AND c.recipient = 'dong' AND c.aim = 'check_in'"
        f" AND {STANDS.format(at='a.raised_at')})",
    ),
    Invariant(
        "one_open_blindness_per_home",
        "SELECT household_id FROM alarms_blindness WHERE ended_at IS NULL"
        " GROUP BY household_id HAVING count(*) > 1",
    ),
    Invariant(
        "a_queued_message_has_a_job",
        "SELECT m.id FROM alarms_message m WHERE m.status = 'queued' AND NOT EXISTS"
        " (SELECT 1 FROM procrastinate_jobs j WHERE j.args->>'message_id' = m.id::text"
        " AND j.status IN ('todo', 'doing'))",
    ),
    Invariant(
        "a_message_has_its_cause_on_the_timeline",
        "SELECT m.id FROM alarms_message m WHERE NOT EXISTS (SELECT 1 FROM alarms_step s"
        " WHERE s.alarm_id = m.alarm_id AND s.kind = 'message'"
        " AND s.detail->>'message' = m.id::text)",
    ),
    Invariant(
        "a_message_on_its_way_belongs_to_an_owned_alarm",
        "SELECT m.id FROM alarms_message m JOIN alarms_alarm a ON a.id = m.alarm_id"
        " WHERE m.status IN ('waiting', 'queued')"
        " AND num_nonnulls(a.owner_staff_id, a.owner_post_id) <> 1",
    ),
    Invariant(
        "no_message_goes_out_under_two_keys_at_once",
        "SELECT message_id FROM alarms_leg GROUP BY message_id"
        " HAVING count(*) FILTER (WHERE state = 'open') > 1"
        " OR count(*) <> count(DISTINCT way)"
        " OR bool_or(state = 'sent' AND nth < (SELECT max(l.nth) FROM alarms_leg l"
        " WHERE l.message_id = alarms_leg.message_id))",
    ),
    Invariant(
        "what_went_out_was_written_down_before",
        "SELECT id FROM alarms_message m WHERE status IN ('sent', 'delivered') AND tries > 0"
        " AND expires_at IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM alarms_leg l WHERE l.message_id = m.id)",
    ),
    Invariant(
        "no_message_waits_past_its_time_without_saying_so",
        "SELECT id FROM alarms_message WHERE status = 'queued'"
        " AND expires_at < %(now)s - interval '5 minutes'"
        " OR status = 'waiting' AND goes_at < %(now)s - interval '5 minutes'"
        # what the mass brake holds has a limit of its own
        " AND NOT EXISTS (SELECT 1 FROM alarms_alarm a WHERE a.id = alarms_message.alarm_id"
        " AND a.closed_at IS NULL AND a.waits_for = 'brake')",
    ),
    Invariant(
        "no_notice_waits_past_its_time",
        "SELECT id FROM effects_notice WHERE status = 'queued'"
        " AND queued_at < %(now)s - interval '10 minutes'",
    ),
    Invariant(
        "every_open_telling_has_a_next_moment_that_is_kept",
        "SELECT id FROM effects_telling WHERE ended_at IS NULL"
        " AND (next_at IS NULL OR next_at < %(now)s - interval '5 minutes')",
    ),
    Invariant(
        "no_ring_waits_past_its_time",
        "SELECT id FROM effects_ring WHERE status IN ('waiting', 'queued')"
        " AND goes_at < %(now)s - interval '10 minutes'",
    ),
    Invariant(
        "an_open_call_has_exactly_one_owner",
        "SELECT id FROM alarms_callnote WHERE closed_at IS NULL"
        " AND num_nonnulls(owner_staff_id, owner_post_id) <> 1",
    ),
    Invariant(
        "one_person_is_on_the_way_to_the_door_of_an_open_alarm",
        "SELECT j.alarm_id FROM alarms_fieldjob j JOIN alarms_alarm a ON a.id = j.alarm_id"
        " WHERE j.done_at IS NULL AND j.withdrawn_at IS NULL"
        " GROUP BY j.alarm_id HAVING count(*) > 1 OR bool_or(a.closed_at IS NOT NULL)",
    ),
    Invariant(
        "a_link_text_goes_in_time_and_then_holds_no_link",
        "SELECT id FROM alarms_fieldtext WHERE status = 'queued'"
        " AND made_at < %(now)s - interval '10 minutes' OR status <> 'queued' AND text <> ''",
    ),
    Invariant(
        "a_queued_link_text_has_a_job",
        "SELECT t.id FROM alarms_fieldtext t WHERE t.status = 'queued' AND NOT EXISTS"
        " (SELECT 1 FROM procrastinate_jobs j WHERE j.args->>'text_id' = t.id::text"
        " AND j.status IN ('todo', 'doing'))",
    ),
    Invariant(
        "who_was_there_is_asked_after_by_exactly_one",
        "SELECT id FROM alarms_care WHERE settled_at IS NULL"
        " AND num_nonnulls(owner_staff_id, owner_post_id) <> 1"
        " OR num_nonnulls(whom_id, job_id) <> 1",
    ),
    Invariant(
        "a_hole_has_an_owner_and_is_told_in_time",
        "SELECT id FROM rosters_hole WHERE state IN ('found', 'told') AND (owner_id IS NULL"
        " OR tell_at < %(now)s - interval '5 minutes')",
    ),
    Invariant(
        "one_open_concern_per_home_and_kind",
        "SELECT household_id FROM concerns_concern WHERE closed_at IS NULL"
        " GROUP BY household_id, kind HAVING count(*) > 1",
    ),
    Invariant(
        "a_concern_is_closed_by_a_person_with_an_outcome",
        "SELECT id FROM concerns_concern WHERE (state = 'closed')"
        " <> (closed_at IS NOT NULL AND closed_by_id IS NOT NULL AND outcome <> '')",
    ),
    Invariant(
        "an_errand_is_closed_by_a_person_with_an_end",
        "SELECT id FROM errands_errand"
        " WHERE (closed_at IS NULL) <> (closed_by_id IS NULL)"
        " OR (closed_at IS NULL) <> (\"end\" = '')",
    ),
    Invariant(
        "a_request_that_was_accepted_is_an_errand",
        "SELECT h.id FROM alarms_handover h WHERE h.state = 'accepted' AND h.need <> ''"
        " AND NOT EXISTS (SELECT 1 FROM errands_errand e WHERE e.cause = h.id)",
    ),
    Invariant(
        "a_crisis_answer_is_owned_until_a_person_ends_it",
        "SELECT id FROM assess_crisis WHERE owner_id IS NULL"
        " OR (closed_at IS NULL) <> (closed_by_id IS NULL)"
        " OR (closed_at IS NULL) <> (outcome = '')",
    ),
    Invariant("a_trace_names_its_author", "SELECT id FROM foundation_trace WHERE by = ''"),
    *ROUNDS,
)


def check(*, now: datetime) -> list[Finding]:
    """Return what each invariant finds, in one moment of the database."""
    with connection.cursor() as cursor:
        found = []
        for each in INVARIANTS:
            cursor.execute(f"SELECT count(*) FROM ({each.sql}) AS broken", {"now": now})
            found.append(Finding(each.name, int(cursor.fetchone()[0])))
        return found
