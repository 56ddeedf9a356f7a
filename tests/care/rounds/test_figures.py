"""Figures equal the log: a random world is counted by hand, in plain Python, and compared."""

from collections import Counter
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

import pytest

from anbu.care.people import actions as register
from anbu.care.people.models import Household
from anbu.care.places.rules import SEOUL
from anbu.care.rounds.actions import links, programmes
from anbu.care.rounds.models import Contact, Link, SignUp, Standing, Worker
from anbu.care.rounds.queries.figures import Tally, figures
from anbu.care.rounds.queries.programmes import programmes as listed
from anbu.care.rounds.rules import (
    MAY_END,
    OURS,
    REAL,
    Kind,
    LinkKind,
    NotAllowed,
    Result,
    attendance_id,
    spread_of,
)
from anbu.care.staff.models import Staff
from anbu.care.staff.queries import actor_of
from tests.care.alarms.test_handover import district_officer
from tests.care.alarms.world import BEFORE, HERE, THERE, World
from tests.care.rounds.office import NOW, corps, in_round, log

TODAY = NOW.date()
SINCE, UNTIL = date(2026, 9, 1), date(2026, 12, 1)


def random_log(world: World, seed: int) -> None:
    """Write some two hundred rows over three months, with corrections, at two dongs."""
    chance = Random(seed)
    here = [in_round(world) for _ in range(5)]
    there = [in_round(world, dong=THERE) for _ in range(3)]
    hands: list[Worker | None] = [
        corps(world, "park", "박민들레"),
        corps(world, "choi", "최개나리"),
        corps(world, "seo", "서벚꽃", planner=world.next_planner),
        None,
    ]
    # months are Seoul's: rows just before and after midnight there
    edges = [datetime(2026, 10, 1, tzinfo=SEOUL) + timedelta(minutes=m) for m in (-1, 0, 1)]
    told: list[Contact] = []
    for nth in range(200):
        kind = chance.choice(list(Kind))
        at = NOW - timedelta(minutes=chance.randrange(100 * 24 * 60))
        at = edges[nth] if nth < len(edges) else at
        result = chance.choice(sorted(MAY_END[kind]))
        row = log(chance.choice(hands), chance.choice(here + there), at, kind=kind, result=result)
        told.append(row)
    for _ in range(40):  # some twice, some what puts another right
        old = chance.choice(told)
        hand = old.worker if chance.random() < 0.8 else chance.choice(hands)
        row = log(hand, old.household_id, old.at, result=Result.NO_ANSWER, replaces=old.id)
        told.append(row)
    for _ in range(40):
        home = chance.choice(here)
        links.add_link(
            household=home,
            kind=chance.choice(list(LinkKind)),
            what="난방비",
            amount_krw=chance.randrange(500_000),
            on=TODAY - timedelta(days=chance.randrange(80)),
            worker=chance.choice([hands[0].pk if hands[0] else None, None]),
            by=world.planner,
            now=NOW,
        )


def by_hand(homes: set[UUID], since: date, until: date, of=lambda row: True) -> Tally:
    """Count the log as somebody with a pencil would."""
    rows = list(Contact.objects.all())
    tally = Tally()
    for row in rows:
        gone = any(r.replaces == row.id and r.by == row.by and r.id != row.id for r in rows)
        day = row.at.astimezone(SEOUL).date()
        if gone or row.household_id not in homes or not since <= day < until or not of(row):
            continue
        tally.tried[row.kind] += 1
        tally.reached[row.kind] += row.result in set(map(str, REAL))
    for link in Link.objects.all():
        if link.household_id in homes and since <= link.on < until and of(link):
            tally.links[link.kind] += 1
            tally.krw[link.kind] += link.amount_krw
    return tally


def same(one: Tally, other: Tally) -> bool:
    def plain(tally: Tally) -> list[Counter[str]]:
        return [+tally.tried, +tally.reached, +tally.links, +tally.krw]

    return plain(one) == plain(other)


@pytest.mark.parametrize("seed", [1, 2])
def test_figures_equal_the_log(world: World, seed: int):
    random_log(world, seed)
    officer = district_officer(world)
    for reader, dongs in ((world.planner, [HERE]), (officer, [HERE, THERE])):
        homes = set(Household.objects.filter(dong__code__in=dongs).values_list("pk", flat=True))
        found = figures(seen_by=reader, since=SINCE, until=UNTIL, now=NOW)
        total = by_hand(homes, SINCE, UNTIL)
        assert total.calls > 10
        assert same(found.total, total)
        assert (found.total.calls, found.total.visits) == (total.calls, total.visits)
        assert found.total.others + found.total.elsewhere + total.calls + total.visits == sum(
            total.tried.values()
        )
        for code in dongs:
            here = Household.objects.filter(dong__code=code)
            name = here.values_list("dong__name", flat=True)[0]
            mine = by_hand(set(here.values_list("pk", flat=True)), SINCE, UNTIL)
            assert same(dict(found.by_dong)[name], mine)
        for name, tally in found.by_worker:
            of = by_hand(
                homes,
                SINCE,
                UNTIL,
                lambda row, name=name: (row.worker.staff.name if row.worker else "") == name,
            )
            assert same(tally, of), name
        for month, tally in found.by_month:
            end = (month + timedelta(days=32)).replace(day=1)
            assert same(tally, by_hand(homes, month, end)), month
        days = [
            (TODAY - max(row.began_on, row.contact_at.astimezone(SEOUL).date())).days
            if row.contact_at
            else (TODAY - row.began_on).days
            for row in Standing.objects.filter(household__in=homes)
        ]
        assert found.days == spread_of(days)
        assert found.days.people == len(homes)


def test_a_rate_is_of_calls_and_visits_alone():
    tally = Tally()
    assert tally.rate is None
    tally.tried.update({Kind.CALL: 6, Kind.VISIT: 2, Kind.NOTE: 5, Kind.AI_CALL: 9})
    tally.reached.update({Kind.CALL: 3, Kind.VISIT: 1, Kind.AI_CALL: 9})
    assert tally.rate == 0.5
    assert (tally.others, tally.elsewhere) == (5, 9)
    assert Kind.AI_CALL not in OURS


def test_who_has_no_rounds_has_no_figures(world: World):
    home = in_round(world)
    log(None, home, NOW)
    for stranger in (world.operator, world.next_planner):
        found = figures(seen_by=stranger, since=SINCE, until=UNTIL, now=NOW)
        assert not +found.total.tried
        assert found.days.people == 0


def test_figures_ask_the_same_however_long_the_log(world: World, django_assert_num_queries):
    home = in_round(world)
    log(None, home, NOW)
    with django_assert_num_queries(4):
        figures(seen_by=world.planner, since=SINCE, until=UNTIL, now=NOW)
    corps(world, "park", "박민들레")
    for _ in range(5):
        log(Worker.objects.get(), home, NOW)
    with django_assert_num_queries(5):  # and the workers' names
        figures(seen_by=world.planner, since=SINCE, until=UNTIL, now=NOW)


# ------------------------------------------------------------------ programmes

WALK = {"kind": "walk", "name": "함께 걷기", "place": "보라매공원", "minutes": 90}
BEGINS = NOW + timedelta(days=2)
AFTER = BEGINS + timedelta(hours=2)


def walk_of(world: World, capacity: int = 2, **told: object) -> UUID:
    usual: dict = {**WALK, "begins_at": BEGINS, "capacity": capacity, "by": world.planner}
    return programmes.make(**(usual | told), now=NOW).pk


def join(world: World, programme: UUID, home: UUID, *, by: Staff | None = None, yes: bool = False):
    programmes.sign_up(
        programme=programme, household=home, says_yes=yes, by=by or world.planner, now=NOW
    )


def test_places_go_in_order_and_who_leaves_makes_room(world: World):
    walk = walk_of(world)
    homes = [in_round(world) for _ in range(3)]
    for home in homes:
        join(world, walk, home)
    with pytest.raises(NotAllowed, match="이미 신청한"):
        join(world, walk, homes[0])
    page = programmes.open_programme(programme=walk, seen_by=world.planner, now=NOW)
    assert [(g.household, g.nth, g.waits) for g in page.guests] == [
        (homes[0], 1, False),
        (homes[1], 2, False),
        (homes[2], 1, True),
    ]
    programmes.withdraw(programme=walk, household=homes[0], by=world.planner, now=NOW)
    page = programmes.open_programme(programme=walk, seen_by=world.planner, now=NOW)
    assert [(g.household, g.waits) for g in page.guests] == [
        (homes[1], False),
        (homes[2], False),
    ]
    join(world, walk, homes[0])  # comes after all, behind the others
    page = programmes.open_programme(programme=walk, seen_by=world.planner, now=NOW)
    assert page.guests[-1].waits


def test_only_who_agreed_or_says_yes_now(world: World):
    walk = walk_of(world)
    home = in_round(world)
    register.refuse_help(
        household=home,
        service="care_corps",
        reason="혼자가 편함",
        ask_again_on=None,
        by=actor_of(world.planner),
        now=NOW,
    )
    with pytest.raises(NotAllowed, match="동의하지 않은"):
        join(world, walk, home)
    silent = in_round(world)
    register.withdraw_consent(household=silent, kind="monitoring", by="staff:1", now=NOW)
    with pytest.raises(NotAllowed, match="동의하지 않은"):
        join(world, walk, silent)
    join(world, walk, home, yes=True)
    assert SignUp.objects.get().said_yes


def test_attendance_is_a_contact_counted_once_and_put_right(world: World):
    walk = walk_of(world)
    home = in_round(world)
    join(world, walk, home)
    tell = {"programme": walk, "household": home, "by": world.planner, "now": AFTER}
    with pytest.raises(NotAllowed, match="시작한 뒤에"):
        programmes.tell_attendance(**tell | {"came": True, "now": NOW})
    for _ in range(2):
        programmes.tell_attendance(came=True, **tell)
    row = Contact.objects.get()
    assert (row.id, row.kind, row.result) == (attendance_id(walk, home), "programme", "reached")
    assert Standing.objects.get(pk=home).contact_at == BEGINS
    programmes.tell_attendance(came=False, **tell)
    assert Standing.objects.get(pk=home).contact_at is None
    found = figures(seen_by=world.planner, since=SINCE, until=UNTIL, now=AFTER)
    assert (found.total.tried["programme"], found.total.reached["programme"]) == (1, 0)
    programmes.tell_attendance(came=True, **tell)
    assert Standing.objects.get(pk=home).contact_at == BEGINS
    assert Contact.objects.count() == 3  # each word stays in the book
    found = figures(seen_by=world.planner, since=SINCE, until=UNTIL, now=AFTER)
    assert (found.total.tried["programme"], found.total.reached["programme"]) == (1, 1)


def test_who_was_not_there_is_named_and_leaves_no_contact(world: World):
    walk = walk_of(world)
    home = in_round(world)
    join(world, walk, home)
    programmes.tell_attendance(
        programme=walk, household=home, came=False, by=world.planner, now=AFTER
    )
    assert not Contact.objects.exists()
    page = programmes.open_programme(programme=walk, seen_by=world.planner, now=AFTER)
    assert [guest.household for guest in page.absent] == [home]


def test_who_waits_comes_where_somebody_did_not_and_nobody_sits_beyond_the_room(world: World):
    walk = walk_of(world, capacity=1)
    one, two = in_round(world), in_round(world)
    join(world, walk, one)
    join(world, walk, two)
    tell = {"programme": walk, "by": world.planner, "now": AFTER}
    programmes.tell_attendance(household=one, came=True, **tell)
    with pytest.raises(NotAllowed, match="자리가 다"):
        programmes.tell_attendance(household=two, came=True, **tell)
    programmes.tell_attendance(household=one, came=False, **tell)
    programmes.tell_attendance(household=two, came=True, **tell)
    with pytest.raises(NotAllowed, match="이미 적은"):
        programmes.withdraw(household=two, **tell)


def test_another_dong_knows_the_number_and_not_the_name(world: World):
    walk = walk_of(world, by=district_officer(world))
    mine, theirs = in_round(world), in_round(world, dong=THERE)
    join(world, walk, mine)
    join(world, walk, theirs, by=world.next_planner)
    page = programmes.open_programme(programme=walk, seen_by=world.next_planner, now=NOW)
    assert ([g.household for g in page.guests], page.elsewhere) == ([theirs], 1)
    assert page.row.signed == 2
    with pytest.raises(links.UnknownHome):
        join(world, walk, mine, by=world.next_planner)
    with pytest.raises(programmes.UnknownProgramme):
        join(world, walk, mine, by=world.operator)
    own = walk_of(world, dong_only=True)
    assert own not in {row.id for row in listed(seen_by=world.next_planner, now=NOW)}
    with pytest.raises(programmes.UnknownProgramme):
        programmes.open_programme(programme=own, seen_by=world.next_planner, now=NOW)


def test_what_is_called_off_takes_nobody(world: World):
    walk = walk_of(world)
    home = in_round(world)
    with pytest.raises(NotAllowed):
        programmes.call_off(programme=walk, why="비", by=world.planner, now=AFTER)
    programmes.call_off(programme=walk, why="비가 많이 옴", by=world.planner, now=NOW)
    with pytest.raises(NotAllowed, match="취소한"):
        join(world, walk, home)
    (row,) = listed(seen_by=world.planner, now=NOW)
    assert row.cancelled_why == "비가 많이 옴"
    for wrong in ({"begins_at": NOW}, {"kind": "swim"}, {"capacity": 0}, {"minutes": 1}):
        with pytest.raises(NotAllowed):
            walk_of(world, **wrong)
    assert BEFORE < NOW
