"""돌봄단원: a worker behind a door of whom nobody hears, or who asks for help, as a signal's facts.

A silent call is answered without ringing the one who called: whoever stands beside them hears it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

RULE = "worker"  # of facts: what this signal is about, whatever it began as


class Why(StrEnum):
    """Why a worker's signal rose. Of two the graver one is said."""

    LATE = "late"  # 시간이 지나도 소식 없음
    HELP = "help"  # 도움을 부름
    DURESS = "duress"  # 협박 번호: the telephone says it was called off; it was not


GRAVER = (Why.LATE, Why.HELP, Why.DURESS)


class Kin(StrEnum):
    """Who is called about a worker."""

    WORKER = "worker"  # 단원
    PARTNER = "partner"  # 짝


KIN_LABELS = {Kin.WORKER: "돌봄단원", Kin.PARTNER: "짝"}


@dataclass(frozen=True, kw_only=True)
class InDanger:
    """One worker's visit of which something must be feared. Told twice it is one."""

    visit: UUID
    household: UUID
    why: Why
    at: datetime  # the moment at which it became true
    since: datetime  # when they were last heard of
    worker: str
    worker_phone: str = ""
    partner: str = ""
    partner_phone: str = ""
    is_silent: bool = False  # called without a sound: nobody rings them
    is_last_place: bool = False  # not where they said they are, but where they were last

    @property
    def told(self) -> dict[str, Any]:
        """Return it as an alarm keeps it."""
        return {
            "visit": str(self.visit),
            "why": str(self.why),
            "at": self.at.isoformat(),
            "since": self.since.isoformat(),
            "worker": self.worker,
            "worker_phone": self.worker_phone,
            "partner": self.partner,
            "partner_phone": self.partner_phone,
            "is_silent": self.is_silent,
            "is_last_place": self.is_last_place,
        }


MOST_WRONG_PINS = 5  # then none ends this call on the telephone any more


class Cry(NamedTuple):
    """A call for help from no home we know of, as the desk reads it."""

    place: str
    words: str
    call_back: str  # whom to ring first: never who called without a sound


def cry_of(*, dong: str, phone: str, partner: str, partner_phone: str, is_silent: bool) -> Cry:
    """Return what the centre is told. Where the worker is nobody knows, and it says so."""
    beside = " ".join(filter(None, (partner, partner_phone)))
    first = f"짝 {beside}에게 먼저 전화하고 " if partner_phone else ""
    how = (
        f"소리 없이 불렀으니 단원에게 전화하지 마세요. {first}112에 알려 위치를 물어 주세요."
        if is_silent
        else "단원에게 바로 전화하고, 받지 않으면 112에 위치를 물어 주세요."
    )
    return Cry(
        place=f"어디인지 모름 ({dong} 돌봄단)",
        words=f"돌봄단원이 앱에서 도움을 불렀습니다. {how}",
        call_back=partner_phone if is_silent else phone,
    )


class Colleague(NamedTuple):
    """Who is called: worker or partner."""

    kin: Kin
    name: str
    phone: str


def workers_of(facts: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """Return the workers a signal is about, the newest first; none: it is about the home alone."""
    return tuple(facts.get("workers", ()))


def is_about_worker(facts: Mapping[str, Any]) -> bool:
    """Say whether the present steps of this signal are for a worker, not for who lives there."""
    return facts.get("rule") == RULE


def with_worker(facts: Mapping[str, Any], danger: InDanger) -> dict[str, Any]:
    """Return the facts of a signal with one more word about a worker. A word never gets milder."""
    known = {told["visit"]: told for told in workers_of(facts)}
    told, before = danger.told, known.pop(str(danger.visit), None)
    if before is not None:
        graver = max(Why(before["why"]), danger.why, key=GRAVER.index)
        if graver == before["why"]:
            told = before | {"is_silent": before["is_silent"] or danger.is_silent}
    return {**facts, "rule": RULE, "workers": [told, *known.values()]}


def has_said(facts: Mapping[str, Any], danger: InDanger) -> bool:
    """Say whether a signal knows of this already."""
    known = {told["visit"]: Why(told["why"]) for told in workers_of(facts)}
    before = known.get(str(danger.visit))
    return before is not None and GRAVER.index(before) >= GRAVER.index(danger.why)


def worker_ladder(facts: Mapping[str, Any]) -> str:
    """Return which ladder a worker's signal climbs."""
    newest = workers_of(facts)[0]
    return "worker_silent" if newest["is_silent"] else "worker"


def colleague_of(facts: Mapping[str, Any], kin: str) -> Colleague | None:
    """Return the worker or the partner of the newest word; None: there is none."""
    if kin not in set(Kin) or not workers_of(facts):
        return None
    newest = workers_of(facts)[0]
    name = newest[kin]
    return Colleague(Kin(kin), name, newest[f"{kin}_phone"]) if name else None


def who_is_called(facts: Mapping[str, Any], do: str) -> Colleague | None:
    """Return which colleague a step of a worker's ladder rings; None: it rings nobody of them."""
    if not is_about_worker(facts):
        return None
    kin = {"call": Kin.WORKER, "contact": Kin.PARTNER}.get(do)
    return colleague_of(facts, kin) if kin else None
