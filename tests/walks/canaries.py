"""Canaries: what a person is called and where they live, looked for where it must never stand.

Pages show people to those who may see them; nothing else may: no log of ours, no metric, no
address (which stays in histories and in the logs of others), no cache.
"""

import urllib.request
from pathlib import Path
from urllib.parse import unquote

from django.core.cache import caches
from django.db import connection

KNOWN_OF_PEOPLE = """
SELECT name FROM people_person UNION SELECT phone FROM people_person
UNION SELECT name FROM people_contact UNION SELECT phone FROM people_contact
UNION SELECT address FROM people_household UNION SELECT door_note FROM people_household
"""
SHORTEST = 3  # a word of two letters stands in other words


def canaries() -> frozenset[str]:
    """Return everything this evening's people are called by, in every spelling of an address."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN_OF_PEOPLE)
        return frozenset(word for (word,) in cursor.fetchall() if word and len(word) >= SHORTEST)


def found_in(text: str, words: frozenset[str]) -> list[str]:
    """Return which of the words stand in a text, written out or as in an address."""
    plain = unquote(text)
    return sorted(word for word in words if word in plain)


def cached() -> str:
    """Return what the shared cache holds, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM staff_cache")
        keys = [key for (key,) in cursor.fetchall()]
        cache = caches["default"]
        return repr([(key, cache.get(key.split(":", 2)[-1])) for key in keys])


def leaks(url: str, log: Path, addresses: list[str]) -> dict[str, list[str]]:
    """Return where a person stands who must not, after a walk."""
    words = canaries()
    assert words, "an evening without people proves nothing"
    with urllib.request.urlopen(f"{url}/metrics", timeout=5) as answer:
        metrics = answer.read().decode()
    places = {
        "log": log.read_text(),
        "metrics": metrics,
        "addresses": "\n".join(addresses),
        "cache": cached(),
    }
    found = {name: found_in(text, words) for name, text in places.items()}
    return {name: those for name, those in found.items() if those}
