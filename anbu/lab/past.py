"""A rule held against the past of a city's own homes, with the code of `anbu evaluate`."""

import random
import threading
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connections

from anbu.care.places.rules import SEOUL_S
from anbu.care.readings import actions
from anbu.care.readings.actions.studies import Task
from anbu.care.readings.queries import Rule, absences_of, settled, told_by
from anbu.kernel.clock import Readings
from anbu.kernel.signs import BY_CODE
from anbu.lab.evaluate import compare, hearing, histories
from anbu.lab.evaluate.histories import CAP_H
from anbu.lab.replay.files import Place
from anbu.lab.replay.files import Told as File

LOOK_BACK = timedelta(days=120)
LEAST_PAST = timedelta(days=17)  # a week of a sensor's learning, and what can be measured
MOST_HOMES = 200  # drawn from the scope: more would take longer and narrow the interval little
COLLAPSES = 20  # of each home
BEAT_EVERY_S = 10.0
PRESENT, DRAFT = "present", "draft"


class Cancelled(Exception):
    """Somebody asked to stop."""


def run(study: UUID, *, now: datetime) -> None:
    """Run a study that was claimed, and keep what came of it."""
    task = actions.begin_study(study=study, now=now)
    stop = threading.Event()
    beating = threading.Thread(target=_beat, args=(study, stop), daemon=True)
    beating.start()
    try:
        actions.finish_study(study=study, result=figures(task, now=now), now=now)
    except Cancelled:
        pass
    except compare.TooShort:
        why = "배우는 4주(감지기 1주) 뒤로 잴 자료가 모자랍니다. 더 쌓인 뒤에 다시 해 주세요."
        actions.fail_study(study=study, why=why, now=now)
    finally:
        stop.set()
        beating.join()


_now_doing: dict[UUID, tuple[str, int, int]] = {}


def _beat(study: UUID, stop: threading.Event) -> None:
    """Show that this process lives, also while one step takes long."""
    while not stop.wait(BEAT_EVERY_S):
        part, done, total = _now_doing.get(study, ("", 0, 0))
        actions.beat_study(study=study, part=part, done=done, total=total)
    connections.close_all()


def figures(task: Task, *, now: datetime) -> dict[str, Any]:
    """Return both rules' figures on these homes' own past, in plain values."""

    def progress(part: str, done: int, total: int) -> None:
        before = _now_doing.get(task.id)
        _now_doing[task.id] = (part, done, total)
        often = before and before[0] == part and done < total and done % max(total // 50, 1)
        if not often and not actions.beat_study(study=task.id, part=part, done=done, total=total):
            raise Cancelled

    known = settled(households=task.homes, before=now - LEAST_PAST)
    drawn = sorted(random.Random(1).sample(known, min(len(known), MOST_HOMES)), key=str)
    made = _histories(drawn, now, progress)
    if not made:
        raise compare.TooShort
    heard = hearing.run(made, copies=COLLAPSES, progress=progress)
    policies = {PRESENT: task.present.policy, DRAFT: task.draft.policy}
    found = compare.compare(heard, policies, progress=progress)
    return found | {
        "scope_homes": len(task.homes),
        "settled": len(known),
        "drawn": len(drawn),
        "present": _rule(task.present),
        "present_of": task.present_of,
        "draft": _rule(task.draft),
        "noticed": {
            name: _noticed(compare.delays(heard, policy)) for name, policy in policies.items()
        },
        "until": now.isoformat(),
        "days": LOOK_BACK.days,
    }


def _histories(homes: list[UUID], now: datetime, progress: Any) -> list[histories.History]:
    """Return the homes' stored readings as the evaluation reads its files."""
    places: list[Place] = []
    parts: dict[str, list[Any]] = defaultdict(list)
    for nth, home in enumerate(homes):
        progress("readings fetched", nth, len(homes))
        for told in told_by(households=[home], since=now - LOOK_BACK, until=now):
            channel = f"{BY_CODE[told.feed.channel].name}:{told.feed.id}"
            parts["feed"].append(np.full(len(told.at), len(places)))
            parts["at"].append(np.rint(told.at).astype(np.int64))
            parts["value"].append(told.value)
            places.append(Place(str(home), channel, told.feed.interval_s, {}))
    progress("readings fetched", len(homes), len(homes))
    if not places:
        return []
    readings = Readings(*(np.concatenate(parts[name]) for name in ("feed", "at", "value")))
    offset = np.full(len(readings.at), SEOUL_S)
    away = absences_of(households=homes, since=now - LOOK_BACK, seen_by=None)
    return [
        replace(each, away=tuple(away[UUID(each.household)]))
        for each in histories.of_files(File(readings, offset, 0, 0, ""), places)
    ]


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "detector": str(rule.detector),
        "hours": rule.hours,
        "theta": rule.theta,
        "watch": rule.watch,
    }


def _noticed(delay_h: np.ndarray) -> list[float]:
    """Return which share of the collapses is noticed within 0, 1, … 72 hours."""
    if not len(delay_h):
        return []
    hours = np.arange(int(CAP_H) + 1)
    share = (delay_h[:, None] <= np.minimum(hours, CAP_H - 1e-9)[None, :]).mean(axis=0)
    return [round(float(each), 4) for each in share]
