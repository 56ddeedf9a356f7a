"""Timeline: each thing that was done or happened, as one line."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from . import field_words, handover_words, inbound_words, packet_tables, reasons, strip_words, words

# What moved on is drawn as what it is: a van only where somebody is on the way.
STATE_ICONS = {"calling": "phone", "asking": "people", "dispatched": "truck", "joint": "lv3"}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the timeline as the reader sees it."""

    icon: str
    lead: str
    strong: str = ""
    small: str = ""


def line(entry: Any, *, now: datetime) -> Line:
    """Return one entry of the timeline in words, made from its facts."""
    told = entry.detail
    who = entry.by or _("시스템")
    match entry.kind:
        case "raised":
            level = words.LEVELS.get(told.get("level", 0), "")
            return Line(
                icon="lv3",
                lead=_("신호가 울림 —"),
                strong=str(level),
                small=_why_raised(told, entry.at) or who,
            )
        case "level":
            return Line(
                icon="lv3",
                lead=_("단계가 바뀜 —"),
                small=who,
                strong=f"{words.LEVELS.get(told['from'], '')} → {words.LEVELS.get(told['to'], '')}",
            )
        case "owner":
            return Line(
                icon="person",
                lead=str(words.OWNING.get(told.get("how", ""), words.OWNING["claim"])),
                strong=str(told.get("to", "")),
                small=_join(who, str(words.WAITS.get(told.get("waits"), ""))),
            )
        case "call":
            whom = " ".join(filter(None, (told.get("relation"), told.get("name"))))
            return Line(
                icon="phone",
                lead=_("%(whom)s에게 전화 —") % {"whom": whom},
                strong=str(words.RESULTS.get(told.get("result"), "")),
                small=_join(who, told.get("phone"), told.get("note")),
            )
        case "message":
            return Line(
                icon="message",
                lead=_("%(whom)s에게 문자 —") % {"whom": told.get("to", "")},
                strong=str(words.RESULTS.get(told.get("status"), "")),
                small=_join(who, _goes(told, now), told.get("text"), _own(told.get("failure"))),
            )
        case "state":
            icon = STATE_ICONS.get(told.get("to", ""), "note")
            return Line(icon=icon, lead=_state(told), small=_join(who, told.get("note")))
        case "note" if told.get("what") == "provision":
            return _given(told, who)
        case "note":
            return Line(icon="note", lead=str(told.get("text", "")), small=who)
        case "evidence" if told.get("what") in field_words.STEPS:
            return Line(
                icon=field_words.ICONS.get(told["what"], "truck"),
                lead=str(field_words.STEPS[told["what"]]),
                strong=field_words.strong(told),
                small=_join(entry.by or str(told.get("agent", "")), *field_words.small(told)),
            )
        case "evidence":
            icon, lead = words.EVIDENCE.get(told.get("what", ""), words.EVIDENCE["sign"])
            return Line(
                icon=icon,
                lead=str(lead),
                strong=_own(told.get("channel")) or inbound_words.evidence(told),
                small=_join(who, told.get("words")),
            )
        case "shelved":
            if not told.get("until"):
                return Line(icon="clock", lead=_("미룸이 끝남"), small=who)
            until = parse_datetime(str(told["until"]))
            at = strip_words.clock(until, beside=now) if until else ""
            return Line(
                icon="pause",
                lead=_("미룸 —"),
                strong=_("%(at)s까지") % {"at": at},
                small=_join(who, told.get("reason")),
            )
        case "handover":
            return Line(
                icon="people",
                lead=str(handover_words.STEPS.get(told.get("what", ""), "")),
                strong=str(told.get("to", "")),
                small=_join(who, told.get("request"), told.get("answer")),
            )
        case "overdue":
            return Line(
                icon="clock",
                lead=_("기한이 지나 다음 차례로 —"),
                small=who,
                strong=str(_steps(told).get(told.get("next", ""), "")),
            )
        case "closed":
            return Line(
                icon="safe",
                lead=_("끝냄 —"),
                small=_join(who, told.get("note")),
                strong=words.outcome_with_group(told.get("outcome", "")),
            )
        case other:
            raise ValueError(f"a timeline has no {other}")


def _steps(told: dict[str, Any]) -> dict[str, Any]:
    """Return what steps are called: those for a worker of the care corps are called otherwise."""
    return words.WORKER_STEPS if told.get("of") == "worker" else words.STEPS


def _given(told: dict[str, Any], who: str) -> Line:
    """Return that something was given to 119 or 112: to whom, under which number."""
    return Line(
        icon="lv3",
        lead=_("%(to)s에 전달지를 전함 —") % {"to": told["to"]},
        strong=f"{told['number']} · {told['office']} {told['person']}",
        small=_join(who, packet_tables.WAYS[told["way"]], packet_tables.GROUNDS[told["ground"]]),
    )


def _goes(told: dict[str, Any], now: datetime) -> str:
    """Say when a message goes that waits for the end of quiet hours."""
    at = parse_datetime(str(told["goes_at"])) if "goes_at" in told else None
    return _("%(at)s에 나감") % {"at": strip_words.clock(at, beside=now)} if at else ""


def _state(told: dict[str, Any]) -> str:
    if told.get("began") == "brake":
        return _("붙들어 둔 것을 풀어 차례가 시작됨")
    if "began" in told:
        return _("동주민센터가 문을 열어 차례가 시작됨")
    return {
        "dispatched": _("현장 출동을 보냄"),
        "joint": _("119·112에 알림"),
        "asking": _("보호자에게 묻는 중"),
        "calling": _("전화하는 중"),
    }.get(told.get("to", ""), "")


def _join(*parts: Any) -> str:
    return " · ".join(str(part) for part in parts if part)


def _why_raised(told: dict[str, Any], at: datetime) -> str:
    """Return the sentence as it was written down; in another language, made anew from its facts."""
    if told.get("facts") and not reasons.is_korean():
        return reasons.reason(told["facts"], at)
    return str(told.get("reason", ""))


def _own(text: Any) -> str:
    """Return a word that we ourselves stored in Korean, in the reader's language."""
    return _(str(text)) if text else ""
