"""Lists of organisations as cities publish them: doubled spaces, lost zeros, slips of the hand."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from anbu.care.foundation.rules import has_resident_number

# What a column is called in the lists we have seen, and by us.
COLUMNS = {
    "kind": ("kind", "구분", "종류"),
    "name": ("name", "center", "기관명", "이름", "주민센터"),
    "district": ("district", "gu", "sigungu", "자치구", "시군구"),
    "dong": ("dong", "adm_cd2", "행정동", "행정동코드"),
    "member_type": ("member_type", "유형"),
    "postcode": ("postcode", "우편번호"),
    "address": ("address", "주소", "도로명주소"),
    "phone": ("phone", "전화", "전화번호"),
}
KINDS = {
    "시": "city",
    "고립예방센터": "centre",
    "팀": "team",
    "구청": "district",
    "동주민센터": "dong_office",
    "주민센터": "dong_office",
    "전담기구": "agency",
    "복지관": "agency",
    "참여기관": "member",
    "업체": "vendor",
    "프로그램 기관": "provider",
}
# "월곡제1동주민센토", "면목본동 주민센터", "명동주민센터(임시청사)": up to the dong.
OFFICE = re.compile(r"^(.*?[동가])(?:주민|행정|자치|동사무|$)")
LONGEST = {"name": 80, "address": 200, "phone": 20}
SEPARATORS = re.compile(r"[\s.,·‧・ㆍ･]+")


class BadRow(ValueError):
    """One row cannot be taken in; the sentence says why."""


@dataclass(frozen=True, kw_only=True)
class OrganisationRow:
    """One row of such a list, tidied. A dong is a code, or an office's name."""

    kind: str
    name: str
    district: str
    dong: str
    member_type: str
    postcode: str
    address: str
    phone: str


def tidy(text: str) -> str:
    """Return a cell with full-width signs made plain and doubled spaces made one."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def read_organisation(row: Mapping[str | None, object]) -> OrganisationRow:
    """Return one row of a list as we keep it, or say in words what is wrong with it."""
    cells = {str(name).strip().lower(): tidy(str(value or "")) for name, value in row.items()}
    if any(has_resident_number(value) for value in cells.values()):
        raise BadRow("주민등록번호로 보이는 숫자가 있어 받지 않았습니다.")
    found = {
        ours: next((cells[name] for name in names if cells.get(name)), "")
        for ours, names in COLUMNS.items()
    }
    for name, most in LONGEST.items():
        if len(found[name]) > most:
            raise BadRow(f"{COLUMNS[name][-1]}이(가) 너무 깁니다. {most}자까지 적을 수 있습니다.")
    if not found["name"]:
        raise BadRow("기관 이름이 없습니다.")
    kind = KINDS.get(found["kind"], found["kind"]) or "dong_office"
    if kind == "dong_office" and not found["dong"]:
        found["dong"] = found["name"]
    found["district"] = SEPARATORS.sub("", found["district"])
    return OrganisationRow(**(found | {"kind": kind, "postcode": _postcode(found["postcode"])}))


def dong_keys(name: str) -> tuple[str, ...]:
    """Return how a dong may be written in a boundary file, the likeliest first.

    "홍제제1동주민센터" is 홍제1동: only the last 제 before a number goes. Dots go everywhere.
    """
    plain = SEPARATORS.sub("", re.sub(r"\(.*?\)", "", tidy(name)))
    found = OFFICE.match(plain)
    plain = found.group(1) if found else plain
    return tuple(dict.fromkeys((plain, re.sub(r"제(?=\d)", "", plain))))


def _postcode(text: str) -> str:
    """Return five digits; a spreadsheet ate the zero in front."""
    if not text:
        return ""
    digits = text.removesuffix(".0")
    if not re.fullmatch(r"\d{3,5}", digits):
        raise BadRow(f"우편번호 {text[:12]}은(는) 다섯 자리 숫자가 아닙니다.")
    return digits.zfill(5)
