"""Each source against what was really sent, and against what should never have been sent."""

import json
import math
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anbu.kernel.signs import BY_NAME
from anbu.sources import Message, Reason, Refusal
from anbu.sources.registry import SOURCES
from anbu.sources.smart_plug.parse import parse as plug
from anbu.sources.smart_plug.parse import parse_one

HERE = Path(__file__).parent
GOOD = {"id": "m-1", "device": "plug-1", "at": "2026-11-21T22:40:00+09:00", "watts": 3.5, "lux": 9}


def sample(name: str) -> bytes:
    return (HERE / name).read_bytes()


def batch(*messages: object) -> bytes:
    return json.dumps({"source": "smart_plug", "messages": messages}).encode()


def test_a_plug_says_watts_and_lux():
    first, second, third = plug(sample("smart_plug/samples/batch.json"))
    at = datetime.fromisoformat("2026-11-21T22:40:00+09:00").timestamp()
    assert (first.id, first.device) == ("7f3-000123", "plug-0001")
    assert [(r.channel, r.at, r.value) for r in first.readings] == [(1, at, 12.3), (3, at, 40.0)]
    assert math.isnan(second.readings[0].value)
    assert [r.channel for r in third.readings] == [1]


def test_a_plug_over_mqtt_speaks_only_for_itself():
    unnamed = {key: value for key, value in GOOD.items() if key != "device"}
    assert parse_one(json.dumps(unnamed).encode(), device="plug-1").device == "plug-1"
    other = parse_one(json.dumps(GOOD).encode(), device="plug-2")
    assert (other.device, other.reason) == ("plug-2", Reason.NOT_YOUR_DEVICE)
    assert parse_one(b"\xff\x00", device="plug-2").reason == Reason.MALFORMED


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"watts": -5}, Reason.ABSURD_VALUE),
        ({"watts": 1e9}, Reason.ABSURD_VALUE),
        ({"lux": 1e7}, Reason.ABSURD_VALUE),
        ({"watts": float("nan")}, Reason.NOT_A_NUMBER),
        ({"watts": float("inf")}, Reason.ABSURD_VALUE),
        ({"watts": "12.3"}, Reason.NOT_A_NUMBER),
        ({"watts": "켜짐"}, Reason.NOT_A_NUMBER),
        ({"watts": [1]}, Reason.NOT_A_NUMBER),
        ({"at": "2026-11-21T22:40:00"}, Reason.MALFORMED),
        ({"at": "yesterday"}, Reason.MALFORMED),
        ({"at": None}, Reason.MALFORMED),
        ({"id": ""}, Reason.MALFORMED),
        ({"id": "x" * 121}, Reason.MALFORMED),
        ({"id": "a\u0000b"}, Reason.MALFORMED),
        ({"id": "a\u202eb"}, Reason.MALFORMED),
        ({"id": 7}, Reason.MALFORMED),
        ({"device": "../etc"}, Reason.MALFORMED),
        ({"device": "PLUG 1"}, Reason.MALFORMED),
        ({"device": "x" * 41}, Reason.MALFORMED),
    ],
)
def test_a_bad_message_is_refused_and_the_next_one_is_taken(wrong, reason):
    bad, good = plug(batch(GOOD | wrong, GOOD))
    assert isinstance(bad, Refusal)
    assert bad.reason == reason
    assert bad.detail
    assert bad.body
    assert isinstance(good, Message)


@pytest.mark.parametrize(
    "message", [None, 7, "text", [], {}, {"id": "m"}, {"id": "m", "device": "d", "at": GOOD["at"]}]
)
def test_what_is_no_message_is_refused(message):
    bad, good = plug(batch(message, GOOD))
    assert bad.reason == Reason.MALFORMED
    assert isinstance(good, Message)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"messages":7}', b"[" * 100_000])
def test_what_is_no_batch_is_refused_as_a_whole(body):
    (refusal,) = plug(body)
    assert refusal.reason == Reason.MALFORMED


@given(st.binary(max_size=300))
def test_no_bytes_break_a_parser(body):
    for parse in SOURCES.values():
        assert all(isinstance(found, Message | Refusal) for found in parse(body))
    assert isinstance(parse_one(body, device="d"), Message | Refusal)


def test_a_speaker_hears_a_cry_and_a_chat():
    cry, chat, other = SOURCES["ai_speaker"](sample("ai_speaker/samples/batch.json"))
    assert cry.sos.words == "아리아 살려줘"
    assert chat.sos is None
    assert chat.readings[0].value == 2
    assert (other.id, other.reason) == ("evt-93", Reason.MALFORMED)


@pytest.mark.parametrize("name", ["utf8_bom.csv", "cp949.csv"])
def test_a_meter_file_is_read_in_either_encoding(name):
    hourly, half, short, letter, quarter = SOURCES["ami_meter"](sample(f"ami_meter/samples/{name}"))
    midnight = datetime.fromisoformat("2026-11-20T00:00:00+09:00").timestamp()
    assert (hourly.id, hourly.device) == ("20261120/60/1", "0123456789")
    assert hourly.readings[0].channel == BY_NAME["energy_wh"].code
    assert [r.at - midnight for r in hourly.readings] == [3600.0 * n for n in range(1, 25)]
    assert hourly.readings[0].value == pytest.approx(123)
    assert math.isnan(hourly.readings[5].value)
    assert len(half.readings) == 48
    assert (short.id, short.reason) == ("line-4", Reason.MALFORMED)
    assert short.detail == "line 4: 23 values; 60 min need 24"
    assert letter.reason == Reason.NOT_A_NUMBER
    assert letter.detail == "line 5: value 'O.1'"
    assert len(quarter.readings) == 96


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1,20261320,60,1", Reason.MALFORMED),
        ("1,20261120,20,1", Reason.MALFORMED),
        ("1,20261120,60,x", Reason.MALFORMED),
        ("m/1,20261120,60,1", Reason.MALFORMED),
        ("1,20261120,60,1,-0.5" + ",0" * 23, Reason.ABSURD_VALUE),
        ("1,20261120,60,1,1e9" + ",0" * 23, Reason.ABSURD_VALUE),
        ("1,20261120,60,1,nan" + ",0" * 23, Reason.NOT_A_NUMBER),
        ("1,20261120,60,1" + ",0" * 2_000, Reason.TOO_LARGE),
        ("\x00\x01", Reason.MALFORMED),
    ],
)
def test_a_broken_meter_line_does_not_stop_the_next(line, reason):
    good = "1,20261120,60,1" + ",0" * 24
    bad, following = SOURCES["ami_meter"](f"{line}\n{good}\n\n".encode())
    assert bad.reason == reason
    assert bad.detail.startswith("line 1: ")
    assert len(following.readings) == 24
