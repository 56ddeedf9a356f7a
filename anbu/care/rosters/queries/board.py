"""The roster of one post for some weeks, as one person may see it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q

from anbu.care.places import queries as places
from anbu.care.places.models import Post
from anbu.care.places.rules import SEOUL
from anbu.care.staff.models import Staff

from ..models import Hole, Need, Rotation, Swap, Turn
from ..rules import (
    MOST_A_WEEK,
    OPEN_SWAPS,
    Part,
    Planned,
    SwapState,
    UnknownTurn,
    is_free,
    short_rests,
    week_hours,
    weeks_of,
)
from .cards import (
    Colleague,
    DayCell,
    HoleCard,
    RestCard,
    RosterPage,
    RotationCard,
    SwapCard,
    TurnCard,
)
from .needs import addressed, open_holes
from .sight import colleagues_of, may_keep, posts_seen
from .work import has_link


def roster_page(
    *,
    post: int | None,
    first: date,
    last: date,
    turn: UUID | None = None,
    seen_by: Staff,
    now: datetime,
) -> RosterPage:
    """Return the roster of a post (None: one's own, or the first) from a day to a day.

    Raises:
        UnknownTurn: there is no such post, or no such turn, for this reader.
    """
    seen = list(posts_seen(seen_by=seen_by))
    chair, weeks = _chair(seen, post, seen_by), weeks_of(first, last)
    rows = _turns(chair, weeks)
    asked = _asked(rows)
    cards = [_turn_card(row, asked, seen_by, now) for row in rows]
    mine = set(addressed(seen_by=seen_by).values_list("id", flat=True))
    holes = tuple(_hole_card(row, mine) for row in open_holes(chair.pk))
    chosen = _chosen(turn, chair, asked, seen_by, now)
    keeps = may_keep(post=chair.pk, seen_by=seen_by)
    mondays = tuple(week[1] for week in weeks)
    return RosterPage(
        post=chair.pk,
        post_name=chair.name,
        posts=tuple(places.PostCard(id=p.pk, kind=p.kind, name=p.name) for p in seen),
        may_keep=keeps,
        needs={need.part: need.people for need in Need.objects.filter(post=chair)},
        weeks=_weeks(weeks, (first, last), cards, holes, now),
        mondays=mondays,
        colleagues=_colleagues(colleagues_of(chair.pk), rows, mondays),
        rests=_rests(rows),
        holes=holes,
        rotations=_rotations(chair),
        swaps=_swaps(chair, keeps, seen_by),
        chosen=chosen,
        returns=_returns(chosen, chair, asked, seen_by, now),
        has_link=has_link(staff=seen_by),
    )


def _chair(seen: Sequence[Post], post: int | None, seen_by: Staff) -> Post:
    wanted = post or seen_by.post_id
    found = next((each for each in seen if each.pk == wanted), None)
    if found is None and post is None and seen:
        found = seen[0]
    if found is None:
        raise UnknownTurn(str(post))
    return found


def _turns(chair: Post, weeks: tuple[tuple[date, ...], ...]) -> list[Turn]:
    begins = datetime.combine(weeks[0][0] - timedelta(days=1), time(0), SEOUL)
    ends = datetime.combine(weeks[-1][-1] + timedelta(days=2), time(0), SEOUL)
    rows = Turn.objects.filter(
        post=chair, withdrawn_at=None, begins_at__lt=ends, ends_at__gt=begins
    )
    return list(rows.select_related("staff").order_by("begins_at", "part", "order", "id"))


def _asked(rows: Iterable[Turn]) -> set[UUID]:
    ids = [row.pk for row in rows]
    swaps = Swap.objects.filter(Q(gives__in=ids) | Q(takes__in=ids), state__in=OPEN_SWAPS)
    return {id for pair in swaps.values_list("gives", "takes") for id in pair if id}


def _turn_card(row: Turn, asked: set[UUID], seen_by: Staff, now: datetime) -> TurnCard:
    return TurnCard(
        id=row.pk,
        staff=row.staff_id,
        name=row.staff.name,
        begins_at=row.begins_at,
        ends_at=row.ends_at,
        part=row.part,
        order=row.order,
        source=row.source,
        is_mine=row.staff_id == seen_by.pk,
        is_over=row.ends_at <= now,
        has_begun=row.begins_at <= now,
        is_asked=row.pk in asked,
    )


def _hole_card(row: Hole, mine: set[UUID]) -> HoleCard:
    return HoleCard(
        id=row.pk,
        part=row.part,
        begins_at=row.begins_at,
        ends_at=row.ends_at,
        missing=row.missing,
        stair=row.stair,
        owner=row.owner.name,
        tell_at=row.tell_at,
        told=row.told,
        taken_by=row.taken_by.name if row.taken_by else "",
        may_take=row.pk in mine and row.taken_by is None,
    )


def _chosen(
    turn: UUID | None, chair: Post, asked: set[UUID], seen_by: Staff, now: datetime
) -> TurnCard | None:
    if turn is None:
        return None
    rows = Turn.objects.filter(post=chair, withdrawn_at=None, id=turn).select_related("staff")
    row = rows.first()
    return _turn_card(row, asked, seen_by, now) if row else None  # withdrawn meanwhile: no panel


def _returns(
    chosen: TurnCard | None, chair: Post, asked: set[UUID], seen_by: Staff, now: datetime
) -> tuple[TurnCard, ...]:
    if chosen is None or not chosen.is_mine:
        return ()
    rows = Turn.objects.filter(
        post=chair, withdrawn_at=None, begins_at__gt=now, begins_at__lt=now + timedelta(days=62)
    ).exclude(staff=seen_by)
    rows = rows.select_related("staff").order_by("begins_at", "id")[:200]
    return tuple(_turn_card(row, asked, seen_by, now) for row in rows if row.pk not in asked)


def _weeks(
    weeks: tuple[tuple[date, ...], ...],
    month: tuple[date, date],
    turns: Sequence[TurnCard],
    holes: Sequence[HoleCard],
    now: datetime,
) -> tuple[tuple[DayCell, ...], ...]:
    names = places.holiday_names(weeks[0][0], weeks[-1][-1], at=now)
    on_day: dict[date, list[TurnCard]] = defaultdict(list)
    empty: dict[date, list[HoleCard]] = defaultdict(list)
    for turn in turns:
        on_day[turn.begins_at.astimezone(SEOUL).date()].append(turn)
    for hole in holes:
        empty[hole.begins_at.astimezone(SEOUL).date()].append(hole)
    today = now.astimezone(SEOUL).date()
    return tuple(
        tuple(
            DayCell(
                on=day,
                is_within=month[0] <= day <= month[1],
                is_today=day == today,
                is_red=is_free(day, names),
                holiday=names.get(day, ""),
                turns=tuple(on_day[day]),
                holes=tuple(empty[day]),
            )
            for day in week
        )
        for week in weeks
    )


def _colleagues(
    people: Iterable[Staff], rows: Sequence[Turn], mondays: Sequence[date]
) -> tuple[Colleague, ...]:
    plans = _planned(rows)
    weeks = [week_hours(plans, monday=monday) for monday in mondays]
    found = []
    for person in people:
        worked = [week.get(person.pk, timedelta(0)) for week in weeks]
        found.append(
            Colleague(
                id=person.pk,
                name=person.name,
                hours=tuple(round(each / timedelta(hours=1), 1) for each in worked),
                is_too_much=tuple(each > MOST_A_WEEK for each in worked),
            )
        )
    return tuple(found)


def _rests(rows: Sequence[Turn]) -> tuple[RestCard, ...]:
    names = {row.staff_id: row.staff.name for row in rows}
    return tuple(
        RestCard(
            name=names[each.staff], ends_at=each.ends_at, begins_at=each.begins_at, rest=each.rest
        )
        for each in short_rests(_planned(rows))
    )


def _rotations(chair: Post) -> tuple[RotationCard, ...]:
    rows = Rotation.objects.filter(post=chair, ended_at=None).prefetch_related("members__staff")
    found = []
    for row in rows.order_by("name", "id"):
        teams: dict[int, list[str]] = defaultdict(list)
        for member in row.members.all():
            teams[member.team].append(member.staff.name)
        found.append(
            RotationCard(
                id=row.pk,
                name=row.name,
                pattern=row.pattern,
                starts_on=row.starts_on,
                teams=tuple(" ".join(teams[nth]) for nth in sorted(teams)),
            )
        )
    return tuple(found)


def _swaps(chair: Post, keeps: bool, seen_by: Staff) -> tuple[SwapCard, ...]:
    """Return the open swaps of a post: all for who keeps its roster, else one's own."""
    rows = Swap.objects.filter(gives__post=chair, state__in=OPEN_SWAPS)
    if not keeps:
        rows = rows.filter(Q(asked_by=seen_by) | Q(asked_of=seen_by))
    rows = rows.select_related("gives", "takes", "asked_by", "asked_of")
    return tuple(_swap_card(row, keeps, seen_by) for row in rows.order_by("asked_at", "id"))


def _swap_card(row: Swap, keeps: bool, seen_by: Staff) -> SwapCard:
    own = seen_by.pk in (row.asked_by_id, row.asked_of_id)
    is_asked = row.asked_of_id == seen_by.pk
    return SwapCard(
        id=row.pk,
        state=row.state,
        by_name=row.asked_by.name,
        of_name=row.asked_of.name,
        gives_at=row.gives.begins_at,
        gives_until=row.gives.ends_at,
        takes_at=row.takes.begins_at if row.takes else None,
        takes_until=row.takes.ends_at if row.takes else None,
        may_agree=is_asked and row.state == SwapState.ASKED,
        may_allow=keeps and not own and row.state == SwapState.AGREED,
        may_refuse=is_asked or (keeps and row.asked_by_id != seen_by.pk),
        may_withdraw=row.asked_by_id == seen_by.pk,
    )


def _planned(rows: Iterable[Turn]) -> list[Planned]:
    return [
        Planned(
            staff=row.staff_id,
            begins_at=row.begins_at,
            ends_at=row.ends_at,
            part=Part(row.part),
        )
        for row in rows
    ]
