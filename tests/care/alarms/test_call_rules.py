"""How grave a call is, how long it may wait, and what may follow: tables, held from both sides."""

import itertools
from datetime import timedelta

import pytest

from anbu.care.alarms.rules import (
    CALL_ENDS,
    CALL_NEXT,
    LADDER_OF,
    LADDERS,
    LONGEST_REASON,
    CallEnd,
    Caller,
    CallState,
    Level,
    NotAllowed,
    Said,
    check_call,
    due_after,
    level_of_call,
    reason,
)
from anbu.care.alarms.rules.calls import CALLER_LABELS, LEVEL_OF, SAID_LABELS
from tests.care.alarms.world import MONDAY

GRAVE = {Said.COLLAPSED, Said.CRIES, Said.DESPAIR, Said.DANGER, Said.ABUSED, Said.LOST}
LIGHT = {Said.LONELY, Said.ASKS}


@pytest.mark.parametrize("said", list(Said))
def test_each_thing_said_has_its_level(said: Said):
    level = level_of_call(said=[said], at_stake=False)
    wanted = Level.CRITICAL if said in GRAVE else Level.WATCH if said in LIGHT else Level.CAUTION
    assert level == wanted
    assert level_of_call(said=[said], at_stake=True) == Level.CRITICAL


@pytest.mark.parametrize("pair", list(itertools.combinations(Said, 2)))
def test_two_things_said_are_as_grave_as_the_graver_or_graver_together(pair):
    level = level_of_call(said=pair, at_stake=False)
    together = {frozenset({Said.NO_REPLY, other}) for other in (Said.UNSEEN, Said.TRACES, Said.ILL)}
    if frozenset(pair) in together:
        assert level == Level.CRITICAL
    else:
        assert level == max(LEVEL_OF[each] for each in pair)


def test_words_alone_are_a_persons_matter_not_a_machines():
    assert level_of_call(said=[], at_stake=False) == Level.CAUTION


def test_each_level_has_a_ladder_of_its_own_that_begins_there():
    for level, name in LADDER_OF.items():
        ladder = LADDERS[name]
        assert ladder[0].level == level
        assert ladder[0].wait_s == (due_after(level, now=MONDAY) - MONDAY).total_seconds()
        assert ladder[-1].do == "joint"
        assert "message" not in {rung.do for rung in ladder}  # a person knows of it already


def test_after_119_one_waits_for_the_answer_as_after_a_visit():
    asked = due_after(Level.CRITICAL, now=MONDAY, answer=True)
    assert asked - MONDAY == timedelta(seconds=LADDERS["call_now"][-1].report_s)


@pytest.mark.parametrize(("present", "to"), list(itertools.product(CallState, CallState)))
def test_every_pair_of_the_table(present: CallState, to: CallState):
    if to in CALL_NEXT[present]:
        check_call(present, to)
    else:
        with pytest.raises(NotAllowed):
            check_call(present, to)
    assert CALL_NEXT[CallState.CLOSED] == set()


def test_nobody_chooses_that_a_home_was_found():
    assert set(CallEnd) - CALL_ENDS == {CallEnd.LINKED}


def test_every_word_is_there():
    assert set(CALLER_LABELS) == set(Caller)
    assert set(SAID_LABELS) == set(LEVEL_OF) == set(Said)


@pytest.mark.parametrize("caller", list(Caller))
@pytest.mark.parametrize("at_stake", [True, False])
def test_the_sentence_stays_short_whatever_was_said(caller: Caller, at_stake: bool):
    for said, words in ((list(Said), ""), ([], "가" * 300), ([], ""), ([Said.LOST], "x")):
        facts = {
            "rule": "call",
            "caller": str(caller),
            "said": [str(each) for each in said],
            "at_stake": at_stake,
            "words": words,
            "said_at": MONDAY.isoformat(),
        }
        told = reason(facts, MONDAY)
        who = f"걸려 온 전화({CALLER_LABELS[caller]})"
        assert told.startswith("돌봄단이 들음" if caller is Caller.CORPS else who)
        assert len(told) <= LONGEST_REASON
        assert ("생명이 위험해 보임" in told) == at_stake
