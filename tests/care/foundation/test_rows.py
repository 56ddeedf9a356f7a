"""Many rows at once stand in the table as they would one by one."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from anbu.care.foundation.actions import insert_all
from anbu.care.foundation.models import Pulse, Trace, signed

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 22, 47, 1, 234_567, tzinfo=UTC)
ODD = "따옴표 \" ' \\ {중괄호} \t 탭 🙂 null"


def line(nth: int, **more) -> Trace:
    return Trace(**{"at": AT, "by": "system:test", "verb": f"look_{nth}", "kind": "read"} | more)


def test_every_kind_of_value_comes_back_as_it_was():
    home, detail = uuid4(), {"n": 1.5, "of": [None, True, {"말": ODD}], "big": 2**40, "": ""}
    sent = signed([line(0, household=home, homes=[home, uuid4()], detail=detail, reason=ODD)])
    (key,) = insert_all(sent)
    found = Trace.objects.get(pk=key)
    assert (found.at, found.household, found.homes) == (AT, home, sent[0].homes)
    assert (found.detail, found.reason) == (detail, ODD)
    assert (found.uid, bytes(found.mac)) == (sent[0].uid, sent[0].mac)
    empty = insert_all(signed([line(1)])).pop()
    assert Trace.objects.values_list("household", "homes", "detail").get(pk=empty) == (
        None,
        None,
        {},
    )


def test_a_row_that_hurts_a_rule_is_left_out_only_when_asked(monkeypatch):
    monkeypatch.setattr("anbu.care.foundation.actions.rows.AT_ONCE", 2)
    Pulse.objects.create(name="two", beat_at=AT)
    beats = [Pulse(name=name, beat_at=AT + timedelta(1)) for name in ("one", "two", "three")]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_all(beats)
    assert Pulse.objects.filter(name__in=["one", "two", "three"]).count() == 1
    assert insert_all(beats, skip_conflicts=True) == {"one", "three"}
    assert Pulse.objects.get(name="two").beat_at == AT
    assert insert_all([]) == set()
