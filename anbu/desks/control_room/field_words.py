"""What the desk says of the door: who goes, what they saw, why it is opened."""

from typing import Any

from django.utils.translation import gettext_lazy as lazy

AGENTS = {
    "contractor": lazy("출동 업체"),
    "dong": lazy("동주민센터"),
    "corps": lazy("우리동네돌봄단"),
}
JOB_STATES = {
    "sent": lazy("보냄"),
    "opened": lazy("링크를 열어 봄"),
    "arrived": lazy("현장에 있음"),
    "done": lazy("알려 옴"),
    "withdrawn": lazy("거둠"),
}
FINDINGS = {
    "met": lazy("만남 · 안전"),
    "help": lazy("도움 필요"),
    "no_answer": lazy("대답 없음"),
    "no_entry": lazy("못 들어감"),
}
SIGNS = {
    "light": lazy("불빛"),
    "mail": lazy("쌓인 우편물"),
    "sound": lazy("안에서 나는 소리"),
    "neighbours": lazy("이웃이 요즘 봤다고 함"),
    "smell": lazy("냄새"),
}
SEEN = {
    "yes": lazy("있었음"),
    "no": lazy("없었음"),
    "unknown": lazy("모름"),
}
GROUNDS = {
    "danger": lazy("생명·신체의 위험이 닥침"),
    "death": lazy("사망이 의심됨"),
    "lonely_death": lazy("고독사가 우려됨"),
}
EVIDENCE = {
    "indicators": lazy("위기 징후가 여럿"),
    "mail": lazy("쌓인 우편물·고지서"),
    "absence": lazy("이웃이 말하는 오랜 부재"),
    "inside": lazy("안에 사람이 있는 듯한데 대답 없음"),
}
WITHDRAWN = {
    "replaced": lazy("다른 사람을 보냄"),
    "called_off": lazy("가지 않아도 됨"),
    "closed": lazy("사건이 끝남"),
}
TEXTS = {  # how the text with the link fares
    "queued": lazy("링크 문자 보내는 중"),
    "sent": lazy("링크 문자 보냄"),
    "delivered": lazy("링크 문자 닿음"),
    "failed": lazy("문자 실패: 불러 주세요"),
    "expired": lazy("문자 실패: 불러 주세요"),
    "called_off": lazy("링크 문자 거둠"),
}
STEPS = {  # on the timeline of a signal
    "field_sent": lazy("현장 출동을 부탁함 —"),
    "field_link": lazy("현장 링크를 새로 만듦 —"),
    "field_text_failed": lazy("현장 링크 문자 실패: 불러 주세요 —"),
    "field_opened": lazy("현장 링크를 열어 봄 —"),
    "field_arrived": lazy("현장에 도착함 —"),
    "field_found": lazy("현장 확인 —"),
    "field_withdrawn": lazy("현장 부탁을 거둠 —"),
    "field_joint": lazy("공동 대응 —"),
    "field_entry": lazy("문 열기를 정함 —"),
    "field_entry_note": lazy("문 열기 기록에 덧붙임 —"),
}
ICONS = {"field_found": "home", "field_entry": "key", "field_entry_note": "key"}


def strong(told: dict[str, Any]) -> str:
    """Return what matters of a line of the timeline."""
    if told["what"] == "field_found":
        return str(FINDINGS.get(told["finding"], ""))
    return str(told.get("service") or told.get("decided_by") or told.get("agent") or "")


def small(told: dict[str, Any]) -> list[str]:
    """Return what stands below it."""
    found = [f"{SIGNS[sign]} {SEEN[seen]}" for sign, seen in told.get("signs", {}).items()]
    found += [str(WITHDRAWN.get(told.get("why", ""), ""))]
    found += [str(told.get(name, "")) for name in ("who", "police", "fire", "note", "text")]
    return found
