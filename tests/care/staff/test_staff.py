"""Accounts and shifts."""

from datetime import datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import authenticate, get_user
from django.http import HttpRequest
from django.test import Client

from anbu.care.foundation.models import Trace
from anbu.care.places import queries as where
from anbu.care.places.rules import SEOUL
from anbu.care.staff import actions, queries
from anbu.care.staff.models import Shift, Staff
from anbu.care.staff.rules import SEATS, NotAllowed, make_password
from tests.seoul import seoul

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=SEOUL)


@pytest.fixture
def centre() -> int:
    seoul(now=NOW)
    return where.centre()


def take_on(post: int, login: str = "moon", role: str = "operator") -> tuple[Staff, str]:
    return actions.add_staff(
        login=login, name="문가람", role=role, post=post, by="system:test", now=NOW
    )


def test_a_new_person_signs_in_with_the_password_shown_once(centre):
    staff, password = take_on(centre)
    assert staff.password.startswith("argon2$argon2id$")
    assert password not in str(Trace.objects.values())
    assert authenticate(username="moon", password=password) == staff
    assert authenticate(username="moon", password="moon") is None


def test_no_two_passwords_are_alike():
    assert len({make_password() for _ in range(50)}) == 50


def test_a_disabled_person_is_out_at_once(centre):
    staff, password = take_on(centre)
    actions.start_shift(by=staff, now=NOW)
    browser = Client()
    browser.force_login(staff)
    actions.disable(staff=staff.pk, by="system:test", now=NOW)
    assert authenticate(username="moon", password=password) is None
    session = browser.session
    assert session["_auth_user_id"] == str(staff.pk)
    request = HttpRequest()
    request.session = session
    assert get_user(request).is_anonymous
    assert not Shift.objects.filter(ended_at=None).exists()


def test_a_new_password_ends_the_sessions_of_the_old_one(centre):
    staff, _ = take_on(centre)
    before = staff.get_session_auth_hash()
    password = actions.renew_password(staff=staff.pk, by="system:test", now=NOW)
    staff.refresh_from_db()
    assert staff.get_session_auth_hash() != before
    assert authenticate(username="moon", password=password) == staff


def test_a_shift_starts_once_and_ends_once(centre):
    staff, _ = take_on(centre)
    assert queries.on_shift(staff=staff) is None
    actions.start_shift(by=staff, now=NOW)
    actions.start_shift(by=staff, now=NOW + timedelta(minutes=1))
    shift = queries.on_shift(staff=staff)
    assert shift is not None
    assert (shift.post, shift.started_at) == (centre, NOW)
    assert [card.name for card in queries.on_shift_at(centre)] == ["문가람"]
    actions.end_shift(by=staff, now=NOW + timedelta(hours=9))
    assert queries.on_shift_at(centre) == []
    with pytest.raises(NotAllowed):
        actions.end_shift(by=staff, now=NOW + timedelta(hours=9))


def test_a_login_name_is_used_once_and_a_role_sits_where_it_belongs(centre):
    take_on(centre)
    with pytest.raises(NotAllowed, match="이미"):
        take_on(centre)
    with pytest.raises(NotAllowed, match="자리"):
        take_on(centre, login="plan", role="planner")
    assert [card.login for card in queries.staff_of(centre)] == ["moon"]


def test_a_changed_role_ends_every_session_and_shift_and_is_kept(centre):
    staff, password = take_on(centre)
    actions.start_shift(by=staff, now=NOW)
    browser = Client()
    browser.force_login(staff)
    later = NOW + timedelta(hours=1)
    actions.change_role(
        staff=staff.pk, role="supervisor", post=centre, why="승진", by="system:test", now=later
    )
    request = HttpRequest()
    request.session = browser.session
    assert get_user(request).is_anonymous
    assert not Shift.objects.filter(ended_at=None).exists()
    assert authenticate(username="moon", password=password) == staff  # the person stays
    now_, before = queries.grants(staff=staff.pk)
    assert (now_.role, now_.why, now_.ended_at) == ("supervisor", "승진", None)
    assert (before.role, before.ended_at, before.ended_by) == ("operator", later, "system:test")


def test_a_role_is_not_changed_without_a_reason(centre):
    staff, _ = take_on(centre)
    with pytest.raises(NotAllowed, match="까닭"):
        actions.change_role(
            staff=staff.pk, role="supervisor", post=centre, why=" ", by="system:test", now=NOW
        )
    assert len(queries.grants(staff=staff.pk)) == 1


def test_each_role_belongs_to_an_organisation_and_only_to_one_that_has_work_for_it(centre):
    city = where.organisations("city")[0]
    staff, _ = actions.add_staff(
        login="data", name="한별", role="analyst", organisation=city.id, by="system:test", now=NOW
    )
    assert (staff.post, staff.organisation_id) == (None, city.id)
    with pytest.raises(NotAllowed, match="당직 자리"):
        actions.start_shift(by=staff, now=NOW)
    for role in ("planner", "case_manager", "operator", "no such role"):
        with pytest.raises(NotAllowed, match="자리"):
            actions.add_staff(
                login="x", name="x", role=role, organisation=city.id, by="system:test", now=NOW
            )
    with pytest.raises(NotAllowed, match="기관"):
        actions.add_staff(login="x", name="x", role="analyst", by="system:test", now=NOW)


def test_every_role_has_a_seat():
    assert set(SEATS) == set(Staff.Role.values)


def test_a_lost_device_takes_both_factors_and_every_session(centre):
    staff, password = take_on(centre)
    Authenticator.objects.create(user=staff, type=Authenticator.Type.TOTP, data={"secret": "x"})
    browser = Client()
    browser.force_login(staff)
    renewed = actions.lose_device(staff=staff.pk, by="system:test", now=NOW)
    request = HttpRequest()
    request.session = browser.session
    assert get_user(request).is_anonymous
    assert authenticate(username="moon", password=password) is None
    assert authenticate(username="moon", password=renewed) == staff
    assert not Authenticator.objects.exists()
    assert Trace.objects.get(verb="lose_device").detail["second_factors"] == 1
