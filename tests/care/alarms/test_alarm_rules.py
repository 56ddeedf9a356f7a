"""The tables of an alarm's life, its ladders and its sentences. Nothing is touched."""

from datetime import datetime, timedelta
from itertools import pairwise, product

import pytest

from anbu.care.alarms.rules import (
    BY_ITSELF,
    DO_LABELS,
    LADDERS,
    LEVEL_LABELS,
    LONGEST_REASON,
    NEXT,
    OPEN,
    OUTCOME_GROUPS,
    OUTCOME_LABELS,
    RESULT_LABELS,
    STATE_LABELS,
    BadPolicy,
    Level,
    NotAllowed,
    Outcome,
    Result,
    Rung,
    State,
    after_result,
    check_move,
    climbable,
    counted_s,
    freeze,
    parse_policy,
    reason,
    thaw,
    topic,
)
from anbu.care.places.rules import SEOUL

NOW = datetime(2026, 11, 21, 22, 47, tzinfo=SEOUL)


@pytest.mark.parametrize(("present", "to"), list(product(State, State)))
def test_every_pair_of_states_is_allowed_or_refused_as_the_table_says(present, to):
    if to in NEXT[present]:
        check_move(present, to)
    else:
        with pytest.raises(NotAllowed):
            check_move(present, to)


def test_an_alarm_only_grows_graver_until_it_is_closed():
    order = list(State)
    assert all(order.index(to) > order.index(present) for present in State for to in NEXT[present])
    assert {State.CLOSED} == set(State) - OPEN
    assert all(State.CLOSED in NEXT[state] for state in OPEN)


def test_every_code_has_its_word_and_every_outcome_one_group():
    assert set(STATE_LABELS) == set(State)
    assert set(LEVEL_LABELS) == set(Level)
    assert set(RESULT_LABELS) == set(Result)
    assert set(OUTCOME_LABELS) == set(Outcome)
    assert sorted([*sum(OUTCOME_GROUPS.values(), []), *BY_ITSELF]) == sorted(Outcome)
    assert all(rung.do in DO_LABELS for ladder in LADDERS.values() for rung in ladder)


@pytest.mark.parametrize("name", LADDERS)
def test_a_ladder_never_grows_milder_and_ends_with_119(name):
    ladder = LADDERS[name]
    assert all(upper.level >= lower.level for lower, upper in pairwise(ladder))
    assert ladder[-1].do == "joint"
    assert thaw(freeze(ladder)) == ladder


def test_a_cry_for_help_is_critical_from_the_first_second():
    assert LADDERS["sos"][0] == Rung(do="call", wait_s=60, level=Level.CRITICAL)


def test_only_low_risk_homes_are_asked_by_the_machine_first():
    assert LADDERS["silence_low"][0].do == "message"
    assert LADDERS["silence_mid"][0].do == LADDERS["silence_high"][0].do == "call"


LOW = LADDERS["silence_low"]  # message, call, call, contact, dispatch, joint


@pytest.mark.parametrize(
    ("rung", "to_home", "result", "following"),
    [
        (0, True, Result.NO_ANSWER, 1),
        (1, True, Result.NO_ANSWER, 2),
        (2, True, Result.NO_ANSWER, 3),
        (1, True, Result.BAD_NUMBER, 3),  # a wrong number is not dialled twice
        (3, False, Result.NO_ANSWER, 4),
        (3, False, Result.UNKNOWN, 4),
        (3, False, Result.WILL_LOOK, 3),
        (1, True, Result.SAFE, 1),
        (1, True, Result.HELP, 5),
        (3, False, Result.HELP, 5),
        (1, False, Result.NO_ANSWER, 1),  # a call beside the ladder moves nothing
        (4, True, Result.NO_ANSWER, 4),
        (5, True, Result.NO_ANSWER, 5),
    ],
)
def test_a_call_leads_where_the_ladder_says(rung, to_home, result, following):
    after = after_result(ladder=LOW, rung=rung, to_home=to_home, result=result)
    assert after.rung == following


@pytest.mark.parametrize(
    ("name", "rung", "to_home", "result"),
    [
        (name, rung, to_home, result)
        for name in LADDERS
        for rung, to_home, result in product(range(len(LADDERS[name])), (True, False), Result)
    ],
)
def test_no_call_leads_down_or_off_the_ladder(name, rung, to_home, result):
    ladder = LADDERS[name]
    after = after_result(ladder=ladder, rung=rung, to_home=to_home, result=result)
    assert rung <= after.rung < len(ladder)


def test_rungs_nobody_could_take_are_left_out():
    assert [r.do for r in climbable(LOW, has_phone=False, has_contacts=True)] == [
        "contact",
        "dispatch",
        "joint",
    ]
    assert [r.do for r in climbable(LOW, has_phone=False, has_contacts=False)][0] == "dispatch"
    assert climbable(LOW, has_phone=True, has_contacts=True) == LOW


def silence(**told):
    return {
        "rule": "still",
        "last_sign_at": "2026-11-20T15:40:00+09:00",
        "still_since": "2026-11-20T15:40:00+09:00",
        "quiet": ["전력", "조도"],
        "unseen": [],
    } | told


def test_the_reason_says_what_when_and_what_could_not_be_seen():
    assert reason(silence(unseen=["통신"]), NOW) == (
        "전력·조도 31시간 변화 없음. 마지막 활동\u00a0어제\u00a015:40 · 통신은 볼 수 없음"
    )


def test_the_reason_keeps_up_with_the_clock():
    later = NOW + timedelta(days=1)
    assert (
        reason(silence(), later) == "전력·조도 55시간 변화 없음. 마지막 활동\u00a020일\u00a015:40"
    )


def test_a_home_that_never_stirred_is_said_to_be_so():
    told = reason(silence(last_sign_at=None), NOW)
    assert told == "전력·조도 31시간 변화 없음. 지켜본 뒤로 활동 없음"


def test_a_cry_is_quoted():
    cry = {"rule": "sos", "words": "살려줘", "said_at": "2026-11-21T22:41:00+09:00"}
    assert reason(cry, NOW) == "“살려줘”라고 말함. AI스피커\u00a022:41"
    assert reason(cry | {"words": ""}, NOW) == "도움을 부름. AI스피커\u00a022:41"


@pytest.mark.parametrize("count", range(12))
@pytest.mark.parametrize("days", [0, 1, 3, 400])
def test_no_reason_is_longer_than_sixty_characters(count, days):
    labels = [f"아주긴채널이름{i}" for i in range(count)]
    told = reason(silence(quiet=labels, unseen=labels), NOW + timedelta(days=days))
    assert len(told) <= LONGEST_REASON
    cry = {"rule": "sos", "words": "가" * 200, "said_at": NOW.isoformat()}
    assert len(reason(cry, NOW + timedelta(days=days))) <= LONGEST_REASON


def test_particles_follow_the_last_syllable():
    assert topic("통신") == "통신은"
    assert topic("조도") == "조도는"


def test_a_policy_file_replaces_the_ladders_it_names():
    ladders = parse_policy(
        """
        [[silence_low]]
        do = "call"
        wait_s = 1
        level = 2
        [[silence_low]]
        do = "joint"
        wait_s = 60
        level = 3
        report_s = 5
        """
    )
    assert [rung.do for rung in ladders["silence_low"]] == ["call", "joint"]
    assert ladders["silence_low"][1].report_s == 5
    assert ladders["sos"] == LADDERS["sos"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("not toml", "TOML"),
        ("[[other]]\ndo='call'", "모르는 단계표"),
        ("sos = []", "하나는"),
        ("[[sos]]\ndo='call'", "있어야"),
        ("[[sos]]\ndo='sing'\nwait_s=1\nlevel=1", "모르는 할 일"),
        ("[[sos]]\ndo='call'\nwait_s=0\nlevel=1", "1초에서"),
        ("[[sos]]\ndo='call'\nwait_s=1\nlevel=4", "있어야"),
        ("[[sos]]\ndo='call'\nwait_s=1\nlevel=3\nup='mayor'", "centre만"),
        (
            "[[sos]]\ndo='call'\nwait_s=1\nlevel=3\n[[sos]]\ndo='call'\nwait_s=1\nlevel=1",
            "내려갈 수 없",
        ),
    ],
)
def test_a_policy_that_cannot_be_followed_is_refused_in_words(text, word):
    with pytest.raises(BadPolicy, match=word):
        parse_policy(text)


LEARNED = {
    "by": "record",
    "at": 1_795_267_800,  # 2026-11-21 22:30 in Seoul
    "gap_s": 52_200,
    "long_s": 14 * 3600,
    "usual": 0.204,
    "last_sign": 1_795_266_000,
    "last_channel": 3,
    "unseeing": [],
}


def learned(due_at="2026-11-21T22:30:00+09:00", **told):
    return {"rule": "still", "due_at": due_at, "learned": LEARNED | told}


def test_a_weak_sign_does_not_hide_the_silence_that_was_counted():
    told = reason(learned(), NOW)
    assert told == "11/21 22:00 조도 약한 신호뿐, 14시간째 조용함 · 평소 최장 8시간, 이때 활동 20%"
    strong = reason(learned(gap_s=1800), NOW)
    assert strong.startswith("11/21 22:00 조도 뒤 0시간 조용함")


def test_what_was_held_back_was_silent_meanwhile():
    later = learned("2026-11-22T00:30:00+09:00")
    assert counted_s(later) == 52_200 + 2 * 3600
    assert "약한 신호뿐, 16시간째" in reason(later, NOW)
    assert counted_s(learned("2026-11-21T22:00:00+09:00")) == 52_200
