"""What holds for every reading and every device, whatever the database."""

import hashlib
import hmac
import secrets
import tomllib
from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from numpy.typing import NDArray

from anbu.care.foundation.rules import Refused
from anbu.kernel.evidence import COARSE_S, SEES
from anbu.kernel.policy import WATCH_SHARE
from anbu.sources import Message, Reason

OLDEST = timedelta(days=35)  # a meter's monthly file, and some days of grace
AHEAD = timedelta(seconds=120)  # clocks of devices are never quite right
_OLDEST_S, _AHEAD_S = OLDEST.total_seconds(), AHEAD.total_seconds()  # asked of every reading
FORGET = OLDEST + timedelta(days=1)  # a message sent again later is too old anyway
ATTEMPT_WITHIN_S = 300.0  # Standard Webhooks: how old a sending attempt may be
KEPT_BODY = 4096  # bytes of a refused message that are kept
KOREA = ZoneInfo("Asia/Seoul")


class Answer(StrEnum):
    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"  # the same name, another content: quarantined
    REJECTED = "rejected"


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """What became of one message."""

    id: str
    verdict: Answer
    reason: str = ""
    detail: str = ""


class NotAllowed(Refused):
    """Raised when a device or provider cannot be what it is asked to be."""


def stamps_taken_in(now: float) -> tuple[float, float]:
    """Return the earliest and the latest moment [s since 1970] that can be taken in at `now`."""
    return now - _OLDEST_S, now + _AHEAD_S


def stamp_trouble(at: float, now: float) -> tuple[Reason, str] | None:
    """Say why a moment [s since 1970] cannot be taken in at `now`, or None."""
    earliest, latest = stamps_taken_in(now)
    if at < earliest:
        return Reason.TOO_OLD, f"{_moment(at)} is more than {OLDEST.days} days ago"
    if at > latest:
        return Reason.IN_THE_FUTURE, f"{_moment(at)} is yet to come"
    return None


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, KOREA).isoformat(timespec="seconds")


_told = msgspec.json.Encoder().encode


def content_hash(message: Message) -> int:
    """Return 64 bits that differ when what a message says differs (spaces and key order do not)."""
    told: tuple[object, ...] = (message.readings, message.sos)
    if message.number_works is not None:
        told += (message.number_works,)
    said = _told(told)
    return int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), signed=True)


def blind_after(
    interval: timedelta, lag: timedelta, *, intervals: float, at_least_s: float
) -> float:
    """Return after how many seconds without a newer reading a device cannot be seen through.

    One missing row of a minute is noise; one of a day is a day that nobody saw.
    """
    interval_s = interval.total_seconds()
    missed = intervals * interval_s if interval_s <= COARSE_S else 0.0
    return max(missed, at_least_s) + lag.total_seconds()


@dataclass(frozen=True, kw_only=True)
class Through:
    """A device of a home, as one that may show who lives there."""

    interval: timedelta
    lag: timedelta
    channels: Collection[int]

    @property
    def sees(self) -> bool:
        """Return whether its quiet says anything: a vendor's weekly call, say, does not."""
        return bool(SEES[list(self.channels)].any())


@dataclass(frozen=True, kw_only=True)
class SightOf:
    """How a home is seen: through its quickest device."""

    blind_after_s: float
    lag_s: float
    sees: bool  # False: nothing there would notice a silence


def sight_of(devices: Collection[Through], *, intervals: float, at_least_s: float) -> SightOf:
    """Return how a home with these devices is seen: when the quickest is silent, it is blind."""
    eyes = [device for device in devices if device.sees]
    spans = [
        blind_after(eye.interval, eye.lag, intervals=intervals, at_least_s=at_least_s)
        for eye in eyes
    ]
    return SightOf(
        blind_after_s=min(spans, default=at_least_s),
        lag_s=min((eye.lag.total_seconds() for eye in eyes), default=0.0),
        sees=bool(eyes),
    )


def new_secret() -> str:
    """Return a password that no one can guess: 256 random bits, so a fast hash is enough."""
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> str:
    """Return what is kept of a device's password."""
    return "sha256$" + hashlib.sha256(secret.encode()).hexdigest()


def secret_matches(secret: str, kept: str) -> bool:
    """Say, in constant time, whether this is the password."""
    return bool(kept) and hmac.compare_digest(secret_hash(secret).encode(), kept.encode())


def new_signing_secret() -> str:
    """Return a secret as Standard Webhooks writes it."""
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode()


def sign(secret: str, *, id: str, timestamp: str, body: bytes) -> str:
    """Return the `webhook-signature` of one sending attempt."""
    key = b64decode(secret.removeprefix("whsec_"))
    said = f"{id}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.digest(key, said, "sha256")).decode()


def signature_trouble(
    signing: Sequence[str],
    *,
    id: str,
    timestamp: str,
    signatures: str,
    body: bytes,
    now: float,
    within_s: float = ATTEMPT_WITHIN_S,
) -> str:
    """Say what is wrong with a sending attempt, or nothing. Any of the live secrets may sign."""
    if not (id and timestamp and signatures):
        return "webhook-id, webhook-timestamp and webhook-signature are needed"
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        return "webhook-timestamp is no number of seconds"
    if abs(now - int(timestamp)) > within_s:
        return "webhook-timestamp is more than 5 minutes off"
    given = [part.encode() for part in signatures.split(" ")[:5]]
    good = False
    for secret in signing:
        expected = sign(secret, id=id, timestamp=timestamp, body=body).encode()
        for part in given:
            good |= hmac.compare_digest(expected, part)
    return "" if good else "no signature matches"


def slot_of(at: datetime) -> int:
    """Return which of the 48 hours of a rhythm this is: 24 of weekdays, 24 of the weekend."""
    here = at.astimezone(KOREA)
    return here.hour + (24 if here.weekday() >= 5 else 0)


USUAL = 0.95  # on so many days the longest silence was no longer
LEAST_DAYS = 7  # before which nothing is said about what is usual


def usual_silence(
    signs: NDArray[np.float64], *, start: float, unseen: NDArray[np.bool_]
) -> tuple[timedelta | None, int]:
    """Return the longest silence that is usual on 19 days of 20, and the days counted.

    `signs` [s since 1970, in order], `unseen` [hours from `start`]. A silence belongs to the day
    in which it ends; what was not seen does not count, nor does a silence that still lasts.
    """
    if len(signs) < 2:
        return None, 0
    hidden = 3600.0 * np.concatenate([[0], np.cumsum(unseen)])
    blind = np.interp(signs, start + 3600.0 * np.arange(len(hidden)), hidden)
    seen = np.diff(signs - blind)
    day = ((signs[1:] - start) // 86_400).astype(np.int64)
    longest = np.zeros(int(day.max()) + 1)
    np.maximum.at(longest, day, seen)
    counted = longest[np.unique(day)]
    if len(counted) < LEAST_DAYS:
        return None, len(counted)
    return timedelta(seconds=float(np.quantile(counted, USUAL))), len(counted)


def day_of_week(number: int) -> date:
    """Return the Monday on which a week (anbu.kernel.weeks) begins."""
    return date(1970, 1, 5) + timedelta(weeks=number - 1)


def last_week(now: datetime) -> date:
    """Return the Monday of the newest week that is over everywhere in Korea."""
    here = now.astimezone(KOREA).date()
    return here - timedelta(days=here.weekday() + 7)


def moment(seconds: float) -> datetime:
    """Return seconds since 1970 as a moment in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


# ---- how patient to be with whom -------------------------------------------------------------


class Detector(StrEnum):
    """Who judges a home."""

    FIXED = "fixed"  # 정해진 시간
    LEARNED = "learned"  # 배운 시계


# the most specific first; `service` as the register names it (smart_plug, ami_telecom, …)
SCOPES = ("household", "dong", "provider", "service", "tier", "district")
LEAST_THETA, MOST_THETA = 0.1, 10.0
MAY_STUDY = frozenset({"supervisor", "officer"})  # who may try out and change how homes are judged
LEAST_HOURS, MOST_HOURS = 1, 72  # the city sets 24-50 h; a rehearsal may go down to an hour


@dataclass(frozen=True, kw_only=True)
class Asking:
    """When a machine may ask softly, and how often."""

    watch: float = WATCH_SHARE  # share of theta at which it asks
    contacts: int = 4  # at most, for one home in 30 days (detection.md section 2); 0 = never
    quiet_from: int = 22  # hours of Seoul between which nobody is woken by a machine
    quiet_until: int = 7
    attempts: int = 2  # how often it asks before a person is called
    apart_s: int = 1800  # between two attempts
    answer_s: int | None = None  # how long it waits for an answer; None: as the ladder has it
    by: str = "sms"  # of CHANNELS; what the person prefers goes before
    then_by: str = "sms"  # each attempt after the first


@dataclass(frozen=True, kw_only=True)
class Patience:
    """One row of a policy file: which homes, and how they are judged."""

    detector: Detector
    theta: float = 1.0
    asking: Asking = Asking()
    hours: int | None = None  # how long still at most; None: as the household has it
    scope: Mapping[str, str]  # of SCOPES; empty = all homes
    id: int | None = None
    name: str = ""
    version: int = 0
    valid_from: datetime | None = None

    def fits(self, place: Mapping[str, Collection[str]]) -> bool:
        """Say whether a home of this place (each scope's values) is meant."""
        return all(value in place[scope] for scope, value in self.scope.items())

    @property
    def rank(self) -> tuple[object, ...]:
        """The more specific wins; among equals the newer, then the later in its file."""
        specific = tuple(scope in self.scope for scope in SCOPES)
        return (specific, self.valid_from or datetime.min.replace(tzinfo=UTC), self.id or 0)


CHANNELS = ("sms", "voice")  # 문자, 자동 전화
_DAY_S = 86_400
_WHOLE = {
    "contacts": (0, 31),
    "quiet_from": (0, 24),
    "quiet_until": (0, 24),
    "attempts": (1, 5),
    "apart_s": (1, _DAY_S),
    "answer_s": (1, _DAY_S),
}

NOTHING_LOADED = Patience(detector=Detector.FIXED, scope={}, name="")


def patience_for(policies: Sequence[Patience], place: Mapping[str, Collection[str]]) -> Patience:
    """Return the policy of a home: the most specific that fits, or the fixed detector."""
    return max(
        (policy for policy in policies if policy.fits(place)),
        key=lambda policy: policy.rank,
        default=NOTHING_LOADED,
    )


@dataclass(frozen=True, kw_only=True)
class OwnHours:
    """How long one person may be still, as somebody decided for them."""

    hours: int
    since: datetime


def hours_for(
    policies: Sequence[Patience],
    place: Mapping[str, Collection[str]],
    *,
    registered: int,
    own: OwnHours | None,
) -> int:
    """Return how many hours a home may be still.

    What was decided for this person counts, the newest. Without it the home is never given more
    than it was registered with, and less where the most specific policy with `hours` says so.
    """
    fits = [policy for policy in policies if policy.hours is not None and policy.fits(place)]
    first = max(fits, key=lambda policy: policy.rank, default=None)
    told = None if first is None else first.hours
    if first is None or told is None:
        return own.hours if own else registered
    since = first.valid_from
    if "household" in first.scope and (own is None or (since and since > own.since)):
        return told
    return own.hours if own else min(registered, told)


def parse_patience(text: str) -> tuple[str, datetime | None, list[Patience]]:
    """Read (name, valid_from, rows) of a detector policy from TOML; NotAllowed says what is wrong.

    `name` and `valid_from` stand at the top; each `[[policy]]` is one row.
    """
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as broken:
        raise NotAllowed(f"not TOML: {broken}") from None
    strange = set(told) - {"name", "valid_from", "policy"}
    if strange:
        raise NotAllowed(f"unknown: {', '.join(sorted(strange))}")
    name, since, rows = told.get("name"), told.get("valid_from"), told.get("policy")
    if not (isinstance(name, str) and 1 <= len(name) <= 40):
        raise NotAllowed("name: 1 to 40 letters are needed")
    if since is not None and not (isinstance(since, datetime) and since.tzinfo):
        raise NotAllowed("valid_from: a moment with an offset, like 2026-12-01T00:00:00+09:00")
    if not (isinstance(rows, list) and rows):
        raise NotAllowed("at least one [[policy]] is needed")
    return name, since, [_patience(row) for row in rows]


def _patience(row: Any) -> Patience:
    if not isinstance(row, dict) or row.get("detector") not in set(Detector):
        raise NotAllowed(f"detector: one of {', '.join(Detector)}")
    asking = {key: row[key] for key in Asking.__dataclass_fields__ if key in row}
    strange = set(row) - {"detector", "theta", "hours", *asking, *SCOPES}
    if strange:
        raise NotAllowed(f"unknown: {', '.join(sorted(strange))}")
    scope = {key: row[key] for key in SCOPES if key in row}
    if not all(isinstance(value, str) and value for value in scope.values()):
        raise NotAllowed(f"{', '.join(scope)}: a code in quotation marks")
    _check_number("theta", row.get("theta", 1.0), LEAST_THETA, MOST_THETA)
    hours = row.get("hours")
    if hours is not None:
        check_hours(hours)
    found = Asking(**asking)
    _check_number("watch", found.watch, 0.1, 1.0)
    for key, (least, most) in _WHOLE.items():
        value = getattr(found, key)
        if not isinstance(value, int) and (key, value) != ("answer_s", None):
            raise NotAllowed(f"{key}: a whole number")
        _check_number(key, least if value is None else value, least, most)
    if not {found.by, found.then_by} <= set(CHANNELS):
        raise NotAllowed(f"by, then_by: one of {', '.join(CHANNELS)}")
    return Patience(
        detector=Detector(row["detector"]),
        theta=float(row.get("theta", 1.0)),
        hours=hours,
        asking=found,
        scope=scope,
    )


def check_hours(hours: object) -> None:
    """Refuse what is no number of hours a home may be still."""
    if not isinstance(hours, int):
        raise NotAllowed("hours: a whole number")
    _check_number("hours", hours, LEAST_HOURS, MOST_HOURS)


def _check_number(key: str, value: object, least: float, most: float) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (is_number and least <= value <= most):  # type: ignore[operator]
        raise NotAllowed(f"{key}: a number from {least:g} to {most:g}")


def quiet_ends(asking: Asking, now: datetime) -> datetime | None:
    """Return when the quiet hours end that `now` lies in, or None."""
    begin, end = asking.quiet_from % 24, asking.quiet_until % 24
    here = now.astimezone(KOREA)
    is_quiet = (
        begin <= here.hour < end if begin < end else here.hour >= begin or here.hour < end
    ) and begin != end
    if not is_quiet:
        return None
    ends = datetime.combine(here.date(), time(end), KOREA)
    return ends if ends > here else ends + timedelta(days=1)
