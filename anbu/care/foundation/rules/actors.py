"""Who acts, how far they reach, and what for. Nobody reads about a person without all three."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

KindOfReach = Literal[
    "nobody", "self", "homes", "post", "dong", "district", "city", "machine"
]  # post: the homes whose signals this duty post, or somebody of it, answers for at the moment
KindOfPurpose = Literal[
    "signal",
    "visit",
    "case",
    "call",
    "reason",
    "break_glass",
    "review",
    "list",
    "machine",
    "citizen",
]
KINDS_OF_PURPOSE: tuple[KindOfPurpose, ...] = get_args(KindOfPurpose)
# What counts as a task: somebody was sent there, so no reason has to be typed.
TASKS: frozenset[KindOfPurpose] = frozenset({"signal", "visit", "case", "call"})


@dataclass(frozen=True)
class Reach:
    """Whose homes an actor may know of: a kind, and the ids that say which."""

    kind: KindOfReach
    ids: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return it as the database's walls read it: `dong:17,18`."""
        return f"{self.kind}:{','.join(self.ids)}" if self.ids else self.kind

    @classmethod
    def of(cls, kind: KindOfReach, ids: Iterable[object] = ()) -> "Reach":
        """Return a reach of these ids; one that needs ids and has none reaches nobody."""
        named = tuple(sorted({str(each) for each in ids if each is not None}))
        needs_ids = kind in ("self", "homes", "post", "dong", "district")
        return cls("nobody") if needs_ids and not named else cls(kind, named)


NOBODY = Reach("nobody")


@dataclass(frozen=True)
class Actor:
    """Who does something, as the traces call them: staff:12, citizen:…, system:clock."""

    name: str
    role: str
    reach: Reach
    staff: int | None = None

    @property
    def is_machine(self) -> bool:
        """Return whether no person sits behind this deed."""
        return self.reach.kind == "machine"


def machine(name: str) -> Actor:
    """Return one of our own machines: the clock, the ingest, a command."""
    return Actor(name=f"system:{name}", role="machine", reach=Reach("machine"))


@dataclass(frozen=True)
class Purpose:
    """What somebody looks for: the kind, the task's id, and the reason where one was typed."""

    kind: KindOfPurpose
    ref: str = ""
    text: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS_OF_PURPOSE:
            raise ValueError(f"{self.kind}: no such purpose")

    @property
    def is_task(self) -> bool:
        """Return whether somebody was given this to do."""
        return self.kind in TASKS

    def __str__(self) -> str:
        """Return it as it stands in a trace: `signal:0193…`."""
        return f"{self.kind}:{self.ref}" if self.ref else self.kind
