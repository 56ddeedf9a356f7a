"""Which room leaves which rows, and which job finds them: the whole city's cause and effect.

A room below never calls a room above. It leaves a row; the `clock` role runs these steps.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from anbu.care.alarms import jobs as alarms
from anbu.care.concerns import jobs as concerns
from anbu.care.effects import jobs as effects
from anbu.care.exports import jobs as exports
from anbu.care.foundation import jobs as foundation
from anbu.care.looking import jobs as looking
from anbu.care.readings import jobs as readings
from anbu.care.register import jobs as register
from anbu.care.rosters import jobs as rosters
from anbu.care.rounds import jobs as rounds
from anbu.care.rounds.actions import devices


@dataclass(frozen=True, kw_only=True)
class Reaction:
    """One sweep: `step(now=…)` does the most overdue work and says if it found any."""

    name: str
    leaves: str  # the rows, and the room that leaves them
    step: Callable[..., Any]
    every_s: float = settings.SWEEP_EVERY_S
    wakes_on: tuple[str, ...] = ()


REACTIONS: tuple[Reaction, ...] = (
    Reaction(
        name="sos",
        leaves="readings: SpokenSos without raised_at",
        step=alarms.raise_sos,
        wakes_on=("anbu_sos",),
    ),
    Reaction(
        name="visits",
        leaves="rounds: Visit whose look_at has passed; alarms: closed Alarm of a red visit",
        step=rounds.watch_visits,
        every_s=1,
    ),
    Reaction(
        name="silence",
        leaves="readings: Watch whose check_at has passed",
        step=alarms.judge_silence,
    ),
    Reaction(
        name="learned",
        leaves="readings: LearnedClock whose turn_at has passed",
        step=readings.turn_learned_clocks,
    ),
    Reaction(
        name="patience",
        leaves="readings: OwnPatience and DetectorPolicy that are in force and not told",
        step=readings.tell_patience,
    ),
    Reaction(
        name="absences",
        leaves="people: Absence whose expected_until has passed",
        step=readings.end_absences,
    ),
    Reaction(
        name="returns",
        leaves="people: Absence whose check_at has passed; alarms: return checks with an answer",
        step=alarms.ask_returns,
    ),
    Reaction(
        name="again",
        leaves="alarms: Alarm whose ask_again_at has passed",
        step=alarms.ask_again,
    ),
    Reaction(
        name="groups",
        leaves="readings: half hours of groups that were not looked at yet",
        step=readings.look_for_common_causes,
        every_s=2,
    ),
    Reaction(
        name="group_signals",
        leaves="readings: GroupIncident that is told, or over",
        step=alarms.raise_groups,
    ),
    Reaction(
        name="doubts",
        leaves="alarms: Blindness that lasts longer than the home's tier may be unseen",
        step=alarms.raise_doubts,
        every_s=5,
    ),
    Reaction(
        name="city-count",
        leaves="people, readings: homes, devices and consents that pages show as figures",
        step=alarms.count_city,
        every_s=60,
    ),
    Reaction(
        name="city-feeds",
        leaves="readings: the newest reading of each feed",
        step=alarms.look_at_feeds,
        every_s=10,
    ),
    Reaction(
        name="brakes",
        leaves="alarms: Brake that was decided, or whose time to decide has passed",
        step=alarms.let_go,
    ),
    Reaction(
        name="overdue",
        leaves="alarms: Alarm whose rung_due_at has passed",
        step=alarms.advance_overdue,
    ),
    Reaction(
        name="shelved",
        leaves="alarms: Alarm whose shelved_until has passed",
        step=alarms.unshelve,
    ),
    Reaction(
        name="absent",
        leaves="staff: Shift that ended while its person owned alarms",
        step=alarms.release_absent,
    ),
    Reaction(
        name="handovers",
        leaves="alarms: Alarm of the side that leaves; Handover whose up_at has passed",
        step=alarms.hand_over,
        every_s=2,
    ),
    Reaction(
        name="calls",
        leaves="alarms: CallNote whose due_at has passed, or whose owner went home",
        step=alarms.look_after_calls,
        every_s=2,
    ),
    Reaction(
        name="rosters",
        leaves="rosters: Need whose look_at has passed, Hole whose tell_at has",
        step=rosters.look_for_holes,
        every_s=5,
    ),
    Reaction(
        name="care",
        leaves="alarms: Care whose up_at has passed, or whose owner has left",
        step=alarms.hand_on_care,
        every_s=60,
    ),
    Reaction(
        name="look_backs",
        leaves="alarms: LookBack whose owner has left, or that had nobody",
        step=alarms.hand_on_look_backs,
        every_s=60,
    ),
    Reaction(
        name="rested",
        leaves="alarms: Message whose goes_at has passed: somebody's quiet hours are over",
        step=alarms.release_messages,
        every_s=2,
    ),
    Reaction(
        name="messages",
        leaves="alarms: Message queued for too long",
        step=alarms.expire_messages,
    ),
    Reaction(
        name="tellings",
        leaves="effects: Telling whose next_at has passed; Ring whose telephone is free again",
        step=effects.ring_people,
        wakes_on=("anbu_tell",),
    ),
    Reaction(
        name="notices",
        leaves="effects: Notice or Ring queued for too long",
        step=effects.expire_notices,
        every_s=5,
    ),
    Reaction(
        name="traces",
        leaves="every room: traces that no seal holds yet",
        step=foundation.seal_traces,
        every_s=1,
    ),
    Reaction(
        name="looks",
        leaves="foundation: seals whose looks nobody has weighed",
        step=looking.weigh_looks,
        every_s=10,
    ),
    Reaction(
        name="numbers",
        leaves="alarms: days whose alarm numbers are not laid out",
        step=alarms.lay_out_numbers,
        every_s=5,
    ),
    Reaction(
        name="partitions",
        leaves="readings: days of readings and signs that have no table yet",
        step=readings.make_partitions,
        every_s=30,
    ),
    Reaction(
        name="rhythms",
        leaves="readings: Rhythm learned too long ago",
        step=readings.learn_next_rhythms,
        every_s=10,
    ),
    Reaction(
        name="hours",
        leaves="readings: hours that are over and not counted yet, LateHours",
        step=readings.roll_up_hours,
        every_s=5,
    ),
    Reaction(
        name="rounds-members",
        leaves="people: Enrolment of the care corps without a clock, and clocks without one",
        step=rounds.follow_members,
        every_s=30,
    ),
    Reaction(
        name="rounds-heard",
        leaves="alarms: Step by which somebody was reached; readings: machine calls answered",
        step=rounds.hear_others,
        every_s=30,
    ),
    Reaction(
        name="rounds-plan",
        leaves="alarms: accepted Handover, planned Doubt; rounds: days not planned or changed",
        step=rounds.plan_days,
        every_s=5,
    ),
    Reaction(
        name="rounds-late",
        leaves="rounds: Standing whose bound_on has passed, Pace whose until has",
        step=rounds.tell_late,
        every_s=60,
    ),
    Reaction(
        name="concerns",
        leaves="readings: HomeWeek of the week that is over, asked about on Monday at 05:00",
        step=concerns.ask_about_last_week,
        every_s=60,
    ),
    Reaction(
        name="deliveries",
        leaves="readings: names of messages too old to come again",
        step=readings.forget_deliveries,
        every_s=60,
    ),
    Reaction(
        name="imports",
        leaves="register: Import that runs, or is taken back",
        step=register.take_import_step,
    ),
    Reaction(
        name="doubles",
        leaves="register: a search for people who stand twice that was asked for",
        step=register.find_doubles,
        every_s=5,
    ),
    Reaction(
        name="transfers",
        leaves="register: Transfer whose due_at has passed unanswered",
        step=register.escalate_transfers,
        every_s=10,
    ),
    Reaction(
        name="exports",
        leaves="exports: Export whose expires_at has passed",
        step=exports.end_exports,
        every_s=30,
    ),
    Reaction(
        name="round-keys",
        leaves="rounds: Device whose key_ends_at has passed",
        step=devices.forget_keys,
        every_s=10,
    ),
    Reaction(
        name="import-cells",
        leaves="register: rows of files that were not brought in for two weeks",
        step=register.forget_cells,
        every_s=60,
    ),
)
