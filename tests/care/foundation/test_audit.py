"""What was written down can be changed by nobody unseen, and every change is placed."""

import json
import random
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from anbu.care.foundation import actions, queries
from anbu.care.foundation.jobs import seal_traces
from anbu.care.foundation.models import Seal, Trace, Unsealed
from anbu.care.foundation.rules import Purpose, new_id
from anbu.care.foundation.rules.addresses import came_from
from anbu.care.foundation.rules.sealing import _plain, read_keys
from anbu.care.foundation.rules.traces import kind_of
from anbu.config.audit_keys import KeyFile

NOW = datetime(2026, 11, 21, 13, tzinfo=UTC)
TOOL = Path(__file__).resolve().parents[3] / "tools" / "verify_audit.py"
TAMPERINGS = 1000


@pytest.fixture
def keys(settings, tmp_path) -> KeyFile:
    """Return keys and an anchor of this test's own."""
    settings.AUDIT_KEYS = KeyFile(tmp_path / "keys", read_keys)
    settings.AUDIT_ANCHOR = tmp_path / "anchor"
    return settings.AUDIT_KEYS


def leave(many: int, *, at: datetime = NOW) -> None:
    """Leave so many traces, of all kinds."""
    for n in range(many):
        home = new_id()
        actions.record(
            by=f"staff:{n % 7}",
            verb=("open_incident", "list_alarms", "call", "see_door_note")[n % 4],
            at=at + timedelta(seconds=n),
            household=None if n % 4 == 1 else home,
            homes=[home, new_id()] if n % 4 == 1 else None,
            purpose=Purpose("signal", str(new_id())),
            view="now",
            count=n,
            share=n / 3,
            words={"이름": ["가", None, True, 1e-7, 5.0]},
        )


def seal_all(django_capture_on_commit_callbacks, *, at: datetime = NOW) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        while seal_traces(now=at):
            pass


@pytest.fixture
def sealed(db, keys, monkeypatch, django_capture_on_commit_callbacks) -> None:
    """Leave 60 traces under four seals, and 5 that no seal holds yet."""
    monkeypatch.setattr("anbu.care.foundation.actions.sealing.AT_ONCE", 15)
    leave(15)
    seal_all(django_capture_on_commit_callbacks)
    leave(45)
    seal_all(django_capture_on_commit_callbacks)
    leave(5)


def found() -> list[queries.Finding]:
    return list(queries.broken_chain())


def test_an_untouched_chain_is_whole(sealed):
    assert Seal.objects.count() == 4
    assert Unsealed.objects.count() == 5
    assert found() == []
    head = queries.chain_head(now=NOW + timedelta(minutes=1))
    assert (head.number, head.unsealed) == (4, 5)


def test_a_chain_that_grows_while_it_is_read_is_not_one_cut_short(
    sealed, django_capture_on_commit_callbacks
):
    first = Seal.objects.earliest("number").ids[0]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE foundation_trace DISABLE TRIGGER traces_last")
        cursor.execute("UPDATE foundation_trace SET verb = 'else' WHERE id = %s", [first])
        cursor.execute("ALTER TABLE foundation_trace ENABLE TRIGGER traces_last")
    reading = queries.broken_chain()
    assert next(reading).what == "edited"  # halfway through
    seal_all(django_capture_on_commit_callbacks)
    assert Seal.objects.count() == 5
    assert list(reading) == []


def test_a_trace_says_who_saw_whom_from_where_and_why(db, keys):
    home, alarm = new_id(), new_id()
    actions.source.set("10.1.2.3")
    try:
        actions.record(
            by="staff:1",
            verb="open_incident",
            at=NOW,
            household=home,
            purpose=Purpose("reason", "", "가족의 문의 전화"),
            alarm=str(alarm),
        )
    finally:
        actions.source.set("")
    trace = Trace.objects.get()
    assert (trace.kind, trace.source, trace.purpose) == ("read", "10.1.2.3", "reason")
    assert (trace.reason, trace.household) == ("가족의 문의 전화", home)
    assert trace.key_no == 1
    assert len(bytes(trace.mac)) == 32


@pytest.mark.parametrize(
    ("verb", "kind"),
    [
        ("open_incident", "read"),
        ("see_door_note", "read"),
        ("list_alarms", "list"),
        ("search_households", "list"),
        ("export_register", "export"),
        ("print_household", "print"),
        ("close", "write"),
    ],
)
def test_the_first_word_of_a_deed_tells_its_kind(verb, kind):
    assert kind_of(verb) == kind


def test_only_our_own_proxies_are_believed_about_an_address():
    assert came_from("10.0.0.9", "203.0.113.5", proxies=[]) == "10.0.0.9"
    assert came_from("10.0.0.9", "1.1.1.1, 203.0.113.5", proxies=["10.0.0.9"]) == "203.0.113.5"
    assert came_from("10.0.0.9", "<script>", proxies=["10.0.0.9"]) == ""


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), inner
        )
    ),
    max_leaves=8,
)


@given(value=JSON)
def test_a_value_is_spelled_alike_before_and_after_the_database(django_db_blocker, value):
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT %s::jsonb::text", [json.dumps(value)])
        back = json.loads(cursor.fetchone()[0])
    assert _plain(back) == _plain(value)


def test_a_new_key_signs_from_now_on_and_old_traces_still_verify(
    db, keys, django_capture_on_commit_callbacks
):
    leave(3)
    seal_all(django_capture_on_commit_callbacks)
    assert keys.rotate() == 2
    leave(3)
    seal_all(django_capture_on_commit_callbacks)
    assert set(Trace.objects.values_list("key_no", flat=True)) == {1, 2}
    assert found() == []
    assert keys.file.stat().st_mode & 0o777 == 0o400


def test_two_who_begin_at_once_make_one_key(tmp_path):
    first, second = (KeyFile(tmp_path / "keys", read_keys) for _ in range(2))
    assert first.read() == second.read()


def test_traces_from_before_there_were_keys_are_sealed_once_and_never_again(
    db, keys, django_capture_on_commit_callbacks
):
    old = "INSERT INTO foundation_trace (at, by, verb, detail) VALUES (now(), 'staff:1', 'x', '{}')"
    with connection.cursor() as cursor:
        cursor.execute(old)
    seal_all(django_capture_on_commit_callbacks)
    assert found() == []
    with connection.cursor() as cursor:
        cursor.execute(old)
    seal_all(django_capture_on_commit_callbacks)
    assert [each.what for each in found()] == ["forged"]


# --- a thousand tamperings -------------------------------------------------------------------


class Thief:
    """Somebody with every right in the database, and without the key."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.ids = list(Trace.objects.order_by("id").values_list("id", flat=True))
        self.seals = list(Seal.objects.order_by("number").values_list("number", flat=True))

    def run(self, sql: str, *values: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, list(values))

    def edit(self) -> set[tuple[str, int]]:
        id = self.dice.choice(self.ids)
        column, value = self.dice.choice(
            [
                ("by", "'staff:999'"),
                ("verb", "verb || '_'"),
                ("at", "at - interval '1 microsecond'"),
                ("household", "gen_random_uuid()"),
                ("detail", """detail || '{"count": -1}'"""),
                ("kind", "CASE kind WHEN 'write' THEN 'read' ELSE 'write' END"),
                ("source", "'127.0.0.9'"),
                ("purpose", "'visit:7'"),
                ("reason", "'because'"),
                ("homes", "ARRAY[gen_random_uuid()]"),
                ("uid", "gen_random_uuid()"),
                ("mac", "sha256(mac)"),
            ]
        )
        self.run(f"UPDATE foundation_trace SET {column} = {value} WHERE id = %s", id)
        return {("trace", id)}

    def delete(self) -> set[tuple[str, int]]:
        gone = self.dice.sample(self.ids, self.dice.randint(1, 3))
        self.run("DELETE FROM foundation_trace WHERE id = ANY(%s)", gone)
        return {("trace", id) for id in gone}

    def insert(self) -> set[tuple[str, int]]:
        like = self.dice.choice(self.ids)
        new = self.ids[-1] + 1 if self.dice.random() < 0.5 else -self.dice.randint(1, 9)
        columns = "at, by, verb, household, detail, kind, source, purpose, reason, homes, uid"
        self.run(
            f"INSERT INTO foundation_trace (id, {columns}, key_no, mac)"
            f" SELECT %s, {columns}, key_no, mac FROM foundation_trace WHERE id = %s",
            new,
            like,
        )
        self.run("DELETE FROM foundation_unsealed WHERE trace = %s", new)
        return {("trace", new)}

    def reorder(self) -> set[tuple[str, int]]:
        one, other = self.dice.sample(self.ids[:-5], 2)
        for id, to in ((one, -99), (other, one), (-99, other)):
            self.run("UPDATE foundation_trace SET id = %s WHERE id = %s", to, id)
        return {("trace", one), ("trace", other)}

    def truncate(self) -> set[tuple[str, int]]:
        first = self.dice.choice(self.seals)
        self.run(
            "DELETE FROM foundation_trace WHERE id IN"
            " (SELECT unnest(ids) FROM foundation_seal WHERE number >= %s)",
            first,
        )
        self.run("DELETE FROM foundation_seal WHERE number >= %s", first)
        return {("seal", first)}

    def take_out_a_seal(self) -> set[tuple[str, int]]:
        number = self.dice.choice(self.seals[:-1])
        self.run("DELETE FROM foundation_seal WHERE number = %s", number)
        return {("seal", number)}

    def recompute(self) -> set[tuple[str, int]]:
        """Edit a row and sign everything anew, with a key of one's own."""
        number = self.dice.choice(self.seals)
        seal = Seal.objects.get(number=number)
        place = self.dice.randrange(len(seal.ids))
        id = seal.ids[place]
        self.run("UPDATE foundation_trace SET by = 'staff:999' WHERE id = %s", id)
        self.run("UPDATE foundation_trace SET mac = sha256(mac) WHERE id = %s", id)
        self.run(
            "UPDATE foundation_seal SET marks = overlay(marks PLACING %s FROM %s),"
            " hash = sha256(marks || prev) WHERE number = %s",
            self.dice.randbytes(16),
            place * 16 + 1,
            number,
        )
        return {("trace", id), ("seal", number)}


DEEDS: list[Callable[[Thief], set[tuple[str, int]]]] = [
    Thief.edit,
    Thief.delete,
    Thief.insert,
    Thief.reorder,
    Thief.truncate,
    Thief.take_out_a_seal,
    Thief.recompute,
]


def test_a_thousand_tamperings_are_all_found_and_placed(sealed):
    with connection.cursor() as cursor:  # as the owner of the tables could
        cursor.execute("ALTER TABLE foundation_trace DISABLE TRIGGER traces_last")
        cursor.execute("ALTER TABLE foundation_seal DISABLE TRIGGER seals_last")
    placed = 0
    for n in range(TAMPERINGS):
        mark = transaction.savepoint_create()
        deed = DEEDS[n % len(DEEDS)]
        wanted = deed(Thief(n))
        seen = found()
        places = {("trace", f.trace) for f in seen if f.trace is not None}
        places |= {("seal", f.seal) for f in seen if f.seal is not None and f.trace is None}
        assert wanted <= places, (n, deed.__name__, wanted, seen)
        placed += 1
        transaction.savepoint_rollback(mark)
    assert placed == TAMPERINGS
    assert found() == []


def test_a_forged_anchor_and_a_lost_one_are_told(sealed):
    head: Path = django_settings.AUDIT_ANCHOR / "head"
    text = head.read_text()
    head.write_text(text.replace('number\\": 4', 'number\\": 3'))
    assert [each.what for each in found()] == ["anchor_head_edited"]
    head.unlink()
    assert [each.what for each in found()] == ["anchor_head_missing"]
    head.write_text(text)
    assert found() == []


@pytest.mark.django_db(transaction=True)
def test_the_stand_alone_tool_comes_to_the_same_findings(keys, monkeypatch):
    monkeypatch.setattr("anbu.care.foundation.actions.sealing.AT_ONCE", 15)
    leave(15)
    while seal_traces(now=NOW):
        pass
    leave(45)
    while seal_traces(now=NOW):
        pass
    leave(5)
    assert _tool(keys) == ["whole: 4 seals, nothing was changed"]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE foundation_trace DISABLE TRIGGER traces_last")
        cursor.execute("ALTER TABLE foundation_seal DISABLE TRIGGER seals_last")
    try:
        for n in range(2 * len(DEEDS)):
            _tamper_and_compare(keys, DEEDS[n % len(DEEDS)], seed=n)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE foundation_trace ENABLE TRIGGER traces_last")
            cursor.execute("ALTER TABLE foundation_seal ENABLE TRIGGER seals_last")


def _tamper_and_compare(keys: KeyFile, deed, *, seed: int) -> None:
    with connection.cursor() as cursor:
        for table in ("trace", "seal", "unsealed"):
            cursor.execute(f"CREATE TABLE kept_{table} AS TABLE foundation_{table}")
    deed(Thief(seed))
    told = sorted(_tool(keys))
    assert told == sorted(each.in_words() for each in found()), deed.__name__
    assert not told[0].startswith("whole")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM foundation_unsealed")
        for table in ("trace", "seal", "unsealed"):
            cursor.execute(f"DELETE FROM foundation_{table}")  # the list of the sealer: at last
            cursor.execute(f"INSERT INTO foundation_{table} SELECT * FROM kept_{table}")
            cursor.execute(f"DROP TABLE kept_{table}")


def _tool(keys: KeyFile) -> list[str]:
    db = connection.settings_dict
    url = f"host={db['HOST']} user={db['USER']} dbname={db['NAME']}"
    ran = subprocess.run(
        [sys.executable, str(TOOL), url, str(keys.file), str(django_settings.AUDIT_ANCHOR)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.stderr == ""
    assert (ran.returncode == 0) == ran.stdout.startswith("whole")
    return ran.stdout.splitlines()


def test_the_tool_shares_no_code_with_the_product():
    assert "anbu." not in TOOL.read_text().replace("Anbu", "")
    assert UUID  # the tool needs Python and psycopg, no more
