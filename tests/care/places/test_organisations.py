"""Lists of organisations as they are published, and dongs that split or merge."""

from datetime import date, datetime, timedelta

import pytest

from anbu.care.foundation.rules import machine
from anbu.care.people import actions as people
from anbu.care.people.actions import NewPerson, register_household
from anbu.care.people.models import Household, PastDong
from anbu.care.places import actions, queries
from anbu.care.places.models import Dong, Organisation
from anbu.care.places.rules import SEOUL, BadRow, dong_keys, read_organisation
from anbu.care.staff import actions as staffing
from anbu.care.staff import queries as crew
from anbu.care.staff.models import Staff
from tests.seoul import no_city

NOW = datetime(2026, 11, 20, 12, tzinfo=SEOUL)


@pytest.fixture(autouse=True)
def _nothing_loaded(db: None) -> None:
    no_city()


BY = "system:test"
HERE, THERE = "1162058500", "1162059500"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("홍제제1동주민센터", "홍제1동"),
        ("월곡제1동주민센토", "월곡1동"),
        ("면목본동 주민센터", "면목본동"),
        ("면목제38동 주민센터", "면목38동"),
        ("면목3·8동", "면목38동"),
        ("종로1234가동주민센터", "종로1234가동"),
        ("금호2.3가동주민센터", "금호23가동"),
        ("명동주민센터(임시청사)", "명동"),
        ("가양제1동주민센터", "가양1동"),
        ("창제1동  행정복지센터", "창1동"),
        ("중  앙 동 주민센터", "중앙동"),
    ],
)
def test_a_dong_is_known_however_its_office_is_written(written: str, meant: str):
    assert meant in dong_keys(written)


def test_a_lost_zero_comes_back_and_what_is_no_postcode_does_not_come_in():
    assert read_organisation({"center": "사직동주민센터", "postcode": "3176"}).postcode == "03176"
    assert read_organisation({"center": "사직동주민센터", "postcode": "3176.0"}).postcode == "03176"
    with pytest.raises(BadRow, match="우편번호"):
        read_organisation({"center": "사직동주민센터", "postcode": "0317-6"})
    with pytest.raises(BadRow, match="너무 깁니다"):  # a lost quotation mark swallows lines
        read_organisation({"center": "사직동주민센터", "address": "가" * 201})
    with pytest.raises(BadRow, match="주민등록번호"):
        read_organisation({"name": "홍길동", "phone": "900101-1234567"})


LIST = """gu,center,postcode,address,adm_cd2
관  악구,청룡동 주민센터,8787,서울특별시 관악구  청룡1길 19,
관악구,낙성대동주민센토,08795,서울특별시 관악구 낙성대로4가길 5,1162058500
동대문구,용신동주민센터,02567,서울특별시 동대문구 천호대로27길 35,
가나구,청룡동주민센터,08787,어디,
,,,,
"""


def test_a_public_list_is_taken_in_with_its_slips_and_each_bad_row_is_told(db: None):
    actions.load_seoul(now=NOW)
    done = actions.load_organisations(text=LIST, by=BY, now=NOW)
    assert (done.new, done.changed, done.same) == (0, 2, 0)
    assert [line for line, _ in done.faults] == [4, 5, 6]
    assert "용신동: 동대문구에 이런 동이 없습니다" in done.faults[0][1]
    assert "가나구" in done.faults[1][1]
    office = Organisation.objects.get(dong__code=THERE)
    assert (office.postcode, office.address) == ("08787", "서울특별시 관악구 청룡1길 19")
    again = actions.load_organisations(text=LIST, by=BY, now=NOW)
    assert (again.new, again.changed, again.same) == (0, 0, 2)


def test_a_council_member_has_a_district_and_a_type_and_nobody_else_has_a_type(db: None):
    actions.load_seoul(now=NOW)
    text = """구분,기관명,자치구,유형
참여기관,다솜약국,관악구,병원·의원
참여기관,다솜약국,관악구,clinic
참여기관,나래부동산,,공인중개사
참여기관,라온상회,관악구,
전담기구,가온복지관,관악구,복지관
참여기관,마루공방,관악구,마술사
왕국,가온나라,관악구,
"""
    done = actions.load_organisations(text=text, by=BY, now=NOW)
    assert (done.new, done.same, len(done.faults)) == (1, 1, 5)
    [member] = queries.organisations("member", district="11620")
    assert (member.name, member.member_type) == ("다솜약국", "clinic")


def home(dong: str, address: str) -> object:
    return register_household(
        dong=dong,
        address=address,
        tier="mid",
        patience_hours=24,
        person=NewPerson(name="윤정례", birth_year=1945, sex="f", phone=""),
        by=BY,
        now=NOW - timedelta(days=9),
    )


def told(code: str, name: str, out_of: list[str], roads: list[str] | None = None) -> str:
    return f"""
[[dong]]
code = "{code}"
name = "{name}"
district = "11620"
lat = 37.48
lon = 126.95
out_of = {out_of}
roads = {roads or []}
"""


def test_two_dongs_become_one_and_homes_staff_and_office_follow(db: None):
    actions.load_seoul(now=NOW)
    posts = {code: queries.dong_post(code).id for code in (HERE, THERE)}
    lee, _ = staffing.add_staff(
        login="lee", name="이하늘", role="planner", post=posts[HERE], by=BY, now=NOW
    )
    a, b = home(HERE, "관악구 은천로00길 12"), home(THERE, "관악구 청룡0길 3")
    text = "on = 2026-11-20\n" + told("1162099900", "낙성청룡동", [HERE, THERE])
    done = people.redraw_dongs(text=text, by=machine("test"), now=NOW)
    assert (done.moved, done.waiting, done.staff) == (2, 0, ())
    new = Dong.objects.get(code="1162099900")
    assert set(Household.objects.filter(dong=new).values_list("id", flat=True)) == {a, b}
    assert {(p.dong.code, p.until) for p in PastDong.objects.all()} == {(HERE, NOW), (THERE, NOW)}
    assert Dong.objects.get(code=HERE).valid_until == date(2026, 11, 20)  # and stays to be read
    assert Organisation.objects.get(dong__code=HERE).valid_until == date(2026, 11, 20)
    lee = Staff.objects.get(pk=lee.pk)
    assert lee.dong_id == new.pk
    assert lee.round == 2  # signs in anew
    assert [g.why for g in crew.grants(staff=lee.pk)] == ["행정동 개편", ""]
    assert queries.find_dong(HERE, NOW) is None
    assert queries.find_dong(HERE, NOW - timedelta(days=9)).name == "낙성대동"


def test_a_split_sends_homes_by_their_road_and_leaves_to_people_what_no_list_knows(db: None):
    actions.load_seoul(now=NOW)
    post = queries.dong_post(HERE).id
    staffing.add_staff(login="lee", name="이하늘", role="planner", post=post, by=BY, now=NOW)
    one, twelve, lost = (
        home(HERE, f"관악구 {road} 7") for road in ("은천로1길", "은천로12길", "모르는길")
    )
    text = "on = 2026-11-20\n"
    text += told("1162099901", "낙성대1동", [HERE], ["은천로1길"])
    text += told("1162099902", "낙성대2동", [HERE], ["은천로12길"])
    done = people.redraw_dongs(text=text, by=machine("test"), now=NOW)
    assert (done.moved, done.waiting, done.staff) == (2, 1, ("lee",))
    where = dict(Household.objects.values_list("id", "dong__code"))
    assert where == {one: "1162099901", twelve: "1162099902", lost: HERE}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("on = 2027-01-01\n" + told("1162099900", "새동", [HERE]), "아직"),
        ("on = 2026-11-20\n" + told("1162099900", "새동", ["9999999999"]), "지금 있는 동이"),
        ("on = 2026-11-20\n" + told(THERE, "새동", [HERE]), "이미 있는"),
        ("on = 2026-11-20\n", "읽을 수 없는"),
        ("on = 3\ndong = []", "언제부터"),
        ("on =", "읽을 수 없는"),
    ],
)
def test_a_redrawing_that_cannot_be_leaves_everything_as_it_was(db: None, text: str, why: str):
    actions.load_seoul(now=NOW)
    with pytest.raises(actions.BadRedrawing, match=why):
        people.redraw_dongs(text=text, by=machine("test"), now=NOW)
    assert Dong.objects.filter(valid_until=None).count() == 427
