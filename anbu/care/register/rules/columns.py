"""Which column means what, and what each cell says. What cannot be read is told in words."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process

from anbu.care.foundation.rules import has_resident_number
from anbu.care.people.rules import BadInput, clean

from .files import FORMULA, MOST_LETTERS, Line

ALIKE = 80  # of 100: a title so alike is proposed, and a person confirms it
SUGGEST = 60

# What a column may be called in the offices' own files.
TITLES: dict[str, tuple[str, ...]] = {
    "name": ("이름", "성명", "성함", "대상자 성명", "대상자명", "가구주"),
    "birth": ("생년월일", "출생연도", "태어난 해", "생년", "출생년도"),
    "sex": ("성별",),
    "phone": ("전화번호", "휴대전화", "휴대폰", "연락처", "본인 연락처", "핸드폰"),
    "district": ("자치구", "구", "시군구", "구명", "시군구명"),
    "dong": ("행정동", "동", "동명", "읍면동", "주민센터", "행정동코드", "센터명"),
    "address": ("주소", "도로명주소", "도로명 주소", "소재지"),
    "unit": ("상세주소", "동호수", "동·호수", "호수"),
    "postcode": ("우편번호",),
    "tier": ("위험군", "위험등급", "등급", "위험도"),
    "patience": ("기다리는 시간", "미활동 기준시간", "기준시간"),
    "contact_name": ("보호자", "보호자명", "보호자 이름", "비상연락처 이름"),
    "contact_relation": ("관계", "보호자 관계"),
    "contact_phone": ("보호자 연락처", "보호자 전화번호", "비상연락처", "비상 연락처"),
    "health": ("건강", "건강상태", "질환", "특이사항"),
}
LABELS: dict[str, str] = {field: titles[0] for field, titles in TITLES.items()}
NEEDED = ("name", "birth", "sex", "dong", "address", "tier")
FORBIDDEN = ("주민등록번호", "주민번호", "외국인등록번호", "주민번호뒷자리")

SEXES = {
    **dict.fromkeys(("여", "여성", "여자", "f"), "f"),
    **dict.fromkeys(("남", "남성", "남자", "m"), "m"),
}
TIERS = {
    **dict.fromkeys(("고위험", "고위험군", "고", "상", "high"), "high"),
    **dict.fromkeys(("중위험", "중위험군", "중", "mid"), "mid"),
    **dict.fromkeys(("저위험", "저위험군", "저", "하", "low"), "low"),
}
USUAL_PATIENCE = {"high": 24, "mid": 36, "low": 50}  # within the city's 24-50 h (domain 1.2)
NO_ZERO = re.compile(r"2[0-9]{7}|[1-9][0-9]{8,9}")  # only 0 can stand before so many digits
ORDINAL = re.compile(r"제(?=[0-9]+동$)")
BIRTH = re.compile(r"(1[89]|20)([0-9]{2})(?:[-./년 ]*([0-9]{1,2})[-./월 ]*([0-9]{1,2})[.일]?)?")


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell, as a person reads it; the cell itself is not repeated."""

    title: str  # of the column
    sentence: str
    values: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True)
class Entry:
    """One row, read: what will be written down."""

    name: str
    birth_year: int
    birth_day: str  # MMDD or ""
    sex: str
    phone: str
    dong: str  # code
    address: str
    unit: str
    postcode: str
    tier: str
    patience_hours: int
    contact_name: str
    contact_relation: str
    contact_phone: str
    health: str


@dataclass(frozen=True)
class Places:
    """The city's dongs as a file may name them: by code, or by district and name."""

    by_code: Mapping[str, str]  # code: code
    by_name: Mapping[tuple[str, str], str]  # (district, plain name): code
    reach: frozenset[str]  # the codes that whoever imports may write to


def forbidden(header: Sequence[str]) -> list[str]:
    """Return the titles that announce resident registration numbers."""
    return [each for each in header if _plain(each) in FORBIDDEN]


def match(header: Sequence[str]) -> dict[str, int]:
    """Return which column holds which field: exact titles first, then the most alike."""
    plain = [_plain(each) for each in header]
    found: dict[str, int] = {}
    for field, titles in TITLES.items():
        for title in titles:
            if field not in found and _plain(title) in plain:
                found[field] = plain.index(_plain(title))
    for field, titles in TITLES.items():
        free = {n: t for n, t in enumerate(plain) if t and n not in found.values()}
        if field in found or not free:
            continue
        scored = [
            (hit[1], hit[2])
            for title in titles
            if (hit := process.extractOne(_plain(title), free, scorer=fuzz.ratio))
        ]
        score, nth = max(scored)
        if score >= ALIKE:
            found[field] = nth
    return found


def missing(columns: Mapping[str, int]) -> list[str]:
    """Return the titles of the fields that no column holds and that cannot be done without."""
    return [LABELS[field] for field in NEEDED if field not in columns]


def read_row(line: Line, columns: Mapping[str, int], places: Places) -> Entry | list[Fault]:
    """Return what a row says, or everything that is wrong with it."""
    faults: list[Fault] = []
    # Every cell is looked through, also in columns that nobody reads; halves may stand apart.
    if has_resident_number(" 칸 ".join(line.cells)):
        faults.append(Fault("", "주민등록번호가 있습니다. 지우고 다시 올려 주세요."))
    told = {field: line.cells[nth] for field, nth in columns.items() if nth < len(line.cells)}
    for field, nth in columns.items():
        if nth in line.formulas:
            faults.append(Fault(LABELS[field], FORMULA))
        if len(told.get(field, "")) > MOST_LETTERS:
            faults.append(Fault(LABELS[field], "너무 깁니다."))
    if faults:
        return faults
    read: dict[str, Any] = {}
    for field, reader in READERS.items():
        try:
            read[field] = reader(told.get(field, ""))
        except BadInput as bad:
            faults.append(Fault(LABELS[field], bad.sentence, bad.values))
    try:
        read["dong_code"] = _dong(told, places)
    except BadInput as bad:
        faults.append(Fault(LABELS["dong"], bad.sentence, bad.values))
    if bool(told.get("contact_name")) != bool(told.get("contact_phone")):
        faults.append(
            Fault(LABELS["contact_phone"], "보호자의 이름과 전화번호는 함께 적어 주세요.")
        )
    return faults or _entry(read)


def _entry(read: dict[str, Any]) -> Entry:
    year, day = read["birth"]
    return Entry(
        name=read["name"],
        birth_year=year,
        birth_day=day,
        sex=read["sex"],
        phone=read["phone"],
        dong=read["dong_code"],
        address=read["address"],
        unit=read["unit"],
        postcode=read["postcode"],
        tier=read["tier"],
        patience_hours=read["patience"] or USUAL_PATIENCE[read["tier"]],
        contact_name=read["contact_name"],
        contact_relation=read["contact_relation"] or "보호자",
        contact_phone=read["contact_phone"],
        health=read["health"],
    )


def phone(text: str) -> str:
    """Return a telephone number as we write it; a spreadsheet may have eaten its first zero."""
    if not text:
        return ""
    digits = re.sub(r"[^0-9]", "", re.sub(r"^\+?82[- ]?\(?0?\)?", "", text.strip()))
    if re.search(r"[^0-9+().\s~-]", text):
        raise BadInput("전화번호는 숫자와 붙임표(-)로 적어 주세요.")
    if NO_ZERO.fullmatch(digits):
        digits = "0" + digits
    if not 8 <= len(digits) <= 12:
        raise BadInput("전화번호의 자릿수가 맞지 않습니다.")
    if digits.startswith("02"):
        return f"02-{digits[2:-4]}-{digits[-4:]}"
    if digits.startswith("0"):
        return f"{digits[:3]}-{digits[3:-4]}-{digits[-4:]}"
    return f"{digits[:-4]}-{digits[-4:]}"


def postcode(text: str) -> str:
    """Return five digits; a spreadsheet may have eaten the first zero."""
    if not text:
        return ""
    if not re.fullmatch(r"[0-9]{4,5}", text):
        raise BadInput("우편번호는 숫자 다섯 자리입니다.")
    return text.zfill(5)


def birth(text: str) -> tuple[int, str]:
    """Return the year, and month and day (MMDD) where they are told."""
    found = BIRTH.fullmatch(text.strip())
    if not found:
        raise BadInput("태어난 해를 네 자리로 적어 주세요. 예: 1945 또는 1945-03-15")
    year = int(found[1] + found[2])
    if not found[3]:
        return year, ""
    month, day = int(found[3]), int(found[4])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        raise BadInput("없는 날짜입니다.")
    return year, f"{month:02}{day:02}"


def plain_dong(text: str) -> str:
    """Return a dong's name without office, spaces and dots: 금호2.3가동 주민센터 is 금호23가동."""
    told = re.sub(r"\(.*?\)|\s|[·.,]", "", text)
    told = re.sub(r"(?<=동)(주민|행정|자치|사무소).*$", "", told)  # offices are misspelt, too
    return told if told.endswith(("동", "가")) else told + "동" if told else ""


def _dong(told: Mapping[str, str], places: Places) -> str:
    text = told.get("dong", "")
    if not text:
        raise BadInput("행정동을 적어 주세요.")
    code = places.by_code.get(text) or _named_dong(text, told, places)
    if code not in places.reach:
        raise BadInput("맡지 않은 동입니다. 이 동의 담당자가 올려야 합니다.")
    return code


def _named_dong(text: str, told: Mapping[str, str], places: Places) -> str:
    name = plain_dong(text)
    district = re.sub(r"\s", "", told.get("district", "")) or _district_in(told.get("address", ""))
    here = {key: code for key, code in places.by_name.items() if district in ("", key[0])}
    # 월곡제1동 is 월곡1동, and 홍제제1동 is 홍제1동; but 홍제1동 is not 홍1동.
    names = [name] if name in {each for _, each in here} else [ORDINAL.sub("", name)]
    codes = {code for (_, each), code in here.items() if each in names}
    if len(codes) == 1:
        return codes.pop()
    if codes:
        raise BadInput("같은 이름의 동이 여러 구에 있습니다. 자치구를 함께 적어 주세요.")
    likely = process.extractOne(names[0], {key: key[1] for key in here}, scorer=fuzz.ratio)
    if likely and likely[1] >= SUGGEST:
        raise BadInput("이런 행정동이 없습니다. %(likely)s인가요?", likely=" ".join(likely[2]))
    raise BadInput("이런 행정동이 없습니다.")


def _district_in(address: str) -> str:
    found = re.search(r"(?:^|\s)([가-힣]{1,4}구)(?:\s|$)", address)
    return found[1] if found else ""


def _choice(table: Mapping[str, str], sentence: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        found = table.get(re.sub(r"\s", "", text).lower())
        if found is None:
            raise BadInput(sentence)
        return found

    return read


def _words(field: str, at_most: int, *, needed: bool = False) -> Callable[[str], str]:
    def read(text: str) -> str:
        return clean(text, what=LABELS[field], at_most=at_most, needed=needed)

    return read


def _patience(text: str) -> int:
    if not text:
        return 0
    digits = re.sub(r"\s*시간$", "", text)
    if not digits.isdecimal() or not 24 <= int(digits) <= 50:
        raise BadInput("기다리는 시간은 24시간에서 50시간까지 적을 수 있습니다.")
    return int(digits)


def _plain(title: str) -> str:
    return re.sub(r"\(.*?\)|[\s·()*_/-]", "", title).lower()


READERS: dict[str, Callable[[str], Any]] = {
    "name": _words("name", 40, needed=True),
    "birth": birth,
    "sex": _choice(SEXES, "성별은 여 또는 남으로 적어 주세요."),
    "phone": phone,
    "address": _words("address", 120, needed=True),
    "unit": _words("unit", 60),
    "postcode": postcode,
    "tier": _choice(TIERS, "위험군은 고위험, 중위험, 저위험 가운데 하나로 적어 주세요."),
    "patience": _patience,
    "contact_name": _words("contact_name", 40),
    "contact_relation": _words("contact_relation", 20),
    "contact_phone": phone,
    "health": _words("health", 300),
}
