"""One cause for many homes, live: counted once, found as a replay finds it, holding, letting go."""

import random
from datetime import datetime, timedelta

import numpy as np
import pytest
from django.db import transaction

from anbu.care.readings import actions, jobs
from anbu.care.readings.actions.groups import look_at_groups
from anbu.care.readings.models import (
    Group,
    GroupCount,
    GroupIncident,
    HeldSilence,
    LearnedClock,
    Watch,
)
from anbu.kernel import detector, incidents, lately, running
from anbu.kernel.signs import BY_NAME
from anbu.lab.replay import common, files
from anbu.lab.replay import run as replay
from anbu.sources import Message, Reading

from .conftest import BY, NOW

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
HOMES = [f"plug-{n}" for n in range(2, 14)]
START = NOW - timedelta(days=12)
POLICY = 'name = "all"\n[[policy]]\ndetector = "learned"\n'


class Street:
    """Twelve homes with a sensor each, of one provider, in one dong."""

    def __init__(
        self, city, seed: int = 1, days: float = 12, names=HOMES, channel: str = "motion"
    ) -> None:
        self.city, self.rng = city, np.random.default_rng(seed)
        city.now = START
        Watch.objects.all().delete()  # the fixture's own home does not live here
        self.homes = {name: city.add_home(name, channel, minutes=30) for name in names}
        self.names = {home: name for name, home in self.homes.items()}
        self.story: list[tuple[datetime, str, Message]] = []
        self.days = days

    def tell(self, *, dark=(), noughts=(), still=None) -> None:
        """Write the story: half hours `dark` bring no row, `noughts` rows without life.

        `dark` and `noughts` are (from, until) in hours from START; `still`: since when whom.
        """
        for name in HOMES:
            for nth in range(int(self.days * 48)):
                at, hour = START + (nth + 1) * 30 * MINUTE, (nth + 1) / 2
                if any(a < hour <= b for a, b in dark):
                    continue
                is_day = 7 <= (hour + 22) % 24 < 22  # START is 22:00 in Seoul
                alive = self.rng.random() < (0.7 if is_day else 0.04)
                alive &= not any(a < hour <= b for a, b in noughts)
                alive &= still is None or name not in still or hour <= still[name]
                reading = Reading(BY_NAME["motion"].code, at.timestamp(), float(alive))
                message = Message(id=f"{nth}", device=name, readings=(reading,), sos=None, body=b"")
                late = float(self.rng.uniform(0, 50)) * MINUTE
                self.story.append((at + late, name, message))
        self.story.sort(key=lambda one: (one[0], one[1], one[2].id))

    def live(self, seed: int, steps, *, calm: float = 0) -> list:
        """Let it all happen, in steps of chance, with restarts in the middle of the work.

        The first `calm` hours pass in long steps.
        """
        chance, now, nth, judged = random.Random(seed), START, 0, []
        while nth < len(self.story):
            now += chance.choice(steps if now >= START + calm * HOUR else [11 * HOUR])
            now = min(now, self.story[-1][0])  # what comes later is no outage
            first = nth
            while nth < len(self.story) and self.story[nth][0] <= now:
                nth += 1
            messages = [message for _, _, message in self.story[first:nth]]
            chance.shuffle(messages)
            self.city.now = now
            actions.take_in(messages=messages, provider="plugs", now=now)
            if chance.random() < 0.2:  # killed in the middle of its work
                with transaction.atomic():
                    jobs.turn_learned_clocks(now=now)
                    look_at_groups(now=now)
                    transaction.set_rollback(True)
            judged += self.sweep(now)
        self.now = now
        return judged

    def sweep(self, now: datetime) -> list:
        while jobs.turn_learned_clocks(now=now):
            pass
        look_at_groups(now=now)
        found = []
        while (judged := actions.judge_next(now=now)).looked:
            found += [(now, one) for one in judged.silent]
        return found

    def replayed(self, folder) -> list[tuple]:
        """Return what a replay of the same readings finds of the provider."""
        lines = ["household,channel,at,value"]
        lines += [f"{name},checkin,{START.isoformat()},1" for name in HOMES]
        for _, name, message in self.story:
            for reading in message.readings:
                at = datetime.fromtimestamp(reading.at, NOW.tzinfo) + 9 * HOUR
                stamp = at.replace(tzinfo=None).isoformat() + "+09:00"
                lines.append(f"{name},motion,{stamp},{reading.value!r}")
        (folder / "readings.csv").write_text("\n".join(lines))
        homes = ["household,channel,interval_s,region,provider"]
        homes += [f"{name},motion,1800,here,plugs" for name in HOMES]
        homes += [f"{name},checkin,86400,," for name in HOMES]
        (folder / "homes.csv").write_text("\n".join(homes))
        places = files.read_homes(folder / "homes.csv")
        told = files.read_readings(folder / "readings.csv", places)
        told.offset_s[:] = 32_400
        there = replay.world(places, told)
        traces = []
        (folder / "policy.toml").write_text('detector = "learned"\nfixed_hours = 24\n')
        policy = files.read_policy(folder / "policy.toml").policy
        homes_, feeds, _ = detector.hear(
            there.homes, there.feeds, told.readings, policy, trace=traces
        )
        detector.provisional(homes_, feeds, policy, trace=traces)
        trace = running.joined(traces)
        names = {"provider": ["plugs"] * len(there.names), "region": ["here"] * len(there.names)}
        return sorted(
            (
                one.kind,
                one.episode.start,
                one.episode.at,
                one.episode.end,
                int(one.episode.cause),
                tuple(sorted(there.names[home] for home in one.hit.tolist())),
            )
            for one in common.found(trace, names)
        )

    def found(self) -> list[tuple]:
        """Return what stands in the table of the provider and the dong."""
        dong = Group.objects.filter(kind="region").order_by("-name").first().name
        told = GroupIncident.objects.filter(group__name__in=[dong, "plugs"])
        return sorted(
            (
                row.group.kind,
                int(row.began_at.timestamp()),
                int(row.at.timestamp()),
                int(row.over_at.timestamp()) if row.over_at else 0,
                row.cause,
                tuple(sorted(self.names[member.household_id] for member in row.hit.all())),
            )
            for row in told.exclude(ended_how="mistake")
        )


@pytest.fixture
def street(city, days, settings):
    settings.BLIND_AT_LEAST_S, settings.BLIND_INTERVALS = 6 * 3600, 3
    return Street(city)


def learned(at=START) -> None:
    actions.load_detectors(text=POLICY, by=BY, now=at)


@pytest.mark.parametrize("seed", [2])
def test_what_is_found_live_is_what_a_replay_finds(street, tmp_path, seed):
    learned()
    # nine days of life; a feed lost by day, a morning of healthy noughts
    street.tell(dark=[(226, 235)], noughts=[(254, 264)])
    street.live(seed, [20 * MINUTE, 50 * MINUTE, 3 * HOUR, 7 * HOUR])
    replayed = street.replayed(tmp_path)
    assert {cause for *_, cause, _ in replayed} >= {1, 2}
    assert street.found() == replayed


def test_counts_are_the_sum_of_what_is_kept_however_it_came(street):
    street.tell(dark=[(60, 65)])
    street.story = [one for one in street.story if one[0] < START + 4 * DAY]
    street.live(7, [20 * MINUTE, 2 * HOUR, 5 * HOUR])
    group = Group.objects.get(kind="provider", name="plugs")
    clocks = LearnedClock.objects.filter(counted_in__contains=[group.pk])
    kept = [bytes(clock.lately) for clock in clocks]
    mine = lately.unpack(kept)
    tally = incidents.tally(mine, np.zeros(len(kept), np.int64))
    names = list(incidents.COUNTS.names)[1:]
    held = {row[0]: row for row in GroupCount.objects.filter(group=group).values_list(*names)}
    common_ = [tuple(int(v) for v in row)[1:] for row in tally if int(row["slot"]) in held]
    assert len(common_) > 20
    assert [held[row[0]] for row in common_] == common_


DARK_FROM, DARK_UNTIL = 226, 235  # 08:00 to 17:00 in Seoul
CASES = pytest.mark.parametrize("policy", [POLICY, POLICY.replace("learned", "fixed")])


def told_after(judged, hour) -> list:
    return [(now, one) for now, one in judged if now > START + hour * HOUR]


@CASES
def test_whoever_still_lies_there_rings_after_the_power_cut_and_not_in_it(street, policy):
    """A home goes still three hours before healthy noughts hide everybody."""
    actions.load_detectors(text=policy, by=BY, now=START)
    street.tell(noughts=[(DARK_FROM, 242)], still={"plug-2": DARK_FROM - 6})
    judged = street.live(3, [30 * MINUTE, HOUR], calm=DARK_FROM - 8)
    (incident,) = GroupIncident.objects.filter(is_told=True)
    assert incident.cause == GroupIncident.Cause.SILENT
    assert START + DARK_FROM * HOUR < incident.at < START + (DARK_FROM + 9) * HOUR
    assert incident.ended_how == "recovery"
    lying = street.homes["plug-2"]
    rang = [now for now, one in told_after(judged, DARK_FROM) if one.household == lying]
    held = HeldSilence.objects.get(household=lying)
    (silent,) = [one for _, one in told_after(judged, DARK_FROM) if one.household == lying]
    assert (held.ended_how, len(rang)) == ("rang", 1)
    assert held.rings_at <= rang[0] <= held.rings_at + HOUR
    assert incident.over_at < rang[0] <= incident.hold_until + HOUR
    assert silent.held["name"] == incident.group.name
    others = {one.household for _, one in told_after(judged, DARK_FROM)} - {lying}
    assert others == set()
