"""In which words, by which way, when, and what follows a try."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from anbu.care.effects.rules import (
    CHANNELS,
    MAY_WAIT,
    WAYS,
    BadTemplate,
    Heard,
    Kind,
    Then,
    asks_next_in,
    byte_length,
    describe,
    filled,
    goes_at,
    parse,
    read_shipped,
    size_of,
    then,
    wait_s,
    ways_for,
)

NIGHT = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
MORNING = NIGHT + timedelta(hours=8)
NUMBER = "450101-2345678"


# ---- words -----------------------------------------------------------------------------------


def test_every_kind_of_message_has_words_from_the_first_day():
    shipped = read_shipped()
    assert set(shipped) == set(Kind)
    text = filled(shipped[Kind.RELATIVE], {"이름": "윤정례"})
    assert text.startswith("[안부] 윤정례 님과")
    told = {"이름": "윤", "무엇": "clock", "건수": "3", "링크": "x"}
    assert all("{" not in filled(t, told) for t in shipped.values())


def test_a_length_is_counted_as_carriers_do():
    assert (byte_length("a안"), size_of("가" * 45), size_of("가" * 45 + "a")) == (3, "sms", "lms")


@pytest.mark.parametrize(
    ("toml", "why"),
    [
        ('[ask]\ntext = "{이름} 님, {병명}은 어떠신가요?"', "모르는 자리 {병명}"),
        ('[ask]\ntext = "{이름 님"', "중괄호"),
        ('[ask]\ntext = "}{이름}"', "중괄호"),
        (f'[ask]\ntext = "{NUMBER}"', "주민등록번호"),
        (f'[ask]\ntext = "글"\nsubject = "{NUMBER}"', "사람에 관한 것"),
        ('[ask]\ntext = "글"\nsubject = "{이름} 님"', "사람에 관한 것"),
        ('[ask]\ntext = " "', "비었습니다"),
        (f'[ask]\ntext = "{"가" * 981}{{이름}}"', "너무 깁니다"),
        (f'[ask]\ntext = "{"a" * 990}{{이름}}"\nkakao = "K1"', "알림톡은"),
        ('[ask]\ntext = "\\u0007"', "보이지 않는"),
        ('[ask]\ntext = "안녕 👋"', "쓸 수 없는 글자"),
        ('[ask]\ntext = "글"\nkakao = "K 1"', "템플릿 코드"),
        ('[ask]\ntext = "글"\nways = ["pigeon"]', "길은"),
        ('[ask]\ntext = "글"\nways = ["smpp", "smpp"]', "두 번"),
        ('[ask]\ntekst = "글"', "text가"),
        ('[greeting]\ntext = "글"', "모르는 문안"),
        ("ask", "TOML"),
        ("", "하나는"),
    ],
)
def test_words_that_must_not_go_out_are_refused_when_they_are_loaded(toml, why):
    with pytest.raises(BadTemplate, match=why):
        parse(toml)


def test_the_longest_words_that_fit_are_taken_and_their_length_is_told():
    template = parse(f'[ask]\ntext = "{"가" * 980}{{이름}}"')[Kind.ASK]
    assert describe(template) == "ask/0: LMS, 2000 bytes"
    assert byte_length(filled(template, {"이름": "나" * 99})) <= 2000


def test_what_is_filled_in_is_one_short_line():
    template = parse('[ask]\ntext = "{이름} 님"')[Kind.ASK]
    assert filled(template, {"이름": "윤\n정례\t {이름}"}) == "윤 정례 {이름} 님"
    assert filled(template, {"이름": "가" * 30}) == "가" * 19 + "… 님"


# ---- when ------------------------------------------------------------------------------------


def test_only_a_soft_question_waits_for_the_morning_and_no_crisis_does():
    for kind, is_crisis in itertools.product(Kind, (False, True)):
        goes = goes_at(kind, is_crisis=is_crisis, quiet_until=MORNING, now=NIGHT)
        assert (goes == MORNING) == (kind in {Kind.ASK, Kind.RETURN} and not is_crisis), kind
        assert goes_at(kind, is_crisis=is_crisis, quiet_until=None, now=NIGHT) == NIGHT
    assert {Kind.ASK, Kind.RETURN} == MAY_WAIT


# ---- by which way ----------------------------------------------------------------------------


def test_ways_are_taken_in_order_and_only_where_they_lead():
    def ways(order=(), channel="sms", opened=WAYS, has_kakao=True):
        return ways_for(order=order, channel=channel, opened=opened, has_kakao=has_kakao)

    assert ways() == CHANNELS["sms"]
    assert ways(has_kakao=False)[0] == "solapi"
    assert ways(order=("smpp", "kakao", "mail")) == ("smpp", "kakao")  # a phone gets no mail
    assert ways(channel="voice", order=("gateway",)) == ("voice", "gateway")
    assert ways(channel="voice", opened={"gateway"}) == ("gateway",)
    assert ways(opened=()) == ()


# ---- what follows a try ----------------------------------------------------------------------


def test_every_answer_leads_somewhere_and_nothing_goes_on_for_ever():
    for is_last, pause in itertools.product((False, True), (0, 7, 3600)):
        assert then(Heard.SENT, tries=1, is_last=is_last) is Then.DONE
        end = Then.GIVE_UP if is_last else Then.NEXT
        assert then(Heard.REFUSED, tries=1, is_last=is_last) is end
        told = [
            then(Heard.RETRY, tries=n, is_last=is_last, asked_pause_s=pause) for n in range(1, 7)
        ]
        again = 4 if is_last else 1 if pause <= 30 else 0
        assert told == [Then.AGAIN] * again + [end] * (6 - again)


def test_waits_grow_scatter_and_keep_what_the_provider_asked_for():
    assert [wait_s(n, dice=0.5) for n in (1, 2, 3, 4)] == [2, 6, 18, 54]
    assert (wait_s(1, dice=0), wait_s(1, dice=1)) == (1, 3)
    assert (wait_s(1, dice=0, asked_pause_s=40), wait_s(9, dice=1)) == (40, 300)
    assert wait_s(1, dice=0, asked_pause_s=3600) == 300


def test_a_letter_is_asked_after_seldomer_and_in_the_end_no_more():
    pauses = []
    while (pause := asks_next_in(len(pauses))) is not None:
        pauses.append(pause)
    assert pauses == sorted(pauses)
    assert 20 * 3600 < sum(pauses) < 26 * 3600
