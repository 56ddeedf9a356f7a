"""Loading instruments, writing down answers, deciding, answering who asks why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

from django.db import transaction

from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import Actor, Purpose
from anbu.care.people import actions as people
from anbu.care.people import queries as homes
from anbu.care.people.models import Household
from anbu.care.people.rules import clean
from anbu.care.places import queries as places
from anbu.care.staff.models import Staff
from anbu.care.staff.queries import actor_of

from . import queries, rules
from .models import Assessment, Crisis, Decision, Instrument, Request
from .queries import CASE, Work
from .rules import (
    ACT_WITHIN,
    ASSESSES,
    DECIDES,
    READS,
    REPLIES,
    Asked,
    BadInstrument,
    CrisisEnd,
    How,
    NotAllowed,
    Reply,
    Result,
    Unknown,
)

LONGEST_NOTE = 300


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What somebody answered: by item, or a sum counted on paper, or a group that was chosen."""

    instrument: str
    version: str  # the one that lay before them
    answers: Mapping[str, int] = field(default_factory=dict)
    total: int | None = None
    picked: str = ""


@transaction.atomic
def load(*, text: str, by: str, now: datetime) -> tuple[rules.Instrument, bool]:
    """Load one instrument; return it and whether it is new. A version that stands is kept."""
    made = rules.parse(text)
    known = Instrument.objects.filter(code=made.code, version=made.version).first()
    if known is not None:
        if known.text != text:
            raise BadInstrument(
                f"{made.code}, version {made.version}, is loaded and answers lean on it:"
                " give what changed a version of its own"
            )
        return made, False
    Instrument.objects.create(
        code=made.code, version=made.version, text=text, loaded_at=now, loaded_by=by
    )
    record(by=by, verb="load_instrument", at=now, code=made.code, version=made.version)
    return made, True


def load_shipped(*, by: str, now: datetime) -> list[rules.Instrument]:
    """Load what comes with Anbu; return what is new."""
    folder = files(__package__) / "instruments"
    texts = [
        each.read_text("utf-8")
        for each in sorted(folder.iterdir(), key=lambda each: each.name)
        if each.name.endswith(".toml")
    ]
    loaded = [load(text=text, by=by, now=now) for text in texts]
    return [made for made, is_new in loaded if is_new]


@transaction.atomic
def assess(
    *, household: UUID, told: Answered, how: str, note: str, by: Staff, now: datetime
) -> UUID:
    """Write down what somebody answered. The tier stays as it is: a person decides it."""
    _check_role(by, ASSESSES)
    home = _lock_home(household, by)
    row = Instrument.objects.filter(code=told.instrument).order_by("-id").first()
    if row is None:
        raise Unknown(told.instrument)
    if row.version != told.version:
        raise NotAllowed("그 사이 이 도구의 새 판이 올라왔습니다. 다시 열어 답해 주세요.")
    if how not in set(How):
        raise NotAllowed("어떻게 여쭈었는지 골라 주세요.")
    result = _result(queries.spec(row.text), told)
    assert result.sum is not None
    made = Assessment.objects.create(
        household=home,
        instrument=row,
        at=now,
        by=by,
        how=how,
        answers=dict(told.answers),
        total=told.total,
        picked=told.picked,
        low=None if told.picked else result.sum.low,
        high=None if told.picked else result.sum.high,
        note=clean(note, what="메모", at_most=LONGEST_NOTE),
    )
    _trace("assess", home.id, by, now, assessment=str(made.id), instrument=row.code)
    if result.act_now:
        _raise_crisis(made, home, by, now)
    return made.id


def _result(made: rules.Instrument, told: Answered) -> Result:
    if made.entry == "total":
        if told.total is None:
            raise NotAllowed("점수를 적어 주세요.")
        return rules.of_total(made, told.total)
    if made.entry == "pick":
        return rules.of_pick(made, told.picked)
    if not told.answers:
        raise NotAllowed("답이 하나도 없습니다.")
    return rules.score(made, told.answers)


def _raise_crisis(made: Assessment, home: Household, by: Staff, now: datetime) -> None:
    """Give what cannot wait to the one who sits with the person: nobody else knows yet."""
    post = by.post_id or places.posts_of([home.dong_id]).get(home.dong_id)
    crisis = Crisis.objects.create(
        household=home,
        assessment=made,
        owner=by,
        owner_post_id=post,
        raised_at=now,
        due_at=now + ACT_WITHIN,
    )
    _trace("raise_crisis", home.id, by, now, crisis=str(crisis.id))


@transaction.atomic
def take_crisis(*, crisis_id: UUID, by: Staff, now: datetime) -> None:
    """Make it one's own; the one before is free of it."""
    crisis = _lock_crisis(crisis_id, by, now)
    before, crisis.owner, crisis.owner_post_id = crisis.owner_id, by, by.post_id
    crisis.save(update_fields=["owner", "owner_post"])
    _trace("take_crisis", crisis.household_id, by, now, crisis=str(crisis.id), before=before)


@transaction.atomic
def end_crisis(*, crisis_id: UUID, outcome: str, note: str, by: Staff, now: datetime) -> None:
    """Say what was done about it."""
    crisis = _lock_crisis(crisis_id, by, now)
    if outcome not in set(CrisisEnd):
        raise NotAllowed("무엇을 했는지 골라 주세요.")
    crisis.note = rules.check_reason(clean(note, what="한 일", at_most=LONGEST_NOTE, needed=True))
    crisis.outcome, crisis.closed_at, crisis.closed_by = outcome, now, by
    crisis.save(update_fields=["note", "outcome", "closed_at", "closed_by"])
    _trace("end_crisis", crisis.household_id, by, now, crisis=str(crisis.id), outcome=outcome)


@transaction.atomic
def decide_tier(
    *,
    household: UUID,
    tier: str,
    reason: str,
    review_on: date | None,
    assessment: UUID | None,
    by: Staff,
    now: datetime,
) -> None:
    """Set the tier: an officer, for a reason, until a day. What the score says binds nobody."""
    _check_role(by, DECIDES)
    home = _lock_home(household, by)
    until = rules.check_review(review_on, now)
    rules.check_reason(reason)
    leans_on = None
    if assessment is not None:
        leans_on = Assessment.objects.filter(id=assessment, household=home).first()
        if leans_on is None:
            raise Unknown(str(assessment))
    people.change_tier(
        household=home.id, tier=tier, reason=reason, review_on=until, by=actor_of(by), now=now
    )
    Decision.objects.create(household=home, assessment=leans_on, tier=tier, decided_at=now, by=by)


@transaction.atomic
def ask(*, household: UUID, asks: str, told_by: str, words: str, by: Staff, now: datetime) -> UUID:
    """Write down that somebody wants to know why, or wants a person to look again."""
    _check_role(by, READS)
    home = _lock_home(household, by)
    if asks not in set(Asked):
        raise NotAllowed("무엇을 요구하는지 골라 주세요.")
    made = Request.objects.create(
        household=home,
        asks=asks,
        told_by=clean(told_by, what="요구한 사람", at_most=40, needed=True),
        words=clean(words, what="요구한 내용", at_most=LONGEST_NOTE, needed=True),
        received_at=now,
        received_by=by,
        due_on=rules.answer_by(now),
    )
    _trace("ask_about_decision", home.id, by, now, request=str(made.id), asks=asks)
    return made.id


@transaction.atomic
def ask_for_oneself(*, household: UUID, asks: str, words: str, by: Actor, now: datetime) -> UUID:
    """Write down what a person asks about the own decision, without anybody in between."""
    mine = homes.for_actor(by, Purpose("citizen")).households.filter(id=household, left_at=None)
    home = mine.select_for_update(of=("self",)).first()
    if home is None:
        raise Unknown(str(household))
    if asks not in set(Asked):
        raise NotAllowed("무엇을 요구하는지 골라 주세요.")
    if Request.objects.filter(household=home, asks=asks, replied_at=None).exists():
        raise NotAllowed("같은 요구가 이미 답을 기다립니다.")
    made = Request.objects.create(
        household=home,
        asks=asks,
        told_by="본인",
        words=clean(words, what="요구한 내용", at_most=LONGEST_NOTE, needed=True),
        received_at=now,
        due_on=rules.answer_by(now),
    )
    record(
        by=by.name,
        verb="ask_about_decision",
        at=now,
        household=home.id,
        purpose=Purpose("citizen"),
        request=str(made.id),
        asks=asks,
    )
    return made.id


@transaction.atomic
def answer(*, request_id: UUID, reply: str, words: str, by: Staff, now: datetime) -> None:
    """Answer who asked. Looking again is an officer's work, and a change is a new decision."""
    area = homes.within_sight(seen_by=by)
    rows = Request.objects.select_for_update(of=("self",)).filter(household__in=area)
    request = rows.filter(id=request_id).first() if by.role in READS else None
    if request is None:
        raise Unknown(str(request_id))
    if request.replied_at is not None:
        raise NotAllowed("이미 답한 요구입니다.")
    if reply not in REPLIES[Asked(request.asks)]:
        raise NotAllowed("답을 골라 주세요.")
    if request.asks == Asked.REVIEW:
        _check_role(by, DECIDES)
    anew = Decision.objects.filter(
        household=request.household_id, decided_at__gte=request.received_at
    )
    if reply == Reply.CHANGED and not anew.exists():
        raise NotAllowed("바꾸었다고 답하기 전에 위험군을 새로 결정해 주세요.")
    told = rules.check_reason(clean(words, what="답", at_most=LONGEST_NOTE, needed=True))
    request.reply, request.reply_words = reply, told
    request.replied_at, request.replied_by = now, by
    request.save(update_fields=["reply", "reply_words", "replied_at", "replied_by"])
    _trace("answer_request", request.household_id, by, now, request=str(request.id), reply=reply)


@transaction.atomic
def open_work(*, seen_by: Staff, now: datetime) -> Work:
    """Return the work lists, and write down whose homes stood in them."""
    found = queries.work(seen_by=seen_by, now=now)
    shown = [home.id for _card, home in (*found.crises, *found.requests)]
    shown += [row.home.id for row in found.reviews]
    record(
        by=seen_by.actor,
        verb="list_assessment_work",
        at=now,
        purpose=CASE,
        count=len(shown),
        homes=list(dict.fromkeys(shown)),
    )
    return found


def _lock_home(household: UUID, by: Staff) -> Household:
    area = homes.within_sight(seen_by=by).select_for_update(of=("self",))
    home = area.filter(id=household).first()
    if home is None:
        raise Unknown(str(household))
    return home


def _lock_crisis(crisis_id: UUID, by: Staff, now: datetime) -> Crisis:
    rows = queries.visible_crises(seen_by=by, now=now).select_for_update(of=("self",))
    crisis = rows.filter(id=crisis_id).first()
    if crisis is None:
        raise Unknown(str(crisis_id))
    if crisis.closed_at is not None:
        raise NotAllowed("이미 끝난 일입니다.")
    return crisis


def _check_role(by: Staff, roles: frozenset[str]) -> None:
    if not by.is_active or by.role not in roles:
        raise NotAllowed("이 일은 맡은 역할이 할 수 있는 일이 아닙니다.")


def _trace(verb: str, household: UUID, by: Staff, now: datetime, **detail: Any) -> None:
    record(by=by.actor, verb=verb, at=now, household=household, purpose=CASE, **detail)
