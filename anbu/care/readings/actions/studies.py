"""Holding a rule against the past of many homes: asking for it, running it, adopting it."""

import hashlib
from collections import Counter
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import NotHere
from anbu.care.people.rules import clean
from anbu.care.staff.models import Staff

from ..models import DetectorPolicy, Study, Watch
from ..queries.hindsight import Rule
from ..queries.policies import patience_of, policies_in_force
from ..queries.studies import homes_in
from ..rules import MAY_STUDY, Asking, Detector, NotAllowed, Patience
from .policies import check_scope, write_detectors

NAME_LETTERS = 36
STALE_S = 60.0  # real seconds without a beat: the process that ran it is dead
CLAIM = """
UPDATE readings_study SET state = 'running', beat_at = clock_timestamp(), part = '', done = 0,
       total = 0
WHERE id = (SELECT id FROM readings_study
            WHERE state = 'waiting' OR state = 'running'
                  AND beat_at < clock_timestamp() - %s * interval '1 second'
            ORDER BY asked_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""
BEAT = """
UPDATE readings_study SET beat_at = clock_timestamp(), part = %s, done = %s, total = %s
WHERE id = %s AND state = 'running'
"""


@dataclass(frozen=True, kw_only=True)
class Task:
    """A study to be run: which homes, and which two rules."""

    id: UUID
    homes: tuple[UUID, ...]
    present: Rule  # the commonest of these homes
    present_of: int  # homes judged by it
    draft: Rule


@transaction.atomic
def ask_study(*, scope: dict[str, str], draft: Rule, by: Staff, now: datetime) -> UUID:
    """Ask for a rule to be held against the past of these homes, and return the study's id."""
    _check_may(by)
    asked = {key: value for key, value in scope.items() if value}
    if by.role == Staff.Role.OFFICER and by.organisation and by.organisation.district:
        asked["district"] = by.organisation.district.code
    check_scope(asked)
    made = Study.objects.create(
        asked_by=by, asked_at=now, scope=asked, draft={**asdict(draft), "detector": draft.detector}
    )
    record(by=by.actor, verb="ask_study", at=now, study=str(made.pk), scope=asked)
    return made.pk


@transaction.atomic
def cancel_study(*, study: UUID, by: Staff, now: datetime) -> None:
    """Stop a study that waits or runs; its process ends at its next step."""
    row = _mine(study, by)
    if row.state not in (Study.State.WAITING, Study.State.RUNNING):
        raise NotAllowed("이미 끝난 미리 보기입니다.")
    row.state, row.ended_at = Study.State.CANCELLED, now
    row.save(update_fields=["state", "ended_at"])
    record(by=by.actor, verb="cancel_study", at=now, study=str(study))


@transaction.atomic
def claim_study() -> UUID | None:
    """Take the study that waits longest, or one whose process has died."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [STALE_S])
        row = cursor.fetchone()
    return row[0] if row else None


@transaction.atomic
def begin_study(*, study: UUID, now: datetime) -> Task:
    """Return what a claimed study is about, by the rules in force at this moment."""
    row = Study.objects.select_related("asked_by").get(id=study)
    homes = homes_in(scope=row.scope, seen_by=row.asked_by)
    found = patience_of(households=homes, policies=policies_in_force(now=now))
    patience = dict(
        Watch.objects.filter(household__in=homes).values_list("household_id", "patience_s")
    )
    rules = Counter(
        Rule(
            detector=found[home].detector,
            hours=patience[home] / 3600,
            theta=found[home].theta,
            watch=found[home].asking.watch,
        )
        for home in homes
    )
    draft = Rule(**{**row.draft, "detector": Detector(row.draft["detector"])})
    present, of = rules.most_common(1)[0] if rules else (draft, 0)
    return Task(id=row.pk, homes=tuple(homes), present=present, present_of=of, draft=draft)


def beat_study(*, study: UUID, part: str, done: int, total: int) -> bool:
    """Write down how far it is; say whether it may go on."""
    with connection.cursor() as cursor:
        cursor.execute(BEAT, [part[:40], done, total, study])
        return bool(cursor.rowcount)


def finish_study(*, study: UUID, result: dict[str, Any], now: datetime) -> None:
    """Keep the figures of a study, unless it was cancelled meanwhile."""
    Study.objects.filter(id=study, state=Study.State.RUNNING).update(
        state=Study.State.DONE, result=result, ended_at=now
    )


def fail_study(*, study: UUID, why: str, now: datetime) -> None:
    """Write down why a study could not be done."""
    Study.objects.filter(id=study, state=Study.State.RUNNING).update(
        state=Study.State.FAILED, why=why[:200], ended_at=now
    )


@transaction.atomic
def adopt_study(
    *, study: UUID, valid_from: datetime, reason: str, by: Staff, now: datetime
) -> tuple[str, int]:
    """Put a previewed rule in force from a moment on, and return the policy's name and version."""
    row = _mine(study, by)
    why = clean(reason, what="까닭", at_most=200, needed=True)
    if row.state != Study.State.DONE:
        raise NotAllowed("결과가 나온 뒤에 켤 수 있습니다.")
    if row.adopted_id is not None:
        raise NotAllowed("이미 켠 기준입니다.")
    if valid_from < now:
        raise NotAllowed("지난 날짜에는 켤 수 없습니다.")
    draft = row.draft
    if draft["detector"] == Detector.FIXED and draft["hours"] != row.result["present"]["hours"]:  # type: ignore[index]
        raise NotAllowed("기다리는 시간은 가구마다 정합니다. 가구 화면에서 바꿔 주세요.")
    patience = Patience(
        detector=Detector(draft["detector"]),
        theta=draft["theta"],
        asking=replace(_asking(row, now), watch=draft["watch"]),
        scope=row.scope,
    )
    name = policy_name(row.scope)
    version = write_detectors(
        name=name, valid_from=valid_from, rows=[patience], by=by.actor, now=now, why=why
    )
    row.adopted = DetectorPolicy.objects.get(name=name, version=version, nth=0)
    row.save(update_fields=["adopted"])
    record(
        by=by.actor,
        verb="adopt_study",
        at=now,
        study=str(study),
        policy=name,
        version=version,
        valid_from=valid_from.isoformat(),
        why=why,
    )
    return name, version


def _asking(row: Study, now: datetime) -> Asking:
    """Return how these homes are asked at present: a preview changes only when."""
    homes = homes_in(scope=row.scope, seen_by=row.asked_by)
    found = patience_of(households=homes, policies=policies_in_force(now=now))
    common = Counter(each.asking for each in found.values()).most_common(1)
    return common[0][0] if common else Asking()


def policy_name(scope: dict[str, str]) -> str:
    """Return the policy file that a desk writes for a scope: a new version replaces the last."""
    said = ",".join(f"{key}={value}" for key, value in sorted(scope.items()))
    if len(said) > NAME_LETTERS:  # two scopes must never share a name
        said = f"{said[: NAME_LETTERS - 9]}#{hashlib.sha256(said.encode()).hexdigest()[:8]}"
    return f"화면 {said}".strip()


def _check_may(by: Staff) -> None:
    if not by.is_active or by.role not in MAY_STUDY:
        raise NotAllowed("판단 기준을 다룰 수 있는 역할이 아닙니다.")


def _mine(study: UUID, by: Staff) -> Study:
    _check_may(by)
    row = Study.objects.select_for_update().filter(id=study).first()
    if row is None or by.role != Staff.Role.SUPERVISOR and row.asked_by_id != by.pk:
        raise UnknownStudy(study)
    return row


class UnknownStudy(NotHere):
    """No such study, as far as this person may know."""
