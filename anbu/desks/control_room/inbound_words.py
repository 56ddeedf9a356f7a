"""What calls that come in are called on the screens of this desk."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

CALLERS = {
    "self": lazy("본인"),
    "family": lazy("가족"),
    "neighbour": lazy("이웃"),
    "agency": lazy("기관"),
    "corps": lazy("돌봄단"),
    "unknown": lazy("모름"),
}
SAID = {
    "collapsed": lazy("쓰러짐·움직이지 않음"),
    "cries": lazy("비명·신음이 들림"),
    "despair": lazy("죽고 싶다고 함"),
    "danger": lazy("불·가스·물"),
    "abused": lazy("학대·폭행이 걱정됨"),
    "lost": lazy("길을 잃음"),
    "ill": lazy("아픔"),
    "hungry": lazy("먹지 못함"),
    "no_reply": lazy("두드려도 대답 없음"),
    "unseen": lazy("며칠째 보이지 않음"),
    "traces": lazy("우편물이 쌓임·냄새"),
    "worry": lazy("걱정됨"),
    "lonely": lazy("외로움·말벗"),
    "asks": lazy("물어봄"),
}
STATES = {
    "taken": lazy("어디인지 알아보기"),
    "handed": lazy("동에 넘김"),
    "joint": lazy("119·112 결과 기다림"),
    "closed": lazy("끝"),
}
ENDS = {
    "safe": lazy("안전 확인"),
    "rescued": lazy("구조·이송"),
    "told": lazy("안내함"),
    "not_found": lazy("찾지 못함"),
    "prank": lazy("장난·잘못 걺"),
}
ALL_ENDS = ENDS | {"linked": lazy("가구를 찾아 사건으로 이음")}
STEPS = {
    "taken": lazy("전화를 받음"),
    "owner": lazy("맡음"),
    "handed": lazy("동에 넘김"),
    "joint": lazy("119·112에 알림"),
    "late": lazy("제때 하지 않아 당직 자리로 돌아감"),
    "note": lazy("메모"),
    "closed": lazy("끝냄"),
}


def said(call: Any) -> str:
    """Return what was said: the chips, then the words."""
    chips = " · ".join(str(SAID[each]) for each in call.said)
    told = [_("생명이 위험해 보임")] if call.at_stake else []
    return ". ".join(filter(None, (*told, chips, call.words)))


def caller(code: str, call_back: str) -> str:
    """Return who called and where they can be called back."""
    return " ".join(filter(None, (str(CALLERS.get(code, code)), call_back)))


def line(step: Any) -> str:
    """Return one line of what was done: what, to whom, with which words."""
    told = step.detail
    more = (
        told.get("to"),
        ALL_ENDS.get(told["outcome"]) if "outcome" in told else "",
        told.get("text"),
    )
    return " · ".join(str(part) for part in (STEPS[step.kind], *more) if part)


def evidence(told: dict[str, Any]) -> str:
    """Return what a caller said about a home that has a signal."""
    chips = " · ".join(str(SAID[each]) for each in told.get("said", ()) if each in SAID)
    stake = _("생명이 위험해 보임") if told.get("at_stake") else ""
    who = caller(str(told.get("caller", "")), str(told.get("call_back", "")))
    who = " ".join(filter(None, (who, str(told.get("who", "")))))
    return " · ".join(filter(None, (who, stake, chips)))
