"""What a citizen changes by a word, and what a person must decide about."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from anbu.care.assess import actions as assess
from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import Actor, Purpose
from anbu.care.people import actions as people
from anbu.care.people import queries as homes
from anbu.care.people.queries import for_actor
from anbu.care.people.rules import clean
from anbu.care.staff.models import Staff

from ..models import Correction
from ..queries import OWN, WorkRow, home_of, work
from ..rules import (
    ANSWERS_REQUESTS,
    NotAllowed,
    Reply,
    UnknownRequest,
    What,
    answer_by,
    check_words,
)

MOST_OPEN = 10  # ours: more at once than anybody can mean
LONGEST = 300


@transaction.atomic
def withdraw(*, kind: str, by: Actor, now: datetime) -> None:
    """Take back a consent: it works at once, nobody decides about it."""
    for_actor(by, OWN)
    people.withdraw_consent(
        household=home_of(by), kind=kind, how="본인이 나의 기록에서", by=by.name, now=now
    )


@transaction.atomic
def ask_correction(*, what: str, words: str, by: Actor, now: datetime) -> UUID:
    """Ask that something be put right; who answers for the home decides."""
    home = for_actor(by, OWN).households.select_for_update(of=("self",)).get()
    if what not in set(What):
        raise NotAllowed("무엇이 틀렸는지 골라 주세요.")
    told = check_words(clean(words, what="고칠 내용", at_most=LONGEST, needed=True))
    if Correction.objects.filter(household=home, replied_at=None).count() >= MOST_OPEN:
        raise NotAllowed("아직 답을 기다리는 요구가 많습니다. 동주민센터에 전화해 주세요.")
    made = Correction.objects.create(
        household=home,
        what=what,
        words=told,
        asked_at=now,
        asked_by=by.name,
        due_on=answer_by(now),
    )
    record(
        by=by.name,
        verb="ask_correction",
        at=now,
        household=home.id,
        purpose=OWN,
        correction=str(made.pk),
        what=what,
    )
    return made.pk


@transaction.atomic
def ask_review(*, asks: str, words: str, by: Actor, now: datetime) -> UUID:
    """Ask why a decision was made, or that a person look again: thirty days."""
    for_actor(by, OWN)
    told = check_words(clean(words, what="요구한 내용", at_most=LONGEST, needed=True))
    return assess.ask_for_oneself(household=home_of(by), asks=asks, words=told, by=by, now=now)


@transaction.atomic
def open_work(*, seen_by: Staff, now: datetime) -> tuple[WorkRow, ...]:
    """Return the requests that wait, and write down whose they are."""
    rows = work(seen_by=seen_by, now=now)
    record(
        by=seen_by.actor,
        verb="list_corrections",
        at=now,
        purpose=Purpose("case"),
        count=len(rows),
        homes=list(dict.fromkeys(row.card.household for row in rows)),
    )
    return rows


@transaction.atomic
def answer_correction(
    *, correction: UUID, reply: str, words: str, by: Staff, now: datetime
) -> None:
    """Say what was put right, or why not."""
    area = homes.within_sight(seen_by=by)
    rows = Correction.objects.select_for_update(of=("self",)).filter(household__in=area)
    row = rows.filter(id=correction).first() if by.role in ANSWERS_REQUESTS else None
    if row is None:
        raise UnknownRequest(correction)
    if row.replied_at is not None:
        raise NotAllowed("이미 답한 요구입니다.")
    if reply not in set(Reply):
        raise NotAllowed("답을 골라 주세요.")
    row.reply_words = check_words(clean(words, what="답", at_most=LONGEST, needed=True))
    row.reply, row.replied_at, row.replied_by = reply, now, by
    row.save(update_fields=["reply", "reply_words", "replied_at", "replied_by"])
    record(
        by=by.actor,
        verb="answer_correction",
        at=now,
        household=row.household_id,
        purpose=Purpose("case"),
        correction=str(row.pk),
        reply=reply,
    )
