"""The strip is drawn from a Strip alone. In these tests `#` is life, `.` stillness, `?` unseen."""

import re
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.utils import translation

from anbu.care.alarms.queries import PeopleMark
from anbu.care.places.rules import SEOUL
from anbu.care.readings.queries import Lane, Strip
from anbu.desks.control_room import strip_svg, strip_words

NOW = datetime(2026, 11, 21, 22, 47, tzinfo=SEOUL)
START = NOW - timedelta(hours=72)
USUAL = tuple(
    0.8 if 7 <= (START + timedelta(hours=h, minutes=30)).hour < 22 else 0.02 for h in range(78)
)


@pytest.fixture(autouse=True)
def _korean():
    with translation.override("ko"):
        yield


def lane(hours: str, name: str = "power_w", label: str = "전력") -> Lane:
    """Draw one lane; one character is an hour, the last one ends now."""
    first = 72 - len(hours)
    spells = [(m.start(), m.end()) for m in re.finditer(r"\?+", hours)]
    return Lane(
        name=name,
        label=label,
        freshness_s=8.0,
        marks=tuple(((first + n) * 60.0 + 20, 0.5) for n, c in enumerate(hours) if c == "#"),
        blind=tuple(((first + a) * 60.0, (first + b) * 60.0) for a, b in spells),
    )


def strip(
    *lanes: Lane,
    silent_h: float | None = None,
    level: int | None = None,
    rhythm: tuple[float, ...] = USUAL,
) -> Strip:
    since = None if silent_h is None else NOW - timedelta(hours=silent_h)
    return Strip(
        start=START,
        now=NOW,
        due=NOW + timedelta(minutes=4),
        level=level,
        rhythm=rhythm,
        lanes=lanes,
        silent_from=since,
        missing_hours=6.2 if since else 0.0,
    )


def classes(drawing: str) -> list[str]:
    """Return the class names in the drawing; it must be sound XML."""
    root = ElementTree.fromstring(drawing)
    return [name for part in root.iter() for name in part.get("class", "").split()]


def xs(drawing: str, name: str) -> list[float]:
    """Return where the columns of a class begin."""
    paths = re.findall(rf'<path class="{name}"[^>]* d="([^"]*)"', drawing)
    return sorted(float(x) for path in paths for x in re.findall(r"M([\d.]+) ", path))


CALM = lane("#..#####...####.........#.####...####.........#.###....#####.......####"[-72:])


def test_a_calm_home_shows_its_rhythm_and_no_alarm_colour():
    for drawing in (strip_svg.draw_row(strip(CALM)), strip_svg.draw_full(strip(CALM))):
        found = set(classes(drawing))
        assert {"r", "s", "now"} <= found
        assert not found & {"m1", "m2", "m3", "br"}


@pytest.mark.parametrize("level", [1, 2, 3])
def test_only_the_hours_of_the_silence_take_the_colour_of_the_level(level):
    drawing = strip_svg.draw_row(strip(CALM, silent_h=9, level=level))
    silence = 286 * 63 / 78
    coloured = xs(drawing, f"m{level}")
    assert coloured
    assert min(coloured) > silence - 286 / 78
    assert max(coloured) < 286 * 72 / 78
    assert f"l{level}" in classes(drawing)


def test_a_silence_at_night_stays_paler_than_one_by_day():
    drawing = strip_svg.draw_row(strip(CALM, silent_h=9, level=3))
    shades = [float(o) for o in re.findall(r'class="m3" opacity="([\d.]+)"', drawing)]
    assert min(shades) < 0.3
    assert max(shades) > 0.7


def test_what_one_lane_cannot_see_is_hatched_in_that_lane_only():
    phone = lane("#####" + "?" * 3, "data_kb", "통신")
    drawing = strip_svg.draw_full(strip(CALM, phone))
    hatches = re.findall(r'class="hz" x="([\d.]+)" y="([\d.]+)" [^>]*height="([\d.]+)"', drawing)
    assert [float(height) for _, _, height in hatches] == [20.0]
    assert "통신 신호는 19:47부터 볼 수 없음" in drawing


def test_what_no_lane_can_see_is_hatched_from_top_to_bottom_and_hides_the_rhythm():
    drawing = strip_svg.draw_row(strip(lane("#" * 66 + "?" * 6), lane("#" * 66 + "?" * 6, "lux")))
    heights = [float(h) for h in re.findall(r'class="hz"[^>]*height="([\d.]+)"', drawing)]
    assert heights == [39.0]
    hidden = (286 * 66 / 78, 286 * 72 / 78)
    assert not [x for x in xs(drawing, "r") if hidden[0] + 0.1 < x < hidden[1] - 0.1]


def test_a_home_without_any_data_is_all_hatch_and_says_so():
    for drawing in (strip_svg.draw_row(None), strip_svg.draw_full(None)):
        assert classes(drawing).count("hz") == 1
        assert "볼 수 없음" in drawing


def test_on_the_first_day_there_is_no_rhythm_and_the_words_admit_it():
    first = strip(lane("##"), rhythm=(), silent_h=1, level=1)
    drawing = strip_svg.draw_row(first)
    assert not set(classes(drawing)) & {"r", "m1"}
    assert "평소 모습을 아직 모름" in drawing
    assert strip_words.bracket(first) == "조용함 1시간"


def test_the_words_say_what_the_drawing_shows():
    silent = strip(lane("#" + "." * 9), silent_h=9.2, level=3)
    said = strip_words.sentence(silent)
    assert said.startswith("최근 72시간: 마지막 신호 13:07 전력.")
    assert "조용함 9시간 12분 · 평소라면 깨어 있을 6시간 포함" in said
    assert strip_words.sentence(silent) in strip_svg.draw_full(silent)


def test_people_stand_in_a_lane_of_their_own_by_shape():
    marks = [
        PeopleMark(at=NOW - timedelta(hours=h), kind=kind)
        for h, kind in [(30, "reached"), (20, "visit"), (1, "missed")]
    ]
    found = classes(strip_svg.draw_full(strip(CALM), marks))
    assert {"tick", "cross", "miss"} <= set(found)


def test_the_deadline_never_hides_behind_now():
    drawing = strip_svg.draw_row(strip(CALM, silent_h=9, level=3))
    now = float(re.search(r'class="now" d="M([\d.]+)', drawing)[1])
    due = float(re.search(r'class="due l3" d="M([\d.]+)', drawing)[1])
    assert due - now >= 8


def test_the_table_lists_the_hours_with_signs_of_each_lane():
    lanes = strip_words.table(strip(lane("##..#")))
    assert lanes == [("전력", ["21일 17:47–19:47", "21일 21:47–22:47"])]


def test_a_row_is_small_enough_to_send_two_hundred_of_them():
    assert len(strip_svg.draw_row(strip(CALM, CALM, CALM, silent_h=9, level=3))) < 12_000
