"""What an invariant is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Invariant:
    """`sql` finds the rows that break it; `%(now)s` is the moment of asking."""

    name: str
    sql: str
