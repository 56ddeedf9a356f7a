"""The clock role of a played night: what is due is done in its minute, all else every ten."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection

from anbu.care.alarms import actions
from anbu.care.alarms import jobs as alarms
from anbu.care.effects import jobs as telling
from anbu.care.readings import jobs as readings

type Step = Callable[[datetime], bool]

# What has a moment of its own, and how to see cheaply that it has come: sixteen steps of some five
# queries each, in each of 960 minutes, are most of a small night. The other steps follow from what
# devices say, or from a shift: they are done when the devices have spoken.
DUE: dict[Step, str] = {
    alarms.raise_silence: "readings_watch WHERE check_at <= %(now)s",
    alarms.ask_returns: "people_absence WHERE check_at <= %(now)s",
    alarms.ask_again: "alarms_alarm WHERE ask_again_at <= %(now)s",
    alarms.advance_overdue: "alarms_alarm WHERE closed_at IS NULL AND rung_due_at <= %(now)s",
    alarms.unshelve: "alarms_alarm WHERE closed_at IS NULL AND shelved_until <= %(now)s",
    alarms.hand_over: "alarms_handover WHERE state = 'waiting' AND up_at <= %(now)s",
    alarms.look_after_calls: "alarms_callnote WHERE closed_at IS NULL AND due_at <= %(now)s",
    telling.ring_people: "effects_telling WHERE ended_at IS NULL AND next_at <= %(now)s",
    alarms.release_messages: "alarms_message WHERE status = 'waiting' AND goes_at <= %(now)s",
}
ASK = "SELECT " + ", ".join(f"EXISTS (SELECT FROM {rows})" for rows in DUE.values())


def sweep_due(now: datetime) -> None:
    """Do what is due by now, in the clock role's order: nothing waits longer than this minute.

    What a step makes due at once (an alarm, and the ringing about it) is done in the same minute.
    """
    while due := _due(now):
        if not any([step(now) for step in alarms.SWEEPS if step in due]):
            return  # it is due and cannot be done yet, as the clock role finds too


def sweep_all(now: datetime) -> None:
    """Do all that the clock role does after devices have spoken."""
    while readings.turn_learned_clocks(now=now):
        pass
    while readings.look_for_common_causes(now=now):
        pass
    for step in alarms.SWEEPS:
        while step(now):
            pass
    while actions.raise_next_doubts(now=now):
        pass


def _due(now: datetime) -> set[Step]:
    with connection.cursor() as cursor:
        cursor.execute(ASK, {"now": now})
        told = cursor.fetchone()
    return {step for step, is_due in zip(DUE, told, strict=True) if is_due}
