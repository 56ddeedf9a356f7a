"""What the page of a household says, in the reader's language."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from anbu.kernel.signs import BY_NAME

from . import strip_words, timeline_words, words
from .strip_icons import LANE_ICONS

WEEKDAYS = (
    lazy("월"),
    lazy("화"),
    lazy("수"),
    lazy("목"),
    lazy("금"),
    lazy("토"),
    lazy("일"),
)
WATCHERS = {
    "dong": lazy("동주민센터"),
    "centre": lazy("야간·휴일 관제"),
    "nobody": lazy("아무도 없음"),
}
UNWATCHED = {
    "no_consent": lazy("안부확인 동의가 없음"),
    "no_night_consent": lazy("야간 확인 동의가 없어 동주민센터가 열 때까지 기다림"),
    "unseen": lazy("지난 두 주 이 시간에 자료가 오지 않음"),
}
LOOKS = {  # what a trace's verb is called; one that stands not here is shown as it is
    "open_household": lazy("가구를 봄"),
    "say_why": lazy("까닭을 적고 가구를 엶"),
    "break_glass": lazy("긴급 열람"),
    "acknowledge_glass": lazy("긴급 열람을 확인함"),
    "search_behind_glass": lazy("긴급 열람으로 찾음"),
    "open_incident": lazy("사건을 봄"),
    "print_household": lazy("가구를 인쇄함"),
    "print_incident": lazy("사건을 인쇄함"),
    "give_packet": lazy("119·112에 전달지를 전함"),
    "open_packet": lazy("119·112 전달지를 봄"),
    "print_packet": lazy("119·112 전달지를 종이나 PDF로 만듦"),
    "ask_to_look_back": lazy("놓친 기회 돌아보기를 엶"),
    "open_look_back": lazy("놓친 기회 돌아보기를 봄"),
    "print_look_back": lazy("놓친 기회 돌아보기를 인쇄함"),
    "write_look_back": lazy("놓친 기회 돌아보기의 결과를 적음"),
    "sign_look_back": lazy("놓친 기회 돌아보기의 결과에 서명함"),
    "take_look_back": lazy("놓친 기회 돌아보기를 맡음"),
    "add_to_look_back": lazy("놓친 기회 돌아보기에 덧붙임"),
    "raise_worker": lazy("돌봄단원 위험 신호가 울림"),
    "hear_worker": lazy("돌봄단원의 소식을 적음"),
    "call_worker": lazy("돌봄단원이나 짝에게 전화함"),
    "hear_crisis": lazy("돌봄단이 들은 말을 받음"),
    "list_visits": lazy("방문 중인 돌봄단원의 목록을 봄"),
    "begin_visit": lazy("돌봄단원이 방문을 시작함"),
    "visit_out": lazy("돌봄단원이 나옴"),
    "visit_fine": lazy("돌봄단원이 괜찮다고 함"),
    "visit_longer": lazy("돌봄단원이 방문 시간을 늘림"),
    "visit_late": lazy("돌봄단원의 방문 시간이 지남"),
    "visit_red": lazy("관제가 돌봄단원을 찾기 시작함"),
    "visit_ended": lazy("관제가 찾던 방문이 끝남"),
    "note_hazard": lazy("주의할 것을 적음"),
    "renew_hazard": lazy("주의할 것의 기한을 늘림"),
    "end_hazard": lazy("주의할 것을 지움"),
    "appeal_hazard": lazy("주의할 것에 대한 이의를 적음"),
    "decide_hazard": lazy("주의할 것에 대한 이의를 정함"),
    "take_call": lazy("걸려 온 전화를 접수함"),
    "see_preview": lazy("신호를 봄"),
    "see_row": lazy("목록의 한 줄을 봄"),
    "see_door_note": lazy("들어가는 법을 봄"),
    "see_strips": lazy("생활신호를 봄"),
    "see_what_if": lazy("판단 기준을 지난 자료에 대어 봄"),
    "register_household": lazy("가구를 등록함"),
    "give_consent": lazy("동의를 적음"),
    "withdraw_consent": lazy("동의 철회를 적음"),
    "start_watch": lazy("지켜보기를 시작함"),
    "add_device": lazy("기기를 더함"),
    "revoke_device": lazy("기기를 뺌"),
    "raise": lazy("신호가 울림"),
    "claim": lazy("담당함"),
    "call": lazy("전화하고 결과를 적음"),
    "record_call": lazy("전화하고 결과를 적음"),
    "message": lazy("문자를 보냄"),
    "send_message": lazy("문자를 보냄"),
    "dispatch": lazy("현장에 보냄"),
    "call_119": lazy("119·112에 알림"),
    "shelve": lazy("미룸"),
    "transfer": lazy("넘김"),
    "note": lazy("메모를 적음"),
    "close": lazy("끝냄"),
    "set_patience": lazy("기다리는 시간을 바꿈"),
    "assess": lazy("평가를 적음"),
    "change_tier": lazy("위험군을 정함"),
    "ask_about_decision": lazy("설명·재검토 요구를 적음"),
    "answer_request": lazy("설명·재검토 요구에 답함"),
    "raise_crisis": lazy("지금 움직일 일이 생김"),
    "take_crisis": lazy("지금 움직일 일을 맡음"),
    "end_crisis": lazy("지금 움직일 일을 끝냄"),
    "set_asking": lazy("묻는 방법을 적음"),
    "export_home": lazy("자료로 내보냄"),
    "come_in": lazy("본인 확인을 하고 들어옴"),
    "go_out": lazy("나감"),
    "look_at_own_record": lazy("자기 기록을 봄"),
    "ask_correction": lazy("고쳐 달라고 함"),
    "answer_correction": lazy("고쳐 달라는 요구에 답함"),
}
MACHINES = {  # who acts that is no member of staff
    "citizen": lazy("본인"),
    "clock": lazy("시스템(시계)"),
    "register": lazy("시스템(명단)"),
    "ingest": lazy("시스템(수신)"),
    "notify": lazy("시스템(문자)"),
    "seed": lazy("시스템(가상 자료)"),
}


def state_line(head: Any, *, now: datetime) -> str:
    """Return how this home is at the moment, in one or two sentences."""
    return " · ".join(filter(None, (_state(head, now), _newest(head.last, now))))


def _state(head: Any, now: datetime) -> str:
    clock = head.clock
    if clock is None:
        return _("지켜보는 기기가 아직 없습니다.")
    if clock.blind_since is not None or head.is_blind:
        since = strip_words.clock(clock.blind_since or now, beside=now)
        return _("%(since)s부터 볼 수 없습니다. 조용한지 알 수 없습니다.") % {"since": since}
    level = "" if head.level is None else str(words.LEVELS[head.level])
    if clock.last_sign_at is None:
        if level:
            return _("%(level)s 신호가 울렸습니다. 지켜본 뒤로 활동 없음") % {"level": level}
        return _("지켜본 뒤로 생활신호가 아직 없습니다.")
    ago = strip_words.ago(max(0.0, (now - clock.last_sign_at).total_seconds()))
    lane = strip_words.channel_label(clock.last_channel, clock.last_label)
    heard = _("%(ago)s %(lane)s") % {"ago": ago, "lane": lane}
    if level:
        return _("%(level)s 신호가 울렸습니다. 마지막 활동 %(heard)s") % {
            "level": level,
            "heard": heard,
        }
    if clock.silent_since is not None:
        return _("너무 오래 조용합니다. 마지막 활동 %(heard)s") % {"heard": heard}
    return _("지금 평소와 같음. 마지막 활동 %(heard)s") % {"heard": heard}


def _newest(record: Any, now: datetime) -> str:
    if record is None:
        return ""
    said = timeline_words.line(record, now=now)
    at = strip_words.clock(record.at, beside=now)
    return _("%(at)s %(said)s") % {"at": at, "said": f"{said.lead} {said.strong}".strip()}


def weekday(nth: int) -> str:
    """Return the short name of a day of the week, Monday is 0."""
    return str(WEEKDAYS[nth])


def hours_said(hours: Sequence[Any]) -> str:
    """Return one day of the week in words: 0–9 …, 9–18 …."""
    parts, at = [], 0
    for who, some in groupby(hours):
        width = len(list(some))
        parts.append(f"{at}–{at + width} {WATCHERS[str(who)]}")
        at += width
    return ", ".join(parts)


def look(entry: Any) -> str:
    """Return what somebody did or saw."""
    said = str(LOOKS.get(entry.verb, entry.verb))
    tab = entry.detail.get("tab")
    return f"{said} · {_(TABS[tab])}" if tab in TABS else said


TABS = {
    "glance": "한눈에",
    "signals": "생활신호",
    "records": "기록",
    "assess": "평가",
    "consents": "동의",
    "looks": "열람 기록",
}


def looker(entry: Any) -> str:
    """Return who looked."""
    if entry.by:
        return f"{entry.by} · {entry.post}"
    return str(MACHINES.get(entry.actor, entry.actor))


def lag(span: timedelta) -> str:
    """Return how late a feed is when all is well, or nothing."""
    if span < timedelta(minutes=30):
        return ""
    return _("늘 %(length)s쯤 늦게 옴") % {"length": strip_words.length(span)}


def machine(row: tuple[str, str, float]) -> str:
    """Return a channel and the step that its machines make."""
    name, label, step = row
    unit = BY_NAME[name].unit
    return f"{strip_words.channel_label(name, label)} {step:g} {unit}"


def due(moment: datetime, *, now: datetime) -> str:
    """Return a deadline with its day: today, tomorrow, or the date."""
    here, there = localtime(now).date(), localtime(moment)
    days = (there.date() - here).days
    at = f"{there:%H:%M}"
    match days:
        case 0:
            return _("오늘 %(at)s") % {"at": at}
        case 1:
            return _("내일 %(at)s") % {"at": at}
        case -1:
            return _("어제 %(at)s") % {"at": at}
        case other if 0 < other < 7:
            return f"{weekday(there.weekday())} {at}"
        case _other:
            return f"{there.month}/{there.day} {at}"


def lane_icon(name: str) -> str:
    """Return the drawing of a channel, on a grid of 24."""
    return LANE_ICONS.get(name, LANE_ICONS["presence"])


def person_line(head: Any) -> str:
    """Return age, sex, tier and where the home is."""
    home = head.home
    age = _("%(age)d세 %(sex)s") % {"age": head.age, "sex": words.SEXES[home.sex]}
    where = " ".join(filter(None, (home.dong, home.unit)))
    return " · ".join(filter(None, (age, str(words.TIERS[home.tier]), where)))


def known_word(text: str) -> str:
    """Return a word that we ourselves stored in Korean, in the reader's language."""
    return _(text) if text else ""


def neighbour_line(row: Any) -> str:
    """Return age, sex and tier of a household in a list."""
    age = _("%(age)d세 %(sex)s") % {"age": row.age, "sex": words.SEXES[row.found.sex]}
    return f"{age} · {words.TIERS[row.found.tier]}"
