"""Every form of the desks, filled in with nonsense: told so in words, never an answer of 500."""

import random
from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.test import Client
from django.urls import get_resolver

from anbu.care.people.models import Contact
from anbu.care.staff.models import Staff
from anbu.care.staff.rules import ANYBODY, may, right_of
from anbu.desks.asking import AskForm, WithoutNumbers
from tests.care.alarms.world import World, make_world
from tests.desks.control_room.conftest import NOW, StandingClock
from tests.desks.test_access import addresses, filled

NONSENSE = (
    *("", " ", "0", "-1", "99999999999999999999", "1e309", "nan", "²", "٣", "null", "true"),
    *("2026-02-30", "9999-12-31", "0001-01-01T00:00", "24:61", "2026-11-22T10:00+99:99"),
    *("가" * 5_000, "ㄱ", "한\u0000글", "\u202eabc", "\ud7ff", "😀" * 40, "'; DROP TABLE x;--"),
    *("<script>alert(1)</script>", "{{ 7*7 }}", "%(name)s", "%s%s%n", "../../etc/passwd"),
    *("person", "sms", "high", "care_corps", "yes", "010-1234-5678", "1168051000", "day"),
)
SIX_DIGITS = {"_Counted", "Code", "CodeAgain", "BringApp"}  # a code app's number, nothing else
ROLES = ("planner", "supervisor", "privacy_officer")


def fields() -> dict[str, type[forms.Field]]:
    """Return the name of every field of every form."""
    found, waiting = {}, [AskForm]
    while waiting:
        form = waiting.pop()
        found |= {name: type(field) for name, field in form.base_fields.items()}
        waiting += form.__subclasses__()
    return found


@pytest.fixture
def world(db: None, settings: Any) -> World:
    settings.CLOCK = StandingClock(NOW)
    return make_world()


def test_no_form_falls_over_nonsense(world: World, client: Client) -> None:
    dice, names = random.Random(20261122), sorted(fields())
    assert len(names) > 40
    alarm = world.silent(at=NOW)
    ids = [str(alarm.pk), str(alarm.household_id), str(Contact.objects.earliest("id").pk)]
    client.raise_request_exception = False
    asked, fell = 0, []
    for role in ROLES:
        Staff.objects.filter(pk=world.planner.pk).update(role=role)
        client.force_login(Staff.objects.get(pk=world.planner.pk))
        for name, route in addresses():
            right = right_of(name)
            if right is None or right.roles is ANYBODY or not may(role, name) or name == "live":
                continue
            address = filled(route, alarm.pk, alarm.household_id)
            told = {each: dice.choice([*NONSENSE, *ids]) for each in names}
            for answer in (client.post(address, told), client.get(address, told)):
                asked += 1
                assert "no-store" in answer["Cache-Control"], name  # desks are shared at night
                if answer.status_code >= 500:
                    fell.append((role, name, answer.status_code))
    assert fell == []
    assert asked > 150


def forms_of_desks(form: type[forms.Form] = forms.Form) -> set[type[forms.Form]]:
    """Return every form that a desk has made for itself."""
    found = {form} if form.__module__.startswith("anbu.desks.") else set()
    return found.union(*map(forms_of_desks, form.__subclasses__()))


def test_every_form_of_every_desk_is_one_that_takes_no_resident_number() -> None:
    get_resolver().url_patterns  # noqa: B018 - the desks' modules are loaded with their addresses
    found = forms_of_desks()
    assert {each.__module__.split(".")[2] for each in found} >= {
        "citizen",
        "control_room",
        "entrance",
        "privacy",
    }
    assert len(found) > 35
    assert {each.__name__ for each in found if not issubclass(each, WithoutNumbers)} == SIX_DIGITS


class Pair(AskForm):
    one = forms.IntegerField(label="수")
    words = forms.CharField(label="말", required=False)


@pytest.mark.parametrize("prefix", [None, "a"])
def test_a_resident_number_is_refused_by_any_field_and_not_said_again(prefix: str | None) -> None:
    before = f"{prefix}-" if prefix else ""
    data = QueryDict(mutable=True)
    data.setlist(f"{before}one", ["450101-2345678", "7"])  # not only the last one said
    data[f"{before}words"] = "4 5 0 1 0 1-2345678 이라고 함"
    form = Pair(data, prefix=prefix)
    assert not form.is_valid()
    assert form.errors["one"] == ["수에 주민등록번호는 적을 수 없습니다. 지우고 다시 적어 주세요."]
    assert set(form.errors) == {"one", "words"}
    assert form.cleaned_data == {}
    assert "450101" not in str(form)
    assert "4 5 0" not in str(form)
    assert Pair({"one": "7", "words": "괜찮다고 함"}).is_valid()
