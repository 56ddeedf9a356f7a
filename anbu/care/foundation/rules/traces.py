"""What kind of deed a verb is: told by its first word, so that nobody has to say it twice."""

from typing import Literal

Kind = Literal["read", "list", "export", "print", "write"]

KIND_OF_FIRST_WORD: dict[str, Kind] = {
    "see": "read",
    "open": "read",
    "look": "read",
    "list": "list",
    "search": "list",
    "export": "export",
    "print": "print",
}


def kind_of(verb: str) -> Kind:
    """Return whether this verb reads one, lists several, hands out, prints, or changes."""
    return KIND_OF_FIRST_WORD.get(verb.split("_")[0], "write")
