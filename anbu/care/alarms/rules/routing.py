"""Whose signal it is: a vendor's, where a contract and the person say so; else the city's."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from anbu.care.places.rules import OnDuty, Term, term_of

from .alarm import Level

# What a vendor's desk can do. Whoever goes to a door, or fetches police and fire, is the city's:
# domain.md section 2, steps 3-8.
VENDOR_DOES = frozenset({"message", "call", "contact"})
# What a vendor may be asked about. A cry for help, and a call, take no way round.
VENDOR_KINDS = frozenset({"silence", "watch", "return"})


@dataclass(frozen=True)
class Eye:
    """One way of being seen: what service its devices may belong to, and whose they are."""

    services: frozenset[str]
    provider: str


class Side(StrEnum):
    VENDOR = "vendor"  # 서비스 업체
    DONG = "dong"  # 동주민센터
    CENTRE = "centre"  # 야간·휴일 관제


@dataclass(frozen=True)
class Answerer:
    """Who has to answer, and at which post; a city's post follows from its side."""

    side: Side
    post: int | None = None  # the vendor's
    waits: bool = False  # until the dong office opens: nobody else may know by night


@dataclass(frozen=True, kw_only=True)
class HomeSeen:
    """What decides about one home."""

    district: int
    eyes: Sequence[Eye] = ()
    named: Collection[tuple[int, str]] = field(default_factory=frozenset)  # consents to vendors
    night: bool = False  # may the centre know by night


@dataclass(frozen=True, kw_only=True)
class Moment:
    """What holds for all homes at this moment."""

    at: datetime
    holidays: Collection[date]
    duty: OnDuty
    terms: Sequence[Term] = ()
    manned: Collection[int] = frozenset()  # posts at which somebody is on shift


def who_answers(home: HomeSeen, moment: Moment, *, kind: str, level: int, do: str) -> Answerer:
    """Return who answers for a signal of this kind and level, whose next step is `do`.

    The vendor whose contract covers every way in which the home is seen, if the person agreed
    to it by name, somebody is on shift there, and the step is one a vendor can take. Else the
    dong office in its hours, else the centre; by night, without consent for it, the office,
    when it opens. A cry and a critical signal wait for nobody.
    """
    post = vendor_of(home, moment, kind=kind, level=level, do=do)
    if post is not None:
        return Answerer(Side.VENDOR, post)
    if moment.duty == "dong":
        return Answerer(Side.DONG)
    if home.night or kind in ("sos", "worker") or level >= Level.CRITICAL:
        return Answerer(Side.CENTRE)
    return Answerer(Side.DONG, waits=True)


def vendor_of(home: HomeSeen, moment: Moment, *, kind: str, level: int, do: str) -> int | None:
    """Return the post of the vendor that may answer for this signal now; None: the city does."""
    if kind not in VENDOR_KINDS or level >= Level.CRITICAL or do not in VENDOR_DOES:
        return None
    posts = {_vendor_seeing(eye, home, moment) for eye in home.eyes}
    return posts.pop() if len(posts) == 1 else None


def _vendor_seeing(eye: Eye, home: HomeSeen, moment: Moment) -> int | None:
    term = term_of(
        moment.terms,
        services=eye.services,
        provider=eye.provider,
        district=home.district,
        at=moment.at,
        holidays=moment.holidays,
    )
    if term is None or term.post not in moment.manned:
        return None
    agreed = any((term.vendor, service) in home.named for service in ("", term.service))
    return term.post if agreed else None


class WhyNot(StrEnum):
    """Why a signal leaves a vendor's desk by itself."""

    EMPTY = "vendor_empty"  # nobody is on shift there
    STEP = "vendor_step"  # what is to be done now is the city's: its kind, level or step
    LEAVE = "vendor_leave"  # the contract's hours are over, or the person's consent is
    LATE = "vendor_late"  # nobody there acted in time


def why_it_leaves(
    home: HomeSeen | None, moment: Moment, *, post: int, kind: str, level: int, do: str
) -> WhyNot | None:
    """Return why this vendor's post may not go on answering; None: it may."""
    if kind not in VENDOR_KINDS or level >= Level.CRITICAL or do not in VENDOR_DOES:
        return WhyNot.STEP
    if post not in moment.manned:
        return WhyNot.EMPTY
    kept = home is not None and vendor_of(home, moment, kind=kind, level=level, do=do) == post
    return None if kept else WhyNot.LEAVE
