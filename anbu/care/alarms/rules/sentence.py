"""The sentence that says why an alarm rose, made from its facts alone."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from anbu.care.places.rules import SEOUL, SEOUL_S
from anbu.kernel import running, state
from anbu.kernel.reasons import of_home

from .calls import CALLER_LABELS, SAID_LABELS, Caller, Said
from .workers import Why, workers_of

LONGEST_REASON = 60
LONGEST_QUOTE = 16
HANGUL_FIRST, HANGUL_LAST, FINALS = 0xAC00, 0xD7A3, 28


def topic(word: str) -> str:
    """Return the word with 은 or 는, as its last syllable asks."""
    last = ord(word[-1]) if word else 0
    closed = HANGUL_FIRST <= last <= HANGUL_LAST and (last - HANGUL_FIRST) % FINALS
    return word + ("은" if closed else "는")


def moment(at: datetime, now: datetime) -> str:
    """Return a moment as short as it stays clear: 15:40, 어제 15:40, 19일 15:40.

    The space is one at which no line breaks: a time alone on a line says nothing.
    """
    there, here = at.astimezone(SEOUL), now.astimezone(SEOUL)
    days = (here.date() - there.date()).days
    day = "" if days == 0 else "어제\u00a0" if days == 1 else f"{there.day}일\u00a0"
    return f"{day}{there:%H:%M}"


def span(length: timedelta) -> str:
    """Return a length of time in words: 50분, 31시간, 3일 4시간."""
    minutes = max(int(length.total_seconds() // 60), 0)
    if minutes < 60:
        return f"{minutes}분"
    hours = minutes // 60
    if hours < 72:
        return f"{hours}시간"
    return f"{hours // 24}일 {hours % 24}시간" if hours % 24 else f"{hours // 24}일"


def reason(facts: dict[str, Any], now: datetime) -> str:
    """Return the one sentence that says why this alarm rose, made from its facts alone."""
    if facts["rule"] == "sos":
        return _cry(facts, now)
    if facts["rule"] == "worker":
        return _worker(facts, now)
    if facts["rule"] == "return":
        return _return(facts)
    if facts["rule"] == "call":
        return _called(facts, now)
    return _unusual(facts) if facts.get("learned") else _silence(facts, now)


def _unusual(facts: dict[str, Any]) -> str:
    """Say it as a replay of the same readings does."""
    told, due = facts["learned"], _seconds(facts["due_at"])
    last = told["last_sign"]
    return of_home(
        running.WATCH if facts["rule"] == "unusual" else running.ALARM,
        at=due + SEOUL_S,
        last_sign=state.NEVER if last is None else last + SEOUL_S,
        channel=told["last_channel"],
        gap_s=counted_s(facts),
        long_s=told["long_s"],
        usual=told["usual"],
        rule=running.BY_PATIENCE if told["by"] == "patience" else running.BY_RECORD,
        unseeing=sum(1 << code for code in told["unseeing"]),
    )


def counted_s(facts: dict[str, Any]) -> int:
    """Return the silence that the learned rule counted when the alarm fell due [s].

    A cause of many homes may have held the alarm back: that time was silent too, or it had not
    risen.
    """
    told, due = facts["learned"], _seconds(facts["due_at"])
    return int(told["gap_s"]) + max(due - int(told.get("at", due)), 0)


def _return(facts: dict[str, Any]) -> str:
    ended = datetime.fromisoformat(facts["ended_at"]).astimezone(SEOUL)
    return f"부재({facts['away']})가 {ended.month}월 {ended.day}일에 끝남. 돌아오셨는지 확인 필요"


def _called(facts: dict[str, Any], now: datetime) -> str:
    """Say who telephoned and what was said, in at most 60 letters."""
    at = moment(datetime.fromisoformat(facts["said_at"]), now)
    said = [SAID_LABELS[Said(each)] for each in facts["said"]]
    told = " · ".join(said[:2]) or facts.get("words") or "사정을 더 알아봐야 함"
    if len(said) > 2:
        told += f" 외 {len(said) - 2}"
    if facts.get("at_stake"):
        told = f"생명이 위험해 보임. {told}"
    who = f"걸려 온 전화({CALLER_LABELS[Caller(facts['caller'])]})"
    if facts["caller"] == Caller.CORPS:
        who = "돌봄단이 들음"
    whole = f"{who} {at}: {told}"
    return whole if len(whole) <= LONGEST_REASON else whole[: LONGEST_REASON - 1] + "…"


def _worker(facts: dict[str, Any], now: datetime) -> str:
    """Say whose worker, since when and with whom, in at most 60 letters."""
    told, *others = workers_of(facts)
    at = moment(datetime.fromisoformat(told["at"]), now)
    since = moment(datetime.fromisoformat(told["since"]), now)
    what = {
        Why.LATE: f"{since} 뒤로 소식 없음",
        Why.HELP: f"{at} 도움 요청" + ("(소리 없이)" if told["is_silent"] else ""),
        Why.DURESS: f"{at} 협박받는 중(협박 번호)",
    }[Why(told["why"])]
    more = f" 외 {len(others)}명" if others else ""
    partner = f". 짝 {told['partner']}" if told["partner"] else ". 짝 없음"
    last = " · 마지막으로 간 곳" if told["is_last_place"] else ""
    whole = f"돌봄단원 {told['worker']}{more}: {what}{partner}{last}"
    return whole if len(whole) <= LONGEST_REASON else whole[: LONGEST_REASON - 1] + "…"


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())


def _cry(facts: dict[str, Any], now: datetime) -> str:
    words = facts.get("words", "")
    if len(words) > LONGEST_QUOTE:
        words = words[: LONGEST_QUOTE - 1] + "…"
    said = f"“{words}”라고 말함" if words else "도움을 부름"
    return f"{said}. AI스피커\u00a0{moment(datetime.fromisoformat(facts['said_at']), now)}"


def _silence(facts: dict[str, Any], now: datetime) -> str:
    last = facts.get("last_sign_at")
    quiet = _list(facts.get("quiet", ())) or "생활신호"
    unseen = facts.get("unseen", ())
    since = datetime.fromisoformat(last or facts["still_since"])
    heard = f"마지막 활동\u00a0{moment(since, now)}" if last else "지켜본 뒤로 활동 없음"
    sentence = f"{quiet} {span(now - since)} 변화 없음. {heard}"
    blind = f" · {topic(_list(unseen))} 볼 수 없음" if unseen else ""
    whole = sentence + blind
    return whole if len(whole) <= LONGEST_REASON else sentence[:LONGEST_REASON]


def _list(labels: Sequence[str]) -> str:
    if len(labels) <= 3:
        return "·".join(labels)
    return "·".join(labels[:2]) + f" 외 {len(labels) - 2}"
