"""Rules of the house that no linter knows."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django import forms

ROOT = Path(__file__).resolve().parents[2] / "anbu"
SOURCES = sorted(path for path in ROOT.rglob("*.py") if "migrations" not in path.parts)

# Who may read a clock of the machine: everybody else takes `now` as an argument.
READS_THE_CLOCK = {
    "config/clock.py": "it is the clock",
    "config/watch.py": "a watchdog watches real processes, in real time",
    "config/city.py": "asks which pulses are younger than this start",
    "desks/api/callout.py": "the broker's questions expire in real time",
    "lab/bench.py": "says when a machine was measured",
    "lab/code_app.py": "a code app runs on the real clock, as the library that checks it does",
    "lab/gateway.py": "plays somebody else's machine",
}

# Queries that name no reader, because no household stands in their answer.
NO_READER = {
    "alarms.book_in_force": "ladders of a city; no household in the answer",
    "alarms.rows_in_force": "documents of a city; no household in the answer",
    "alarms.entries_of": "lines of a document handed in",
    "alarms.document_of": "a document made of its row",
    "alarms.present_ladders": "ladders of a city; no household in the answer",
    "alarms.services_in_order": "asked before an alarm is raised, or for homes already in sight",
    "alarms.moment_of": "a word and an hour made of a moment handed in",
    "alarms.by_risk": "an order for alarms that were narrowed to their reader",
    "alarms.broken_invariants": "counts for whoever verifies; no household in the answer",
    "alarms.facts": "words made of numbers handed in",
    "alarms.is_at_centre": "the role of one member of staff",
    "alarms.held_by": "the name of a vendor or place in an alarm's own facts; no household",
    "alarms.marks_of": "a part of rows whose reader was let in",
    "alarms.count": "counts homes that were narrowed to their reader",
    "alarms.feeds": "moments by provider",
    "alarms.load_10min": "how busy one member of staff is",
    "alarms.rule_of": "a word made of words handed in",
    "alarms.rule_record": "counts by rule; no household in the answer",
    "alarms.sentence": "words made of a step handed in",
    "foundation.broken_chain": "ids of traces that were tampered with; no household",
    "foundation.chain_head": "numbers of seals",
    "foundation.uuids": "an array written from keys handed in",
    "looking.office_of": "the office of one member of staff",
    "looking.places_of": "dong and the end of an id, for a reviewer who was let in; never who",
    "assess.instrument": "items and points; no household in the answer",
    "assess.instruments": "items and points; no household in the answer",
    "assess.result_of": "a sum of answers whose reader was let in",
    "assess.spec": "items and points of a file handed in",
    "citizens.citizen": "an actor made of ids handed in",
    "concerns.asked_lately": "asked by the weekly round, on nobody's behalf",
    "effects.*": "words of messages and ways out; no household in the answer",
    "exports.code_of": "a name made of an id handed in",
    "exports.district_of": "colleagues, not households",
    "exports.reader_of": "says itself who is to read",
    "foundation.now": "the clock",
    "foundation.pulses": "our own processes",
    "alarms.present_switch": "asks the calendar when duty changes, and nobody's data",
    "people.vendors_agreed": "asked by the machine before a vendor is told of anybody",
    "people.agreed": "asked by the ingest before it takes in anything, on nobody's behalf",
    "people.asking": "asked by the machine before it asks anybody",
    "people.heard_since": "asked by the ingest before it takes in anything, on nobody's behalf",
    "people.leaves": "asked by the machine, or for a home whose reader was let in",
    "people.night_consents": "counts homes that were narrowed to their reader",
    "people.consents_of_outer": "a part of a query that is narrowed to its reader",
    "people.standing": "a condition; no household in the answer",
    "people.away_now": "asked by the clocks before they judge, on nobody's behalf",
    "people.away_since": "asked by the clocks before they judge, on nobody's behalf",
    "places.*": "the map, the calendar, the duty posts",
    "readings.chances": "figures of a clock handed in",
    "readings.chances_of": "figures of a rhythm handed in",
    "readings.longest": "a figure of a clock handed in",
    "readings.columns": "columns for the kernel, made of rows handed in",
    "readings.services_of": "asked for alarms whose reader was let in; kinds and vendors only",
    "readings.restored": "columns for the kernel, made of a row handed in",
    "readings.stored": "a row made of the kernel's columns",
    "readings.patience_of": "asked by the clocks before they judge, on nobody's behalf",
    "readings.policies_in_force": "codes and numbers of policy files",
    "readings.device_logins": "asked by the broker's door",
    "readings.seen_through": "of homes the caller has in sight; asked by lists of alarms",
    "alarms.plans": "of people the caller has in sight",
    "readings.sources_of": "the broker, of devices that signed in",
    "readings.devices_revoked_since": "asked by the broker's door",
    "readings.feed_facts": "moments by provider",
    "readings.feed_health": "moments by provider",
    "readings.health_of": "moments by provider",
    "readings.as_columns": "words of a query, of names handed in",
    "readings.feeds_columns": "columns for the kernel, made of rows handed in",
    "readings.floats": "columns for the kernel, made of values handed in",
    "readings.heard_since": "asked by the machine before it asks anybody",
    "readings.hours_of": "asked by the clocks before they judge, on nobody's behalf",
    "readings.homes_columns": "columns for the kernel, made of rows handed in",
    "readings.homes_of": "columns for the kernel, made of rows handed in",
    "readings.last_weeks": "counts of half hours; asked for the homes of a list already allowed",
    "readings.manners": "asked by the machine before it asks anybody",
    "readings.may_ask_at": "asked by the machine before it asks anybody",
    "readings.messages_taken_in": "asked by rehearsals: was this message taken in",
    "readings.provider_keys": "asked by the HTTP door to check a signature",
    "readings.rows_without_a_day": "a count for whoever verifies",
    "readings.next_watched": "asked by the weekly round, on nobody's behalf",
    "readings.some_watched": "asked by the weekly round, on nobody's behalf",
    "readings.absences_of": "of homes whose past is heard; the callers narrow them",
    "readings.blind_week": "works out what was asked for with a reader",
    "readings.counted": "counts of hours; asked for homes that their reader may see",
    "readings.hour_at": "a moment made of a day handed in",
    "readings.settled": "homes of a study, narrowed by who asked for it",
    "readings.told_by": "asked by a study that a desk asked for; its answer is counts",
    "readings.why_quarantined": "counts by reason",
    "people.areas": "tier and area of homes, within the walls; names nobody",
    "register.coming_to": "rows narrowed by the actor handed in",
    "register.faults_of": "the command line's own import, told to who started it",
    "register.progress": "counts of rows, for the command line",
    "rounds.steps_since": "steps counted for people whose reader was let in",
    "alarms.reached_since": "asked by the clock of contacts, on nobody's behalf",
    "readings.answered_calls": "asked by the clock of contacts, on nobody's behalf",
    "rounds.actor_of_worker": "says how far a colleague reaches",
    "rounds.cadence_of": "how often a word is due at homes handed in; names nobody",
    "rounds.in_force": "how often a word is due, by tier",
    "rounds.teller": "says how far a colleague reaches",
    "rounds.worker_of": "a colleague, not a household",
    "rounds.hazards_in_force": "a part of a query that is narrowed to its reader",
    "rounds.hours_of": "the hours of one colleague; no household in the answer",
    "rounds.pack_of": "of the worker handed in: their own homes, through actor_of_worker",
    "rosters.*": "when colleagues work, not households",
    "rounds.course_of": "counts the words of a visit handed in",
    "rounds.visit_on_phone": "a worker's own visit, to the worker handed in",
    "staff.*": "colleagues, not households",
    "rounds.held": "a condition on rows that were narrowed to their reader",
    "rounds.worked": "rows of the log, for the books; the calling query hands out minutes and ids",
    "rounds.counted": "minutes and ids of the log, for the books; no household in the answer",
    "rounds.month_for": "a worker's hours; whoever calls has asked who may see the worker",
    "rounds.taken": "a count of places; no household in the answer",
    "rounds.told_minutes": "minutes of workers; no household in the answer",
    "rounds.minutes_by_day": "minutes of workers by day; no household in the answer",
    "rounds.week_minutes": "minutes of workers; no household in the answer",
    "rounds.meaning": "numbers of a district or the city, for who sets its cadence; names nobody",
    "rounds.person_of": "a row made of a home already in sight",
    "rounds.mark_of": "words made of a task already in sight",
}


# Tables about people: outside of their room the way to them is `people.queries.for_actor`.
ABOUT_PEOPLE = {
    node.name
    for file in sorted((ROOT / "care" / "people").glob("models*/**/*.py"))
    + sorted((ROOT / "care" / "people").glob("models.py"))
    for node in ast.parse(file.read_text()).body
    if isinstance(node, ast.ClassDef)
}


def _calls(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield ast.unparse(node.func), node.lineno


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nobody_sleeps_and_nobody_reads_a_clock_of_their_own(path: Path) -> None:
    calls = list(_calls(ast.parse(path.read_text())))
    assert not [line for name, line in calls if name == "time.sleep"]
    if str(path.relative_to(ROOT)) not in READS_THE_CLOCK:
        banned = {"time.time", "datetime.now", "datetime.utcnow", "date.today", "timezone.now"}
        assert not [(name, line) for name, line in calls if name in banned]


def test_the_list_of_clock_readers_is_not_longer_than_it_must_be() -> None:
    assert [name for name in READS_THE_CLOCK if not (ROOT / name).exists()] == []


def _of_the_own_room(tree: ast.AST) -> set[str]:
    """Return the names that a file has from its own room: 안부 기록 is a Contact too."""
    return {
        told.asname or told.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level and "people" not in (node.module or "")
        for told in node.names
    }


def _raw_looks(tree: ast.AST) -> Iterator[tuple[str, int]]:
    own = _of_the_own_room(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager"):
            name = ast.unparse(node.value).split(".")[-1]
            if name in ABOUT_PEOPLE - own:
                yield name, node.lineno


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_only_way_to_a_person_leads_through_who_asks_and_why(path: Path) -> None:
    if not path.relative_to(ROOT).is_relative_to("care/people"):
        assert list(_raw_looks(ast.parse(path.read_text()))) == []


def test_a_raw_look_at_a_person_would_be_seen() -> None:
    assert {"Household", "Person", "Contact", "Consent"} <= ABOUT_PEOPLE
    tree = ast.parse("Household.objects.get()\nmodels.Person.objects.all()\nAlarm.objects.all()")
    assert list(_raw_looks(tree)) == [("Household", 1), ("Person", 2)]
    own = ast.parse("from ..models import Contact\nContact.objects.all()")
    assert list(_raw_looks(own)) == []
    for way in ("anbu.care.people.models", "...people.models"):
        theirs = ast.parse(f"from {way} import Contact\nContact.objects.all()")
        assert list(_raw_looks(theirs)) == [("Contact", 2)]


def _queries() -> Iterator[tuple[str, ast.FunctionDef]]:
    for room in sorted((ROOT / "care").iterdir()):
        files = [room / "queries.py", *sorted((room / "queries").glob("*.py"))]
        for file in files:
            if file.exists():
                for node in ast.parse(file.read_text()).body:
                    if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                        yield f"{room.name}.{node.name}", node


def test_every_query_names_its_reader_or_says_why_not() -> None:
    names = dict(_queries())
    unnamed = {
        name
        for name, node in names.items()
        if not {"seen_by", "actor", "sight"}
        & {each.arg for each in (*node.args.args, *node.args.kwonlyargs)}
    }
    rooms = {name.removesuffix(".*") for name in NO_READER if name.endswith(".*")}
    unexplained = {name for name in unnamed if name.split(".")[0] not in rooms} - set(NO_READER)
    assert sorted(unexplained) == []


def test_no_reader_has_a_default() -> None:
    for name, node in _queries():
        for argument, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True):
            assert argument.arg != "seen_by" or default is None, name


def _forms() -> list[type[forms.BaseForm]]:
    for path in SOURCES:
        if "forms" in path.stem and "desks" in path.parts:
            importlib.import_module(".".join(path.relative_to(ROOT.parent).with_suffix("").parts))
    found, ahead = [], [forms.BaseForm]
    while ahead:
        for each in ahead.pop().__subclasses__():
            ahead.append(each)
            # The door's are the library's own and need an account; passwords are kept as hashes,
            # and for the login there is a test of its own: desks/entrance/test_door.py.
            if each.__module__.startswith("anbu.") and "entrance" not in each.__module__:
                found.append(each)
    return found


@pytest.mark.parametrize("form", _forms(), ids=lambda form: form.__qualname__)
def test_no_field_of_any_form_takes_a_resident_number_or_says_it_again(
    form: type[forms.BaseForm],
) -> None:
    number = "450101-2345678"
    for name, field in form.base_fields.items():
        if isinstance(field, forms.FileField):
            continue  # files are read cell by cell where they are opened
        asked = form({name: f"메모 {number}"})
        assert name in asked.errors, f"{form.__name__}.{name} took it"
        assert number not in str(asked.errors)
        assert number not in str(asked[name].value())
