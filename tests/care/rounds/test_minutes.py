"""How full a month is: the plan, the lists, the telephone and the books read one log alike."""

from datetime import date, timedelta
from random import Random

import pytest

from anbu.care.rounds.actions.team import team_of
from anbu.care.rounds.queries.minutes import minutes_by_day
from anbu.care.rounds.queries.months import counted
from anbu.care.rounds.queries.today import told_minutes
from anbu.care.rounds.rules import Kind, minutes_on
from tests.care.alarms.world import World
from tests.care.rounds.office import NOW, corps, in_round, log

FIRST, NEXT = date(2026, 11, 1), date(2026, 12, 1)


@pytest.mark.parametrize("seed", range(4))
def test_every_reader_of_a_month_has_the_same_minutes(world: World, seed: int):
    chance = Random(seed)
    one, other, third = (corps(world, f"w{n}", name) for n, name in enumerate("가나다"))
    homes = [in_round(world) for _ in range(2)]
    rows = []
    for _ in range(40):
        who, beside = chance.choice(
            [(one, None), (one, other), (other, one), (other, third), (None, one)]
        )
        at = NOW - timedelta(days=chance.randrange(25), minutes=chance.randrange(700))
        kind = chance.choice([Kind.CALL, Kind.VISIT])
        told = {"partner": beside, "minutes": chance.randrange(1, 60)}
        if rows and chance.random() < 0.3:  # puts one right: its own, another's, one put right
            told["replaces"] = chance.choice(rows).id
        rows.append(log(who, chance.choice(homes), at, kind=kind, **told))
    ids = [one.pk, other.pk, third.pk]
    books = counted(ids, FIRST)
    days = minutes_by_day(workers=ids, since=FIRST, until=NEXT)
    assert any(days.values())
    for worker in ids:
        assert days[worker] == [(line.day, line.minutes) for line in books[worker].lines]
        assert told_minutes(ids, FIRST)[worker] == books[worker].sums.told_min
    _, minutes = team_of([one.dong_id], NOW.date(), holidays=())
    for row in (one, other, third):
        assert minutes[row.pk] == minutes_on(
            NOW.date(), days[row.pk], key=row.pk, month_min=row.month_min, holidays=()
        )
