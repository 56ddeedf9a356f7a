"""A file leaves only when one asked, another allowed, and only for as long as it lives."""

import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
import pyzipper
from django.db import IntegrityError, transaction

from anbu.care.exports import actions, queries
from anbu.care.exports.models import Export, ExportFile
from anbu.care.exports.rules import LIVES, MOST_FETCHES, NotAllowed, UnknownExport
from anbu.care.foundation.actions import hold, let_go
from anbu.care.foundation.models import Trace
from anbu.care.people.models import Household
from anbu.care.people.rules import BadInput
from anbu.care.places import queries as where
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from anbu.config import rights
from tests.care.alarms.world import BEFORE, BY, HERE, MONDAY, THERE, World, make_world
from tests.care.people.test_walls import _run

NOW = MONDAY + timedelta(hours=10)
WHY = "반찬 나눔에 쓸 명단"


@dataclass
class House:
    world: World
    planner: Staff
    privacy: Staff  # of the city
    analyst: Staff
    homes: list[Any]


def take_on(login: str, role: str, kind: str = "city", district: str = "") -> Staff:
    place = where.organisations(kind, district)[0]
    told = {"login": login, "name": login, "role": role, "organisation": place.id}
    return staffing.add_staff(**told, by=BY, now=BEFORE)[0]  # type: ignore[arg-type]


@pytest.fixture
def house(db: None) -> House:
    world = make_world()
    return House(
        world,
        world.planner,
        take_on("boho", "privacy_officer"),
        take_on("bunseok", "analyst"),
        [world.home(still_at=NOW) for _ in range(3)] + [world.home(still_at=NOW, dong=THERE)],
    )


def ask(house: House, **more: Any) -> Any:
    told = {"data_set": "homes", "scope": {}, "reason": WHY, "by": house.planner, "now": NOW}
    return actions.ask(**told | more)


def made(house: House, **more: Any) -> Any:
    id = ask(house, **more)
    actions.allow(export=id, by=house.privacy, now=NOW)
    assert actions.make(export=id, now=NOW)
    return id


def opened(house: House, id: Any, by: Staff | None = None) -> openpyxl.Workbook:
    who = by or house.planner
    word = actions.show_password(export=id, by=who, now=NOW)
    _, body = actions.fetch(export=id, by=who, now=NOW)
    with pyzipper.AESZipFile(io.BytesIO(body)) as archive:
        return openpyxl.load_workbook(
            io.BytesIO(archive.read(archive.namelist()[0], pwd=word.encode()))
        )


def test_a_planners_list_holds_the_own_dong_and_nobody_else(house):
    Household.objects.filter(id=house.homes[0]).update(is_protected=True)
    book = opened(house, made(house))
    rows = list(book["가구 명단"].iter_rows(min_row=3, values_only=True))
    assert len(rows) == 3
    assert {row[1] for row in rows} == {"윤정례"}
    assert {row[6] for row in rows} == {"낙성대동"}
    assert sorted(row[7] or "" for row in rows)[0] == ""  # the protected address stays behind
    assert WHY in str(book["가구 명단"]["A1"].value)


def test_it_is_read_behind_the_walls_of_the_one_who_asked(house):
    """As the machines' own log-in of the database, with a query that forgets the reach."""
    id = ask(house)
    actions.allow(export=id, by=house.privacy, now=NOW)
    rights.grant(_run)
    _run("SET LOCAL ROLE anbu_work")
    seen = []
    kept = queries.homes_in_scope

    def forgetful(**told: Any) -> Any:
        kept(**told)
        seen.append(Household.objects.count())
        return kept(**told)

    patch = pytest.MonkeyPatch()
    patch.setattr(queries, "homes_in_scope", forgetful)
    try:
        assert actions.make(export=id, now=NOW)
    finally:
        patch.undo()
        _run("RESET ROLE")
        hold()
        let_go()
    assert seen == [3]


def test_nobody_allows_the_own_export_nor_one_of_another_district(house):
    supervisor = house.world.supervisor
    counts = ask(house, data_set="tiers", by=supervisor)
    with pytest.raises(NotAllowed, match="다른 사람"):
        actions.allow(export=counts, by=supervisor, now=NOW)
    with pytest.raises(IntegrityError, match="nobody_allows_the_own_export"), transaction.atomic():
        Export.objects.filter(id=counts).update(decided_by=supervisor, decided_at=NOW)
    with pytest.raises(IntegrityError, match="what_leaves_was_allowed"), transaction.atomic():
        Export.objects.filter(id=counts).update(state="making")
    mine, far = ask(house), take_on("far", "privacy_officer", "district", "11680")
    near = take_on("near", "privacy_officer", "district", "11620")
    for stranger in (far, house.world.second, house.analyst):
        with pytest.raises(UnknownExport):
            actions.allow(export=mine, by=stranger, now=NOW)
        assert queries.export(export=mine, seen_by=stranger, now=NOW) is None
    actions.allow(export=mine, by=near, now=NOW)
    with pytest.raises(NotAllowed, match="이미"):
        actions.refuse(export=mine, why="나중에 다시", by=near, now=NOW)


def test_who_may_not_ask_is_refused_and_so_is_too_much(house, monkeypatch):
    for by, told in (
        (house.world.operator, {}),
        (house.analyst, {}),
        (house.planner, {"reason": "업무"}),
        (house.planner, {"scope": {"dong": THERE}}),
        (house.planner, {"data_set": "outcomes"}),
        (house.planner, {"data_set": "nothing"}),
    ):
        with pytest.raises(NotAllowed):
            ask(house, by=by, **told)
    with pytest.raises(BadInput):
        ask(house, reason="450101-2345678 님 명단")
    monkeypatch.setattr("anbu.care.exports.actions.asking.MOST_ROWS", 2)
    with pytest.raises(NotAllowed, match="너무 많"):
        ask(house)


def test_a_list_that_grew_beyond_the_cap_is_not_made(house, monkeypatch):
    id = ask(house)
    actions.allow(export=id, by=house.privacy, now=NOW)
    monkeypatch.setattr("anbu.care.exports.actions.making.MOST_ROWS", 2)
    assert actions.make(export=id, now=NOW)
    card = queries.export(export=id, seen_by=house.planner, now=NOW)
    assert card is not None
    assert (card.state, ExportFile.objects.count()) == ("failed", 0)


def test_who_left_meanwhile_gets_no_file(house):
    id = ask(house)
    actions.allow(export=id, by=house.privacy, now=NOW)
    staffing.disable(staff=house.planner.pk, by=BY, now=NOW)
    assert actions.make(export=id, now=NOW)
    assert Export.objects.get(id=id).state == "failed"
    assert not actions.make(export=id, now=NOW)


def test_the_password_is_shown_once_to_who_asked_and_never_kept_plain(house):
    id = made(house)
    kept = Export.objects.get(id=id).password
    with pytest.raises(UnknownExport):
        actions.show_password(export=id, by=house.privacy, now=NOW)
    shown = actions.show_password(export=id, by=house.planner, now=NOW)
    assert shown not in kept
    assert Export.objects.get(id=id).password == ""
    with pytest.raises(NotAllowed, match="한 번"):
        actions.show_password(export=id, by=house.planner, now=NOW)
    assert shown not in str(list(Trace.objects.values()))


def test_a_file_ends_by_the_clock_and_then_is_gone(house):
    id = made(house)
    late = NOW + LIVES
    with pytest.raises(UnknownExport):
        actions.fetch(export=id, by=house.privacy, now=NOW)
    with pytest.raises(NotAllowed, match="기한"):  # before any sweep
        actions.fetch(export=id, by=house.planner, now=late)
    assert not actions.end_next(now=late - timedelta(seconds=1))
    assert actions.end_next(now=late)
    assert not actions.end_next(now=late)
    assert ExportFile.objects.count() == 0
    row = Export.objects.get(id=id)
    assert (row.state, row.password) == ("over", "")


def test_a_file_is_fetched_three_times_and_no_more(house):
    id = made(house)
    for _ in range(MOST_FETCHES):
        actions.fetch(export=id, by=house.planner, now=NOW)
    with pytest.raises(NotAllowed, match="번 받은"):
        actions.fetch(export=id, by=house.planner, now=NOW)


def test_every_step_stands_in_the_traces_and_each_home_in_its_own(house):
    id = made(house)
    opened(house, id)
    actions.end_next(now=NOW + LIVES)
    told = Trace.objects.filter(at__gte=NOW).order_by("id")
    verbs = [(row.verb, row.kind, row.by) for row in told if "export" in row.verb]
    by = house.planner.actor
    assert verbs == [
        ("ask_export", "write", by),
        ("allow_export", "write", house.privacy.actor),
        *[("export_home", "export", by)] * 3,
        ("make_export", "write", "system:exports"),
        ("see_export_password", "read", by),
        ("export_file", "export", by),
        ("end_export", "write", "system:clock"),
    ]
    mine = Trace.objects.filter(household=house.homes[0], verb="export_home").get()
    assert (mine.purpose, mine.reason) == (f"reason:{id}", WHY)


def test_counts_hide_small_numbers_and_an_analyst_sees_nothing_else(house):
    id = made(house, data_set="tiers", by=house.analyst, scope={"district": "11620"})
    book = opened(house, id, house.analyst)
    rows = list(book["통계"].iter_rows(min_row=4, values_only=True))
    assert [row[1] for row in rows[:-1]] == ["낙성대동", "청룡동"]
    assert all(cell == "*" for row in rows for cell in row[2:])  # three homes and one
    assert "윤정례" not in str(rows)
    assert Trace.objects.filter(verb="export_home").count() == 0


def test_outcomes_are_counted_by_dong_and_day(house):
    told = {"since": "2026-11-01", "until": "2026-11-30"}
    id = made(house, data_set="outcomes", scope=told)
    rows = list(opened(house, id)["통계"].iter_rows(min_row=3, values_only=True))
    assert rows[0] == ("자치구", "행정동", "합계")
    with pytest.raises(NotAllowed, match="앞설"):
        ask(house, data_set="outcomes", scope={"since": "2026-11-02", "until": "2026-11-01"})


def test_one_takes_the_own_request_back_and_a_refusal_says_why(house):
    id = ask(house)
    with pytest.raises(UnknownExport):
        actions.withdraw(export=id, by=house.privacy, now=NOW)
    actions.withdraw(export=id, by=house.planner, now=NOW)
    other = ask(house)
    with pytest.raises(BadInput):
        actions.refuse(export=other, why="", by=house.privacy, now=NOW)
    actions.refuse(export=other, why="명단이 아니라 수로 충분합니다", by=house.privacy, now=NOW)
    assert not actions.make(export=other, now=NOW)
    cards = queries.exports(seen_by=house.planner, now=NOW)
    assert [card.state for card in cards] == ["refused", "withdrawn"]


def test_lists_ask_one_question_however_long(house, django_assert_num_queries):
    for _ in range(3):
        ask(house)
    for who, may in ((house.planner, False), (house.privacy, True)):
        reader = Staff.objects.select_related("organisation").get(pk=who.pk)
        with django_assert_num_queries(1):
            cards = queries.exports(seen_by=reader, now=NOW)
        assert [card.may_decide for card in cards] == [may] * 3
    assert HERE
