"""Stages of life, and who may read which note about health."""

# Korean law: youth 19-34 by the Framework Act, up to 39 in Seoul's own programmes; old from 65.
YOUNG_UNTIL, OLD_FROM = 39, 65

# Which roles read a note of which audience. 신호에 응하는 사람 · 동주민센터 · 방문간호사
READS_NOTES: dict[str, frozenset[str]] = {
    "responders": frozenset({"operator", "supervisor", "planner", "nurse", "case_manager"}),
    "dong": frozenset({"planner", "nurse"}),
    "nurse": frozenset({"nurse"}),
}


def life_stage(birth_year: int, year: int) -> str:
    """Return 청년 (young), 중장년 (middle) or 노년 (old) by the year alone."""
    age = year - birth_year
    return "young" if age <= YOUNG_UNTIL else "old" if age >= OLD_FROM else "middle"


def audiences_of(role: str) -> frozenset[str]:
    """Return which notes about health this role may read."""
    return frozenset(audience for audience, roles in READS_NOTES.items() if role in roles)
