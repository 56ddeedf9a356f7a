"""119·112 전달지 on the desk: to whom first, then aloud or on one page; nothing from elsewhere."""

import io
import re
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from anbu.care.alarms import actions, queries
from anbu.care.alarms.models import Alarm, Provision, Step
from anbu.care.citizens.queries import citizen
from anbu.care.foundation.models import Trace
from anbu.care.looking import queries as looking
from anbu.care.looking.rules import month_of
from anbu.care.people import actions as people
from anbu.care.people.models import Contact, Household, Person
from anbu.care.staff.models import Staff
from anbu.desks.control_room import packet_pdf
from tests.care.alarms.world import BY, World
from tests.care.exports.test_exports import take_on
from tests.desks.control_room.conftest import NOW

packet_pdf._tools()  # half a second, and not within a test's transaction

TOLD = {
    "to": "119",
    "office": "관악소방서 상황실",
    "person": "접수 1234",
    "way": "pdf",
    "reply_to": "02-0000-0000",
    "urgent": "",
}


@pytest.fixture
def agreed(alarm: Alarm) -> Alarm:
    """Return an alarm of a home that agreed to 119 and 112 being told."""
    people.give_consent(
        household=alarm.household_id, kind="rescue", obtained_how="서면", by=BY, now=NOW
    )
    return alarm


def made(desk: Client, alarm: Alarm, **told: str) -> str:
    """Have a packet made and return its address."""
    answer = desk.post(f"/alarms/{alarm.pk}/packet", {**TOLD, **told})
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def words_of(body: bytes) -> tuple[PdfReader, str]:
    pages = PdfReader(io.BytesIO(body))
    return pages, re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages.pages))


def test_it_asks_to_whom_before_anything_else(desk: Client, agreed: Alarm):
    page = desk.get(f"/alarms/{agreed.pk}/packet").content.decode()
    assert "누구에게 전합니까?" in page
    assert "은천로" not in page
    assert not Provision.objects.exists()
    for lacking in ("office", "person", "reply_to", "to", "way"):
        answer = desk.post(f"/alarms/{agreed.pk}/packet", {**TOLD, lacking: ""})
        assert answer.status_code == 422, lacking
        kept = "접수 1234" if lacking != "person" else "관악소방서 상황실"
        assert kept in answer.content.decode()
    number = desk.post(f"/alarms/{agreed.pk}/packet", {**TOLD, "person": "450101-2345678"})
    assert number.status_code == 422
    assert "450101" not in number.content.decode()
    assert not Provision.objects.exists()
    assert 'data-key="KeyP"' in desk.get(f"/alarms/{agreed.pk}").content.decode()
    assert 'data-key="KeyP"' in desk.get(f"/preview/{agreed.pk}").content.decode()


def test_without_consent_it_asks_why_it_cannot_wait(desk: Client, alarm: Alarm):
    refused = desk.post(f"/alarms/{alarm.pk}/packet", TOLD)
    assert refused.status_code == 409
    assert "생명·신체가 급한 까닭" in refused.content.decode()
    assert "관악소방서 상황실" in refused.content.decode()
    paper = desk.get(made(desk, alarm, urgent="신음이 들린다고 함")).content.decode()
    assert "제17조 제1항 제2호" in paper
    assert "신음이 들린다고 함" in paper


def test_it_is_read_in_the_order_of_a_dispatchers_questions(desk: Client, agreed: Alarm):
    Household.objects.filter(id=agreed.household_id).update(
        key_holder="1층 집주인 박OO 010-0000-5678", hazard_note="작은 개", building="승강기 없음"
    )
    actions.dispatch(alarm_id=agreed.pk, note="지한결·민도윤 010-0000-9876", by=operator(), now=NOW)
    page = desk.get(made(desk, agreed, way="spoken")).content.decode()
    order = ["은천로00길 12", "승강기 없음", "윤정례", "심부전", "공동현관", "열쇠", "작은 개"]
    order += ["변화 없음", "딸 윤O0 010-0000-1000", "지한결·민도윤", "2026-0001"]
    aloud = page[page.index('class="say-aloud"') :]
    places = [aloud.index(word) for word in order]
    assert places == sorted(places)
    assert "1234*" not in page
    assert "들어가는 법 보기" in page
    assert "/pdf" not in page  # read aloud: nothing to send
    assert 'class="packet' in desk.get(f"{page_of()}?view=paper").content.decode()
    assert desk.get(f"{page_of()}/pdf").status_code == 404


def operator() -> Staff:
    """Return somebody of the centre who acts on it."""
    return Staff.objects.get(login="moon")


def page_of() -> str:
    return f"/packets/{Provision.objects.get().pk}"


def test_the_pdf_is_one_page_with_hangul_in_it(desk: Client, agreed: Alarm):
    address = made(desk, agreed)
    page = desk.get(address).content.decode()
    assert f"{address}/pdf" in page
    answer = desk.get(f"{address}/pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    assert "2026-0001" in answer["Content-Disposition"]
    pages, text = words_of(answer.content)
    assert len(pages.pages) == 1
    box = pages.pages[0].mediabox
    assert (round(box.width), round(box.height)) == (595, 842)  # A4 in points
    for word in ("119·112 전달지", "은천로00길 12", "윤정례", "심부전", "관악소방서 상황실"):
        assert word in text, text
    assert "1234*" not in text
    fonts = [f["/FontDescriptor"] for f in fonts_of(pages)]
    assert fonts
    for each in fonts:
        assert "PretendardGOV" in each["/FontName"].replace("-", "").replace(" ", ""), each
        assert {"/FontFile2", "/FontFile3"} & set(each), "a font that is not in the file"
    assert (pages.metadata or {}).get("/Title") == "2026-0001"  # no name in what the file says
    assert Trace.objects.filter(kind="print", detail__sheet="2026-0001").count() == 1


def fonts_of(pages: PdfReader) -> list[Any]:
    found = pages.pages[0]["/Resources"]["/Font"].values()
    return [one.get_object()["/DescendantFonts"][0].get_object() for one in found]


def long(text: str, length: int) -> str:
    """Return words, as somebody would type them, of just this length."""
    return (f"{text} " * length)[: length - 1] + text[0]


def test_the_longest_texts_a_home_may_have_stand_on_one_page(desk: Client, agreed: Alarm):
    told = {
        "address": long("긴길", 120),
        "unit": long("큰집", 60),
        "building": long("골목", 80),
        "key_holder": long("열쇠", 120),
        "hazard_note": long("개있음", 120),
    }
    home, who = agreed.household_id, operator()
    Household.objects.filter(id=home).update(**told)
    Person.objects.filter(household=home).update(name="이" * 40, health_note=long("아픔", 300))
    Contact.objects.filter(household=home).delete()
    for rank in range(5):
        card = {"name": "연" * 40, "relation": "딸" * 20, "phone": "010-0000-0000"}
        Contact.objects.create(household_id=home, rank=rank, note=long("메모", 80), **card)
    by = {"alarm_id": agreed.pk, "by": who, "now": NOW}
    for _ in range(6):
        actions.record_call(whom="person", result="no_answer", note=long("말함", 300), **by)
    actions.dispatch(note=long("두사람", 300), **by)
    sent = {"office": "서" * 40, "person": "대" * 40, "reply_to": "0" * 19}
    address = made(desk, agreed, urgent=long("급함", 200), **sent)
    pages, text = words_of(desk.get(f"{address}/pdf").content)
    assert len(pages.pages) == 1
    bare = text.replace(" ", "")
    whole = [*told.values(), long("아픔", 300), long("두사람", 300), long("급함", 200)]
    assert [each for each in whole if each.replace(" ", "") not in bare] == []  # nothing is cut


def test_a_short_one_is_set_large_and_a_long_one_small(desk: Client, agreed: Alarm):
    assert 'class="packet s0"' in desk.get(made(desk, agreed)).content.decode()
    Person.objects.filter(household=agreed.household_id).update(health_note=long("아픔", 300))
    Household.objects.filter(id=agreed.household_id).update(key_holder=long("열쇠", 120))
    assert 'class="packet s1"' in desk.get(made(desk, agreed)).content.decode()


def test_it_reads_nothing_but_our_own_files():
    assert packet_pdf.read("anbu:packet.css").startswith(b"/* 119")
    for strange in (
        "https://example.org/x.css",
        "file:///etc/passwd",
        "anbu:../../../../etc/passwd",
        "anbu:desk.js",
        "data:text/css,x",
    ):
        with pytest.raises(ValueError):
            packet_pdf.read(strange)


def test_a_page_that_asks_for_more_gets_nothing(monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []
    usual = packet_pdf.read

    def listening(url: str) -> bytes:
        asked.append(url)
        return usual(url)

    monkeypatch.setattr(packet_pdf, "read", listening)
    html = '<body><img src="file:///etc/hostname"><img src="http://127.0.0.1:9/x.png">안녕</body>'
    pages, text = words_of(packet_pdf.pdf_of(html, size=0))
    assert "안녕" in text
    assert not pages.pages[0].images  # neither the file nor the address was looked at
    assert all(not each.startswith("anbu:") for each in asked)


def test_what_does_not_fit_is_said_loudly():
    with pytest.raises(packet_pdf.TooLong):
        packet_pdf.pdf_of("<p style='height:400mm'>긴</p><p style='height:400mm'>글</p>", size=0)


def test_a_machine_without_pango_says_so_and_shows_the_paper(
    desk: Client, agreed: Alarm, monkeypatch: pytest.MonkeyPatch
):
    def missing() -> Any:
        raise packet_pdf.NoPdf("no libpango")

    monkeypatch.setattr(packet_pdf, "_tools", missing)
    answer = desk.get(f"{made(desk, agreed)}/pdf")
    assert answer.status_code == 503
    assert "Pango" in answer.content.decode()


def test_112_is_not_told_of_health(desk: Client, agreed: Alarm):
    told_119 = desk.get(made(desk, agreed)).content.decode()
    told_112 = desk.get(made(desk, agreed, to="112")).content.decode()
    assert "심부전" in told_119
    assert "심부전" not in told_112
    assert "윤정례" in told_112


def test_a_protected_address_is_told_with_a_warning(desk: Client, agreed: Alarm):
    Household.objects.filter(id=agreed.household_id).update(is_protected=True)
    paper = desk.get(made(desk, agreed)).content.decode()
    assert "은천로" in paper
    assert "보호 주소: 누구에게도 보이지 마세요" in paper


def test_timeline_person_and_privacy_desk_learn_of_it(
    desk: Client, agreed: Alarm, world: World, client: Client
):
    made(desk, agreed)
    page = desk.get(f"/alarms/{agreed.pk}").content.decode()
    assert "119에 전달지를 전함" in page
    assert "2026-0001 · 관악소방서 상황실 접수 1234" in page
    assert Step.objects.filter(alarm=agreed, detail__what="provision").count() == 1
    again = desk.get(f"/alarms/{agreed.pk}/packet").content.decode()
    assert "이 사건에서 전한 것" in again
    assert "02-0000-0000" in again
    person = Person.objects.get(household=agreed.household_id)
    who = citizen(person=person.pk, household=agreed.household_id)
    from_me = given_of(agreed, who)
    assert [(one.code, one.to, one.ground) for one in from_me] == [("2026-0001", "119", "consent")]
    review = looking.page(month=month_of(NOW), seen_by=take_on("boho", "privacy_officer"), now=NOW)
    (line,) = review.provisions
    assert (line.code, line.staff, line.recipient) == (
        "2026-0001",
        "문가람",
        "관악소방서 상황실 접수 1234",
    )
    assert "윤정례" not in str(line)


def given_of(alarm: Alarm, who: Any) -> Any:
    return queries.provisions_of(household=alarm.household_id, actor=who)


def test_who_is_at_another_home_reads_nothing_of_it(desk: Client, agreed: Alarm, world: World):
    made(desk, agreed)
    other = world.home(still_at=NOW)
    person = Person.objects.get(household=other)
    who = citizen(person=person.pk, household=other)
    assert given_of(agreed, who) == ()


def test_the_next_dong_and_a_closed_signal_have_no_packet(
    desk: Client, agreed: Alarm, world: World
):
    address = made(desk, agreed)
    stranger = Client()
    stranger.force_login(world.next_planner)
    for way in (address, f"{address}/pdf", f"/alarms/{agreed.pk}/packet"):
        assert stranger.get(way).status_code == 404
    actions.close(alarm_id=agreed.pk, outcome="safe_call", by=world.operator, now=NOW)
    for way in (address, f"{address}/pdf", f"/alarms/{agreed.pk}/packet"):
        assert desk.get(way).status_code == 404
    assert "KeyP" not in desk.get(f"/alarms/{agreed.pk}").content.decode()


def test_only_the_sheet_that_was_asked_for_is_for_paper(desk: Client, agreed: Alarm):
    shown = desk.get(made(desk, agreed, way="print")).content.decode()
    assert 'class="household sheet' in shown
    assert "data-print" in shown
    sent = desk.get(made(desk, agreed, way="sent")).content.decode()
    assert "household sheet" not in sent


def test_who_is_there_stands_on_paper_and_is_read_aloud(desk: Client, world: World, agreed: Alarm):
    where = made(desk, agreed)
    assert desk.get(f"{where}?view=paper").content.decode().count("적힌 사람이 없음") == 1
    on_it = {"alarm_id": agreed.pk, "by": world.operator, "now": NOW}
    actions.send_agent(
        **on_it, kind="contractor", name="박출동", phone="010-2222-3333", call_back="02-2133-0120"
    )
    told = {"caller": "neighbour", "said": ["unseen"], "call_back": "010-5555-0001"}
    actions.take_call(**told, household=agreed.household_id, by=world.operator, now=NOW)
    for view in ("say", "paper"):
        page = desk.get(f"{where}?view={view}").content.decode()
        assert "출동 업체 박출동 010-2222-3333 · 22:47 보냄, 가는 중" in page
        assert "전화한 사람 (이웃) 010-5555-0001 · 22:47 전화" in page
    actions.record_visit(**on_it)
    assert "박출동 010-2222-3333 · 22:47 도착" in desk.get(where).content.decode()
    actions.call_off_agent(**on_it)
    assert "박출동 010" not in desk.get(where).content.decode()


def test_of_somebody_without_a_name_there_is_what_was_noted(desk: Client, world, agreed: Alarm):
    actions.dispatch(alarm_id=agreed.pk, note="지구대 순찰차", by=world.operator, now=NOW)
    page = desk.get(made(desk, agreed)).content.decode()
    assert "현장에 보낸 사람 지구대 순찰차 · 22:47 보냄, 가는 중" in page
