"""One day's round: who is called or visited by whom. A planner sees it, may change it, and sees
what the change costs.

The walk: who is due is put in order (`in_order`); each is given to the face they know, or to who
has most time left (`plan_day`); what could not be placed is named with its reason. Nothing is
hidden: who is past the bound stands in the plan or in `left`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from .cadence import days_past

# A member's year is 528 h, 1,658 calls and 308 visits (domain.md 3). Two go to each visit: with 8
# minutes a call and 30 each at and before a door it adds up; how it parts between them is ours.
CALL_MIN = 8  # with trying twice and the log
VISIT_MIN = 22  # each of the pair
NOTE_MIN = 6
WALK_MIN = 8  # between two doors of one dong, until the route is drawn
# The known face is kept until it has so much less of the day left than the others of the dong.
FACE_WORTH = 0.35


class Way(StrEnum):
    """By what somebody is to be reached today."""

    CALL = "call"
    VISIT = "visit"
    NOTE = "note"  # who refuses: a note, a bag at the door, a neighbour


class Left(StrEnum):
    """Why somebody who is due is in nobody's plan."""

    NO_WORKER = "no_worker"  # nobody of the dong works today
    NO_MINUTES = "no_minutes"  # they do, and their hours are full
    NO_PAIR = "no_pair"  # no two who may visit have time together
    NO_CONSENT = "no_consent"  # did not agree to the care corps
    AWAY = "away"  # 부재
    BY_HAND = "by_hand"  # a planner has taken them out of this day


class Because(StrEnum):
    """Why somebody stands where they stand; said on the card."""

    BOUND = "bound"  # past the bound, or it is over tomorrow
    PROMISE = "promise"  # 약속
    HANDED = "handed"  # the control room or an outage list asked for it
    RISK = "risk"  # high risk, and due
    DUE = "due"
    VISIT = "visit"  # a visit is due


PRESSING = (Because.BOUND, Because.PROMISE, Because.HANDED)  # another dong is asked for these
_RANK = {reason: n for n, reason in enumerate(Because)}
_TIER = {"high": 0, "mid": 1, "low": 2}


@dataclass(frozen=True, kw_only=True)
class Worker:
    """Who works today, for how long, and behind which doors."""

    id: int
    dong: int
    minutes: int  # left of today, of the week and of the month, whichever is least
    may_visit: bool  # trained and screened, both in date
    partner: int | None = None  # with whom this worker visits
    never: frozenset[UUID] = frozenset()  # own relatives, the own address


@dataclass(frozen=True, kw_only=True)
class Due:
    """One person of today's round."""

    home: UUID
    dong: int
    tier: str
    way: Way
    due: date
    bound: date
    usual: int | None = None  # the face they know
    promise: int | None = None  # minute of the day
    hour: int = 10  # at which they answer best
    handed: bool = False
    consents: bool = True
    away: bool = False
    visit_due: bool = False  # only a visit will do: the word is not due, or there is no telephone
    had: int | None = None  # in whose day they stand already: a plan made anew moves few
    avoid: int | None = None  # who refuses is tried by another voice
    off: bool = False  # a planner has taken them out of this day


@dataclass(frozen=True, kw_only=True)
class Task:
    """One home in one worker's day."""

    home: UUID
    worker: int
    partner: int | None
    way: Way
    because: Because
    minutes: int
    at: int | None  # minute of the day, where one was promised
    hour: int
    is_stranger: bool  # not the face they know


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A day: what was placed, and who was not, with the reason."""

    day: date
    tasks: tuple[Task, ...]
    left: Mapping[UUID, Left]
    past: Mapping[UUID, int]  # days past the bound: in the plan or left, they are named

    def of(self, worker: int) -> tuple[Task, ...]:
        """Return the tasks in which this worker takes part, in the order of the day."""
        mine = [task for task in self.tasks if worker in (task.worker, task.partner)]
        return tuple(sorted(mine, key=day_order))


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a plan costs; the difference of two is what a change costs."""

    minutes: int
    strangers: int  # homes that hear a voice they do not know
    left: int  # due, and in nobody's plan
    past: int  # of them, past the bound

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(
            minutes=self.minutes - other.minutes,
            strangers=self.strangers - other.strangers,
            left=self.left - other.left,
            past=self.past - other.past,
        )


def day_order(task: Task) -> tuple[int, int, str]:
    """Return where a task stands in a day: what was promised at its time, all else at its hour."""
    begins = task.at if task.at is not None else task.hour * 60
    rank = _RANK[task.because] if task.because in PRESSING else len(Because)
    return begins, rank, str(task.home)


def because_of(due: Due, today: date, next_day: date | None = None) -> Because:
    """Return the gravest reason for which this person is in today's round.

    Args:
        next_day: of the next round; before a holiday it is not tomorrow.
    """
    if due.bound <= (next_day or today + timedelta(days=1)):
        return Because.BOUND
    if due.handed:
        return Because.HANDED
    if due.promise is not None:
        return Because.PROMISE
    if due.visit_due:
        return Because.VISIT
    return Because.RISK if due.tier == "high" else Because.DUE


def in_order(people: Iterable[Due], today: date, next_day: date | None = None) -> list[Due]:
    """Return who is placed first: reason, risk, days since it was due; the same each time."""
    return sorted(
        people,
        key=lambda one: (
            _RANK[because_of(one, today, next_day)],
            _TIER[one.tier],
            one.bound,
            one.due,
            str(one.home),
        ),
    )


def plan_day(
    workers: Collection[Worker],
    people: Iterable[Due],
    *,
    today: date,
    next_day: date | None = None,
    neighbours: Mapping[int, Sequence[int]] | None = None,
    fixed: Collection[Task] = (),
) -> Plan:
    """Give everybody who is due to somebody, as far as the hours reach.

    Args:
        workers: who works today.
        people: who is due; who is away or has not agreed is left, with that reason.
        next_day: of the next round; tomorrow unless told.
        neighbours: {dong: dongs of the district to be asked next}: only for who cannot wait.
        fixed: tasks a planner has set; they are kept, and count.
    """
    team = _Team(workers, neighbours or {})
    for task in fixed:
        team.charge(task)
    set_already = {task.home for task in fixed}
    tasks, left, past = list(fixed), {}, {}
    for due in in_order(people, today, next_day):
        if late := days_past(due.bound, today):
            past[due.home] = late
        if due.home in set_already:
            continue
        if reason := _cannot(due):
            left[due.home] = reason
            continue
        placed = team.place(due, because_of(due, today, next_day))
        if isinstance(placed, Left):
            left[due.home] = placed
        else:
            tasks.append(placed)
    return Plan(day=today, tasks=tuple(tasks), left=left, past=past)


def cost(plan: Plan) -> Cost:
    """Return what this plan costs."""
    return Cost(
        minutes=sum(task.minutes * (2 if task.partner else 1) for task in plan.tasks),
        strangers=sum(task.is_stranger for task in plan.tasks),
        left=len(plan.left),
        past=sum(home in plan.past for home in plan.left),
    )


def loads(plan: Plan) -> dict[int, int]:
    """Return the minutes of each worker who has any."""
    found: dict[int, int] = {}
    for task in plan.tasks:
        for worker in filter(None, (task.worker, task.partner)):
            found[worker] = found.get(worker, 0) + task.minutes
    return found


def _cannot(due: Due) -> Left | None:
    if not due.consents:
        return Left.NO_CONSENT
    if due.off:
        return Left.BY_HAND
    return Left.AWAY if due.away else None


@dataclass
class _Team:
    """Who has how much of the day left, by dong."""

    workers: Collection[Worker]
    neighbours: Mapping[int, Sequence[int]]
    left: dict[int, int] = field(default_factory=dict)
    by_id: dict[int, Worker] = field(default_factory=dict)
    by_dong: dict[int, list[Worker]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for worker in sorted(self.workers, key=lambda one: one.id):
            self.left[worker.id] = worker.minutes
            self.by_id[worker.id] = worker
            self.by_dong.setdefault(worker.dong, []).append(worker)

    def charge(self, task: Task) -> None:
        for worker in filter(None, (task.worker, task.partner)):
            if worker in self.left:
                self.left[worker] -= task.minutes

    def place(self, due: Due, because: Because) -> Task | Left:
        """Return the task this becomes, or why it becomes none."""
        dongs = [due.dong]
        if because in PRESSING:
            dongs += self.neighbours.get(due.dong, ())
        reason = Left.NO_WORKER
        for dong in dongs:
            team = [one for one in self.by_dong.get(dong, ()) if due.home not in one.never]
            if not team:
                continue
            team = [one for one in team if one.id != due.avoid] or team
            found = self._in(team, due, because)
            if isinstance(found, Task):
                return found
            reason = found
        return reason

    def _in(self, team: Sequence[Worker], due: Due, because: Because) -> Task | Left:
        if due.way == Way.VISIT:
            found = self._pair(team, due, because)
            # A word in time is worth more than a visit that nobody can make today.
            if isinstance(found, Task) or due.visit_due:
                return found
            return self._alone(team, due, because, Way.CALL, CALL_MIN) or found
        takes = NOTE_MIN + WALK_MIN if due.way == Way.NOTE else CALL_MIN
        return self._alone(team, due, because, due.way, takes) or Left.NO_MINUTES

    def _alone(
        self, team: Sequence[Worker], due: Due, because: Because, way: Way, takes: int
    ) -> Task | None:
        able = [one for one in team if self.left[one.id] >= takes]
        if not able:
            return None
        most = max(able, key=lambda one: (self.left[one.id], -one.id))
        for wanted in (due.usual, due.had):
            known = next((one for one in able if one.id == wanted), None)
            if known is not None and self._share(most) - self._share(known) <= FACE_WORTH:
                return self._task(due, because, way, takes, known, None)
        return self._task(due, because, way, takes, most, None)

    def _pair(self, team: Sequence[Worker], due: Due, because: Because) -> Task | Left:
        takes = VISIT_MIN + WALK_MIN
        pairs = [
            (one, other)
            for one in team
            if one.may_visit and self.left[one.id] >= takes
            for other in [self.by_id.get(one.partner) if one.partner is not None else None]
            if other is not None
            and other.may_visit
            and other.id != one.id
            and self.left[other.id] >= takes
            and due.home not in other.never
        ]
        if not pairs:
            return Left.NO_PAIR

        def worth(pair: tuple[Worker, Worker]) -> tuple[bool, bool, int, int]:
            knows = due.usual in (pair[0].id, pair[1].id)
            least = min(self.left[pair[0].id], self.left[pair[1].id])
            return knows, due.had == pair[0].id, least, -pair[0].id

        one, other = max(pairs, key=worth)
        return self._task(due, because, Way.VISIT, takes, one, other)

    def _share(self, worker: Worker) -> float:
        return self.left[worker.id] / worker.minutes if worker.minutes else 0.0

    def _task(
        self,
        due: Due,
        because: Because,
        way: Way,
        takes: int,
        worker: Worker,
        partner: Worker | None,
    ) -> Task:
        task = Task(
            home=due.home,
            worker=worker.id,
            partner=partner.id if partner else None,
            way=way,
            because=because,
            minutes=takes,
            at=due.promise,
            hour=due.hour,
            is_stranger=due.usual is not None
            and due.usual not in (worker.id, partner.id if partner else None),
        )
        self.charge(task)
        return task
