"""Kinds of messages: which may wait for the morning, and by which ways each goes, in order."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    SILENCE = "silence"  # 조용함: 기다림이 지났다
    SOS = "sos"  # 도움 요청
    ASK = "ask"  # 살핌: a machine asks softly
    RETURN = "return"  # 귀가 확인
    RELATIVE = "relative"  # 보호자에게
    DUTY = "duty"  # 당직자에게: a notice on a colleague's own device
    DUTY_TEXT = "duty_text"
    DUTY_CALL = "duty_call"  # spoken
    ALL_TEXT = "all_text"  # 전체 호출: nobody on duty has acknowledged
    ALL_CALL = "all_call"  # spoken
    FIELD_LINK = "field_link"  # 현장 링크: to who goes to a door
    BRAKE = "brake"  # 한꺼번에 울림: to the people who answer for Anbu itself
    STANDSTILL = "standstill"  # 멈춤: to the people who answer for Anbu itself
    MOVES = "moves"  # 다시 움직임


# What may wait until a person's quiet hours are over. A crisis may not, nor a word to a relative
# or to colleagues: somebody is awake and decided.
MAY_WAIT = frozenset({Kind.ASK, Kind.RETURN})
COUNTING = frozenset(
    {Kind.DUTY, Kind.DUTY_TEXT, Kind.DUTY_CALL, Kind.ALL_TEXT, Kind.ALL_CALL}
)  # these say how many, and nothing else
TO_STAFF = COUNTING | {Kind.STANDSTILL, Kind.MOVES, Kind.BRAKE}

# Every way out and what it carries: text (SMS or LMS by length), 알림톡, a call, a mail.
WAYS = {
    "kakao": "ata",  # 알림톡, by SOLAPI
    "solapi": "text",
    "gateway": "text",  # the city's own HTTP gateway
    "gateway2": "text",  # a second one
    "smpp": "text",
    "voice": "voice",  # the call-bot
    "mail": "mail",
}
TEXT_WAYS = ("kakao", "solapi", "gateway", "gateway2", "smpp")
CHANNELS = {"sms": TEXT_WAYS, "voice": ("voice", *TEXT_WAYS)}  # people.AskBy: a call that fails


TELL_WHEN_ASKED = frozenset({"kakao", "solapi"})  # these send no receipts: we ask


def goes_at(
    kind: Kind, *, is_crisis: bool, quiet_until: datetime | None, now: datetime
) -> datetime:
    """Return when a message goes: at once, or when the quiet hours end that `now` lies in."""
    if quiet_until is None or is_crisis or kind not in MAY_WAIT:
        return now
    return quiet_until


def ways_for(
    *, order: Sequence[str], channel: str, opened: Collection[str], has_kakao: bool
) -> tuple[str, ...]:
    """Return the ways of one message in order: of its channel, open, and able to carry it.

    `order` is the template's own; empty means the usual one. A call that is wished goes first,
    and when it cannot be made a text follows.
    """
    usual = CHANNELS[channel]
    wanted = order or usual
    found = [way for way in usual if way == "voice" and way not in wanted]
    found += [way for way in wanted if way in usual]
    return tuple(way for way in found if way in opened and (way != "kakao" or has_kakao))
