"""Telephone companies, callers, the app and doors: what they say, and what they must not say."""

import json
import math
from datetime import datetime
from pathlib import Path

import pytest

from anbu.kernel.signs import BY_CODE
from anbu.sources import Message, Reason, Refusal
from anbu.sources.registry import CRIES, DIRECT, FILES, SOURCES

HERE = Path(__file__).parent
AT = "2026-11-20T22:00:00+09:00"
MIDNIGHT = datetime.fromisoformat("2026-11-21T00:00:00+09:00").timestamp()


def sample(source: str, name: str = "batch.json") -> list[Message | Refusal]:
    return SOURCES[source]((HERE / source / "samples" / name).read_bytes())


def parsed(source: str, **message: object) -> Message | Refusal:
    body = json.dumps({"source": source, "messages": [message]}).encode()
    (found,) = SOURCES[source](body)
    return found


def told(message: Message) -> dict[str, float]:
    return {BY_CODE[r.channel].name: r.value for r in message.readings}


def test_a_telephone_company_tells_counts_of_an_hour_or_a_day():
    hour, day, gossip = sample("telecom")
    assert told(hour) == {"calls": 2, "sms": 0, "data_kb": 1830}
    assert {r.at for r in day.readings} == {MIDNIGHT}
    assert math.isnan(told(day)["data_kb"])
    assert (gossip.id, gossip.reason) == ("20261120-2", Reason.MALFORMED)


def test_whom_somebody_called_is_not_even_kept_to_say_why_it_was_refused():
    *_, gossip = sample("telecom")
    assert gossip.body == b""
    *_, line = SOURCES["telecom"](b"line-1,20261120,,1,1,0,0,010-0000-1234\n")
    assert (line.reason, line.body) == (Reason.MALFORMED, b"")


def test_a_file_of_counts_gets_a_word_for_each_line():
    hour, day, no_hour, letters = sample("telecom", "utf8_bom.csv")
    assert (hour.id, hour.device) == ("20261120/21/1", "line-0001")
    assert {r.at for r in hour.readings} == {MIDNIGHT - 2 * 3600}
    assert (day.id, told(day)["sms"]) == ("20261120/day/1", 3)
    assert {r.at for r in day.readings} == {MIDNIGHT}
    assert (no_hour.id, no_hour.detail) == ("line-4", "line 4: hour '24'; 0 to 23, or blank")
    assert (letters.reason, letters.detail) == (Reason.NOT_A_NUMBER, "line 5: count '많음'")


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"calls": -1}, Reason.ABSURD_VALUE),
        ({"calls": 0.5}, Reason.ABSURD_VALUE),
        ({"calls": "3"}, Reason.NOT_A_NUMBER),
        ({"calls": 1e6}, Reason.ABSURD_VALUE),
        ({"calls": None}, Reason.MALFORMED),
        ({"span": "week"}, Reason.MALFORMED),
        ({"span": "day"}, Reason.MALFORMED),  # 22:00 ends no day
        ({"at": "2026-11-20T22:10:00+09:00"}, Reason.MALFORMED),
        ({"peer": "010-0000-0000"}, Reason.MALFORMED),
    ],
)
def test_nonsense_from_a_telephone_company_is_refused(wrong, reason):
    good = {"id": "1", "device": "line-1", "at": AT, "span": "hour", "calls": 1}
    assert isinstance(parsed("telecom", **good), Message)
    assert parsed("telecom", **good | wrong).reason == reason


def test_who_answers_a_machine_lives_and_has_a_good_number():
    answered, nobody, wrong, danger = sample("ai_call_vendor")
    assert (told(answered), answered.number_works) == ({"checkin": 1}, True)
    assert (told(nobody), nobody.number_works) == ({"checkin": 0}, None)
    assert (told(wrong), wrong.number_works) == ({"checkin": 0}, False)
    assert (told(danger), danger.sos.words) == ({"checkin": 1}, "죽고 싶다, 아프다")
    assert answered.sos is nobody.sos is None


@pytest.mark.parametrize("result", ["no_answer", "busy", "refused"])
def test_who_does_not_answer_tells_nothing_of_life_or_of_the_number(result):
    call = parsed("ai_call_vendor", id="1", device="c-1", at=AT, result=result)
    assert (told(call), call.sos, call.number_works) == ({"checkin": 0}, None, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"result": "no_answer", "help": True},
        {"result": "busy", "risk": ["아프다"]},
        {"result": "dead"},
        {"risk": ["x" * 61]},
        {"risk": ["a\u202eb"]},
        {"at": "2026-11-20T10:00:00"},
    ],
)
def test_nonsense_about_a_call_is_refused(wrong):
    good = {"id": "1", "device": "c-1", "at": AT, "result": "answered"}
    assert isinstance(parsed("ai_call_vendor", **good), Message)
    assert parsed("ai_call_vendor", **good | wrong).reason == Reason.MALFORMED


def test_the_app_counts_steps_and_knows_two_buttons():
    use, button, cry = sample("app")
    assert (told(use), use.sos) == ({"steps": 312, "screen": 4}, None)
    assert (told(button), button.sos) == ({"checkin": 1}, None)
    assert (told(cry), cry.sos.words) == ({"checkin": 1}, "도와주세요")
    assert parsed("app", id="1", device="a-1", at=AT).reason == Reason.MALFORMED
    assert parsed("app", id="1", device="a-1", at=AT, steps=-3).reason == Reason.ABSURD_VALUE


def test_only_opening_a_door_takes_a_hand():
    opened, closed, alive = sample("door")
    assert [told(one)["door"] for one in (opened, closed, alive)] == [1, 0, 0]
    assert parsed("door", id="1", device="d-1", at=AT, event="ajar").reason == Reason.MALFORMED


def test_a_door_at_the_broker_speaks_only_for_itself():
    said = json.dumps({"id": "1", "at": AT, "event": "opened"}).encode()
    assert DIRECT["door"](said, device="door-1").device == "door-1"
    other = json.dumps({"id": "1", "at": AT, "event": "opened", "device": "door-2"}).encode()
    assert DIRECT["door"](other, device="door-1").reason == Reason.NOT_YOUR_DEVICE


def test_every_source_says_what_a_gap_means_and_how_late_it_may_come():
    for source in SOURCES:
        text = (HERE.parents[1] / "anbu" / "sources" / source / "README.md").read_text()
        assert f"{source}/README.md" in (HERE.parents[1] / "docs" / "sources.md").read_text()
        for heading in ("**Who sends.**", "**How often.**", "**What a gap means.**"):
            assert heading in text, (source, heading)
    assert set(FILES) | set(DIRECT) | set(CRIES) <= set(SOURCES)
