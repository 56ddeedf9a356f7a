"""Swaps: both sides change hands in one step, or nothing does."""

from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from anbu.care.foundation.models import Trace
from anbu.care.places import queries as where
from anbu.care.rosters import actions
from anbu.care.rosters.models import Hole, Swap, Turn
from anbu.care.rosters.rules import NotAllowed, UnknownTurn
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from tests.care.alarms.world import BY, World
from tests.care.rosters.test_rosters import DAY, HOUR, NIGHT, NOW, events, officer, put


@pytest.fixture
def turns(world: World) -> tuple[Turn, Turn]:
    """Return a night of each of the two operators."""
    return put(world, world.operator), put(world, world.second, days=1)


def ask(world: World, turns: tuple[Turn, Turn], *, back: bool = True) -> Swap:
    told = {"gives": turns[0].pk, "takes": turns[1].pk if back else None}
    return actions.ask_swap(**told, asked_of=world.second.pk, by=world.operator, now=NOW)


def standing() -> dict:
    rows = Turn.objects.filter(withdrawn_at=None).order_by("begins_at")
    return {row.begins_at: row.staff.login for row in rows}


def test_nothing_changes_until_the_lead_allows_it(world: World, turns):
    before = standing()
    swap = ask(world, turns)
    with pytest.raises(NotAllowed):
        actions.allow_swap(swap=swap.pk, by=world.supervisor, now=NOW)  # the other said nothing
    with pytest.raises(NotAllowed):
        actions.agree_swap(swap=swap.pk, by=world.operator, now=NOW)  # not who was asked
    actions.agree_swap(swap=swap.pk, by=world.second, now=NOW)
    with pytest.raises(NotAllowed):
        actions.allow_swap(swap=swap.pk, by=world.operator, now=NOW)
    with pytest.raises(UnknownTurn):
        actions.allow_swap(swap=swap.pk, by=world.planner, now=NOW)
    assert standing() == before
    actions.allow_swap(swap=swap.pk, by=world.supervisor, now=NOW)
    assert standing() == {NIGHT[0]: "han", NIGHT[0] + DAY: "moon"}
    swap.refresh_from_db()
    assert (swap.state, swap.settled_by) == ("done", world.supervisor)
    assert {turn.source for turn in Turn.objects.filter(withdrawn_at=None)} == {"swap"}
    with pytest.raises(NotAllowed):
        actions.allow_swap(swap=swap.pk, by=world.supervisor, now=NOW)
    assert Trace.objects.filter(verb="allow_swap").count() == 1


def test_where_the_city_asks_for_no_leads_word_two_are_enough(world: World, turns, settings):
    settings.ROSTER_SWAPS_ALLOWED = False
    swap = ask(world, turns, back=False)
    assert actions.agree_swap(swap=swap.pk, by=world.second, now=NOW).state == "done"
    assert standing() == {NIGHT[0]: "han", NIGHT[0] + DAY: "han"}


def test_calendars_of_both_follow(world: World, turns, settings):
    settings.ROSTER_SWAPS_ALLOWED = False
    secrets = [actions.renew_link(by=who, now=NOW) for who in (world.operator, world.second)]
    actions.agree_swap(swap=ask(world, turns).pk, by=world.second, now=NOW)
    given_away, own = [sorted(status for status, _ in events(each).values()) for each in secrets]
    assert given_away == own == ["CANCELLED", "CONFIRMED"]
    assert events(secrets[0])[f"{turns[0].pk}@anbu"] == ("CANCELLED", 1)


def test_a_swap_that_would_bind_somebody_twice_is_refused(world: World, turns, settings):
    settings.ROSTER_SWAPS_ALLOWED = False
    swap = ask(world, turns)
    put(world, world.second, span=(NIGHT[0] + HOUR, NIGHT[0] + 2 * HOUR))  # meanwhile
    before = standing()
    with pytest.raises(NotAllowed, match="두 번 서게"):
        actions.agree_swap(swap=swap.pk, by=world.second, now=NOW)
    assert standing() == before
    assert Swap.objects.get().state == "asked"
    with pytest.raises(NotAllowed, match="두 번 서게"):
        ask(
            world,
            (put(world, world.operator, days=3), put(world, world.second, days=3)),
            back=False,
        )


def test_a_turn_that_is_gone_or_begun_is_not_swapped(world: World, turns, settings):
    settings.ROSTER_SWAPS_ALLOWED = False
    swap = ask(world, turns)
    with pytest.raises(NotAllowed, match="이미 시작한"):
        actions.agree_swap(swap=swap.pk, by=world.second, now=NIGHT[0])
    actions.withdraw_turn(turn=turns[1].pk, by=world.supervisor, now=NOW)
    swap.refresh_from_db()
    assert swap.state == "lapsed"
    with pytest.raises(NotAllowed):
        actions.agree_swap(swap=swap.pk, by=world.second, now=NOW)
    assert standing() == {NIGHT[0]: "moon"}


def test_who_may_ask_whom(world: World, turns):
    for gives, of, says in (
        (turns[1], world.second, "자기 근무만"),
        (turns[0], world.operator, "다른 분"),
        (turns[0], world.planner, "일하는 분이"),
    ):
        told = {"gives": gives.pk, "asked_of": of.pk}
        with pytest.raises(NotAllowed, match=says):
            actions.ask_swap(**told, by=world.operator, now=NOW)
    ask(world, turns)
    with pytest.raises(NotAllowed, match="이미 바꾸자고"):
        ask(world, turns)


def test_it_is_taken_back_by_who_asked_and_refused_by_who_was_asked(world: World, turns):
    swap = ask(world, turns)
    with pytest.raises(NotAllowed):
        actions.withdraw_swap(swap=swap.pk, by=world.second, now=NOW)
    with pytest.raises(NotAllowed):
        actions.refuse_swap(swap=swap.pk, by=world.operator, now=NOW)
    actions.withdraw_swap(swap=swap.pk, by=world.operator, now=NOW)
    swap = ask(world, turns)
    actions.refuse_swap(swap=swap.pk, by=world.second, now=NOW)
    swap = ask(world, turns)
    actions.refuse_swap(swap=swap.pk, by=world.supervisor, now=NOW)
    assert sorted(Swap.objects.values_list("state", flat=True)) == [
        "refused",
        "refused",
        "withdrawn",
    ]


def test_a_lead_does_not_allow_their_own_swap(world: World):
    own, theirs = put(world, world.supervisor), put(world, world.second, days=1)
    told = {"gives": own.pk, "takes": theirs.pk, "asked_of": world.second.pk}
    swap = actions.ask_swap(**told, by=world.supervisor, now=NOW)
    actions.agree_swap(swap=swap.pk, by=world.second, now=NOW)
    with pytest.raises(NotAllowed, match="다른 책임자"):
        actions.allow_swap(swap=swap.pk, by=world.supervisor, now=NOW)
    actions.allow_swap(swap=swap.pk, by=officer("seoul", "city"), now=NOW)
    assert standing() == {NIGHT[0]: "han", NIGHT[0] + DAY: "noh"}


def test_no_swap_ever_opens_a_hole_or_binds_anybody_twice(world: World, settings):
    """Three people, six turns, any swaps: as many people stand at each moment as before."""
    settings.ROSTER_SWAPS_ALLOWED = False
    third, _ = staffing.add_staff(
        login="ok", name="옥다솜", role="operator", post=where.centre(), by=BY, now=NOW
    )
    people: list[Staff] = [world.operator, world.second, third]
    actions.set_need(post=where.centre(), part="duty", people=1, by=world.supervisor, now=NOW)
    done = set()

    @settings_of(max_examples=25)
    @given(st.lists(st.tuples(*[st.integers(0, 5)] * 2, st.booleans()), min_size=1, max_size=6))
    def run(story) -> None:
        Swap.objects.all().delete()
        Turn.objects.all().delete()
        for nth, (who, _) in enumerate(product(people, (0, 1))):
            put(world, who, days=nth % 3)
        holes = list(Hole.objects.filter(ended_at=None).values_list("begins_at", "missing"))
        moments = sorted(Turn.objects.values_list("begins_at", "ends_at"))
        for one, other, back in story:
            done.add(_swap_some(one, other, back))
        left = Turn.objects.filter(withdrawn_at=None)
        assert sorted(left.values_list("begins_at", "ends_at")) == moments
        found = Hole.objects.filter(ended_at=None).values_list("begins_at", "missing")
        assert sorted(found) == sorted(holes)

    run()
    assert done == {True, False}  # some were done, some refused


def _swap_some(one: int, other: int, back: bool) -> bool:
    turns = list(Turn.objects.filter(withdrawn_at=None).order_by("begins_at", "id"))
    mine, theirs = turns[one], turns[other]
    told = {"gives": mine.pk, "takes": theirs.pk if back else None, "asked_of": theirs.staff_id}
    try:
        swap = actions.ask_swap(**told, by=mine.staff, now=NOW)
        actions.agree_swap(swap=swap.pk, by=theirs.staff, now=NOW)
    except NotAllowed:
        return False
    return True


def test_swaps_lie_open_no_longer_than_their_turns(world: World, turns):
    ask(world, turns)
    told = {"begins_at": NIGHT[0], "ends_at": NIGHT[1] - timedelta(hours=2), "part": "duty"}
    actions.change_turn(turn=turns[0].pk, **told, by=world.supervisor, now=NOW)
    assert Swap.objects.get().state == "lapsed"
