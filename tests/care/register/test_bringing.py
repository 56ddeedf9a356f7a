"""A register is looked at, brought in piece by piece, and taken back."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from anbu.care.foundation.models import Trace
from anbu.care.foundation.rules import machine
from anbu.care.people import actions as people
from anbu.care.people.models import Contact, Household, Person
from anbu.care.places import queries as where
from anbu.care.places.rules import SEOUL
from anbu.care.register import actions, queries
from anbu.care.register.actions import NotPossible, UnknownImport
from anbu.care.register.models import DoubleRun, Import, ImportRow
from anbu.care.register.rules import BadFile
from anbu.care.staff import actions as staffing
from anbu.care.staff.models import Staff
from anbu.care.staff.queries import actor_of
from tests.seoul import seoul

NOW = datetime(2026, 11, 20, 12, tzinfo=SEOUL)
TITLES = "이름,생년월일,성별,연락처,자치구,행정동,주소,위험군,보호자,관계,보호자 연락처\n"
HERE, THERE = "1162058500", "1162059500"


@pytest.fixture
def planner(db: None) -> Staff:
    seoul(now=NOW)
    return staff_of(HERE)


def staff_of(dong: str) -> Staff:
    post = where.dong_post(dong)
    assert post is not None
    return staffing.add_staff(
        login=f"p{dong}", name="한지우", role="planner", post=post.id, by="system:test", now=NOW
    )[0]


def row(nth: int, dong: str = HERE, birth: str = "1945") -> str:
    phone = f"010-0000-{nth:04}"
    return f"윤OO{nth},{birth},여,{phone},관악구,{dong},은천로 {nth},고위험,박OO,딸,010-0000-9999\n"


def bring(who: Staff, *rows: str, start: bool = True) -> UUID:
    body = (TITLES + "".join(rows)).encode()
    brought = actions.look_at(body=body, file_name="명단.csv", by=actor_of(who), now=NOW)
    if start:
        actions.start(brought=brought, by=actor_of(who), now=NOW)
    return brought


def test_looking_brings_nothing_in_and_tells_every_fault(planner):
    brought = bring(planner, row(1), row(2, birth="봄"), row(3, dong=THERE), start=False)
    page = queries.import_page(brought=brought, seen_by=planner)
    assert page is not None
    assert (page.card.total, page.card.ready, page.card.faulty) == (3, 1, 2)
    assert [line.number for line in page.faulty] == [3, 4]
    assert [line.faults[0].title for line in page.faulty] == ["생년월일", "행정동"]
    assert not Household.objects.exists()


def test_good_rows_come_in_and_the_others_wait_to_be_mended(planner):
    brought = bring(planner, row(1), row(2, birth="봄"), row(3))
    while actions.take_step(now=NOW):
        pass
    card = queries.import_card(brought=brought, seen_by=planner)
    assert card is not None
    assert (card.state, card.made, card.faulty, card.percent) == ("done", 2, 1, 100)
    assert sorted(Person.objects.values_list("name", flat=True)) == ["윤OO1", "윤OO3"]
    assert Contact.objects.count() == 2
    made = ImportRow.objects.filter(state="made")
    assert all(each.cells == [] for each in made)  # what is in the register is not kept twice
    verbs = list(Trace.objects.order_by("id").values_list("verb", flat=True))
    assert verbs.count("register_household") == 2
    assert {"look_at_import", "start_import", "end_import"} <= set(verbs)
    assert {t.by for t in Trace.objects.filter(verb="register_household")} == {planner.actor}


def test_killed_in_the_middle_it_goes_on_where_it_stood(planner, monkeypatch):
    monkeypatch.setattr("anbu.care.register.actions.bringing.AT_ONCE", 2)
    bring(planner, *(row(n) for n in range(1, 6)))
    assert actions.take_step(now=NOW)
    assert Household.objects.count() == 2
    monkeypatch.setattr(
        "anbu.care.people.actions.register_households", _die_after(people.register_households)
    )
    with pytest.raises(KeyboardInterrupt):
        actions.take_step(now=NOW)
    monkeypatch.undo()
    assert Household.objects.count() == 2  # the step that was killed left nothing
    while actions.take_step(now=NOW):
        pass
    assert Household.objects.count() == 5
    assert len(set(Person.objects.values_list("name", flat=True))) == 5


def _die_after(work):
    def dying(**told):
        work(**told)
        raise KeyboardInterrupt

    return dying


def test_taken_back_it_is_as_if_it_had_not_been_but_for_what_was_built_on(planner):
    brought = bring(planner, row(1), row(2), row(3))
    while actions.take_step(now=NOW):
        pass
    touched, consented = Household.objects.order_by("address")[:2]
    people.change_tier(
        household=touched.id,
        tier="low",
        reason="만나 봄",
        review_on=None,
        by=actor_of(planner),
        now=NOW,
    )
    people.give_consent(
        household=consented.id, kind="night", obtained_how="서면", by="system:test", now=NOW
    )
    actions.undo(brought=brought, by=actor_of(planner), now=NOW)
    while actions.take_step(now=NOW):
        pass
    card = queries.import_card(brought=brought, seen_by=planner)
    assert card is not None
    assert (card.state, card.undone, card.kept) == ("undone", 1, 2)
    assert set(Household.objects.values_list("id", flat=True)) == {touched.id, consented.id}
    assert Person.objects.count() == Contact.objects.count() == 2  # what stays stays whole
    with pytest.raises(NotPossible):
        actions.undo(brought=brought, by=actor_of(planner), now=NOW)


def test_an_import_is_seen_and_moved_only_by_who_brought_it(planner):
    brought = bring(planner, row(1), start=False)
    stranger = staff_of(THERE)
    assert queries.import_page(brought=brought, seen_by=stranger) is None
    assert queries.imports(seen_by=stranger) == []
    for deed in (actions.start, actions.drop, actions.undo):
        with pytest.raises(UnknownImport):
            deed(brought=brought, by=actor_of(stranger), now=NOW)


def test_a_number_in_a_file_is_kept_nowhere(planner):
    brought = bring(planner, row(1), row(2).replace("은천로 2", "450101-2345678"), start=False)
    assert "2345678" not in str(list(ImportRow.objects.values("cells", "faults")))
    card = queries.import_card(brought=brought, seen_by=planner)
    assert card is not None
    assert (card.ready, card.faulty) == (1, 1)
    body = "주민번호\n1\n".encode()
    with pytest.raises(BadFile, match="주민등록번호 열"):
        actions.look_at(body=body, file_name="a.csv", by=actor_of(planner), now=NOW)


def test_columns_are_matched_by_hand_where_titles_say_nothing(planner):
    body = ("가,나,다,라,마,바\n" + f"윤OO,1945,여,{HERE},은천로 1,고\n").encode()
    told = {"by": actor_of(planner), "now": NOW}
    brought = actions.look_at(body=body, file_name="a.csv", **told)
    with pytest.raises(NotPossible, match="이름"):
        actions.start(brought=brought, **told)
    columns = {"name": 0, "birth": 1, "sex": 2, "dong": 3, "address": 4, "tier": 5}
    with pytest.raises(NotPossible, match="한 열"):
        actions.match_columns(brought=brought, columns=columns | {"tier": 4}, **told)
    actions.match_columns(brought=brought, columns=columns | {"unit": 99}, **told)
    actions.start(brought=brought, **told)
    while actions.take_step(now=NOW):
        pass
    assert Household.objects.get().tier == "high"


def test_the_same_file_twice_is_pointed_out(planner):
    bring(planner, row(1))
    while actions.take_step(now=NOW):
        pass
    again = bring(planner, row(1), start=False)
    page = queries.import_page(brought=again, seen_by=planner)
    assert page is not None
    assert page.alike_before == NOW


def test_what_was_not_brought_in_is_forgotten_after_two_weeks(planner):
    bring(planner, row(1), row(2, birth="봄"), start=False)
    assert not actions.forget_cells(now=NOW + timedelta(days=13))
    assert actions.forget_cells(now=NOW + timedelta(days=15))
    assert not actions.forget_cells(now=NOW + timedelta(days=15))
    assert set(map(str, ImportRow.objects.values_list("cells", flat=True))) == {"[]"}


def test_a_page_costs_the_same_for_ten_rows_and_for_a_thousand(planner, django_assert_num_queries):
    brought = bring(planner, *(row(n) for n in range(1, 30)), start=False)
    with django_assert_num_queries(4):
        queries.import_page(brought=brought, seen_by=planner)
    with django_assert_num_queries(1):
        queries.imports(seen_by=planner)


def test_a_machine_brings_in_for_the_whole_city(planner):
    body = (TITLES + row(1, dong=THERE)).encode()
    told = {"by": machine("cli"), "now": NOW}
    brought = actions.look_at(body=body, file_name="a.csv", **told)
    actions.start(brought=brought, **told)
    while actions.take_step(now=NOW, only=brought):
        pass
    assert Household.objects.get().dong.code == THERE
    assert Import.objects.get().state == "done"


def test_after_an_import_the_register_is_searched_for_people_who_stand_in_it_twice(planner):
    bring(planner, row(1))
    assert not DoubleRun.objects.exists()
    while actions.take_step(now=NOW):
        pass
    assert DoubleRun.objects.filter(ended_at=None).count() == 1
