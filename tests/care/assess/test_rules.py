"""Counting by hand beside counting by the rules; and what must hold for every instrument."""

from datetime import date, datetime
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anbu.care.assess import rules
from anbu.care.assess.rules import BadInstrument, Instrument, NotAllowed, of_pick, of_total, score
from anbu.care.places.rules import SEOUL

FOLDER = Path(str(files("anbu.care.assess"))) / "instruments"
SHIPPED = {file.stem: rules.parse(file.read_text()) for file in sorted(FOLDER.glob("*.toml"))}
COUNTED = [one for one in SHIPPED.values() if one.entry == "items" and one.can_be_used]

# Yes/no with one item turned round, and an answer that counts by itself.
SMALL = """
code = "small"
version = "1"
name = "작은 것"
name_en = "small"
entry = "items"
source = ["ours"]
licence = "ours"
choices = [
    {points = 0, text = "아니오", text_en = "no"},
    {points = 1, text = "예", text_en = "yes"},
]
items = [
    {code = "alone", text = "혼자", text_en = "alone"},
    {code = "helped", text = "도움", text_en = "helped", reverse = true},
    {code = "harm", text = "해침", text_en = "harm"},
]
bands = [
    {code = "calm", least = 0, most = 1, text = "낮음", text_en = "low"},
    {code = "risk", least = 2, most = 3, text = "높음", text_en = "high"},
]
overrides = [{item = "harm", at_least = 1, text = "지금", text_en = "now"}]
"""


def told(instrument: Instrument, answers: str) -> dict[str, int]:
    """Read answers drawn as digits, a point where none was given: `01.2`."""
    drawn = zip(instrument.items, answers, strict=True)
    return {item.code: int(each) for item, each in drawn if each != "."}


def counts(code: str, answers: str) -> tuple[int, int, str]:
    found = score(SHIPPED[code], told(SHIPPED[code], answers)).sum
    assert found is not None
    return found.low, found.high, " ".join(band.code for band in found.bands)


@pytest.mark.parametrize(
    ("code", "answers", "low", "high", "bands"),
    [
        ("phq9", "000000000", 0, 0, "none"),
        ("phq9", "111100000", 4, 4, "none"),
        ("phq9", "111110000", 5, 5, "mild"),
        ("phq9", "222210000", 9, 9, "mild"),
        ("phq9", "222220000", 10, 10, "moderate"),
        ("phq9", "333330000", 15, 15, "moderately_severe"),
        ("phq9", "333332200", 19, 19, "moderately_severe"),
        ("phq9", "333333200", 20, 20, "severe"),
        ("phq9", "333333333", 27, 27, "severe"),
        ("phq9", "11111.000", 5, 8, "mild"),  # whatever was not said, it is mild
        ("phq9", "1111.0000", 4, 7, "none mild"),  # here it is not known
        ("phq9", ".........", 0, 27, "none mild moderate moderately_severe severe"),
        ("ucla3", "000", 3, 3, "not_lonely"),
        ("ucla3", "101", 5, 5, "not_lonely"),
        ("ucla3", "111", 6, 6, "lonely"),
        ("ucla3", "22.", 7, 9, "lonely"),
        ("lsns6", "222221", 11, 11, "isolated"),
        ("lsns6", "222222", 12, 12, "connected"),
        ("lsns6", "555555", 30, 30, "connected"),
        ("lsns6", "00000.", 0, 5, "isolated"),
    ],
)
def test_worked_examples(code: str, answers: str, low: int, high: int, bands: str):
    assert counts(code, answers) == (low, high, bands)


def test_family_and_friends_are_summed_apart():
    found = score(SHIPPED["lsns6"], told(SHIPPED["lsns6"], "222111"))
    sums = {code: (each.low, each.bands[0].code) for code, each in found.scales}
    assert sums == {"family": (6, "held"), "friends": (3, "marginal")}


@pytest.mark.parametrize(
    ("code", "total", "band"),
    [
        ("ministry10", 3, "below"),
        ("ministry10", 4, "high"),
        ("tool13", 5, "not_at_risk"),
        ("tool13", 6, "at_risk"),
    ],
)
def test_a_sum_counted_on_paper_is_named(code: str, total: int, band: str):
    found = of_total(SHIPPED[code], total).sum
    assert found is not None
    assert [each.code for each in found.bands] == [band]


def test_what_is_no_score_or_no_group_is_refused():
    with pytest.raises(NotAllowed):
        of_total(SHIPPED["tool13"], 14)
    with pytest.raises(NotAllowed):
        of_total(SHIPPED["phq9"], 5)
    with pytest.raises(NotAllowed):
        of_pick(SHIPPED["groups5"], "nobody")
    with pytest.raises(NotAllowed):
        score(SHIPPED["phq9"], {"9": 4})
    with pytest.raises(NotAllowed):
        score(SHIPPED["seoul12"], {"1": 0})
    assert [b.code for b in of_pick(SHIPPED["groups5"], "emergency").sum.bands] == ["emergency"]  # type: ignore[union-attr]


@pytest.mark.parametrize("answer", [1, 2, 3])
def test_any_answer_of_self_harm_counts_by_itself(answer: int):
    found = score(SHIPPED["phq9"], {"9": answer})
    assert (found.act_now, found.act_now_unknown) == (("9",), ())


def test_no_thought_of_harm_is_no_crisis_and_no_answer_is_said_to_be_unknown():
    assert score(SHIPPED["phq9"], {"9": 0}).act_now == ()
    assert score(SHIPPED["phq9"], {"1": 3}).act_now_unknown == ("9",)


def test_a_good_answer_is_counted_from_the_top():
    small = rules.parse(SMALL)
    helped = [
        line.points
        for nth in (0, 1)
        for line in score(small, {"helped": nth}).lines
        if line.points is not None
    ]
    assert helped == [1, 0]
    found = score(small, {"alone": 0, "helped": 1, "harm": 0}).sum
    assert found is not None
    assert (found.low, found.high) == (0, 0)


some = st.sampled_from([*COUNTED, rules.parse(SMALL)])


@st.composite
def answered(draw: st.DrawFn) -> tuple[Instrument, dict[str, int]]:
    made = draw(some)
    every = {i.code: draw(st.integers(0, len(i.choices) - 1)) for i in made.items}
    return made, every


@given(answered(), st.data())
def test_a_range_holds_the_whole_score_and_only_narrows(
    drawn: tuple[Instrument, dict[str, int]], data: st.DataObject
):
    made, every = drawn
    whole = score(made, every).sum
    kept = data.draw(st.sets(st.sampled_from(sorted(every))))
    part = score(made, {code: every[code] for code in kept}).sum
    less = data.draw(st.sets(st.sampled_from(sorted(kept)))) if kept else set()
    fewer = score(made, {code: every[code] for code in less}).sum
    assert whole is not None
    assert part is not None
    assert fewer is not None
    assert whole.is_certain
    assert len(whole.bands) == 1
    assert fewer.low <= part.low <= whole.low <= whole.high <= part.high <= fewer.high
    assert set(whole.bands) <= set(part.bands) <= set(fewer.bands)


@given(answered(), st.data())
def test_more_points_on_one_item_never_make_the_sum_smaller(
    drawn: tuple[Instrument, dict[str, int]], data: st.DataObject
):
    made, every = drawn
    item = data.draw(st.sampled_from(made.items))
    other = data.draw(st.integers(0, len(item.choices) - 1))
    here = score(made, every).sum
    there = score(made, every | {item.code: other}).sum
    assert here is not None
    assert there is not None
    grew = item.counted(other) - item.counted(every[item.code])
    assert there.low - here.low == grew
    order = [band.code for band in made.bands]
    if grew >= 0:
        assert order.index(there.bands[0].code) >= order.index(here.bands[0].code)


# ---- files -------------------------------------------------------------------------------------


def test_what_was_not_found_is_said_and_nothing_stands_in_its_place():
    missing = {code: one.missing for code, one in SHIPPED.items()}
    assert missing == {
        "groups5": ("items", "cutoffs"),
        "lsns6": (),
        "ministry10": ("items",),
        "phq9": (),
        "seoul12": ("choices", "points", "cutoffs"),
        "tool13": ("items",),
        "ucla3": (),
    }
    assert [code for code, one in SHIPPED.items() if not one.can_be_used] == ["seoul12"]
    assert not any(item.choices for item in SHIPPED["seoul12"].items)
    turned = [item.code for item in SHIPPED["seoul12"].items if item.reverse]
    assert turned == [str(nth) for nth in range(4, 13)]


@pytest.mark.parametrize("one", SHIPPED.values(), ids=lambda one: one.code)
def test_each_says_where_it_comes_from_and_in_both_tongues(one: Instrument):
    assert one.source
    assert one.licence
    named = [*one.items, *one.bands, *one.scales, *one.overrides]
    named += [choice for item in one.items for choice in item.choices]
    assert all(each.text and each.text_en for each in named)


@pytest.mark.parametrize(
    ("right", "wrong", "place"),
    [
        ('licence = "ours"', "", "licence"),
        ('source = ["ours"]', "", "source"),
        ("least = 2, most = 3", "least = 1, most = 3", "risk"),
        ('item = "harm"', 'item = "other"', "overrides"),
        ('entry = "items"', "", "entry"),
        ("points = 1, ", "", "points"),
        ("points = 1, ", 'points = "one", ', "wrong kind"),
    ],
)
def test_a_file_with_a_fault_is_refused_and_the_place_is_named(right: str, wrong: str, place: str):
    with pytest.raises(BadInstrument, match=place):
        rules.parse(SMALL.replace(right, wrong))


def test_a_gap_between_bands_an_empty_source_and_a_code_twice_are_refused():
    for wrong, right in (
        ("most = 1, text", "most = 0, text"),
        ('source = ["ours"]', "source = []"),
        ('code = "helped"', 'code = "alone"'),
        ("most = 3", "most = 4"),
        ('"items"', '"guess"'),
        ('code = "small"', 'code = "a b"'),
        ("version", 'missing = ["luck"]\nversion'),
    ):
        with pytest.raises(BadInstrument):
            rules.parse(SMALL.replace(wrong, right, 1))
    with pytest.raises(BadInstrument, match="TOML"):
        rules.parse("code = ")


# ---- deadlines and reasons ---------------------------------------------------------------------

NOON = datetime(2026, 11, 23, 12, tzinfo=SEOUL)


def test_a_request_has_thirty_days_by_the_calendar_of_seoul():
    assert rules.answer_by(NOON) == date(2026, 12, 23)
    assert rules.answer_by(datetime(2026, 11, 23, 0, 10, tzinfo=SEOUL)) == date(2026, 12, 23)


@pytest.mark.parametrize("day", [None, date(2026, 11, 23), date(2026, 11, 1), date(2027, 11, 25)])
def test_nobody_is_decided_about_for_ever(day: date | None):
    with pytest.raises(NotAllowed):
        rules.check_review(day, NOON)
    assert rules.check_review(date(2026, 11, 24), NOON)
    assert rules.check_review(date(2027, 11, 24), NOON)


@pytest.mark.parametrize("reason", ["", "네", "확 인 함 음", "    동의함"])
def test_a_nod_is_no_reason(reason: str):
    with pytest.raises(NotAllowed):
        rules.check_reason(reason)
    assert rules.check_reason("딸과 연락이 끊김")


def test_every_request_can_be_answered_and_every_reply_belongs_to_one():
    assert set(rules.REPLIES) == set(rules.Asked)
    assert {each for some in rules.REPLIES.values() for each in some} == set(rules.Reply)
    assert rules.DECIDES <= rules.READS
