"""What one may not know of is answered as what does not exist: same words, same questions asked.

The same statements in the same order are the same work for the database: it finds a row by its
key, or does not. `anbu bench unknown` measures what is left of a difference.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from anbu.care.alarms import actions as alarms
from anbu.care.alarms.models import (
    Alarm,
    Brake,
    CallNote,
    Doubt,
    Entry,
    GroupSignal,
    Handover,
    Provision,
)
from anbu.care.assess import actions as assess
from anbu.care.assess.models import Assessment, Crisis, Instrument, Request
from anbu.care.citizens.models import Correction
from anbu.care.concerns.models import Concern
from anbu.care.errands.models import Errand
from anbu.care.exports.models import Export
from anbu.care.foundation.rules import new_id
from anbu.care.looking.models import Suspicion
from anbu.care.people.models import Consent, Contact, HealthNote, Household, Opening, Person
from anbu.care.places.models import Organisation
from anbu.care.readings.models import Group, GroupIncident, GroupMember, Study
from anbu.care.register import actions as register
from anbu.care.register.models import Double, Import, Transfer
from anbu.care.rosters.models import Hole, Rotation, Swap, Turn
from anbu.care.rounds.models import Device, MonthReport, Programme, Question, Unread, Worker
from anbu.care.staff.models import Staff
from anbu.care.staff.queries import actor_of
from anbu.care.staff.rules import may
from tests.care.alarms.world import BEFORE, BY, THERE, World, make_world
from tests.care.exports.test_exports import take_on
from tests.care.rounds.office import corps
from tests.desks.citizen.test_citizen import NOBODY as A_STRANGER
from tests.desks.citizen.test_citizen import YUN
from tests.desks.control_room.conftest import NOW, StandingClock
from tests.desks.opening import WHY, say_why
from tests.desks.test_access import addresses, make_far_planner

FAR = "1168051000"  # the stranger's dong, in another district
NOBODY, FIRST = 987_654_321, 400_000_001  # a number that no row has; none that stands elsewhere
COUNTED = (
    *(Consent, Contact, HealthNote, Double, Transfer, Opening, Suspicion),
    *(Worker, Question, Unread),
)
# A link's token is no id: tests/desks/field/test_go.py asks of it what is asked of ids here.
NOT_OF_PERSONS = frozenset(
    {"protocol_id", "provider_id", "pk", "kind", "year", "month", "code", "slug", "token"}
) | {
    "secret"  # of a calendar: who knows it is let in, whoever it is
}

# Only the centre chooses, and the centre knows of every brake: nothing to keep from it.
# The same of a look back: supervisors of the centre alone know of any, and of every one.
OF_THE_CENTRE = frozenset({"brake_claim", "brake_choose"}) | {
    f"look_back{deed}" for deed in ("", "_take", "_write", "_sign", "_add", "_print")
}
TABS = {"code": "seoul12", "slug": "consents"}
UNSAID = re.compile(r'"s\d+_x\d+"')  # names of savepoints
TOKEN = re.compile(r"\b[A-Za-z0-9]{64}\b")  # of the forms: another one each time

SEND = {"name": "박출동", "kind": "contractor", "call_back": "02-2133-0120"}
ENTRY = {
    "grounds": "danger",
    "evidence": "mail",
    "seen": WHY,
    "decided_by": WHY,
    "police": "지구대",
    "fire": "소방서",
    "sure": "on",
}
# What the form of an address takes for good; not of `glass_break`: glass breaks wherever a home
# is, that is its use, and it is told and reviewed.
GOOD: dict[str, dict[str, str]] = {
    "claim": {"version": "1"},
    "call": {"whom": "person", "result": "safe"},
    "message": {"to": "person"},
    "shelve": {"span": "15", "reason": WHY},
    "transfer": {"to_staff": "1", "reason": WHY},
    "note": {"text": WHY},
    "close": {"outcome": "safe_call"},
    "dispatch": SEND,
    "field_visit": {"finding": "met"},
    "field_joint": {"service": "119", "called": "22:40"},
    "entry": ENTRY,
    "entry_note": {"text": WHY},
    "household_open": {"reason": WHY},
    "household_print": {"reason": WHY},
    "incident_print": {"reason": WHY},
    "absence": {"kind": "travel", "expected_until": "2026-11-25 10:00", "told_by": "딸"},
    "concern_note": {"text": WHY},
    "concern_close": {"outcome": "linked", "note": WHY},
    "group_close": {"outcome": "network"},
    "group_home": {"plan": "call", "hours": "2"},
    "doubt_plan": {"plan": "call", "hours": "2"},
    "doubt_end": {"how": "reached"},
    "packet": {
        **{"to": "119", "office": WHY, "person": "1", "way": "pdf", "reply_to": "02-000-0000"},
        "urgent": WHY,
    },
    "inbound_note": {"text": WHY},
    "inbound_hand": {"dong": THERE},
    "inbound_joint": {"told": WHY},
    "inbound_home": {"household": str(new_id())},
    "inbound_close": {"outcome": "safe"},
    "handover_accept": {"read_back": WHY},
    "handover_refuse": {"reason": WHY},
    "handover_word": {"request": WHY},
    "handover_send": {"request": WHY},
    "handover_ask": {"request": WHY, "need": "repair"},
    "errand_put_off": {"until": "2026-11-30", "reason": WHY},
    "errand_close": {"end": "done"},
    "roster_lay": {"month": "2026-12-01"},
    "roster_change": {
        "begins_at": "2026-11-25T18:00",
        "ends_at": "2026-11-26T09:00",
        "part": "duty",
    },
    "roster_swap": {"partner": "staff:1"},
    "correction_answer": {"reply": "corrected", "words": WHY},
    "doubles_join": {"keep": str(new_id())},
    "transfer_refuse": {"why": WHY},
    "study_adopt": {"valid_from": "2026-12-01", "reason": WHY, "sure": "on"},
    "export_refuse": {"why": WHY},
    "consent_withdraw": {"how": "서면"},
    "assess_answer": {"reply": "explained", "words": WHY},
    "crisis_end": {"outcome": "safe", "note": WHY},
    "review_suspicion": {"verdict": "right", "note": WHY},
    "review_opening": {"verdict": "right", "note": WHY},
    **dict.fromkeys(("rounds_plan_cost", "rounds_plan_move"), {"way": "call"}),
    "rounds_choose": {"value": "010-0000-7777", "chosen": "on"},
    "rounds_settle": {"decided": WHY},
    "rounds_worker_change": {"month_hours": "40"},
    "rounds_worker_off": {"day": "2026-11-25", "reason": WHY},
    "rounds_worker_on": {"day": "2026-11-25"},
    "rounds_worker_phone": {"phone": "010-0000-7777"},
    "rounds_month_confirm": {"month": "2026-11"},
    "rounds_month_file": {"form": "xlsx"},
    "programme_sign_up": {"household": str(new_id()), "says_yes": "on"},
    "programme_withdraw": {"household": str(new_id())},
    "programme_attend": {"household": str(new_id()), "came": "yes"},
    "programme_call_off": {"why": WHY},
    "rounds_home_tell": {"kind": "call", "result": "no_answer"},
    "rounds_home_link": {"kind": "benefit", "what": WHY, "on": "2026-11-20"},
    "rounds_home_pace": {
        **{"times": "1", "per_days": "7", "visit_days": "30", "bound_days": "14"},
        **{"reason": WHY, "until": "2026-12-20"},
    },
    "rounds_home_refusal": {"kind": "call", "words": WHY},
    "rounds_home_yes": {"kind": "call", "words": WHY, "mood": "good"},
    "rounds_home_hazard": {"text": WHY, "until": "2026-12-20"},
    "rounds_home_hazard_deed": {"hazard": str(NOBODY), "deed": "end"},
}


@dataclass
class Strangers:
    """Who has no business with any of it, and the ids of what they must not learn of."""

    people: dict[str, Client]  # by role
    known: dict[str, Any]  # by the name an address gives the id
    own_home: UUID
    own_alarm: UUID
    own_signal: UUID
    own_worker: int


@pytest.fixture
def clock(settings: Any) -> StandingClock:
    settings.CLOCK = StandingClock(NOW)
    settings.IDENTITY, settings.REHEARSAL = "double", True
    return settings.CLOCK


@pytest.fixture
def strangers(db: None, clock: StandingClock) -> Strangers:
    with connection.cursor() as cursor:
        for model in COUNTED:
            cursor.execute(f"ALTER SEQUENCE {model._meta.db_table}_id_seq RESTART WITH {FIRST}")
    world = make_world()
    alarm = world.silent(at=NOW)
    own = world.silent(at=NOW, dong=FAR)
    far = make_far_planner()
    officer = take_on("guchung", "officer", "district", "11680")
    privacy = take_on("guboho", "privacy_officer", "district", "11680")
    known = secrets_of(world, alarm)
    shared = common_cause("gateway", alarm.household, own.household)  # theirs is hit by it too
    people = {}
    for who in (far, officer, privacy):
        people[who.role] = Client()
        people[who.role].force_login(who)
    for role in ("planner", "officer"):
        say_why(people[role], own.household_id)
    mine = corps(world, "theirs", "먼단원", planner=far)
    return Strangers(people, known, own.household_id, own.pk, shared.pk, mine.pk)


def secrets_of(world: World, alarm: Alarm) -> dict[str, Any]:
    """Return one of everything that stands in an address, all of one home of another district."""
    home, planner = Household.objects.get(id=alarm.household_id), world.planner
    own = {"household": home}
    asked = {**own, "asked_at": NOW, "due_on": NOW.date(), "words": WHY}
    assess.load_shipped(by=BY, now=BEFORE)
    answered = Assessment.objects.create(
        **own, instrument=Instrument.objects.earliest("id"), at=NOW, by=planner, picked="a"
    )
    twin = world.home(still_at=NOW)
    one, other = sorted((home.id, twin))
    glass = {"kind": "break_glass", "reason": WHY, "opened_at": NOW, "told_post": planner.post}
    rows = {
        "alarm_id": alarm,
        "household_id": home,
        "household": home,
        "consent_id": Consent.objects.filter(**own).earliest("id"),
        "request_id": Request.objects.create(
            **own, asks="explain", told_by="딸", words=WHY, received_at=NOW, due_on=NOW.date()
        ),
        "crisis_id": Crisis.objects.create(
            **own, assessment=answered, owner=planner, raised_at=NOW, due_at=NOW
        ),
        "concern_id": Concern.objects.create(
            **own,
            kind="shrink",
            owner_post=planner.post,
            since_on=NOW,
            week_on=NOW,
            facts={},
            raised_at=NOW,
        ),
        "errand_id": Errand.objects.create(
            **own,
            cause=home.id,
            need="repair",
            request=WHY,
            promise=WHY,
            owner_post=planner.post,
            made_at=NOW,
            first_due_on=NOW.date(),
            due_on=NOW.date(),
        ),
        "study_id": Study.objects.create(asked_by=planner, asked_at=NOW, draft={}),
        "import_id": Import.objects.create(
            file_name="a.csv",
            kind="csv",
            content_hash="0",
            header=[],
            columns={},
            brought_by=planner.actor,
            reach="",
            brought_at=NOW,
        ),
        "pair": Double.objects.create(
            one_id=one, other_id=other, score=90, grounds=[], found_at=NOW
        ),
        "transfer": Transfer.objects.get(
            id=register.send(
                household=home.id, into=THERE, reason=WHY, by=actor_of(planner), now=NOW
            )
        ),
        "signal_id": common_cause("provider", home),
        "brake_id": brake_of(alarm),
        "handover": handover_of(alarm, world),
        "provision": provision_of(alarm, world),
        "call_id": call_of(world),
        **of_a_roster(world),
        "entry": entry_of(alarm, planner),
        "doubt": Doubt.objects.create(**own, cause="blind", since=NOW, raised_at=NOW),
        "correction_id": Correction.objects.create(**asked, what="phone", asked_by="citizen:1"),
        "export_id": Export.objects.create(
            data_set="homes", reason=WHY, homes=1, asked_by=planner, asked_at=NOW
        ),
        "opening": Opening.objects.create(
            **own, **glass, staff=world.next_planner, until=NOW.replace(hour=23)
        ),
        "suspicion": Suspicion.objects.create(
            staff=planner, rule="many", found_at=NOW, last_at=NOW
        ),
        "home": home,
        **of_a_round(home, world),
    }
    return {name: row.pk for name, row in rows.items()}


def brake_of(alarm: Alarm) -> Brake:
    """Return a brake that holds this alarm alone."""
    brake = Brake.objects.create(
        cause="flood",
        began_at=NOW,
        until=NOW,
        all_gone_by=NOW,
        owner_since=NOW,
        owner_post=alarm.owner_post,
    )
    Alarm.objects.filter(id=alarm.id).update(brake=brake)
    return brake


def handover_of(alarm: Alarm, world: World) -> Handover:
    """Return a hand-over of this alarm between posts that are not a stranger's."""
    return Handover.objects.create(
        alarm=alarm,
        from_post=world.next_planner.post,
        to_post=world.planner.post,
        request=WHY,
        sent_at=NOW,
        up_at=NOW,
    )


def provision_of(alarm: Alarm, world: World) -> Provision:
    """Return what was given of this alarm's home to 119."""
    told = {"to": "119", "office": WHY, "person": "1", "way": "pdf", "reply_to": "02-000-0000"}
    return alarms.give_packet(alarm_id=alarm.pk, **told, urgent=WHY, by=world.operator, now=NOW)


def call_of(world: World) -> CallNote:
    """Return a call about a home that is in no register."""
    taken = alarms.take_call(
        caller="neighbour", said=["worry"], place=WHY, by=world.operator, now=NOW
    )
    return CallNote.objects.get(id=taken.call)


def of_a_roster(world: World) -> dict[str, Any]:
    """Return what stands on the roster of a dong that is not a stranger's."""
    post, span = world.planner.post, {"begins_at": NOW, "ends_at": NOW.replace(hour=23)}
    made = {"made_at": NOW, "changed_at": NOW, "source": "typed", "part": "duty"}
    turn = Turn.objects.create(post=post, staff=world.planner, **span, **made)
    told = {"asked_by": world.planner, "asked_of": world.next_planner, "asked_at": NOW}
    office = Organisation.objects.get(dong=post.dong, valid_until=None)
    return {
        "turn": turn,
        "swap": Swap.objects.create(gives=turn, **told),
        "rotation": Rotation.objects.create(
            post=post, name="교대", pattern="주", starts_on=NOW, made_at=NOW, made_by=world.planner
        ),
        "hole": Hole.objects.create(
            post=post, part="duty", **span, missing=1, owner=office, found_at=NOW
        ),
    }


def entry_of(alarm: Alarm, by: Staff) -> Entry:
    """Return a signed decision to open this home's door."""
    told = {"seen": WHY, "decided_by": WHY, "police": WHY, "fire": WHY}
    return Entry.objects.create(
        alarm=alarm, grounds=["danger"], evidence=["mail"], **told, signed_by=by, signed_at=NOW
    )


def common_cause(kind: str, *hit: Household) -> GroupSignal:
    """Return the signal of one cause that hit these homes."""
    moments = dict.fromkeys(("began_at", "at", "recognised_at", "hold_until"), NOW)
    group = Group.objects.create(kind=kind, name="plugs")
    incident = GroupIncident.objects.create(
        group=group, cause=1, members=5, is_told=True, **moments
    )
    GroupMember.objects.bulk_create(GroupMember(incident=incident, household=home) for home in hit)
    post = Alarm.objects.get(household=hit[0]).owner_post
    return GroupSignal.objects.create(
        incident=incident, raised_at=NOW, owner_post=post, owner_since=NOW, centre_owned=False
    )


def of_a_round(home: Household, world: World) -> dict[str, Any]:
    """Return what stands on the desk of a round that is not a stranger's."""
    worker, planner = corps(world, "ours", "우리단원"), world.planner
    phone = Device.objects.create(worker=worker, made_at=NOW, seen_at=NOW, key_ends_at=NOW)
    month = {"month": NOW.date().replace(day=1), "told_min": 0, "paid_min": 0, "allowance_krw": 0}
    return {
        "worker": worker,
        "question": Question.objects.create(household=home, field="phone", opened_at=NOW),
        "unread": Unread.objects.create(
            device=phone, worker=worker, digest="0", raw="{}", why="strange", said=WHY, told_at=NOW
        ),
        "report": MonthReport.objects.create(
            worker=worker,
            **month,
            full_krw=1,
            digest="0",
            confirmed_at=NOW,
            confirmed_by=worker.staff,
        ),
        "programme": Programme.objects.create(
            district_id=home.dong.district_id,
            **{"kind": "walk", "name": "걷기", "place": WHY, "begins_at": NOW},
            **{"minutes": 60, "capacity": 9, "made_at": NOW, "made_by": planner},
        ),
    }


@contextmanager
def questions() -> Iterator[list[str]]:
    """Collect the text of every statement, without what stands in its places."""
    asked: list[str] = []

    def note(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        asked.append(UNSAID.sub("…", str(sql)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield asked


def answer(
    client: Client, way: str, address: str, told: dict[str, str], hidden: str
) -> tuple[int, str, dict[str, str], list[str]]:
    """Return everything that somebody outside could learn from, with the id itself left out."""
    with questions() as asked:
        got = getattr(client, way)(address, told)
    body = TOKEN.sub("…", got.content.decode()).replace(hidden, "…")
    heads = {name: value.replace(hidden, "…") for name, value in got.headers.items()}
    heads.pop("Expires", None)  # a second may have passed between the two
    return got.status_code, body, heads, asked


def compared(client: Client, route: str, name: str, known: Any) -> dict[tuple[str, int], int]:
    """Hold what is forbidden against what is not there, by a look and by deeds."""
    statuses = {}
    unknown = new_id() if isinstance(known, UUID) else NOBODY
    ways = [("get", {}), ("post", {})] + ([("post", GOOD[name])] if name in GOOD else [])
    for nth, (way, told) in enumerate(ways):
        both = [
            answer(client, way, route.replace("…", str(id)), told, str(id))
            for id in (known, unknown)
        ]
        for what, forbidden, missing in zip(
            ("status", "body", "heads", "questions"), *both, strict=True
        ):
            assert forbidden == missing, (name, way, told, what)
        statuses[way, nth] = both[0][0]
    return statuses


def with_ids() -> list[tuple[str, str]]:
    """Return every address in which the id of somebody's row stands."""
    found = []
    for name, route in addresses():
        ids = set(re.findall(r"<\w+:(\w+)>", route))
        if ids - NOT_OF_PERSONS and name not in OF_THE_CENTRE:
            found.append((name, route))
    return found


def last_id(route: str) -> str:
    """Return the innermost id: those before it are of a home that one may open."""
    return [id for id in re.findall(r"<\w+:(\w+)>", route) if id not in NOT_OF_PERSONS][-1]


def aimed(route: str, strangers: Strangers, *, at: str) -> str:
    """Return an address with … for the id that is asked about, and one's own home before it."""
    for text, value in TABS.items():
        route = route.replace(f"<slug:{text}>", value)
    route = re.sub(rf"<\w+:{at}>", "…", route)
    for outer, own in (
        ("household_id", strangers.own_home),
        ("signal_id", strangers.own_signal),
        ("alarm_id", strangers.own_alarm),
    ):
        route = route.replace(f"<uuid:{outer}>", str(own))
    route = route.replace("<int:worker>", str(strangers.own_worker))
    assert "<" not in route, route
    return route


def test_forbidden_and_unknown_are_one_answer_at_one_price(strangers: Strangers):
    """Cells: each address with an id of somebody's, by a look, an empty deed and a good one."""
    cells, loud = 0, []
    for name, route in with_ids():
        client = next((one for role, one in strangers.people.items() if may(role, name)), None)
        assert client is not None, f"{name}: nobody with a reach of their own may come here"
        at = last_id(route)
        statuses = compared(client, aimed(route, strangers, at=at), name, strangers.known[at])
        cells += len(statuses)
        if name != "glass_break" and not {404, 204} & set(statuses.values()):
            loud.append((name, statuses))
    assert loud == []
    assert cells > 150


def test_a_home_of_the_outer_id_is_as_unknown_where_there_are_two(strangers: Strangers):
    client = strangers.people["planner"]
    for name, route in with_ids():
        if "household_id" in route and last_id(route) != "household_id" and may("planner", name):
            inner = re.sub(r"<uuid:(?!household_id)\w+>", str(new_id()), route)
            inner = re.sub(r"<int:\w+>", str(NOBODY), inner)
            told = compared(
                client,
                aimed(inner, strangers, at="household_id"),
                name,
                strangers.known["household_id"],
            )
            assert 404 in told.values()


def test_the_centre_asks_the_same_of_a_signal_that_a_dong_answers(strangers: Strangers):
    """The whole city lies in its reach; an alarm that the dong holds does not."""
    Alarm.objects.filter(pk=strangers.known["alarm_id"]).update(centre_owned=False)
    operator = Staff.objects.get(login="moon")
    client = Client()
    client.force_login(operator)
    for name, route in with_ids():
        at = last_id(route)
        if at in ("alarm_id", "signal_id") and may("operator", name):
            statuses = compared(client, aimed(route, strangers, at=at), name, strangers.known[at])
            assert {404, 204} & set(statuses.values()), name


def test_an_id_that_is_typed_in_a_form_is_no_way_round(strangers: Strangers):
    """Somebody's contact, note or strip, asked for through a home of one's own."""
    client = strangers.people["planner"]
    home = strangers.known["household_id"]
    contact = Contact.objects.filter(household=home).earliest("id").pk
    note = HealthNote.objects.create(
        person=Person.objects.get(household=home),
        audience="dong",
        text="천식",
        written_at=NOW,
        written_by=BY,
    ).pk
    own, alarm = f"/households/{strangers.own_home}/details", f"/alarms/{strangers.own_alarm}"
    for way, address, field, known, more in (
        ("post", f"{own}/contact-remove", "line", contact, {}),
        ("post", f"{own}/health-end", "line", note, {}),
        ("post", f"{own}/number", "contact", contact, {"answers": "no"}),
        ("post", f"{alarm}/call", "whom", contact, {"result": "safe"}),
        ("post", f"{alarm}/message", "to", contact, {}),
        ("get", "/strips", "alarms", strangers.known["alarm_id"], {}),
        ("get", "/rows", "alarms", strangers.known["alarm_id"], {}),
    ):
        unknown = new_id() if isinstance(known, UUID) else NOBODY
        both = [
            answer(client, way, address, {**more, field: str(id)}, str(id))
            for id in (known, unknown)
        ]
        assert both[0] == both[1], (address, field)


def test_the_citizens_door_asks_the_same_whoever_comes(db: None, clock: StandingClock):
    """Unknown, nearly known, gone and two alike: nobody learns which, by words or by questions."""
    world = make_world()
    heard = {"unknown": at_the_door(A_STRANGER)}
    home = world.home(still_at=NOW)
    heard["another number"] = at_the_door({**YUN, "phone": "010-9999-1111"})
    heard["another year"] = at_the_door({**YUN, "born": "1946-03-01"})
    known = at_the_door(YUN)
    world.home(still_at=NOW)
    heard["two alike"] = at_the_door(YUN)
    Household.objects.update(left_at=NOW)
    heard["gone"] = at_the_door(YUN)
    for what, each in heard.items():
        assert each == heard["unknown"], what
    status, _body, _heads, asked = heard["unknown"]
    assert status == 403
    searched = next(nth for nth, sql in enumerate(asked) if "people_person" in sql)
    assert known[3][: searched + 1] == asked[: searched + 1]  # only then is somebody let in
    assert (known[0], known[2]["Location"]) == (302, "/me/record")
    assert Household.objects.filter(id=home).exists()


def at_the_door(who: dict[str, str]) -> tuple[int, str, dict[str, str], list[str]]:
    """Come back from the identity service as somebody, and return all that can be learnt."""
    client = Client()
    state = client.post("/me/in")["Location"].split("state=")[1]
    back = client.post("/me/practice", {**who, "state": state})["Location"]
    return answer(client, "get", back, {}, state)
