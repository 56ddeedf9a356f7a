"""Where a visit stands by everything that was heard of it."""

from datetime import datetime, timedelta

from anbu.care.foundation.rules import machine

from ..models import Visit
from ..rules import USUAL_VISIT, Course, Spoken, Word, course

ROUNDS = machine("rounds")


def course_of(visit: Visit) -> Course:
    """Return what everything heard of a visit comes to."""
    begun = visit.length_min is not None
    length = timedelta(minutes=visit.length_min) if visit.length_min is not None else USUAL_VISIT
    spoken = [
        Spoken(datetime.fromisoformat(told["at"]), told["id"], Word(told["what"]))
        for told in visit.heard
    ]
    begins = visit.began_at if begun or not spoken else None
    return course(began_at=begins, length=length, heard=spoken)
