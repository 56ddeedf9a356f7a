"""Bringing in a roster from a file: all of it, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from anbu.care.foundation.actions import record
from anbu.care.foundation.rules import Refused
from anbu.care.people.rules import BadInput
from anbu.care.places.models import Post
from anbu.care.staff.models import Staff

from ..models import Turn
from ..queries.sight import colleagues_of
from ..rules import (
    MOST_LINES,
    NotAllowed,
    Planned,
    Source,
    TypedTurn,
    clashes,
    columns_of,
    read_line,
)
from .holes import look
from .keeping import keep, lock, planned


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with one line, and where it stands in the file."""

    line: int
    why: Refused


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a file would put on the roster; with a single fault nothing of it."""

    lines: tuple[tuple[int, TypedTurn, str], ...]  # number, turn, name
    faults: tuple[Fault, ...]


@transaction.atomic
def preview_lines(
    *,
    post: int,
    header: Sequence[str],
    lines: Sequence[tuple[int, Sequence[str]]],
    by: Staff,
    now: datetime,
) -> Preview:
    """Return what these lines would put on a post's roster, and what is wrong with them.

    Raises:
        BadInput: a column is missing, or there are too many lines.
    """
    return _read(keep(post=post, by=by), header, lines, now)


@transaction.atomic
def bring_in(
    *,
    post: int,
    header: Sequence[str],
    lines: Sequence[tuple[int, Sequence[str]]],
    by: Staff,
    now: datetime,
) -> int:
    """Put these lines on a post's roster and return how many they are.

    Raises:
        NotAllowed: something is wrong with one of them, and nothing was brought in.
    """
    chair = keep(post=post, by=by)
    found = _read(chair, header, lines, now)
    if found.faults:
        raise NotAllowed("고칠 줄이 있어 아무것도 넣지 않았습니다.")
    return _write(chair, found, by=by.actor, now=now)


@transaction.atomic
def load_roster(
    *,
    post: int,
    header: Sequence[str],
    lines: Sequence[tuple[int, Sequence[str]]],
    by: str,
    now: datetime,
) -> Preview:
    """Put a file on a post's roster from the command line; with a single fault nothing of it."""
    chair = lock(post)
    found = _read(chair, header, lines, now)
    if not found.faults:
        _write(chair, found, by=by, now=now)
    return found


def _write(chair: Post, found: Preview, *, by: str, now: datetime) -> int:
    who = {each.login: each.pk for each in colleagues_of(chair.pk)}
    Turn.objects.bulk_create(
        Turn(
            post=chair,
            staff_id=who[turn.login],
            begins_at=turn.begins_at,
            ends_at=turn.ends_at,
            part=turn.part,
            order=turn.order,
            source=Source.IMPORT,
            made_at=now,
            changed_at=now,
        )
        for _, turn, _ in found.lines
    )
    look(chair, now=now)
    record(by=by, verb="bring_in_roster", at=now, post=chair.pk, turns=len(found.lines))
    return len(found.lines)


def _read(
    chair: Post, header: Sequence[str], lines: Sequence[tuple[int, Sequence[str]]], now: datetime
) -> Preview:
    columns = columns_of(header)
    if len(lines) > MOST_LINES:
        raise BadInput("한 번에 %(most)d줄까지 넣을 수 있습니다.", most=MOST_LINES)
    people = {each.login: each for each in colleagues_of(chair.pk)}
    read: list[tuple[int, TypedTurn, str]] = []
    faults: list[Fault] = []
    for number, cells in lines:
        told = {name: cells[nth] for name, nth in columns.items() if nth < len(cells)}
        try:
            turn = read_line(told, now=now)
            if turn.login not in people:
                raise BadInput("이 자리에서 일하는 분의 아이디가 아닙니다.")
        except BadInput as why:
            faults.append(Fault(line=number, why=why))
            continue
        read.append((number, turn, people[turn.login].name))
    faults += _bound_twice(read, {login: each.pk for login, each in people.items()})
    return Preview(lines=tuple(read), faults=tuple(sorted(faults, key=lambda each: each.line)))


def _bound_twice(read: Sequence[tuple[int, TypedTurn, str]], who: dict[str, int]) -> list[Fault]:
    """Return the lines that would bind somebody twice, among themselves or beside what stands."""
    if not read:
        return []
    plans = [
        (
            number,
            Planned(staff=who[turn.login], begins_at=turn.begins_at, ends_at=turn.ends_at),
        )
        for number, turn, _ in read
    ]
    standing = Turn.objects.filter(
        staff__in={plan.staff for _, plan in plans},
        withdrawn_at=None,
        begins_at__lt=max(plan.ends_at for _, plan in plans),
        ends_at__gt=min(plan.begins_at for _, plan in plans),
    )
    pairs = clashes([*planned(standing), *(plan for _, plan in plans)])
    bound = {id(plan) for pair in pairs for plan in pair}
    why = NotAllowed("그 시간에 이미 근무표에 있는 분입니다.")
    return [Fault(line=number, why=why) for number, plan in plans if id(plan) in bound]
