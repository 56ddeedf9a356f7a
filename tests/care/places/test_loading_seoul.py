"""Loading Seoul, through the actions that the city itself would use."""

from datetime import datetime

import pytest

from anbu.care.places import actions, queries
from anbu.care.places.models import District, Dong, Holiday, Post
from anbu.care.places.rules import SEOUL
from tests.seoul import no_city

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=SEOUL)  # a Friday


@pytest.fixture(autouse=True)
def _nothing_loaded(db: None) -> None:
    no_city()


def test_seoul_has_25_districts_and_427_dongs_each_with_a_post():
    actions.load_seoul(now=NOW)
    actions.load_seoul(now=NOW)  # again: nothing doubles
    assert (District.objects.count(), Dong.objects.count()) == (25, 427)
    assert Post.objects.filter(kind="dong").count() == 427
    assert Post.objects.filter(kind="centre").count() == 1
    found = queries.find_dong("1162059500", NOW)
    assert found is not None
    assert found.district == "관악구"
    assert Dong.objects.get(id=found.id).shape["type"] == "MultiPolygon"


def test_by_day_the_dong_answers_by_night_the_centre():
    actions.load_seoul(now=NOW)
    dong = queries.dongs("11620")[0]
    own = queries.dong_post(dong.code)
    assert own is not None
    assert queries.post_on_duty(dong.id, NOW) == own.id
    assert queries.post_on_duty(dong.id, NOW.replace(hour=18)) == queries.centre()
    assert queries.next_switch(NOW) == NOW.replace(hour=18)


def test_holidays_come_from_the_package_and_from_a_file():
    actions.load_seoul(now=NOW)
    assert actions.load_holidays(now=NOW) > 90
    assert actions.load_holidays(now=NOW) == 0
    seollal = datetime(2026, 2, 17, 12, tzinfo=SEOUL)
    assert queries.on_duty(seollal) == "centre"
    assert (
        actions.load_holidays_csv(text="date,name\n2026-12-01,임시공휴일\n", now=NOW, by="x") == 1
    )
    assert queries.on_duty(datetime(2026, 12, 1, 12, tzinfo=SEOUL)) == "centre"


def test_a_temporary_holiday_changes_nothing_before_it_was_announced():
    actions.load_holidays_csv(text="date,name\n2026-12-01,임시공휴일\n", now=NOW, by="x")
    assert Holiday.objects.get().valid_from == NOW.date()


def test_a_broken_line_is_named_and_nothing_is_loaded():
    with pytest.raises(actions.BadHolidays, match="3번째 줄"):
        actions.load_holidays_csv(text="date,name\n2026-12-01,a\n2026-13-01,b\n", now=NOW, by="x")
    assert not Holiday.objects.exists()


def test_without_places_the_centre_is_missed_in_words():
    with pytest.raises(queries.NotLoaded, match="anbu load places"):
        queries.centre()
