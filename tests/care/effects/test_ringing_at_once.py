"""Several clocks ring together: real threads, real transactions."""

from datetime import timedelta
from typing import Any

import pytest

from anbu.care.effects import actions
from anbu.care.effects.models import Ring, Telling
from anbu.care.effects.rules import By, Cause, Thing, Turn
from anbu.care.foundation.rules import new_id
from anbu.care.places import queries as places
from anbu.care.staff import actions as staffing
from tests.care.alarms.test_two_at_once import NIGHT, at_once
from tests.care.alarms.world import make_world

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_four_clocks_one_rings(transactional_db: None, settings: Any):
    settings.GATEWAY_URL = "http://127.0.0.1:1/"
    world = make_world()
    staffing.start_shift(by=world.operator, now=NIGHT)
    turns = (Turn(By.SMS, 0),)
    actions.set_order(phone="010-1111-0001", turns=turns, by=world.operator, now=NIGHT)
    for nth in range(3):
        now = NIGHT + timedelta(minutes=2 * nth)
        thing = Thing(kind=Cause.ALARM, id=new_id(), post=places.centre(), level=3)
        begun = at_once(*[lambda: actions.tell([thing], now=now)] * 4)  # noqa: B023
        assert begun == [None] * 4
        assert Telling.objects.filter(cause=thing.id).count() == 1
        answers = at_once(*[lambda: actions.ring_next(now=now)] * 4)  # noqa: B023
        assert True in answers
        assert not [one for one in answers if isinstance(one, Exception)]
        assert Ring.objects.count() == nth + 1
        Ring.objects.update(status="sent", settled_at=now)
