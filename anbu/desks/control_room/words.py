"""What the codes of the care floor are called on the screens of this desk."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from . import strip_words

LEVELS = {1: lazy("관심"), 2: lazy("주의"), 3: lazy("심각")}
VIEWS = {
    "now": lazy("지금 할 일"),
    "mine": lazy("내 담당"),
    "waiting": lazy("답 기다림"),
    "dispatched": lazy("현장 출동 중"),
    "shelved": lazy("잠시 미룸"),
    "unseen": lazy("볼 수 없음"),
    "done": lazy("오늘 끝난 일"),
}
STEPS = {  # the protocol line of the incident page
    "raised": lazy("신호"),
    "message": lazy("문자"),
    "call": lazy("전화"),
    "contact": lazy("보호자"),
    "dispatch": lazy("현장 출동"),
    "joint": lazy("119·112"),
}
AFTER = {  # what comes by itself when nobody acts
    "": lazy("뒤 다시 알림"),
    "message": lazy("뒤 문자로"),
    "call": lazy("뒤 전화로"),
    "contact": lazy("뒤 보호자에게"),
    "dispatch": lazy("뒤 현장 출동으로"),
    "joint": lazy("뒤 119·112로"),
}
IF_NOT = {
    "": lazy("못 하면 다시 알립니다"),
    "message": lazy("못 하면 자동으로 문자"),
    "call": lazy("못 하면 다음 전화 차례로"),
    "contact": lazy("못 하면 자동으로 보호자 차례"),
    "dispatch": lazy("못 하면 자동으로 현장 출동"),
    "joint": lazy("못 하면 자동으로 119·112 차례"),
}
RESULTS = {
    "safe": lazy("안전하다고 함"),
    "help": lazy("도움이 필요함"),
    "unknown": lazy("모른다고 함"),
    "will_look": lazy("직접 가 본다고 함"),
    "no_answer": lazy("받지 않음"),
    "bad_number": lazy("번호 틀림"),
    "queued": lazy("보내는 중"),
    "sent": lazy("보냄"),
    "delivered": lazy("닿음"),
    "failed": lazy("보내지 못함"),
    "expired": lazy("늦어서 보내지 않음"),
}
RESULT_KEYS = {  # digits: the same digit is the same answer wherever it can be given
    "person": (("1", "safe"), ("2", "help"), ("4", "no_answer"), ("5", "bad_number")),
    "contact": (
        ("1", "safe"),
        ("2", "unknown"),
        ("3", "will_look"),
        ("4", "no_answer"),
        ("5", "bad_number"),
    ),
}
OUTCOMES = {
    "safe_call": lazy("전화"),
    "safe_message": lazy("문자"),
    "safe_visit": lazy("현장"),
    "out": lazy("외출·여행"),
    "hospital": lazy("입원"),
    "moved": lazy("이사"),
    "taken_to_hospital": lazy("병원 이송"),
    "rescued": lazy("구조(119)"),
    "died": lazy("사망"),
    "device": lazy("기기"),
    "network": lazy("통신"),
    "power_cut": lazy("정전"),
    "bad_number": lazy("번호 오류"),
    "refused": lazy("거부"),
    "test": lazy("시험"),
}
OUTCOME_GROUPS = {
    "safe": lazy("안전"),
    "away": lazy("집에 없음"),
    "crisis": lazy("위급"),
    "feed": lazy("자료"),
    "other": lazy("그 밖"),
}
TIERS = {"high": lazy("고위험"), "mid": lazy("중위험"), "low": lazy("저위험")}
CONSENTS = {"monitoring": lazy("안부확인"), "night": lazy("야간 확인")}
SEXES = {"f": lazy("여"), "m": lazy("남")}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the timeline as the reader sees it."""

    icon: str
    lead: str
    strong: str = ""
    small: str = ""


def next_step(row: Any) -> str:
    """Return the next step as the big button says it."""
    if row.next_do == "call":
        return _("%(n)d차 전화") % {"n": row.tries + 1}
    return {
        "message": _("문자 보내기"),
        "contact": _("보호자에게 전화"),
        "dispatch": _("현장 출동"),
        "joint": _("119·112 연락"),
    }[row.next_do]


def owner(row: Any) -> str:
    """Return who holds the alarm, in the words of the queue."""
    if row.owner_is_me:
        return _("내 담당")
    return row.owner_name or _("담당 없음")


def outcome_with_group(code: str) -> str:
    """Return an outcome with its group before it: 안전 · 전화."""
    groups = {
        "safe": ("safe_call", "safe_message", "safe_visit"),
        "away": ("out", "hospital", "moved"),
        "crisis": ("taken_to_hospital", "rescued", "died"),
        "feed": ("device", "network", "power_cut", "bad_number"),
    }
    group = next((name for name, codes in groups.items() if code in codes), "other")
    return f"{OUTCOME_GROUPS[group]} · {OUTCOMES[code]}" if code in OUTCOMES else code


def line(entry: Any, *, now: datetime) -> Line:
    """Return one entry of the timeline in words, made from its facts."""
    facts = entry.detail
    who = entry.by if entry.by and entry.by != "시스템" else _("시스템")
    match entry.kind:
        case "raised":
            level = LEVELS.get(facts.get("level", 0), "")
            return Line(icon="lv3", lead=_("신호가 울림 —"), strong=str(level),
                        small=facts.get("reason", who))
        case "level":
            return Line(icon="lv3", lead=_("단계가 바뀜 —"), small=who,
                        strong=f"{LEVELS.get(facts.get('from', 0), '')} → "
                               f"{LEVELS.get(facts.get('to', 0), '')}")
        case "owner":
            return Line(icon="person", lead=_("담당 —"), strong=str(facts.get("to", "")), small=who)
        case "call":
            whom = facts.get("name", "") if facts.get("whom") != "person" else ""
            lead = _("%(whom)s에게 전화 —") % {"whom": whom} if whom else _("전화 —")
            return Line(icon="phone", lead=lead, strong=str(RESULTS.get(facts.get("result"), "")),
                        small=_join(who, facts.get("phone"), facts.get("note")))
        case "message":
            lead = _("문자 “%(text)s” —") % {"text": facts.get("text", "")}
            return Line(icon="message", lead=lead, small=_join(who, facts.get("name")),
                        strong=str(RESULTS.get(facts.get("status", "queued"), "")))
        case "state":
            return Line(icon="truck", lead=_state(facts.get("to", "")),
                        small=_join(who, facts.get("note")))
        case "note":
            return Line(icon="note", lead=str(facts.get("text", "")), small=who)
        case "evidence":
            return _evidence(facts, who)
        case "shelved":
            if not facts.get("until"):
                return Line(icon="clock", lead=_("미룸이 끝남"), small=who)
            until = parse_datetime(str(facts["until"]))
            at = strip_words.clock(until, beside=now) if until else ""
            return Line(icon="pause", lead=_("미룸 —"), strong=_("%(at)s까지") % {"at": at},
                        small=_join(who, facts.get("reason")))
        case "overdue":
            return Line(icon="clock", lead=_("기한이 지남 —"), small=who,
                        strong=str(STEPS.get(facts.get("do", ""), "")))
        case "closed":
            return Line(icon="safe", lead=_("끝냄 —"), small=_join(who, facts.get("note")),
                        strong=outcome_with_group(facts.get("outcome", "")))
        case other:
            return Line(icon="note", lead=str(getattr(entry, "sentence", other)), small=who)


def _state(to: str) -> str:
    return {
        "dispatched": _("현장 출동을 보냄"),
        "joint": _("119·112에 알림"),
        "asking": _("보호자에게 묻는 중"),
        "calling": _("전화하는 중"),
    }.get(to, to)


def _evidence(facts: dict[str, Any], who: str) -> Line:
    match facts.get("what"):
        case "sos":
            return Line(icon="lv3", lead=_("도움 요청이 또 들어옴"), small=who)
        case "blind":
            return Line(icon="unseen", lead=_("이 집을 볼 수 없게 됨"), small=who)
        case _other:
            return Line(icon="sign", lead=_("생활신호가 돌아옴 —"),
                        strong=str(facts.get("channel", "")), small=who)


def _join(*parts: Any) -> str:
    return " · ".join(str(part) for part in parts if part)
