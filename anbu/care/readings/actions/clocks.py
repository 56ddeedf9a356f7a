"""Silence clocks: starting, restarting and reading them. The alarms above call these."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import Purpose, machine
from anbu.care.people.queries import agreed, away_now, for_actor
from anbu.kernel.evidence import LATE_S
from anbu.kernel.signs import BY_CODE
from anbu.kernel.silence import Homes, State, is_stuck, judge

from ..models import Feed, Finding, SpokenSos, Watch, sight_lasts
from ..queries.clocks import Asked, Blind, Cry, Judged, SeenAgain, SignAgain, Silent
from ..queries.columns import floats, homes_of
from ..queries.manners import manners
from ..queries.policies import hours_of
from ..rules import Asking, Detector, moment, quiet_ends
from .holding import Ringing, forget, hold, told_of
from .shown import Turn
from .turning import turn

HELD = timedelta(minutes=5)  # an absence that is over is ended by the sweep within this time

CONFIRMED = [
    "confirmed",
    "unseen_s",
    "silent_since",
    "asked_since",
    "check_at",
    "watch_at",
    "alarm_at",
]


@transaction.atomic
def start_watch(*, household: UUID, by: str, now: datetime) -> None:
    """Start a home's silence clock, or give it the home's present patience."""
    sight = for_actor(machine("clock"), Purpose("machine", "start_watch"))
    home = sight.households.get(id=household)
    patience_s = hours_of(households=[household], now=now)[household] * 3600.0
    blind_after_s = float(settings.BLIND_AT_LEAST_S)
    watch, is_new = Watch.objects.get_or_create(
        household=home,
        defaults={
            "patience_s": patience_s,
            "blind_after_s": blind_after_s,
            "confirmed": float(int(now.timestamp())),  # whoever installs it sees the person
            "check_at": now + timedelta(seconds=min(patience_s, blind_after_s)),
        },
    )
    if is_new:
        record(by=by, verb="start_watch", at=now, household=household)
    elif watch.patience_s != patience_s or watch.check_at is None:
        Watch.objects.filter(pk=watch.pk).update(
            patience_s=patience_s, check_at=now, silent_since=None
        )


@transaction.atomic
def confirm(*, household: UUID, at: datetime) -> None:
    """Set a home's silence clock to nought: a person made sure."""
    watch = Watch.objects.select_for_update().filter(household=household).first()
    if watch is None:
        return  # nothing is measured in this home
    watch.confirmed = max(float(int(at.timestamp())), watch.confirmed or 0.0)
    watch.unseen_s = 0.0
    watch.silent_since = watch.asked_since = None
    _, _, look_again = judge(homes_of([watch]), at.timestamp())
    watch.check_at = moment(look_again[0]) if math.isfinite(look_again[0]) else None
    if watch.policy_id is not None:
        watch.watch_at = watch.alarm_at = None
        watch.check_at = at  # the learned clock hears of it when it is looked at
    watch.save(update_fields=CONFIRMED)
    forget(household=household, now=at)


@transaction.atomic
def push_aside(*, household: UUID, until: datetime) -> None:
    """Look at a home only later: one that breaks the sweep must not hide the others."""
    Watch.objects.filter(household=household).update(check_at=until)


@transaction.atomic
def claim_cries(*, now: datetime, limit: int = 100) -> list[Cry]:
    """Return the oldest cries no alarm answers yet, marked as answered with this transaction."""
    rows = list(
        SpokenSos.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("device")
        .filter(raised_at=None)
        .order_by("received_at", "id")[:limit]
    )
    SpokenSos.objects.filter(id__in=[row.id for row in rows]).update(raised_at=now)
    return [
        Cry(
            household=row.household_id,
            said_at=row.said_at,
            words=row.words,
            device=row.device.code,
        )
        for row in rows
    ]


@transaction.atomic
def judge_next(*, now: datetime, limit: int = 500) -> Judged:
    """Look at the silence clocks that are due and say what changed, together with this transaction.

    Every clock looked at is wound up for its next look; homes without consent are not wound up.
    """
    watches = list(
        Watch.objects.select_for_update(skip_locked=True)
        .filter(check_at__lte=now)
        .order_by("check_at", "household_id")[:limit]
    )
    if not watches:
        return Judged(looked=0)
    ids = [watch.household_id for watch in watches]
    waits = hours_of(households=ids, now=now)
    before = [watch.patience_s for watch in watches]
    for watch in watches:
        watch.patience_s = waits[watch.household_id] * 3600.0
    homes = homes_of(watches)
    state, due, look_again = judge(homes, now.timestamp())
    watched = agreed(households=ids, kind="monitoring", at=now)
    away = away_now(households=ids, now=now)
    learned = _learned(watches, now)
    asks = [home for home, turn in learned.items() if turn.is_asked and not turn.is_alarmed]
    asked = manners(households=asks, now=now) if asks else {}
    turns = _Turns(watches=watches, homes=homes, due=due.tolist(), asking=asked, now=now)
    for row, watch in enumerate(watches):
        watch.check_at = None
        if watch.household_id not in watched or not watch.sees:
            continue
        if watch.household_id in away:  # its end starts the clock anew, and finds it here
            watch.check_at = max(away[watch.household_id], now + HELD)
            continue
        looks = [moment(look_again[row])] if math.isfinite(look_again[row]) else []
        turned = learned.get(watch.household_id)
        if turned is None and watch.silent_since and watch.patience_s > before[row]:
            watch.silent_since = moment(due[row])  # no sign moved it; it rings anew when it is due
        if turned is None:
            turns.note(row, State(int(state[row])))
        else:
            looks += turns.note_learned(row, State(int(state[row])), turned)
        watch.check_at = min(looks, default=None)
    turns.hold()
    _wind_up(watches)
    return turns.judged()


def _learned(watches: Sequence[Watch], now: datetime) -> dict[UUID, Turn]:
    """Turn the learned clocks of those homes whose policy asks for it."""
    mine = [watch for watch in watches if watch.policy_id is not None]
    turned = turn(watches=mine, now=now, arm=False)
    return {home: one for home, one in turned.items() if one.patience.detector is Detector.LEARNED}


WIND_UP = """
UPDATE readings_watch w
SET check_at = u.check_at, silent_since = u.silent_since, blind_since = u.blind_since,
    asked_since = u.asked_since, patience_s = u.patience_s
FROM unnest(%s::uuid[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[],
            %s::timestamptz[], %s::float8[])
    AS u (id, check_at, silent_since, blind_since, asked_since, patience_s)
WHERE w.household_id = u.id
"""


def _wind_up(watches: Sequence[Watch]) -> None:
    rows = [
        (w.household_id, w.check_at, w.silent_since, w.blind_since, w.asked_since, w.patience_s)
        for w in watches
    ]
    with connection.cursor() as cursor:
        cursor.execute(WIND_UP, [list(column) for column in zip(*rows, strict=True)])


class _Turns:
    """What changed at some homes in one look."""

    def __init__(
        self,
        *,
        watches: Sequence[Watch],
        homes: Homes,
        due: Sequence[float],
        asking: Mapping[UUID, Asking],
        now: datetime,
    ) -> None:
        self._watches, self._homes, self._due, self._now = watches, homes, due, now
        self._asking = asking
        self._silent: list[int] = []
        self._asked: list[int] = []
        self._blind: list[int] = []
        self._turned: dict[int, Turn] = {}
        self._seen: list[SeenAgain] = []
        self._sign: list[SignAgain] = []
        self._held: dict[UUID, dict[str, Any]] = {}  # rings now, and was held until now

    def note(self, row: int, state: State) -> None:
        """Compare what is judged with what was known, and write the difference on the watch."""
        watch = self._watches[row]
        self._note_sight(row, since=self._homes.runs_until[row] if State.BLIND in state else None)
        # due moves only when a sign came (a person who makes sure ends the silence at once)
        if watch.silent_since is not None and self._due[row] > watch.silent_since.timestamp():
            self._sign.append(
                SignAgain(
                    household=watch.household_id,
                    at=_known(watch.last_sign),
                    channel=_label(watch.last_channel),
                )
            )
            watch.silent_since = None
        if State.SILENT in state and watch.silent_since is None:
            watch.silent_since = moment(self._due[row])
            self._silent.append(row)
        elif State.SILENT not in state:
            watch.silent_since = None

    def note_learned(self, row: int, state: State, turned: Turn) -> list[datetime]:
        """Do the same by the learned clock, and return when to look again."""
        watch, now = self._watches[row], self._now
        self._turned[row] = turned
        since = None
        if State.BLIND in state:
            since = self._homes.runs_until[row]
        elif turned.is_blind:  # what came are noughts, or one value again and again
            assert turned.blind_at is not None
            since = turned.blind_at.timestamp()
        self._note_sight(row, since=since)
        # Nobody waits longer than by the fixed clock, whatever the learned one makes of it.
        is_due = State.SILENT in state
        self._note_sign(watch, turned, is_due=is_due)
        looks = turned.looks(now)
        if (turned.is_alarmed or is_due) and watch.silent_since is None:
            instants = [turned.alarm_at] if turned.is_alarmed else []
            instants += [moment(self._due[row])] if is_due else []
            watch.silent_since = min(at for at in instants if at is not None)
            self._silent.append(row)
            if not turned.is_alarmed:
                del self._turned[row]  # it is the fixed clock that has something to tell
        elif turned.is_asked and watch.asked_since is None and watch.silent_since is None:
            quiet = quiet_ends(self._asking[watch.household_id], now)
            if quiet is None:
                watch.asked_since = turned.watch_at
                self._asked.append(row)
            else:
                looks.append(quiet)
        return looks

    def hold(self) -> None:
        """Keep back what a common cause explains; it is looked at again when it must ring."""
        ringing = [self._ringing(row) for row in self._silent]
        ringing += [self._ringing(row, is_question=True) for row in self._asked]
        homes = {watch.household_id for watch in self._watches}
        verdict = hold(ringing=ringing, looked=homes, now=self._now)
        for row in self._silent:
            watch = self._watches[row]
            if (until := verdict.held.get(watch.household_id)) is not None:
                watch.silent_since = None
                watch.check_at = min(filter(None, (watch.check_at, until)))
        self._held = {home: told_of(row) for home, row in verdict.rang.items()}
        self._silent = [row for row in self._silent if self._is_free(row, verdict.held)]
        self._asked = [row for row in self._asked if self._is_free(row, verdict.held)]

    def _is_free(self, row: int, held: Collection[UUID]) -> bool:
        return self._watches[row].household_id not in held

    def _ringing(self, row: int, *, is_question: bool = False) -> Ringing:
        watch, turned = self._watches[row], self._turned.get(row)
        due_at = _present(watch.silent_since or watch.asked_since)
        if turned is None:
            last_at = moment(float(self._homes.origin[row]))
            return Ringing(
                household=watch.household_id,
                due_at=due_at,
                last_sign_at=last_at,
                lag=timedelta(seconds=watch.lag_s),
            )
        return Ringing(
            household=watch.household_id,
            due_at=due_at,
            last_sign_at=turned.last_sign_at,
            lag=turned.lag,
            is_question=is_question,
        )

    def _note_sign(self, watch: Watch, turned: Turn, *, is_due: bool) -> None:
        """End what a life sign has answered."""
        since = watch.silent_since or watch.asked_since
        rings = turned.is_alarmed or is_due if watch.silent_since else turned.is_asked
        heard = [turned.last_sign_at]
        if watch.silent_since and watch.last_sign is not None:
            heard.append(moment(watch.last_sign))
        last = max((at for at in heard if at is not None), default=None)
        # A row may come this late. An older sign answers nothing: the policy became more patient.
        late = timedelta(seconds=LATE_S) + turned.spread
        if since is None or rings or last is None or last < since - late:
            return
        channel = turned.last_channel if last == turned.last_sign_at else watch.last_channel
        self._sign.append(
            SignAgain(
                household=watch.household_id,
                at=min(last, self._now),
                channel=_label(channel),
            )
        )
        watch.silent_since = watch.asked_since = None

    def _note_sight(self, row: int, *, since: float | None) -> None:
        """Write down whether the home can be seen; `since` when it could not, None if it can."""
        watch = self._watches[row]
        if since is not None and watch.blind_since is None:
            watch.blind_since = moment(float(since))
            self._blind.append(row)
        elif since is None and watch.blind_since is not None:
            watch.blind_since = None
            self._seen.append(SeenAgain(household=watch.household_id, at=_known(watch.last_seen)))

    def judged(self) -> Judged:
        """Return all turns in plain values."""
        rows = (*self._silent, *self._asked, *self._blind)
        told = {self._watches[row].household_id for row in rows}
        feeds = _feeds(told)
        stale = _late_providers(self._now) if self._blind else set()
        return Judged(
            looked=len(self._watches),
            silent=tuple(self._tell_silent(row, feeds) for row in self._silent),
            asked=tuple(
                Asked(
                    silent=self._tell_silent(row, feeds),
                    contacts=self._turned[row].patience.asking.contacts,
                )
                for row in self._asked
            ),
            blind=tuple(self._tell_blind(row, feeds, stale) for row in self._blind),
            seen_again=tuple(self._seen),
            sign_again=tuple(self._sign),
        )

    def _tell_silent(self, row: int, feeds: dict[UUID, list[dict[str, Any]]]) -> Silent:
        watch = self._watches[row]
        quiet: list[str] = []
        unseen: list[str] = []
        for feed in feeds[watch.household_id]:
            label = BY_CODE[feed["channel"]].label
            (quiet if _sees(feed, self._now) else unseen).append(label)
        turned = self._turned.get(row)
        due_at = moment(self._due[row])
        last_at = None if watch.last_sign is None else moment(watch.last_sign)
        last_channel = _label(watch.last_channel)
        if turned is not None:
            due_at = _present(watch.silent_since or watch.asked_since)
            last_at, last_channel = turned.last_sign_at, _label(turned.last_channel)
        return Silent(
            household=watch.household_id,
            due_at=due_at,
            last_sign_at=last_at,
            last_channel=last_channel,
            quiet=tuple(dict.fromkeys(quiet)),
            unseen=tuple(dict.fromkeys(label for label in unseen if label not in quiet)),
            learned=None if turned is None else _learned_facts(watch, turned),
            held=self._held.get(watch.household_id),
        )

    def _tell_blind(
        self, row: int, feeds: dict[UUID, list[dict[str, Any]]], stale: set[str]
    ) -> Blind:
        watch = self._watches[row]
        newest = max(
            feeds[watch.household_id], key=lambda feed: feed["last_at"] or 0.0, default=None
        )
        provider = newest["device__provider__code"] if newest else ""
        assert watch.blind_since is not None
        return Blind(
            household=watch.household_id,
            since=watch.blind_since,
            cause="feed" if provider in stale else "device",
            provider=provider,
        )


def _learned_facts(watch: Watch, turned: Turn) -> dict[str, Any]:
    """Return why the learned rule spoke, with the policy that let it; {} if nobody knows any more.

    What became true in the night, and is told in the morning, was written down in the night.
    """
    patience, found = turned.patience, turned.facts
    if not found:
        level = Finding.Level.ALARM if turned.is_alarmed else Finding.Level.WATCH
        rows = Finding.objects.filter(household=watch.household_id, level=level).order_by("-at")
        found = rows.values_list("facts", flat=True).first() or {}
    if not found:
        return {}
    policy = f"{patience.name} {patience.version}"
    return found | {"policy": policy, "theta": patience.theta}


def _present(at: datetime | None) -> datetime:
    assert at is not None
    return at


def _feeds(households: Iterable[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    rows = Feed.objects.filter(household__among=households, device__revoked_at=None)
    for row in rows.order_by("channel", "id").values(
        "household_id",
        "channel",
        "last_at",
        "same_since",
        "device__interval",
        "device__lag",
        "device__provider__code",
    ):
        found[row["household_id"]].append(dict(row))
    return found


def _late_providers(now: datetime) -> set[str]:
    """Return the providers of whom nothing at all was heard for as long as makes a home blind."""
    rows = (
        Feed.objects.filter(device__revoked_at=None)
        .values("device__provider__code")
        .annotate(newest=Max("last_at"), slowest=Max("device__interval"), latest=Max("device__lag"))
    )
    return {
        row["device__provider__code"]
        for row in rows
        if now.timestamp() - (row["newest"] or 0.0) > sight_lasts(row["slowest"], row["latest"])
    }


def _sees(feed: dict[str, Any], now: datetime) -> bool:
    last = feed["last_at"]
    longest = sight_lasts(feed["device__interval"], feed["device__lag"])
    if last is None or now.timestamp() - last > longest:
        return False
    since = floats([feed["same_since"]])
    return not is_stuck(np.array([feed["channel"]]), floats([last]), since)[0]


def _label(channel: int | None) -> str:
    return BY_CODE[channel].label if channel else ""


def _known(seconds: float | None) -> datetime:
    assert seconds is not None
    return moment(seconds)
