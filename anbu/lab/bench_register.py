"""How fast the register is with a whole city in it: search, home, import, tiers, doubles."""

import io
import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection

from anbu.care.foundation.queries import now
from anbu.care.foundation.rules import machine
from anbu.care.people import actions as people
from anbu.care.people import queries
from anbu.care.people.actions import TierChange
from anbu.care.people.queries import LISTS, for_actor
from anbu.care.places import queries as places
from anbu.care.register import actions as register
from anbu.care.staff import actions as staff

US = machine("bench")
FAMILY, GIVEN = (
    "김이박최정강조윤장임한오서신권황안송류전",
    "정례순자영숙미경수진호철민준서연지우현희",
)
ROADS = [f"{a}{b}로" for a in "은천봉낙관신청대학남부" for b in "성천정림악원동산"]
TITLES = "이름,생년월일,성별,연락처,행정동,주소,상세주소,위험군,보호자,보호자 연락처\n"
SOUGHT = (
    "김",
    "김정례",
    "정례",
    "ㄱㅈㄹ",
    "4321",
    "010-1234-5678",
    "은성로",
    "은성로 12",
    "김 은성로",
)
ROUNDS = 20


def register_bench(
    commit: str, *, persons: int = 110_000, tiers: int = 70_000
) -> dict[str, object]:
    """Bring in a made-up city through the importer, then ask and change."""
    rows_a_second = _import(persons)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    operator, _ = staff.add_staff(
        login="bench-register",
        name="측정",
        role="operator",
        post=places.centre(),
        by=US.name,
        now=now(),
    )
    everyone = for_actor(US, LISTS).households.order_by("id")
    homes = list(everyone.values_list("id", flat=True)[:tiers])
    searches = [
        _ms(lambda text=text: queries.search(text=text, seen_by=operator))  # type: ignore[misc]
        for _ in range(ROUNDS)
        for text in SOUGHT
    ]
    cards = [
        _ms(lambda home=home: queries.home(household=home, seen_by=operator))  # type: ignore[misc]
        for home in homes[:: max(1, len(homes) // 200)]
    ]
    changes = [TierChange(household=home, tier="low", reason="재조사") for home in homes]
    after = now() + timedelta(seconds=1)
    tiers_s = _ms(lambda: people.change_tiers(changes=changes, by=US, now=after)) / 1000
    return {
        "name": "register",
        "value": _at(searches, 0.95),
        "unit": "ms for a search, p95",
        "n": len(searches),
        "commit": commit,
        "persons": persons,
        "search_p50": _at(searches, 0.5),
        "search_max": _at(searches, 1.0),
        "home_p95": _at(cards, 0.95),
        "import_rows_a_second": rows_a_second,
        "tiers_changed": len(changes),
        "tiers_s": round(tiers_s, 1),
        **_doubles(after),
    }


def _import(persons: int) -> int:
    chosen = random.Random(1)
    dongs = places.dongs()
    text = io.StringIO()
    text.write(TITLES)
    for _ in range(persons):
        text.write(_row(chosen, chosen.choice(dongs).code))
    began = time.perf_counter()
    brought = register.look_at(
        body=text.getvalue().encode(), file_name="bench.csv", by=US, now=now()
    )
    register.start(brought=brought, by=US, now=now())
    while register.take_step(now=now(), only=brought):
        pass
    return round(persons / (time.perf_counter() - began))


def _row(chosen: random.Random, dong: str) -> str:
    name = chosen.choice(FAMILY) + chosen.choice(GIVEN) + chosen.choice(GIVEN)
    birth = f"{chosen.randint(1930, 1990)}-{chosen.randint(1, 12):02}-{chosen.randint(1, 28):02}"
    road = f"{chosen.choice(ROADS)} {chosen.randint(1, 400)}"
    return (
        f"{name},{birth},{chosen.choice('여남')},{_phone(chosen)},{dong},{road},"
        f"{chosen.randint(1, 9)}층,중위험,박OO,{_phone(chosen)}\n"
    )


def _phone(chosen: random.Random) -> str:
    return f"010-{chosen.randint(0, 9999):04}-{chosen.randint(0, 9999):04}"


def _doubles(at: datetime) -> dict[str, object]:
    register.ask_for_doubles(by=US.name, now=at)
    seconds = _ms(lambda: register.find_doubles(now=at)) / 1000
    return {"doubles_s": round(seconds, 1)}


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _at(values: list[float], share: float) -> float:
    return round(sorted(values)[min(len(values) - 1, int(share * len(values)))], 1)
