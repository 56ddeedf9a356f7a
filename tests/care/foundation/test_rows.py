"""Many rows at once stand in the table as they would one by one."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from anbu.care.foundation.actions import insert_all, insert_rows, like
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


def test_a_row_like_another_is_its_own_row():
    first = line(0, detail={"a": 1})
    second = like(first, verb="look_1", detail={})
    assert (second.verb, second.detail, second.by, second.pk) == ("look_1", {}, first.by, None)
    assert (first.verb, first.detail) == ("look_0", {"a": 1})
    assert second._state is not first._state
    assert second._state.adding
    assert len(insert_all(signed([first, second]))) == 2


def test_rows_that_were_never_objects_stand_like_objects():
    insert_rows(
        Pulse, ({"name": name, "beat_at": AT + timedelta(1)} for name in ("one", "two", "three"))
    )
    assert set(Pulse.objects.filter(beat_at=AT + timedelta(1)).values_list("name", flat=True)) == {
        "one",
        "two",
        "three",
    }
    insert_rows(Pulse, [])


def test_among_finds_what_in_finds():
    homes = [uuid4() for _ in range(5)]
    insert_all(signed([line(nth, household=home) for nth, home in enumerate(homes)]))
    keys = list(Trace.objects.order_by("pk").values_list("pk", flat=True)[:2])
    for some in ([], homes[:1], homes[1:4], {*homes, uuid4()}):
        want = set(Trace.objects.filter(household__in=some).values_list("pk", flat=True))
        assert set(Trace.objects.filter(household__among=some).values_list("pk", flat=True)) == want
        left = set(Trace.objects.exclude(household__in=some).values_list("pk", flat=True))
        got = Trace.objects.exclude(household__among=some).values_list("pk", flat=True)
        assert set(got) == left
    assert set(Trace.objects.filter(pk__among=keys).values_list("pk", flat=True)) == set(keys)
    verbs = Trace.objects.filter(verb__among=["look_1", "it's"]).values_list("verb", flat=True)
    assert set(verbs) == {"look_1"}
