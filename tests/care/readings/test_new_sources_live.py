"""What telephone companies, callers, apps and doors say, from their bytes to clock and strip."""

import json
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from anbu.care.places.models import Post
from anbu.care.readings import actions, jobs
from anbu.care.readings.queries import strips
from anbu.care.staff.models import Staff
from anbu.sources.registry import SOURCES
from tests.seoul import seoul

from .conftest import BY, City, message, number, rows

KST = "+09:00"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
START = datetime.fromisoformat(f"2026-11-16T00:00:00{KST}")  # a Monday
LAG = timedelta(hours=33)
COLUMNS = "last_seen, last_sign, unseen_s, confirmed"

pytestmark = pytest.mark.usefixtures("days")


def home_with(source: str, device: str, *channels: str, interval: timedelta, lag=timedelta()):
    """Make a home that is seen through nothing else."""
    city = City(now=START)
    actions.add_provider(
        code=source.replace("_", "-"), name=source, source=source, by=BY, now=START
    )
    home = city.add_home(f"{device}-plug", "power_w")
    actions.add_device(
        code=device, household=home, provider=source.replace("_", "-"), interval=interval, lag=lag,
        channels=list(channels), by=BY, now=START,
    )  # fmt: skip
    actions.revoke_device(code=f"{device}-plug", by=BY, now=START)
    return home


@pytest.fixture
def plugs(db, days) -> None:
    seoul(now=START)
    actions.add_provider(code="plugs", name="plugs", source="smart_plug", by=BY, now=START)


def say(source: str, *messages: dict[str, object], now: datetime) -> list[str]:
    body = json.dumps({"source": source, "messages": messages}).encode()
    found = actions.take_in(
        messages=SOURCES[source](body), provider=source.replace("_", "-"), now=now
    )
    return [f"{v.verdict}:{v.reason}" if v.reason else str(v.verdict) for v in found]


def line_day(day: int, **counts: int) -> dict[str, object]:
    at = (START + (day + 1) * DAY).isoformat()
    return {"id": f"{day}", "device": "line-1", "at": at, "span": "day", **counts}


def comes(day: int) -> datetime:
    """Return when the count of a day is handed over: at 08:00 of the next."""
    return START + (day + 1) * DAY + 8 * HOUR


def rang(home, until: datetime, since: datetime) -> datetime | None:
    """Let the clock look every half hour and return when it rang."""
    now = since
    while now <= until:
        judged = actions.judge_next(now=now)
        if home in {silent.household for silent in judged.silent}:
            return now
        now += HOUR / 2
    return None


def blind(home) -> object:
    return rows("SELECT blind_since FROM readings_watch WHERE household_id = %s", home)[0][0]


def test_a_count_that_is_not_due_yet_rings_nobody(plugs):
    home = home_with("telecom", "line-1", "calls", "sms", interval=DAY, lag=LAG)
    now = START
    for day in range(5):  # somebody who calls every day, at no hour anybody knows
        assert rang(home, comes(day), now) is None
        now = comes(day)
        assert say("telecom", line_day(day, calls=2, texts=0), now=now) == ["accepted"]
        assert blind(home) is None


def test_a_day_without_calls_rings_when_it_is_known_and_not_a_day_later(plugs):
    home = home_with("telecom", "line-1", "calls", "sms", interval=DAY, lag=LAG)
    say("telecom", line_day(0, calls=3, texts=0), now=comes(0))
    assert rang(home, comes(1), comes(0)) is None
    say("telecom", line_day(1, calls=0, texts=0), now=comes(1))
    assert rang(home, comes(4), comes(1)) == comes(1)  # a whole day without, after one with
    (last_sign,) = rows("SELECT last_sign FROM readings_watch WHERE household_id = %s", home)[0]
    assert last_sign == START.timestamp()


def test_a_day_that_nobody_handed_over_is_blind_and_no_silence(plugs):
    home = home_with("telecom", "line-1", "calls", "sms", interval=DAY, lag=LAG)
    say("telecom", line_day(0, calls=3, texts=0), now=comes(0))
    assert rang(home, START + 6 * DAY, comes(0)) is None
    assert blind(home) == START + DAY + 2 * HOUR
    # it comes after all: the day was still, and that is known now
    late = START + 6 * DAY
    assert say("telecom", line_day(1, calls=0, texts=0), now=late) == ["accepted"]
    assert rang(home, late + HOUR, late) == late


def test_a_days_count_neither_moves_a_plugs_silence_nor_teaches_its_hours(plugs):
    city = City(now=START)
    home = city.add_home("plug-9", "motion", minutes=10)
    actions.add_provider(code="telecom", name="통신사", source="telecom", by=BY, now=START)
    actions.add_device(
        code="line-1", household=home, provider="telecom", interval=DAY, lag=LAG,
        channels=["calls"], by=BY, now=START,
    )  # fmt: skip
    ((lag, sees),) = rows("SELECT lag_s, sees FROM readings_watch WHERE household_id = %s", home)
    assert (lag, sees) == (0, True)
    before = rows(f"SELECT {COLUMNS} FROM readings_watch WHERE household_id = %s", home)
    city.now = START + DAY + 8 * HOUR
    alive = START + 9 * HOUR
    city.hear(message("m", alive, device="plug-9", motion=3))
    city.hear(message("n", START + DAY + 7 * HOUR, device="plug-9", motion=0))
    moved = rows(f"SELECT {COLUMNS} FROM readings_watch WHERE household_id = %s", home)
    assert moved != before
    say("telecom", line_day(0, calls=9), now=comes(0))
    assert rows(f"SELECT {COLUMNS} FROM readings_watch WHERE household_id = %s", home) == moved
    jobs.learn_next_rhythms(now=START + 2 * DAY)
    (kept,) = rows("SELECT signs FROM readings_rhythm WHERE household_id = %s", home)[0]
    assert sum(json.loads(kept) if isinstance(kept, str) else kept) == 1


def test_an_answered_call_is_life_and_no_answer_is_nothing(plugs):
    home = home_with("ai_call_vendor", "call-1", "checkin", interval=7 * DAY)
    call = {"device": "call-1", "at": (START + 10 * HOUR).isoformat()}
    now = START + 11 * HOUR
    said = [call | {"id": "1", "result": "no_answer"}]
    assert say("ai_call_vendor", *said, now=now) == ["accepted"]
    watch = f"SELECT {COLUMNS} FROM readings_watch WHERE household_id = %s"
    assert rows(watch, home)[0][:2] == (None, None)
    assert rang(home, START + 20 * DAY, now) is None  # nobody is silent whom nobody sees
    assert blind(home) is None
    later = call | {"id": "2", "result": "answered", "at": (START + 35 * HOUR).isoformat()}
    assert say("ai_call_vendor", later, later, now=START + 36 * HOUR) == ["accepted", "duplicate"]
    assert rows(watch, home)[0][1] == (START + 35 * HOUR).timestamp()


def test_a_word_of_danger_rings_and_a_wrong_number_is_written_down(plugs):
    home = home_with("ai_call_vendor", "call-1", "checkin", interval=7 * DAY)
    call = {"device": "call-1", "at": (START + 10 * HOUR).isoformat()}
    now = START + 11 * HOUR
    say("ai_call_vendor", call | {"id": "1", "result": "wrong_number"}, now=now)
    phone = "SELECT phone_dead_since, phone_confirmed_at FROM people_person WHERE household_id = %s"
    assert rows(phone, home) == [(now, None)]
    assert number("SELECT count(*) FROM readings_spokensos") == 0
    danger = call | {"id": "2", "result": "answered", "risk": ["죽고 싶다"]}
    say("ai_call_vendor", danger, now=now + HOUR)
    assert rows(phone, home) == [(None, now + HOUR)]
    (cry,) = actions.claim_cries(now=now + HOUR)
    assert (cry.household, cry.words, cry.device) == (home, "죽고 싶다", "call-1")


def test_a_button_in_the_app_is_certain_life_and_a_second_one_is_a_cry(plugs):
    home = home_with("app", "app-1", "steps", "screen", "checkin", interval=HOUR, lag=HOUR)
    now = START + 30 * HOUR
    said = [
        {"id": "1", "at": (START + 20 * HOUR).isoformat(), "steps": 0, "screen_on": 0},
        {"id": "2", "at": (START + 21 * HOUR).isoformat(), "type": "checkin"},
        {"id": "3", "at": (now + 9 * DAY).isoformat(), "type": "sos", "words": "넘어졌어요"},
        {"id": "4", "at": (now + 9 * DAY).isoformat(), "steps": 3},
        {"id": "5", "device": "app-2", "at": START.isoformat(), "steps": 3},
    ]
    verdicts = say("app", *({"device": "app-1"} | one for one in said), now=now)
    assert verdicts[:3] == ["accepted"] * 3  # a telephone with a wrong clock may still cry
    assert verdicts[3:] == ["rejected:in_the_future", "rejected:unknown_device"]
    (cry,) = actions.claim_cries(now=now)
    assert (cry.words, cry.said_at) == ("넘어졌어요", now)
    (last,) = rows("SELECT last_sign FROM readings_watch WHERE household_id = %s", home)[0]
    assert last == now.timestamp()


@pytest.mark.parametrize(
    ("source", "device", "channels", "interval", "message", "lane"),
    [
        ("telecom", "line-1", ["calls"], HOUR, {"span": "hour", "calls": 2}, "calls"),
        ("ai_call_vendor", "call-1", ["checkin"], 7 * DAY, {"result": "answered"}, "checkin"),
        ("app", "app-1", ["steps", "screen"], HOUR, {"screen_on": 4}, "screen"),
        ("door", "door-1", ["door"], HOUR, {"event": "opened"}, "door"),
    ],
)
def test_a_message_becomes_a_row_a_step_of_the_clock_and_a_mark_on_the_strip(
    plugs, source, device, channels, interval, message, lane
):
    home = home_with(source, device, *channels, interval=interval)
    at, now = START + 10 * HOUR, START + 10 * HOUR + 5 * timedelta(minutes=1)
    told = {"id": "1", "device": device, "at": at.isoformat()} | message
    assert say(source, told, now=now) == ["accepted"]
    assert number("SELECT count(*) FROM reading WHERE at = %s", at) >= 1
    (sign,) = rows("SELECT last_sign FROM readings_watch WHERE household_id = %s", home)[0]
    assert sign == at.timestamp()
    centre = Post.objects.get(kind=Post.CENTRE)
    operator = Staff.objects.create(login="o", name="문가람", role="operator", post=centre)
    strip = strips(households=[home], now=now, seen_by=operator)[home]
    (marks,) = [one.marks for one in strip.lanes if one.name == lane]
    assert len(marks) == 1


class AnyOrder(TestCase):
    """A file cut anywhere, in any order, in part twice: one state, and never an earlier alarm."""

    def setUp(self) -> None:
        jobs.make_partitions(now=START + 9 * DAY)
        seoul(now=START)
        actions.add_provider(code="plugs", name="plugs", source="smart_plug", by=BY, now=START)
        self.home = home_with("telecom", "line-1", "calls", interval=DAY, lag=LAG)

    @settings(max_examples=12, deadline=None)
    @given(st.permutations(range(6)), st.lists(st.integers(0, 6), max_size=3), st.data())
    def test_any_order(self, order, cuts, data):
        counts = data.draw(st.lists(st.integers(0, 2), min_size=6, max_size=6))
        now = comes(6)
        bounds = sorted({0, *cuts, 6})
        for first, end in zip(bounds, bounds[1:], strict=False):
            part = [line_day(day, calls=counts[day]) for day in order[first:end]]
            assert set(say("telecom", *part, *part[:1], now=now)) == {"accepted", "duplicate"}
        stored = rows("SELECT at, value FROM reading ORDER BY at")
        assert [(at, value) for at, value in stored] == [
            (START + (day + 1) * DAY, counts[day]) for day in range(6)
        ]
        seen, sign, unseen, confirmed = rows(
            f"SELECT {COLUMNS} FROM readings_watch WHERE household_id = %s", self.home
        )[0]
        lived = [day for day in range(6) if counts[day]]
        assert seen == (START + 6 * DAY).timestamp()
        assert sign == ((START + max(lived) * DAY).timestamp() if lived else None)
        due = max(sign or 0, confirmed) + 24 * 3600 + unseen
        assert due >= (START + (max(lived, default=0) + 1) * DAY).timestamp()
