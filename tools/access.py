"""Writes docs/access.md from the table of rights, so that the page can never say otherwise."""

from pathlib import Path

from anbu.care.staff.rules import ACCESS, AGENT, ANYBODY, CITIZEN, REACH_OF_ROLE, SEATS

KOREAN = {
    "operator": "관제사",
    "supervisor": "관제 책임자",
    "planner": "복지플래너",
    "nurse": "방문간호사",
    "care_corps": "돌봄단",
    "case_manager": "사례관리사",
    "provider": "프로그램 기관 담당",
    "responder": "서비스 업체 상담원",
    "council": "협의체 참여기관 담당",
    "counsellor": "상담사",
    "officer": "시·구 직원",
    "analyst": "분석가",
    "privacy_officer": "개인정보 보호 담당",
    "system_operator": "시스템 운영자",
}
REACHES = {
    "city": "서울 전체",
    "district": "소속 구",
    "dong": "담당 동",
    "post": "자기 자리가 지금 맡은 신호의 집",
    "nobody": "없음",
}
HEAD = """<!-- Written by `make access` from anbu/care/staff/rules/access.py: change that table. -->
# Who may see and do what (권한표)
"""
TOLD = (
    "Every address of the desks stands in one row of this table; one that stands in none is closed"
    " to everybody. The doorway asks the table before a page is made, row-level security keeps"
    " each role within its reach, and what was seen stands in the traces under the verb of the"
    " last column.\n\n"
)


def text() -> str:
    """Return the whole page."""
    lines = [HEAD, TOLD, "## 어디까지 (reach)\n\n| 역할 | role | 스스로 닿는 곳 |\n|---|---|---|\n"]
    for role in SEATS:
        reach = REACHES[REACH_OF_ROLE.get(role, "nobody")]
        lines.append(f"| {KOREAN[role]} | `{role}` | {reach} |\n")
    lines.append(
        "\n## 무엇을 (rights)\n\n| 대상 | 항목 | 하는 일 | 목적 | 누가 | 주소 | 남는 기록 |\n"
        "|---|---|---|---|---|---|---|\n"
    )
    for right in ACCESS:
        who = (
            "로그인 전에도"
            if right.roles is ANYBODY
            else "본인 확인을 마친 시민, 자기 것만"
            if right.roles is CITIZEN
            else "현장 링크를 받은 사람, 그 집 하나만"
            if right.roles is AGENT
            else "모든 직원"
            if right.roles == frozenset(SEATS)
            else ", ".join(KOREAN[role] for role in SEATS if role in right.roles)
        )
        urls = ", ".join(f"`{url}`" for url in right.urls)
        told = (right.object, right.fields, right.deed, right.purpose, who, urls, right.traced)
        lines.append("| " + " | ".join(told) + " |\n")
    return "".join(lines)


if __name__ == "__main__":
    Path(__file__).resolve().parents[1].joinpath("docs", "access.md").write_text(text())
