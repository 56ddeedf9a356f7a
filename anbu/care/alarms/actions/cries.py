"""A worker calls for help from no home we know of: a call of its own, the centre's at once.

A signal is of a home, and to give a worker in danger the home of somebody else would send help to
the wrong door. What has an owner, a clock and steps without a home is a call that came in.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from anbu.care.effects import actions as effects
from anbu.care.effects.rules import Cause, Thing
from anbu.care.foundation.actions import acting, record
from anbu.care.places import queries as places
from anbu.care.staff.models import Staff

from ..models import CallNote, CallStep
from ..rules import MOST_WRONG_PINS, Caller, CallState, Cry, Level, due_after
from .ledger import CLOCK, announce_causes
from .numbering import next_numbers


@transaction.atomic
def take_cry(*, worker: Staff, cry: Cry, dong_post: int | None, now: datetime) -> UUID:
    """Let the centre have a worker's call for help; called again while it is open, it is one."""
    with acting(CLOCK):
        note = _open(worker)
        if note is None:
            note = _begin(worker, cry, dong_post, now)
        elif not _is_calling(note):
            _step(note, "worker_calls", "다시 도움을 불렀습니다.", now)
        else:
            return note.id
        if note.owner_post_id:
            thing = Thing(kind=Cause.CALL, id=note.id, post=note.owner_post_id, level=note.level)
            effects.tell([thing], now=now)
        announce_causes()
        return note.id


@transaction.atomic
def answer_cry(*, worker: Staff, means: str, now: datetime) -> bool:
    """Hear which number was typed to end a call: `own`, `duress` or `wrong`.

    It ends nothing here: a person makes sure. Said whether the telephone may show it as ended,
    which is the same after either number.
    """
    with acting(CLOCK):
        note = _open(worker)
        if note is None or not _is_calling(note):
            return False
        wrong = CallStep.objects.filter(call=note, detail__what="worker_wrong").count()
        if wrong >= MOST_WRONG_PINS:
            return False
        words = {
            "own": "단원이 자기 번호로 도움 요청을 거두었습니다. 괜찮은지 확인해 주세요.",
            "duress": "단원이 협박 번호를 눌렀습니다. 단원의 화면에는 거두어진 것으로 보입니다.",
            "wrong": "맞지 않는 번호를 눌렀습니다.",
        }
        _step(note, f"worker_{means}", words[means], now)
        announce_causes()
        return means != "wrong"


def _open(worker: Staff) -> CallNote | None:
    rows = CallNote.objects.select_for_update(of=("self",))
    return rows.filter(taken_by=worker, closed_at=None).order_by("-taken_at", "-id").first()


def _is_calling(note: CallNote) -> bool:
    """Say whether the telephone still shows this call."""
    said = CallStep.objects.filter(
        call=note, detail__what__in=["worker_calls", "worker_own", "worker_duress"]
    )
    last = said.order_by("-at", "-id").values_list("detail__what", flat=True).first()
    return last in (None, "worker_calls")


def _begin(worker: Staff, cry: Cry, dong_post: int | None, now: datetime) -> CallNote:
    note = CallNote.objects.create(
        number=next_numbers(1, now)[0],
        taken_at=now,
        taken_by=worker,
        caller=Caller.CORPS,
        call_back=cry.call_back,
        name=worker.name,
        place=cry.place,
        said=[],
        words=cry.words,
        at_stake=True,
        level=int(Level.CRITICAL),
        state=CallState.TAKEN,
        due_at=due_after(Level.CRITICAL, now=now),
        owner_post_id=places.centre(),
        owner_since=now,
        centre_owned=True,
        dong_post_id=dong_post,
    )
    told = {"what": "worker_help", "text": "앱에서 도움을 불렀습니다."}
    CallStep.objects.create(call=note, at=now, kind="note", by=worker, detail=told)
    record(by=worker.actor, verb="take_cry", at=now, call=str(note.id), level=note.level)
    return note


def _step(note: CallNote, what: str, text: str, now: datetime) -> None:
    CallStep.objects.create(call=note, at=now, kind="note", detail={"what": what, "text": text})
    record(by=CLOCK.name, verb="hear_cry", at=now, call=str(note.id))
