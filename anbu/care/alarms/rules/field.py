"""The visit to the door: who is sent, how long the link works, what may be reported, who enters."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from anbu.care.foundation.rules import Actor, Reach
from anbu.care.places.rules import SEOUL

from .alarm import NotAllowed
from .figures import Share

# Shorter than any shift; where it is too short, a new link is made: docs/decisions/0040.
LINK_LIFE = timedelta(hours=4)
# At the door so long after somebody was sent: 90 % within 45, all within 60 minutes (telecare
# services, TSA: peers.md row "on-site", A10). No Korean figure is published: domain.md section 2.
ON_SITE_WITHIN = (timedelta(minutes=45), timedelta(minutes=60))


class AgentKind(StrEnum):
    CONTRACTOR = "contractor"  # 출동 업체
    DONG = "dong"  # 동주민센터
    CORPS = "corps"  # 우리동네돌봄단


class JobState(StrEnum):
    SENT = "sent"
    OPENED = "opened"
    ARRIVED = "arrived"
    DONE = "done"
    WITHDRAWN = "withdrawn"


JOB_NEXT = {
    JobState.SENT: {JobState.OPENED, JobState.ARRIVED, JobState.DONE, JobState.WITHDRAWN},  # 보냄
    JobState.OPENED: {JobState.ARRIVED, JobState.DONE, JobState.WITHDRAWN},  # 열어 봄
    JobState.ARRIVED: {JobState.DONE, JobState.WITHDRAWN},  # 도착
    JobState.DONE: set[JobState](),  # 알려 옴
    JobState.WITHDRAWN: set[JobState](),  # 거둠
}


class Finding(StrEnum):
    MET = "met"  # 만남·안전
    HELP = "help"  # 도움 필요
    NO_ANSWER = "no_answer"  # 대답 없음
    NO_ENTRY = "no_entry"  # 못 들어감


class Seen(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


SIGNS = ("light", "mail", "sound", "neighbours", "smell")
# Who says that nobody answers has looked: the decision to open a door leans on it.
LOOKED_FIRST = frozenset({Finding.NO_ANSWER, Finding.NO_ENTRY})

FINDING_LABELS = {
    Finding.MET: "만남 · 안전",
    Finding.HELP: "도움 필요",
    Finding.NO_ANSWER: "대답 없음",
    Finding.NO_ENTRY: "들어가지 못함",
}
SIGN_LABELS = {
    "light": "불빛",
    "mail": "쌓인 우편물",
    "sound": "안에서 소리",
    "neighbours": "이웃이 봄",
    "smell": "냄새",
}
SEEN_LABELS = {Seen.YES: "있음", Seen.NO: "없음", Seen.UNKNOWN: "모름"}
COME_ALONG = ("119", "112")


class UnknownLink(LookupError):
    """No such link, or none any more: the two are one answer."""


def agent(*, job: object, home: object) -> Actor:
    """Return who holds the link of a job: one home within reach, and no other."""
    return Actor(name=f"agent:{job}", role="agent", reach=Reach.of("homes", [home]))


def job_state(
    *,
    opened_at: datetime | None,
    arrived_at: datetime | None,
    done_at: datetime | None,
    withdrawn_at: datetime | None,
) -> JobState:
    """Return where a job stands, from its moments."""
    if withdrawn_at is not None:
        return JobState.WITHDRAWN
    if done_at is not None:
        return JobState.DONE
    if arrived_at is not None:
        return JobState.ARRIVED
    return JobState.SENT if opened_at is None else JobState.OPENED


def link_works(
    *,
    expires_at: datetime,
    withdrawn_at: datetime | None,
    closed_at: datetime | None,
    now: datetime,
) -> bool:
    """Say whether a link still opens: not withdrawn, its alarm open, its time not over."""
    return withdrawn_at is None and closed_at is None and now < expires_at


def check_report(*, finding: str, signs: Mapping[str, str]) -> Finding:
    """Refuse a report that says too little; what was not asked for is refused too."""
    if finding not in set(Finding):
        raise NotAllowed("결과를 골라 주세요.")
    if not set(signs) <= set(SIGNS) or not set(signs.values()) <= set(Seen):
        raise NotAllowed("목록에 없는 것입니다. 다시 골라 주세요.")
    found = Finding(finding)
    if found in LOOKED_FIRST and set(signs) != set(SIGNS):
        raise NotAllowed("대답이 없거나 못 들어갔으면 다섯 가지를 모두 골라 주세요. 몰라도 됩니다.")
    return found


def offered(finding: str) -> str:
    """Return which deed a finding makes the next one: close | joint; "" without a finding."""
    if not finding:
        return ""
    return "close" if finding == Finding.MET else "joint"


@dataclass(frozen=True, kw_only=True)
class DoorWay:
    """One alarm's way to the door: the first sending, the first arrival, the end of it all."""

    sent_at: datetime
    arrived_at: datetime | None
    ended_at: datetime | None  # closed, or the last one called off

    def span(self) -> timedelta | None:
        """Return how long it took; None: nobody has arrived."""
        return None if self.arrived_at is None else self.arrived_at - self.sent_at

    def counts(self, limit: timedelta, *, until: datetime) -> bool:
        """Say whether it can be held against a limit: somebody arrived, or its time is over."""
        return self.arrived_at is not None or (self.ended_at or until) - self.sent_at > limit


def on_site(ways: Sequence[DoorWay], *, until: datetime) -> tuple[tuple[timedelta, Share], ...]:
    """Return how many were at the door within each limit; who is still on the way counts late."""
    found = []
    for limit in ON_SITE_WITHIN:
        counted = [way for way in ways if way.counts(limit, until=until)]
        soon = sum(1 for way in counted if (span := way.span()) is not None and span <= limit)
        found.append((limit, Share(soon, len(counted))))
    return tuple(found)


def latest(told: time, *, now: datetime) -> datetime:
    """Return the latest moment at which a clock in Seoul showed this time, a minute's grace."""
    here = now.astimezone(SEOUL)
    at = here.replace(hour=told.hour, minute=told.minute, second=0, microsecond=0)
    return at if at <= here else at - timedelta(days=1)


# ---- opening the door ------------------------------------------------------------------------

# The national guideline as Yongin quotes it: domain.md section 2, "Forced entry rule".
ENTRY_GROUNDS = {
    "danger": "생명·신체의 위험이 닥침",
    "death": "사망이 의심됨",
    "lonely_death": "고독사가 우려됨",
}
ENTRY_EVIDENCE = {
    "indicators": "위기 징후가 여럿",
    "mail": "쌓인 우편물·고지서",
    "absence": "이웃이 말하는 오랜 부재",
    "inside": "안에 사람이 있는 듯한데 대답 없음",
}


# A dong's planner decides for the own dong, the one responsible at the centre for the centre.
MAY_SIGN = ("supervisor", "planner")  # roles: staff.models.Staff.Role


def check_entry(
    *, grounds: Collection[str], evidence: Collection[str], police: str, fire: str
) -> None:
    """Refuse a decision to open a door without a ground, a sign, and both police and fire."""
    if not grounds or not set(grounds) <= set(ENTRY_GROUNDS):
        raise NotAllowed("문을 여는 근거를 하나는 골라 주세요.")
    if not evidence or not set(evidence) <= set(ENTRY_EVIDENCE):
        raise NotAllowed("무엇을 보았는지 하나는 골라 주세요.")
    if not police.strip() or not fire.strip():
        raise NotAllowed("경찰과 소방이 함께 있어야 문을 엽니다. 누가 왔는지 둘 다 적어 주세요.")
