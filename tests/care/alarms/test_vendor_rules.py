"""Whose signal it is: one answer for every home, hour and contract; a vendor's only by consent."""

from datetime import date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from anbu.care.alarms.rules import (
    VENDOR_DOES,
    VENDOR_KINDS,
    Answerer,
    Eye,
    HomeSeen,
    Level,
    Moment,
    Side,
    WhyNot,
    who_answers,
    why_it_leaves,
)
from anbu.care.places.rules import SEOUL, USUAL_HOURS, Term, on_duty, term_of
from anbu.care.rosters.rules import stretches

MONDAY = datetime(2026, 11, 23, tzinfo=SEOUL)
CALLS = frozenset({"ai_checkin_call"})
SERVICES = ["ai_checkin_call", "ai_speaker", "smart_plug"]


def term(**told: object) -> Term:
    usual: dict[str, object] = {
        "id": 1,
        "post": 7,
        "vendor": 70,
        "service": "ai_checkin_call",
        "provider": "",
        "district": 1,
        "days": "",
        "opens": time(0),
        "closes": time(0),
        "since": date(2026, 1, 1),
        "until": None,
    }
    return Term(**(usual | told))  # type: ignore[arg-type]


ELEVEN = MONDAY.replace(hour=11)
ALWAYS, BY_CALLS = (term(),), (Eye(CALLS, "해온콜"),)
AGREED, MANNED = frozenset({(70, "ai_checkin_call")}), frozenset({7})


def answer(
    at: datetime = ELEVEN,
    *,
    terms: tuple[Term, ...] = ALWAYS,
    named: frozenset[tuple[int, str]] = AGREED,
    eyes: tuple[Eye, ...] = BY_CALLS,
    manned: frozenset[int] = MANNED,
    night: bool = True,
    kind: str = "silence",
    level: int = 2,
    do: str = "call",
) -> Answerer:
    home = HomeSeen(district=1, eyes=eyes, named=named, night=night)
    moment = Moment(
        at=at,
        holidays=frozenset(),
        duty=on_duty(at, frozenset(), USUAL_HOURS),
        terms=terms,
        manned=manned,
    )
    return who_answers(home, moment, kind=kind, level=level, do=do)


def test_a_contract_and_a_consent_make_it_the_vendors_by_day_and_by_night():
    assert answer() == Answerer(Side.VENDOR, 7)
    assert answer(MONDAY.replace(hour=23)) == Answerer(Side.VENDOR, 7)


def test_without_contract_consent_or_anybody_there_it_is_the_citys():
    city = Answerer(Side.DONG)
    assert answer(terms=()) == city
    assert answer(terms=(term(district=2),)) == city
    assert answer(terms=(term(service="ai_speaker"),)) == city
    assert answer(terms=(term(provider="다른 곳"),)) == city
    assert answer(terms=(term(until=date(2026, 11, 23)),)) == city
    assert answer(named=frozenset()) == city
    assert answer(named=frozenset({(71, "ai_checkin_call")})) == city  # another vendor
    assert answer(named=frozenset({(70, "ai_speaker")})) == city  # another service
    assert answer(named=frozenset({(70, "")})) == Answerer(Side.VENDOR, 7)
    assert answer(manned=frozenset()) == city
    assert answer(MONDAY.replace(hour=23), manned=frozenset()) == Answerer(Side.CENTRE)
    waits = answer(MONDAY.replace(hour=23), manned=frozenset(), night=False)
    assert waits == Answerer(Side.DONG, waits=True)


def test_a_home_the_city_sees_too_is_the_citys():
    plug = Eye(frozenset({"smart_plug"}), "플러그")
    assert answer(eyes=(Eye(CALLS, "해온콜"), plug)) == Answerer(Side.DONG)
    both = (term(), term(id=2, service="smart_plug"))
    named = frozenset({(70, "")})
    assert answer(eyes=(Eye(CALLS, "해온콜"), plug), terms=both, named=named).post == 7
    two = (term(), term(id=2, service="smart_plug", post=8, vendor=80))
    named = frozenset({(70, ""), (80, "")})
    manned = frozenset({7, 8})
    seen = answer(eyes=(Eye(CALLS, "해온콜"), plug), terms=two, named=named, manned=manned)
    assert seen == Answerer(Side.DONG)
    assert answer(eyes=()) == Answerer(Side.DONG)


def test_what_is_grave_and_what_leads_to_the_door_is_never_a_vendors():
    for told in (
        {"level": 3},
        {"kind": "sos", "level": 3},
        {"kind": "call"},
        *({"do": do} for do in ("dispatch", "joint", "enter", "handover")),
    ):
        assert answer(**told).side is Side.DONG  # type: ignore[arg-type]


def test_a_contract_holds_at_its_hours_and_on_its_days():
    office = (term(days="working", opens=time(9), closes=time(18)),)
    assert answer(terms=office).side is Side.VENDOR
    assert answer(MONDAY.replace(hour=18), terms=office).side is Side.CENTRE
    assert answer(MONDAY.replace(hour=11) - timedelta(days=1), terms=office).side is Side.CENTRE
    nights = (term(opens=time(18), closes=time(9)),)
    assert answer(MONDAY.replace(hour=8, minute=59), terms=nights).side is Side.VENDOR
    assert answer(MONDAY.replace(hour=9), terms=nights).side is Side.DONG


def test_of_two_lines_the_one_that_says_more_counts_whatever_their_order():
    wide, narrow = term(), term(id=2, post=8, vendor=80, provider="해온콜")
    for terms in ([wide, narrow], [narrow, wide]):
        told = {"services": CALLS, "provider": "해온콜", "district": 1, "at": MONDAY}
        assert term_of(terms, **told, holidays=()) is narrow  # type: ignore[arg-type]


terms_drawn = st.builds(
    term,
    id=st.integers(1, 9),
    post=st.sampled_from([7, 8]),
    service=st.sampled_from(SERVICES),
    provider=st.sampled_from(["", "해온콜", "딴곳"]),
    district=st.sampled_from([1, 2]),
    days=st.sampled_from(["", "working", "off"]),
    opens=st.sampled_from([time(0), time(9), time(18)]),
    closes=st.sampled_from([time(0), time(9), time(18)]),
    until=st.sampled_from([None, date(2026, 11, 24)]),
).map(lambda t: term(**{**t.__dict__, "vendor": t.post * 10}))


@given(
    terms=st.lists(terms_drawn, max_size=4, unique_by=lambda t: t.id),
    eyes=st.lists(
        st.builds(
            Eye,
            st.sets(st.sampled_from(SERVICES), max_size=2).map(frozenset),
            st.sampled_from(["해온콜", "딴곳"]),
        ),
        max_size=3,
    ),
    named=st.sets(st.tuples(st.sampled_from([70, 80]), st.sampled_from(["", *SERVICES]))),
    manned=st.sets(st.sampled_from([7, 8])),
    hours=st.integers(0, 24 * 14),
    night=st.booleans(),
    kind=st.sampled_from(["silence", "watch", "return", "sos", "call"]),
    level=st.sampled_from([1, 2, 3]),
    do=st.sampled_from(["message", "call", "contact", "dispatch", "joint", "enter"]),
)
def test_somebody_always_answers_and_a_vendor_only_where_it_may(
    terms, eyes, named, manned, hours, night, kind, level, do
):
    at = MONDAY + timedelta(hours=hours)
    holidays = frozenset({date(2026, 11, 26)})
    duty = on_duty(at, holidays, USUAL_HOURS)
    home = HomeSeen(district=1, eyes=eyes, named=named, night=night)
    told = {"at": at, "holidays": holidays, "duty": duty, "manned": manned}
    moment = Moment(terms=terms, **told)
    found = who_answers(home, moment, kind=kind, level=level, do=do)
    mirrored = Moment(terms=list(reversed(terms)), **told)
    assert found == who_answers(home, mirrored, kind=kind, level=level, do=do)
    if found.side is Side.VENDOR:
        assert found.post in manned
        assert kind in VENDOR_KINDS
        assert level < Level.CRITICAL
        assert do in VENDOR_DOES
        assert eyes
        assert any(vendor == found.post * 10 for vendor, _ in named)
        assert any(t.post == found.post and t.holds(at, holidays) for t in terms)
        assert not found.waits
    else:
        assert found.post is None
        grave = level >= Level.CRITICAL or kind == "sos"
        assert found.waits == (duty == "centre" and not night and not grave)
        assert found.side == ("dong" if found.waits else duty)
    for post in (7, 8):  # whoever has it keeps it exactly as long as it would be given to them
        why = why_it_leaves(home, moment, post=post, kind=kind, level=level, do=do)
        assert (why is None) == (found.post == post)
        assert (why is WhyNot.EMPTY) <= (post not in manned)


def test_a_vendors_post_is_on_duty_when_its_contract_holds_and_holes_are_cut_there():
    days = {"begins_at": MONDAY.replace(hour=12), "ends_at": MONDAY + timedelta(days=2)}
    told = {"needed": 1, "holidays": frozenset(), "hours": USUAL_HOURS, **days}
    assert stretches("vendor", **told) == ()  # no contract, nobody needed
    office = stretches("vendor", terms=[term(opens=time(10), closes=time(20))], **told)
    assert [(each.begins_at, each.ends_at) for each in office] == [
        (MONDAY.replace(hour=10), MONDAY.replace(hour=20)),
        (MONDAY.replace(hour=10) + timedelta(days=1), MONDAY.replace(hour=20) + timedelta(days=1)),
    ]
    last = stretches("vendor", terms=[term(until=date(2026, 11, 24))], **told)
    assert [(each.begins_at, each.ends_at) for each in last] == [
        (MONDAY, MONDAY + timedelta(days=1))
    ]
