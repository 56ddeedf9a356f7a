"""The timeline in Korean, one sentence for each kind of step."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from anbu.care.places.rules import SEOUL

from ..rules import (
    DO_LABELS,
    FINDING_LABELS,
    HELD,
    LEVEL_LABELS,
    OUTCOME_LABELS,
    RESULT_LABELS,
    SEEN_LABELS,
    SIGN_LABELS,
    STATE_LABELS,
    Finding,
    Level,
    Outcome,
    Result,
    Seen,
    State,
)

Detail = dict[str, Any]

HOW = {
    "raised": "에서 맡음",
    "claim": " 님이 맡음",
    "transfer": "(으)로 넘김",
    "handover": " 쪽이 되읽고 넘겨받음",
    "back": "(으)로 돌아감",
    "up": "(으)로 올라감: 아래에서 아무도 손대지 않음",
    "vendor_empty": "(으)로 옮김: 업체 자리에 근무자가 없음",
    "vendor_step": "(으)로 옮김: 업체가 할 수 없는 단계",
    "vendor_leave": "(으)로 옮김: 업체의 계약 시간이나 동의가 끝남",
    "vendor_late": "(으)로 올라감: 업체가 제때 손대지 않음",
}
# Why an alarm of the night waits for the office; people.rules.NoLeave.
WAITS = {
    "never": "야간 동의를 받은 적이 없어 동주민센터가 열 때까지 기다림",
    "withdrawn": "야간 동의를 거두어 동주민센터가 열 때까지 기다림",
    "expired": "야간 동의 기간이 끝나 동주민센터가 열 때까지 기다림",
    HELD: "한꺼번에 울려 사람이 정할 때까지 붙들어 둠",
}
BEGAN = {
    "morning": "동주민센터가 문을 열어 단계가 시작됨",
    HELD: "붙들어 둔 것을 풀어 단계가 시작됨",
}
EVIDENCE = {
    "sign": "생활신호가 다시 들어옴",
    "sos": "도움을 부르는 말을 함",
    "blind": "이 가구를 볼 수 없게 됨",
    "seen": "이 가구를 다시 볼 수 있음",
    "silence": "생활신호도 조용함",
    "answer": "본인이 답함",
    "help": "도움이 필요하다고 답함",
    "return": "등록된 부재가 끝남",
    "away": "부재가 등록됨",
    "call": "전화가 걸려 옴",
    "crisis": "돌봄단이 들음",
    "worker_late": "돌봄단원이 시간이 지나도 소식 없음",
    "worker_help": "돌봄단원이 도움을 부름",
    "worker_duress": "돌봄단원이 협박 번호를 누름",
    "worker_out": "돌봄단원의 전화가 나왔다고 알림",
    "worker_fine": "돌봄단원의 전화가 괜찮다고 알림",
    "worker_pin": "돌봄단원이 자기 번호로 도움 요청을 거둠",
}
FIELD = {
    "field_sent": "현장 출동을 부탁함",
    "field_link": "현장 링크를 새로 만듦",
    "field_text_failed": "현장 링크 문자 실패: 불러 주세요",
    "field_opened": "현장 링크를 열어 봄",
    "field_arrived": "현장에 도착함",
    "field_found": "현장 확인",
    "field_withdrawn": "현장 부탁을 거둠",
    "field_joint": "공동 대응",
    "field_entry": "문 열기를 정함",
    "field_entry_note": "문 열기 기록에 덧붙임",
}
MESSAGE = {
    "waiting": "조용한 시간이라 기다림",
    HELD: "한꺼번에 울려 붙들어 둠",
    "called_off": "문자 보내지 않음",
    "again": "다른 길로 다시 보내는 중",
    "queued": "문자 보내는 중",
    "sent": "문자 보냄",
    "delivered": "문자 닿음",
    "failed": "문자 보내지 못함",
    "expired": "문자 제때 보내지 못함",
}


HANDOVER = {
    "sent": "{to}에 인계를 부탁함",
    "asked": "{to}에 부탁한 말을 바꿈",
    "kept": "{to}의 할 일로 적음",
    "up": "{to}의 확인이 늦어 위로 알림",
    "accepted": "{to}에서 되읽고 확인함",
    "refused": "{to}에서 받지 않음",
    "withdrawn": "{to}에 부탁한 인계를 거둠",
}


def sentence(kind: str, detail: Detail) -> str:
    """Return what happened, in words."""
    return SENTENCES[kind](detail)


def _call(d: Detail) -> str:
    whom = " ".join(filter(None, (d["relation"], d["name"])))
    return _with(f"{whom} 님에게 전화 — {RESULT_LABELS[Result(d['result'])]}", d.get("note"))


def _state(d: Detail) -> str:
    if "began" in d:
        return BEGAN[d["began"]]
    return _with(STATE_LABELS[State(d["to"])], d.get("note"))


def _overdue(d: Detail) -> str:
    if d["why"] == "silence":
        return f"너무 오래 조용해 다음 단계로: {DO_LABELS[d['next']]}"
    if d["why"] == "help":
        return f"도움을 청해 다음 단계로: {DO_LABELS[d['next']]}"
    if d["why"] != "overdue":
        return f"문자가 닿지 않아 다음 단계로: {DO_LABELS[d['next']]}"
    if d["again"]:
        return f"기한이 다시 지남: {DO_LABELS[d['do']]}"
    return f"기한이 지나 다음 단계로: {DO_LABELS[d['next']]}"


def _evidence(d: Detail) -> str:
    if d["what"] in FIELD:
        return _field(d)
    return _with(EVIDENCE[d["what"]], d.get("channel") or d.get("words"))


def _field(d: Detail) -> str:
    found = FINDING_LABELS[Finding(d["finding"])] if "finding" in d else ""
    signs = ", ".join(
        f"{SIGN_LABELS[sign]} {SEEN_LABELS[Seen(seen)]}"
        for sign, seen in d.get("signs", {}).items()
    )
    names = ("agent", "service", "who", "note", "decided_by", "police", "fire", "text")
    told = [found, signs, *(str(d[name]) for name in names if d.get(name))]
    return _with(FIELD[d["what"]], " · ".join(filter(None, told)))


def _goes(d: Detail) -> str | None:
    if "goes_at" not in d:
        failure: str | None = d.get("failure")
        return failure
    return f"{datetime.fromisoformat(d['goes_at']).astimezone(SEOUL):%H:%M}에 나감"


def _with(text: str, more: str | None) -> str:
    return f"{text} · {more}" if more else text


SENTENCES: dict[str, Callable[[Detail], str]] = {
    "raised": lambda d: d["reason"],
    "level": lambda d: (
        f"{LEVEL_LABELS[Level(d['from'])]}에서 {LEVEL_LABELS[Level(d['to'])]}(으)로 올라감"
    ),
    "owner": lambda d: _with(d["to"] + HOW[d["how"]], WAITS.get(d.get("waits", ""))),
    "call": _call,
    "message": lambda d: _with(f"{d['to']} 님 · {MESSAGE[d['status']]}", _goes(d)),
    "state": _state,
    "note": lambda d: d["text"],
    "handover": lambda d: _with(
        HANDOVER[d["what"]].format(to=d["to"]), d.get("answer") or d.get("request")
    ),
    "evidence": _evidence,
    "shelved": lambda d: _with("미룸", d["reason"]) if d["until"] else "미룸이 끝남",
    "overdue": _overdue,
    "closed": lambda d: _with(OUTCOME_LABELS[Outcome(d["outcome"])], d.get("note")),
}
