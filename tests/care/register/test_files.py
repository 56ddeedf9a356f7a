"""What a file may be, and what its cells say."""

import io
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anbu.care.foundation.rules import machine
from anbu.care.people.rules import BadInput
from anbu.care.places.rules import SEOUL
from anbu.care.register.actions import places_of
from anbu.care.register.rules import (
    BadFile,
    Entry,
    Line,
    Places,
    birth,
    forbidden,
    match,
    missing,
    phone,
    plain_dong,
    postcode,
    read,
    read_row,
)
from tests.seoul import seoul

HERE = Path(__file__).parent
TITLES = "성명,생년월일,성별,연락처,자치구,행정동,도로명주소,위험등급,보호자,관계,보호자 연락처"
GOOD = "윤정례,1945-03-15,여,010-0000-4321,관악구,은천동,은천로00길 12,고위험,윤OO,딸,010-0000-1234"
PLACES = Places(
    by_code={"1162058500": "1162058500"},
    by_name={
        ("관악구", "은천동"): "1162058500",
        ("관악구", "신사동"): "1162068500",
        ("강남구", "신사동"): "1168051000",
        ("성북구", "월곡1동"): "1129067500",
    },
    reach=frozenset({"1162058500", "1162068500"}),
)


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def one(row: str, titles: str = TITLES) -> Entry | list[str]:
    sheet = read(f"{titles}\n{row}\n".encode())
    told = read_row(sheet.lines[0], match(sheet.header), PLACES)
    if isinstance(told, Entry):
        return told
    return [fault.sentence % dict(fault.values) for fault in told]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
@pytest.mark.parametrize("between", [",", "\t", ";"])
def test_text_is_read_in_any_of_its_dresses(encoding, between):
    sheet = read(f"{TITLES}\r\n{GOOD}\r\n".replace(",", between).encode(encoding))
    assert sheet.header == tuple(TITLES.split(","))
    assert [line.cells for line in sheet.lines] == [tuple(GOOD.split(","))]


def test_a_workbook_says_the_same_as_text():
    from_text = read(f"{TITLES}\n{GOOD}\n".encode())
    from_book = read(workbook(TITLES.split(","), GOOD.split(",")))
    assert (from_book.kind, from_book.header) == ("xlsx", from_text.header)
    assert from_book.lines == from_text.lines


def test_what_a_spreadsheet_ate_is_given_back():
    titles = ["이름", "생년월일", "성별", "전화번호", "행정동", "주소", "우편번호", "위험군"]
    row = ["윤정례", 1945, "여", 1000004321, 1162058500.0, "은천로  12 ", 3047, "고"]
    sheet = read(workbook(titles, row))
    told = read_row(sheet.lines[0], match(sheet.header), PLACES)
    assert isinstance(told, Entry)
    assert (told.phone, told.postcode, told.address) == ("010-0000-4321", "03047", "은천로 12")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "빈 파일"),
        (b"  \n", "빈 파일"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "예전 엑셀"),
        (b"%PDF-1.7\x00\x01", "아닌 파일"),
        (b"PK\x03\x04 no zip at all", "열 수 없습니다"),
        ("이름\n윤정례".encode("utf-16"), "글자를 읽을 수 없습니다"),
        ("이름\n".encode(), "내용이 없습니다"),
        ('이름,주소\n"윤정례,은천로'.encode(), "따옴표"),
        (b"a," * 101 + b"a\n" + b"1," * 101 + b"1\n", "열이 너무 많습니다"),
    ],
)
def test_what_is_no_register_is_refused_in_words(body, why):
    with pytest.raises(BadFile, match=why):
        read(body)


def test_too_large_a_file_and_a_packed_bomb_are_refused():
    with pytest.raises(BadFile, match="너무 큽니다"):
        read(b"a" * (20 * 2**20 + 1))
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"<a/>")
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (301 * 2**20))
    with pytest.raises(BadFile, match="너무 큽니다"):
        read(kept.getvalue())


@pytest.mark.parametrize(
    ("names", "why"),
    [(["xl/workbook.xml", "xl/vbaProject.bin"], "매크로"), (["a.txt"], "아닌 파일")],
)
def test_macros_and_other_packed_folders_are_refused(names, why):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as packed:
        for name in names:
            packed.writestr(name, b"<a/>")
    with pytest.raises(BadFile, match=why):
        read(kept.getvalue())


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-a1", "=HYPERLINK(1)"])
def test_a_formula_is_never_taken_for_a_value(cell):
    row = GOOD.replace("은천로00길 12", cell)
    assert one(row) == ["수식은 읽지 않습니다. 값으로 바꾸어 다시 올려 주세요."]
    sheet = read(workbook(TITLES.split(","), row.split(",")))
    assert isinstance(read_row(sheet.lines[0], match(sheet.header), PLACES), list)
    assert cell not in sheet.lines[0].cells


def test_a_number_with_its_country_is_no_formula():
    told = one(GOOD.replace("010-0000-4321", "+82 10-0000-4321"))
    assert isinstance(told, Entry)
    assert told.phone == "010-0000-4321"


def test_a_good_row_is_read_whole():
    told = one(GOOD)
    assert isinstance(told, Entry)
    assert (told.name, told.birth_year, told.birth_day, told.sex) == ("윤정례", 1945, "0315", "f")
    assert (told.dong, told.tier, told.patience_hours) == ("1162058500", "high", 24)
    assert (told.contact_name, told.contact_relation) == ("윤OO", "딸")


@pytest.mark.parametrize(
    ("there", "instead", "sentence"),
    [
        ("윤정례", "", "이름: 비워 둘 수 없습니다."),
        ("1945-03-15", "45.3.15", "태어난 해를 네 자리로 적어 주세요. 예: 1945 또는 1945-03-15"),
        ("1945-03-15", "1945-13-01", "없는 날짜입니다."),
        (",여,", ",모름,", "성별은 여 또는 남으로 적어 주세요."),
        ("010-0000-4321", "없음", "전화번호는 숫자와 붙임표(-)로 적어 주세요."),
        ("010-0000-4321", "4321", "전화번호의 자릿수가 맞지 않습니다."),
        ("은천동", "은천", None),
        ("은천동", "은춘동", "이런 행정동이 없습니다. 관악구 은천동인가요?"),
        (
            "관악구,은천동",
            ",신사동",
            "같은 이름의 동이 여러 구에 있습니다. 자치구를 함께 적어 주세요.",
        ),
        ("관악구,은천동", "강남구,신사동", "맡지 않은 동입니다. 이 동의 담당자가 올려야 합니다."),
        ("고위험", "위험", "위험군은 고위험, 중위험, 저위험 가운데 하나로 적어 주세요."),
        (",딸,010-0000-1234", ",딸,", "보호자의 이름과 전화번호는 함께 적어 주세요."),
        ("은천로00길 12", "450315-2345678", "주민등록번호가 있습니다. 지우고 다시 올려 주세요."),
        ("윤OO,딸", "450315,2345678", "주민등록번호가 있습니다. 지우고 다시 올려 주세요."),
    ],
)
def test_every_fault_is_told_in_words(there, instead, sentence):
    assert there in GOOD
    told = one(GOOD.replace(there, instead))
    assert isinstance(told, Entry) if sentence is None else told == [sentence]


def test_a_row_tells_all_its_faults_at_once():
    told = one(GOOD.replace("1945-03-15", "봄").replace("고위험", "?").replace("윤정례", ""))
    assert isinstance(told, list)
    assert len(told) == 3


def test_titles_are_matched_exactly_first_and_then_by_likeness():
    header = [
        "연번",
        "대상자 성명",
        "생년 월일",
        "성 별",
        "보호자연락처",
        "연락처",
        "주 소(도로명)",
    ]
    found = {field: header[nth] for field, nth in match(header).items()}
    assert found["birth"] == "생년 월일"
    assert found["contact_phone"] == "보호자연락처"
    assert found["phone"] == "연락처"
    assert found["address"] == "주 소(도로명)"
    assert set(missing(match(header))) >= {"행정동", "위험군"}


@pytest.mark.parametrize(
    "title", ["주민등록번호", "주민 번호", "주민등록번호(13자리)", "외국인등록번호"]
)
def test_a_column_of_resident_numbers_is_seen_by_its_title(title):
    assert forbidden(["이름", title]) == [title]


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("01000004321", "010-0000-4321"),
        ("010.0000.4321", "010-0000-4321"),
        ("1000004321", "010-0000-4321"),
        ("(02) 000-4321", "02-000-4321"),
        ("20004321", "02-000-4321"),
        ("+82-10-0000-4321", "010-0000-4321"),
        ("031-000-4321", "031-000-4321"),
        ("1588-0000", "1588-0000"),
        ("", ""),
    ],
)
def test_telephone_numbers_are_written_one_way(told, kept):
    assert phone(told) == kept


@given(st.from_regex(r"0(10-[0-9]{4}|2-[0-9]{3,4}|31-[0-9]{3,4})-[0-9]{4}", fullmatch=True))
def test_writing_a_number_again_changes_nothing(told):
    assert phone(told) == told
    assert phone(told.replace("-", "").lstrip("0")) == told


@given(st.integers(0, 99_999))
def test_a_postcode_keeps_its_zero(number):
    if number >= 1_000:
        assert postcode(str(number)) == f"{number:05}"
    else:
        with pytest.raises(BadInput):
            postcode(str(number))


@given(st.dates())
def test_days_of_birth_are_read_as_people_write_them(day):
    if not 1800 <= day.year < 2100:
        return
    for form in ("%Y-%m-%d", "%Y.%m.%d", "%Y.%m.%d.", "%Y%m%d", "%Y년 %m월 %d일"):
        assert birth(day.strftime(form)) == (day.year, f"{day:%m%d}")
    assert birth(f"{day.year}") == (day.year, "")


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_cell_whatever_makes_a_row_fall_over(one_cell, other):
    line = Line(2, (one_cell, other, one_cell, other, other, one_cell))
    columns = {"name": 0, "birth": 1, "sex": 2, "dong": 3, "address": 4, "tier": 5}
    assert read_row(line, columns, PLACES)


@given(st.binary(max_size=400))
def test_no_bytes_whatever_make_the_reader_fall_over(body):
    try:
        read(body)
    except BadFile as bad:
        str(bad)


@pytest.mark.django_db
def test_the_citys_own_list_of_offices_is_read_with_its_typos():
    """Lines of the public list of dong offices as published: lost zeros, doubled spaces, a typo."""
    seoul(now=datetime(2026, 11, 20, 12, tzinfo=SEOUL))
    places = places_of(machine("test").reach)
    sheet = read((HERE / "dong_offices_raw.csv").read_bytes())
    columns = match(sheet.header)
    told: dict[str, list[str]] = {}
    for line in sheet.lines:
        found = read_row(line, columns, places)
        assert isinstance(found, list)  # an office has no birthday: its place is what we look at
        told[line.cells[columns["dong"]]] = [
            fault.sentence % dict(fault.values)
            for fault in found
            if fault.title in ("행정동", "주소", "우편번호")
        ]
    assert {name: faults for name, faults in told.items() if faults} == {
        "용신동주민센터": ["이런 행정동이 없습니다. 동대문구 신설동인가요?"],  # split since
    }
    assert postcode(sheet.lines[0].cells[columns["postcode"]]) == "03047"
    assert sheet.lines[2].cells[columns["district"]] == "중 구"


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("금호2.3가동주민센터", "금호23가동"),
        ("돈암제1동주민센터(임시청사)", "돈암제1동"),
        ("종로1·2·3·4가동", "종로1234가동"),
        ("청운효자동", "청운효자동"),
        ("월곡제1동주민센토", "월곡제1동"),
        ("은천", "은천동"),
        ("제기동", "제기동"),
        ("", ""),
    ],
)
def test_a_dong_is_known_by_its_plain_name(told, kept):
    assert plain_dong(told) == kept
