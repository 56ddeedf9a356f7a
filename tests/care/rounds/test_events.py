"""What a telephone tells is read one by one: nonsense keeps nothing else out."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from anbu.care.rounds.rules.contacts import Heard, NotAllowed
from anbu.care.rounds.rules.events import Logged, Out, in_order, read_events

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
CALL = {
    "what": "contact",
    "id": str(UUID(int=1)),
    "seq": 1,
    "at": "2026-11-24T11:58:00+09:00",
    "home": str(UUID(int=9)),
    "kind": "call",
    "result": "reached",
    "mood": "so_so",
    "heard": ["pain"],
}


def read(*events: Any) -> Any:
    return read_events(json.dumps({"events": list(events)}).encode(), now=NOW)


def test_a_call_and_a_way_out_are_read():
    out = {
        **{key: CALL[key] for key in ("id", "seq", "at", "home")},
        "what": "out",
        "visit": str(UUID(int=5)),
    }
    (call, left), strange = read(CALL, out)
    assert not strange
    assert isinstance(call, Logged)
    assert isinstance(left, Out)
    assert (call.heard, call.at) == ((Heard.PAIN,), datetime(2026, 11, 24, 2, 58, tzinfo=UTC))
    assert in_order([call, left])[0].seq == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"what": "contract"},
        {"kind": "telepathy"},
        {"result": "no_answer"},  # and yet a mood
        {"at": "2026-11-24T12:30:00+09:00"},  # not yet
        {"at": "2026-11-24T11:00:00"},  # where?
        {"seq": 0},
        {"note": "가" * 301},
        {"wants": ["repair"]},  # was not heard
        {"diagnosis": "심부전"},
        {"id": "7"},
        {"minutes": 241},
    ],
)
def test_nonsense_is_kept_with_its_reason_and_keeps_nothing_out(wrong: dict[str, Any]):
    good, strange = read(CALL, CALL | wrong, CALL | {"seq": 2})
    assert [event.seq for event in good] == [1, 2]
    (kept,) = strange
    assert json.loads(kept.raw) == CALL | wrong
    assert kept.why


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"events": 1}', b"\xff", b'{"events": ['])
def test_what_is_no_batch_is_refused(body: bytes):
    with pytest.raises(NotAllowed):
        read_events(body, now=NOW)


def test_too_much_at_once_is_refused():
    with pytest.raises(NotAllowed, match="너무 많"):
        read(*[CALL] * 501)
