"""Every code of the care floor has a word here, and every word has an English twin."""

import ast
import gettext
import re
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

from django.conf import settings

from anbu.care.alarms import queries, rules
from anbu.care.rounds import rules as rounds_rules
from anbu.desks.control_room import timeline_words, words
from anbu.desks.field import words as field_desk

LOCALE = Path(settings.LOCALE_PATHS[0])
DESK = Path(words.__file__).parent


def test_every_code_has_a_word():
    assert set(words.OUTCOMES) == {str(code) for code in rules.Outcome}
    assert {str(code) for code in rules.Result} <= set(words.RESULTS)
    assert set(rules.DOES) <= set(words.AFTER) & set(words.IF_NOT) & set(words.STEPS)
    assert set(words.LEVELS) == {int(level) for level in rules.Level}
    assert set(words.VIEWS) == set(queries.VIEWS)
    assert set(words.OUTCOME_GROUPS) == set(rules.OUTCOME_GROUPS)


def test_every_code_of_the_door_has_a_word_on_both_desks():
    assert set(words.AGENTS) == {str(code) for code in rules.AgentKind}
    assert set(words.JOB_STATES) == {str(code) for code in rules.JobState}
    assert set(words.FINDINGS) == {str(code) for code in rules.Finding}
    assert set(words.FINDINGS) == {code for code, _ in field_desk.FINDINGS}
    assert tuple(words.SIGNS) == tuple(field_desk.SIGNS) == rules.SIGNS
    assert set(words.SEEN) == {code for code, _ in field_desk.SEEN} == {str(s) for s in rules.Seen}
    assert set(words.GROUNDS) == set(rules.ENTRY_GROUNDS)
    assert set(words.ENTRY_EVIDENCE) == set(rules.ENTRY_EVIDENCE)


def test_a_van_stands_only_where_somebody_is_on_the_way():
    moved = {str(state) for state in rules.State} - {"raised", "closed"}
    assert set(timeline_words.STATE_ICONS) == moved
    entry = SimpleNamespace(kind="state", detail={"to": "calling"}, by="문가람")
    assert timeline_words.line(entry, now=datetime(2026, 11, 24, tzinfo=UTC)).icon == "phone"


def test_the_compiled_english_is_that_of_the_readable_file():
    catalog = gettext.translation("django", LOCALE, ["en"])
    pairs = re.findall(
        r'^msgid "(.+)"\nmsgstr "(.+)"$', (LOCALE / "en/LC_MESSAGES/django.po").read_text(), re.M
    )
    assert len(pairs) > 250
    unquoted = [(a.replace('\\"', '"'), b.replace('\\"', '"')) for a, b in pairs]
    assert [b for _, b in unquoted] == [catalog.gettext(a) for a, _ in unquoted]


def test_every_word_of_a_template_has_an_english_twin():
    catalog = gettext.translation("django", LOCALE, ["en"])
    asked = [
        word
        for desk in (DESK, Path(field_desk.__file__).parent)
        for page in desk.rglob("*.html")
        for word in re.findall(r'\{% trans "([^"]+)"', page.read_text())
    ]
    assert [word for word in asked if catalog.gettext(word) == word and word != "119·112"] == []


def test_every_refusal_of_the_rounds_has_an_english_twin():
    catalog = gettext.translation("django", LOCALE, ["en"])
    rounds = Path(rounds_rules.__file__).parent.parent
    calls = [
        call
        for file in rounds.rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant)
    ]
    told = [
        str(call.args[0].value)
        for call in calls
        if getattr(call.func, "attr", getattr(call.func, "id", "")) in ("NotAllowed", "__init__")
    ]
    assert len(told) > 90
    assert [words for words in told if catalog.gettext(words) == words] == []
