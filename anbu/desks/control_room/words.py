"""What the codes of the care floor are called on the screens of this desk."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from anbu.care.alarms import rules
from anbu.kernel.rhythm import SLACK_S
from anbu.kernel.signs import BY_CODE

from . import (
    care_words,
    errand_words,
    field_words,
    handover_words,
    look_back_words,
    reasons,
    roster_words,
    strip_words,
    telling_words,
)

FIGURES_BY = {
    "rule": lazy("규칙"),
    "source": lazy("안부확인 방법"),
    "provider": lazy("공급사"),
    "district": lazy("자치구"),
}
SOURCES = {
    "smart_plug": lazy("스마트플러그"),
    "ami_meter": lazy("원격검침"),
    "telecom": lazy("통신 자료"),
    "app": lazy("안부 앱"),
    "ai_call_vendor": lazy("AI 안부전화"),
    "ai_speaker": lazy("AI 스피커"),
    "door": lazy("문 열림 감지기"),
}
TELLING_CAUSES, TELLING_BYS = telling_words.CAUSES, telling_words.BYS
RING_STATES = telling_words.RING_STATES
CARE_STATES = care_words.STATES
LOOK_BACK_STATES = look_back_words.STATES
LOOK_BACK_MISSED, LOOK_BACK_CHANGES = look_back_words.MISSED, look_back_words.CHANGES
AGENTS, JOB_STATES, FINDINGS = field_words.AGENTS, field_words.JOB_STATES, field_words.FINDINGS
FIELD_TEXTS = field_words.TEXTS
SIGNS, SEEN, WITHDRAWN = field_words.SIGNS, field_words.SEEN, field_words.WITHDRAWN
GROUNDS, ENTRY_EVIDENCE = field_words.GROUNDS, field_words.EVIDENCE
HAND_STATES, STAIRS = handover_words.STATES, handover_words.STAIRS
NEEDS, ENDS = errand_words.NEEDS, errand_words.ENDS
PARTS, RISES = roster_words.PARTS, roster_words.RISES
SWAP_STATES, TURN_SOURCES = roster_words.SWAP_STATES, roster_words.TURN_SOURCES
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
    "enter": lazy("문 열기"),
    "handover": lazy("인계"),
    "closed": lazy("끝"),
}
RULES = {
    "silence": lazy("조용함"),
    "learned": lazy("평소와 다른 조용함"),
    "watch": lazy("살핌"),
    "return": lazy("귀가 확인"),
    "sos": lazy("도움 요청"),
    "worker": lazy("돌봄단원 위험"),
    "call": lazy("걸려 온 전화"),
}
AFTER = {  # what comes by itself when nobody acts
    "": lazy("뒤 다시 알림"),
    "message": lazy("뒤 문자로"),
    "call": lazy("뒤 전화로"),
    "contact": lazy("뒤 보호자에게"),
    "dispatch": lazy("뒤 현장 출동으로"),
    "joint": lazy("뒤 119·112로"),
    "enter": lazy("뒤 문 열기로"),
    "handover": lazy("뒤 인계로"),
}
IF_NOT = {  # a machine sends nobody: what comes is the next thing for people to do
    "": lazy("시간이 지나면 다시 알립니다"),
    "message": lazy("시간이 지나면 다음 할 일: 문자"),
    "call": lazy("시간이 지나면 다음 할 일: 전화"),
    "contact": lazy("시간이 지나면 다음 할 일: 보호자에게 전화"),
    "dispatch": lazy("시간이 지나면 다음 할 일: 현장 출동"),
    "joint": lazy("시간이 지나면 다음 할 일: 119·112 연락"),
    "enter": lazy("시간이 지나면 다음 할 일: 문 열기 결정"),
    "handover": lazy("시간이 지나면 다음 할 일: 인계"),
}
NEXT_STEPS = {
    "message": lazy("문자 보내기"),
    "contact": lazy("보호자에게 전화"),
    "dispatch": lazy("현장 출동"),
    "joint": lazy("119·112 연락"),
    "enter": lazy("문 열기 결정 적기"),
    "handover": lazy("인계 부탁하기"),
}
RESULTS = {
    "safe": lazy("안전하다고 함"),
    "help": lazy("도움이 필요함"),
    "unknown": lazy("모른다고 함"),
    "will_look": lazy("직접 가 본다고 함"),
    "no_answer": lazy("받지 않음"),
    "bad_number": lazy("번호 틀림"),
    "waiting": lazy("조용한 시간이라 기다림"),
    "queued": lazy("보내는 중"),
    "again": lazy("다른 길로 다시 보내는 중"),
    "sent": lazy("보냄"),
    "delivered": lazy("닿음"),
    "failed": lazy("보내지 못함"),
    "expired": lazy("늦어서 보내지 않음"),
    "brake": lazy("한꺼번에 울려 붙들어 둠"),
    "called_off": lazy("보내지 않음"),
}
RESULT_KEYS = {  # digits: the same digit is the same answer wherever it can be given
    "person": (("1", "safe"), ("2", "help"), ("4", "no_answer"), ("5", "bad_number")),
    "worker": (("1", "safe"), ("2", "help"), ("4", "no_answer")),
    "partner": (
        ("1", "safe"),
        ("2", "unknown"),
        ("3", "will_look"),
        ("4", "no_answer"),
    ),
    "contact": (
        ("1", "safe"),
        ("2", "unknown"),
        ("3", "will_look"),
        ("4", "no_answer"),
        ("5", "bad_number"),
    ),
}
BRAKE_CAUSES = {
    "flood": lazy("한꺼번에 울림"),
    "clock_step": lazy("시계가 어긋남"),
}
BRAKE_CHOICES = {
    "go": lazy("그대로 진행"),
    "by_risk": lazy("위험한 집부터 차례로"),
    "our_fault": lazy("우리 쪽 잘못"),
}
GROUP_KINDS = {
    "region": lazy("지역"),
    "provider": lazy("공급사"),
    "gateway": lazy("중계기"),
    "feeder": lazy("배전선로"),
    "cell": lazy("기지국"),
}
PLANS = {
    "other": lazy("다른 신호로 봄"),
    "call": lazy("돌봄단 전화"),
    "visit": lazy("방문"),
}
DOUBT_ENDS = {
    "reached": lazy("통화함"),
    "visited": lazy("만남"),
    "sign": lazy("생활신호 확인"),
    "seen": lazy("다시 보임"),
}
DOUBT_CAUSES = {"blind": lazy("볼 수 없음"), "own": lazy("우리 쪽 멈춤")}
GROUP_CAUSES = {
    "silent": lazy("동시에 조용함"),
    "stopped": lazy("동시에 끊김"),
    "hushed": lazy("평소와 다르게 조용함"),
}
GROUP_OUTCOMES = {
    "power_cut": lazy("정전"),
    "network": lazy("통신"),
    "provider": lazy("공급사 쪽 고장"),
    "no_common_cause": lazy("한 원인이 아님"),
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
    "answered_by_sign": lazy("생활신호로 답함"),
    "worker_safe": lazy("단원 안전 확인"),
    "worker_hurt": lazy("단원이 다침"),
    "worker_attacked": lazy("단원이 위협·폭행을 당함"),
    "worker_slip": lazy("단원이 잘못 누름·깜빡함"),
    "our_fault": lazy("우리 쪽 잘못"),
}
OUTCOME_GROUPS = {
    "safe": lazy("안전"),
    "away": lazy("집에 없음"),
    "crisis": lazy("위급"),
    "feed": lazy("자료"),
    "other": lazy("그 밖"),
    "worker": lazy("돌봄단원"),
}
OUTCOME_KEYS = (
    "safe_call",
    "safe_message",
    "safe_visit",
    "out",
    "hospital",
    "device",
    "network",
    "bad_number",
    "test",
)  # digits 1-9: the nine that end most alarms
WORKER_KEYS = ("worker_safe", "worker_hurt", "worker_attacked", "worker_slip")
OWNING = {
    "raised": lazy("맡을 자리 —"),
    "claim": lazy("맡음 —"),
    "transfer": lazy("넘김 —"),
    "back": lazy("자리로 돌아감 —"),
    "up": lazy("아무도 손대지 않아 위로 올림 —"),
    "vendor_empty": lazy("업체 자리에 근무자가 없어 옮김 —"),
    "vendor_step": lazy("업체가 할 수 없는 단계라 옮김 —"),
    "vendor_leave": lazy("업체의 계약 시간이나 동의가 끝나 옮김 —"),
    "vendor_late": lazy("업체가 제때 손대지 않아 올림 —"),
}
WAITS = {
    "never": lazy("야간 동의를 받은 적이 없어 동주민센터가 열 때까지 기다림"),
    "withdrawn": lazy("야간 동의를 거두어 동주민센터가 열 때까지 기다림"),
    "expired": lazy("야간 동의 기간이 끝나 동주민센터가 열 때까지 기다림"),
    "brake": lazy("한꺼번에 울려 사람이 정할 때까지 붙들어 둠"),
}
EVIDENCE = {
    "sign": ("sign", lazy("생활신호가 다시 들어옴")),
    "sos": ("lv3", lazy("도움을 부르는 말을 함")),
    "blind": ("unseen", lazy("이 집을 볼 수 없게 됨")),
    "seen": ("sign", lazy("이 집을 다시 볼 수 있음")),
    "silence": ("lv2", lazy("생활신호도 조용함")),
    "answer": ("sign", lazy("본인이 답함")),
    "help": ("lv3", lazy("도움이 필요하다고 답함")),
    "return": ("lv1", lazy("등록된 부재가 끝남")),
    "away": ("dash", lazy("부재가 등록됨")),
    "call": ("phone", lazy("전화가 걸려 옴 —")),
    "crisis": ("lv3", lazy("돌봄단이 들음 —")),
    "worker_late": ("lv3", lazy("돌봄단원이 시간이 지나도 소식 없음")),
    "worker_help": ("lv3", lazy("돌봄단원이 도움을 부름")),
    "worker_duress": ("lv3", lazy("돌봄단원이 협박 번호를 누름")),
    "worker_out": ("person", lazy("돌봄단원의 전화가 나왔다고 알림")),
    "worker_fine": ("person", lazy("돌봄단원의 전화가 괜찮다고 알림")),
    "worker_pin": ("person", lazy("돌봄단원이 자기 번호로 도움 요청을 거둠")),
}
TIERS = {"high": lazy("고위험"), "mid": lazy("중위험"), "low": lazy("저위험")}
SERVICES = {
    "smart_plug": lazy("스마트플러그"),
    "ai_checkin_call": lazy("AI안부확인"),
    "ami_telecom_app": lazy("AI안부든든"),
    "ami_telecom": lazy("1인가구 안부살핌"),
    "phone_activity": lazy("똑똑안부확인"),
    "ai_speaker": lazy("AI스피커"),
    "care_corps": lazy("우리동네돌봄단"),
    "agency": lazy("전담기구"),
}
AUDIENCES = {
    "responders": lazy("신호에 응하는 모든 사람"),
    "dong": lazy("동주민센터"),
    "nurse": lazy("방문간호사만"),
}
DETECTORS = {"fixed": lazy("정해진 시간"), "learned": lazy("배운 시계")}
ZOOMS = {"72h": lazy("72시간"), "2w": lazy("2주"), "1y": lazy("1년")}
SEXES = {"f": lazy("여"), "m": lazy("남")}


def next_step(row: Any) -> str:
    """Return the next step as the big button says it."""
    return step_of(row.next_do, row.tries)


def step_of(do: str, tries: int) -> str:
    """Return a step in words, after so many calls."""
    return _("%(n)d차 전화") % {"n": tries + 1} if do == "call" else str(NEXT_STEPS[do])


def age(row: Any) -> str:
    """Return age and sex: 81세 여."""
    return age_of(row.age, row.sex)


def age_of(years: int, sex: str) -> str:
    """Return an age and a sex in words."""
    return _("%(age)d세 %(sex)s") % {"age": years, "sex": SEXES[sex]}


def owner(row: Any) -> str:
    """Return who holds the alarm, in the words of the queue."""
    return owner_of(row.owner_is_me, row.owner_name)


def owner_of(is_me: bool, name: str | None) -> str:
    """Return an owner in words: oneself, a name, nobody."""
    return _("내 담당") if is_me else name or _("담당 없음")


def reason(row: Any, *, now: datetime) -> str:
    """Return why the alarm rose, in the reader's language."""
    return row.reason if reasons.is_korean() else reasons.reason(row.facts, row.closed_at or now)


def outcome_with_group(code: str) -> str:
    """Return an outcome with its group before it: 안전 · 전화."""
    for group, codes in rules.OUTCOME_GROUPS.items():
        if code in codes:
            return f"{OUTCOME_GROUPS[group]} · {OUTCOMES[code]}"
    return str(OUTCOMES.get(code, code))


def outcome_groups(row: Any) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the groups of outcomes, each outcome with its digit or ""; a worker's come first."""
    of_worker = row.kind == "worker"
    keys = WORKER_KEYS if of_worker else OUTCOME_KEYS
    digit = {code: str(n) for n, code in enumerate(keys, start=1)}
    groups = [group for group in rules.OUTCOME_GROUPS if group != "worker"]
    return [
        (
            str(OUTCOME_GROUPS[group]),
            [(digit.get(str(code), ""), str(code)) for code in rules.OUTCOME_GROUPS[group]],
        )
        for group in (["worker", *groups] if of_worker else groups)
    ]


def facts(preview: Any, *, now: datetime) -> list[tuple[str, str]]:
    """Return the few figures behind the alarm's sentence: why did it ring?"""
    row, strip = preview.row, preview.row.strip
    found = []
    if row.last_sign_at is not None:
        at = strip_words.clock(row.last_sign_at, beside=now)
        text = _("마지막 활동 %(at)s 뒤로")
        if not preview.learned:
            text = _("모든 신호가 조용함. 마지막 활동 %(at)s")
        found.append(
            (strip_words.length((row.closed_at or now) - row.last_sign_at), text % {"at": at})
        )
    if row.kind == "silence":
        hours = strip_words.length(timedelta(hours=preview.patience_hours))
        found.append((hours, _("이 가구에 정한 기다림")))
    if preview.learned:
        found += _learned(preview.learned)
    if preview.held:
        found.append(_held(preview.held, row, now))
    if strip is not None and strip.rhythm and strip.silent_from is not None:
        hours = strip_words.length(timedelta(hours=round(strip.missing_hours)))
        found.append((hours, _("평소라면 깨어 있을 시간이 조용히 지남")))
    if strip is not None and strip.lanes:
        end = strip_words.minutes_to_now(strip)
        seen = [lane for lane in strip.lanes if not strip_words.is_blind_at(lane, end)]
        labels = "·".join(strip_words.lane_label(lane) for lane in seen) or _("없음")
        found.append(
            (
                f"{len(seen)} / {len(strip.lanes)}",
                _("지금 볼 수 있는 신호: %(labels)s") % {"labels": labels},
            )
        )
    if row.sign_returned_at is not None:
        at = strip_words.clock(row.sign_returned_at, beside=now)
        found.append((at, _("생활신호가 다시 들어옴")))
    return found


def _held(held: Any, row: Any, now: datetime) -> tuple[str, str]:
    """Return for how long a cause of many homes kept this alarm back, which one, and from when."""
    told = {
        "kind": GROUP_KINDS[held.kind],
        "name": held.name,
        "at": strip_words.clock(held.since, beside=now),
    }
    text = _("한 원인(%(kind)s %(name)s)으로 보류되었다가 울림. 보류 %(at)s부터") % told
    return strip_words.length(row.raised_at - held.since), text


def _learned(told: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what the learned rule weighed: the home's own record, its hour, who cannot see."""
    longest = max((told["long_s"] - SLACK_S) // 3600, 1)
    counted = timedelta(seconds=told["gap_s"])
    found = [
        (strip_words.length(counted), _("조용하다고 셈. 볼 수 없던 때는 빼고 약한 신호는 일부만")),
        (strip_words.length(timedelta(hours=longest)), _("이 집이 평소 가장 오래 조용한 시간")),
        (f"{round(100 * told['usual'])}%", _("평소 이 시각에 활동이 있을 가능성")),
    ]
    blind = [BY_CODE[code] for code in told["unseeing"]]
    if blind:
        labels = "·".join(strip_words.channel_label(each.name, each.label) for each in blind)
        found.append((str(len(blind)), _("볼 수 없던 신호: %(labels)s") % {"labels": labels}))
    return found
