"""What a home agreed to, and what may therefore be done: the rules, and the rows beside them."""

import itertools
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from anbu.care.foundation.models import Trace
from anbu.care.people import actions, queries
from anbu.care.people.actions import UnknownHome
from anbu.care.people.models import Consent
from anbu.care.people.rules import (
    DATA_OF,
    KINDS,
    NEEDS,
    STANDS,
    Agreement,
    BadInput,
    Basis,
    Data,
    Deed,
    NoLeave,
    channels_agreed,
    heard_from,
    leave,
    loss,
)
from anbu.care.places import actions as places
from anbu.care.places.rules import SEOUL
from anbu.kernel.signs import BY_NAME, CHANNELS
from tests.care.people.test_people import register

AT = datetime(2026, 11, 23, 12, tzinfo=SEOUL)
DAY = timedelta(days=1)
BY = "system:test"


def agreed(kind: str = "monitoring", **told: object) -> Agreement:
    facts = {"service": "", "data": "", "given_at": AT - 10 * DAY} | told
    return Agreement(terms=KINDS[kind], **facts)  # type: ignore[arg-type]


def test_a_consent_allows_its_own_deed_and_no_other():
    allowed = {
        kind: {deed for deed in Deed if leave(deed, [agreed(kind)], at=AT)} for kind in KINDS
    }
    assert allowed == {
        "monitoring": {Deed.READING, Deed.MESSAGE},
        "night": {Deed.NIGHT},
        "rescue": {Deed.SHARE},
        "agency": set(),
        "vendor": {Deed.VENDOR},
    }


def test_where_a_life_is_at_stake_the_law_is_the_basis_but_never_for_listening():
    for deed in Deed:
        found = leave(deed, [], at=AT, urgent=True)
        assert found.basis == (None if deed in (Deed.READING, Deed.VENDOR) else Basis.VITAL)
    assert leave(Deed.SHARE, [agreed("rescue")], at=AT, urgent=True).basis == Basis.CONSENT


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], NoLeave.NEVER),
        ([agreed("night")], NoLeave.NEVER),
        ([agreed(ended_at=AT, withdrawn=True)], NoLeave.WITHDRAWN),
        ([agreed(until=AT)], NoLeave.EXPIRED),
        ([agreed(until=AT - DAY, ended_at=AT, withdrawn=True)], NoLeave.EXPIRED),
        ([agreed(given_at=AT + DAY)], NoLeave.NEVER),
        ([agreed(data="light")], NoLeave.OTHER),
        ([agreed(service="ai_speaker")], NoLeave.OTHER),
    ],
)
def test_a_no_says_why(rows: list[Agreement], why: NoLeave):
    asked = {"service": "smart_plug", "data": "power"} if why == NoLeave.OTHER else {}
    found = leave(Deed.READING, rows, at=AT, **asked)
    assert (found.basis, found.why) == (None, why)


def test_a_consent_holds_from_its_first_moment_to_the_moment_before_its_end():
    row = agreed(given_at=AT, until=AT + DAY)
    seen = [row.stands(AT + shift) for shift in (-timedelta(seconds=1), 0 * DAY, DAY)]
    assert seen == [False, True, False]


def test_every_channel_is_some_kind_of_data_and_every_deed_needs_a_line_of_the_form():
    assert set(DATA_OF) == set(BY_NAME)
    assert set(NEEDS) == set(Deed)


def test_what_is_heard_of_a_device_is_what_was_agreed_for_its_service():
    everything = frozenset(channel.code for channel in CHANNELS)
    light = frozenset({BY_NAME["lux"].code})
    assert channels_agreed(("/",), "smart_plug") == everything
    assert channels_agreed(("smart_plug/light",), "smart_plug") == light
    assert channels_agreed(("/light", "ai_speaker/"), "smart_plug") == light
    assert channels_agreed(("ai_speaker/",), "smart_plug") == frozenset()
    assert channels_agreed((), "smart_plug") == frozenset()


def test_after_a_time_without_consent_only_what_was_said_since_is_heard():
    first = agreed(given_at=AT - 9 * DAY, ended_at=AT - 6 * DAY, withdrawn=True)
    again = agreed(given_at=AT - 2 * DAY)
    assert heard_from([agreed()], at=AT) is None
    assert heard_from([first], at=AT) is None  # nothing is heard at all
    assert heard_from([first, again], at=AT) == AT - 2 * DAY
    assert heard_from([first, again], at=AT - 3 * DAY) is None
    renewed = agreed(given_at=AT - 9 * DAY, ended_at=AT - 2 * DAY)
    assert heard_from([renewed, again], at=AT) is None  # no moment lay between the two forms
    other = agreed(given_at=AT - 9 * DAY, service="smart_plug")
    assert heard_from([first, other, again], at=AT) is None
    ran_out = agreed(given_at=AT - 9 * DAY, until=AT - 5 * DAY, ended_at=AT - 2 * DAY)
    assert heard_from([ran_out, again], at=AT) == AT - 2 * DAY


def test_what_ends_with_a_consent_is_what_no_other_carries():
    all_of_it, light = agreed(), agreed(data="light")
    assert loss([all_of_it], all_of_it, at=AT).deeds == (Deed.READING, Deed.MESSAGE)
    kept = loss([all_of_it, light], all_of_it, at=AT)
    assert kept.deeds == ()
    assert set(kept.data) == set(Data) - {Data.LIGHT}
    assert loss([all_of_it, light], light, at=AT).data == ()


ENDS = (None, AT - DAY, AT, AT + DAY)


def test_the_rule_the_sql_and_the_orm_say_the_same(home):
    stands = STANDS.format(at="%s::timestamptz")
    for given_at, until, withdrawn, renewed in itertools.product(ENDS[1:], ENDS, ENDS, ENDS):
        ends = [end for end in (until, withdrawn, renewed) if end]
        if (withdrawn and renewed) or any(end <= given_at for end in ends):
            continue
        row = Consent.objects.create(
            household_id=home,
            **vars(KINDS["monitoring"]),
            obtained_how="서면",
            given_at=given_at,
            until=until,
            withdrawn_at=withdrawn,
            renewed_at=renewed,
        )
        orm = Consent.objects.filter(queries.standing(at=AT)).exists()
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM people_consent c WHERE {stands}", [AT] * 4)
            (sql,) = cursor.fetchone()
        assert row.agreement.stands(AT) == orm == bool(sql), vars(row)
        row.delete()


@pytest.fixture
def city(db: None) -> None:
    places.load_seoul(now=AT - 30 * DAY)


@pytest.fixture
def home(city: None) -> UUID:
    return register()


def give(home: UUID, now: datetime = AT, **told: object) -> None:
    facts = {"kind": "monitoring", "obtained_how": "방문, 서면"} | told
    actions.give_consent(household=home, by=BY, now=now, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize("told", [{"form": "2026-2"}, {"until": AT + 90 * DAY}])
def test_a_newer_form_takes_the_place_of_the_older_and_both_are_kept(home, told):
    give(home, form="2026-1")
    give(home, AT + DAY, form="2026-1")  # said twice
    assert Consent.objects.count() == 1
    give(home, AT + 2 * DAY, **({"form": "2026-1"} | told))
    first, second = Consent.objects.order_by("given_at")
    assert (first.renewed_at, second.renewed_at) == (AT + 2 * DAY, None)
    assert [row.agreement.stands(AT + DAY) for row in (first, second)] == [True, False]
    assert [row.agreement.stands(AT + 3 * DAY) for row in (first, second)] == [False, True]


def test_a_consent_that_has_run_out_can_be_given_anew_but_not_taken_back(home):
    give(home, until=AT + DAY)
    assert queries.agreed(households=[home], kind="monitoring", at=AT + 2 * DAY) == set()
    with pytest.raises(BadInput):
        actions.withdraw_consent(household=home, kind="monitoring", by=BY, now=AT + 2 * DAY)
    give(home, AT + 3 * DAY)
    assert queries.agreed(households=[home], kind="monitoring", at=AT + 3 * DAY) == {home}


def test_each_service_and_kind_of_data_is_agreed_to_and_taken_back_alone(home):
    give(home, service="smart_plug", data="power")
    give(home, service="smart_plug", data="light")
    power, light = Consent.objects.order_by("id")
    actions.withdraw_one(household=home, consent=light.pk, how="전화로 본인", by=BY, now=AT + DAY)
    light.refresh_from_db()
    assert (light.withdrawn_how, light.withdrawn_by) == ("전화로 본인", BY)
    rows = [row.agreement for row in Consent.objects.all()]
    late = {"at": AT + DAY, "service": "smart_plug"}
    assert leave(Deed.READING, rows, data="power", **late)
    assert leave(Deed.READING, rows, data="light", **late).why == NoLeave.WITHDRAWN
    actions.withdraw_consent(household=home, kind="monitoring", by=BY, now=AT + 2 * DAY)
    assert not Consent.objects.filter(withdrawn_at=None).exists()


def test_nobody_takes_back_what_another_home_gave(home, city):
    give(home)
    other = register()
    consent = Consent.objects.get().pk
    with pytest.raises(UnknownHome):
        actions.withdraw_one(household=other, consent=consent, how="전화", by=BY, now=AT + DAY)
    assert Consent.objects.get().withdrawn_at is None


@pytest.mark.parametrize(
    "told",
    [
        {"kind": "everything"},
        {"service": "telepathy"},
        {"data": "dreams"},
        {"obtained_how": " "},
        {"until": AT},
        {"evidence_hash": "abc"},
        {"evidence": "450101-2345678"},
        {"form": "x" * 21},
    ],
)
def test_a_consent_nobody_could_prove_or_read_is_refused(home, told):
    with pytest.raises(BadInput):
        give(home, **told)
    assert not Consent.objects.exists()
    assert not Trace.objects.filter(verb="give_consent").exists()


def test_the_database_itself_refuses_a_second_open_consent_of_one_scope(home):
    give(home)
    row = Consent.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError, match="one_open_consent_per_scope"), transaction.atomic():
        row.save(force_insert=True)


def test_leaves_are_asked_for_many_homes_at_once(home, django_assert_num_queries):
    other = register()
    give(home, kind="night")
    with django_assert_num_queries(1):
        queries.leaves(deed=Deed.NIGHT, households=[home], at=AT)
    with django_assert_num_queries(2):  # one more for those without
        found = queries.leaves(deed=Deed.NIGHT, households=[home, other], urgent=[other], at=AT)
    assert (found[home].basis, found[other].basis) == (Basis.CONSENT, Basis.VITAL)
