"""The people at home, where a machine's question reaches them: most answer, who fell does not."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from anbu.care.alarms import actions
from anbu.care.alarms.models import Alarm, Message
from anbu.lab.city import SEOUL, City, Habit
from anbu.lab.evaluate.ladder import ANSWERED, AWAY
from anbu.lab.noise import uniform

WITHIN = timedelta(minutes=25)  # a second attempt follows after half an hour
WORDS = "네, 잘 있어요"
QUESTIONS = (Alarm.Kind.WATCH, Alarm.Kind.RETURN)  # what a machine asks, and may end itself


class Residents:
    """Answers the texts of a simulated city; each text is answered or not, always the same.

    `kinds`: of which alarms. `sleep`: a text that comes in the night is read after waking.
    """

    def __init__(
        self,
        city: City,
        ids: Sequence[UUID],
        *,
        kinds: Collection[str] = QUESTIONS,
        sleep: bool = False,
    ) -> None:
        self._city, self._kinds, self._sleep = city, kinds, sleep
        self._home = dict(zip(ids, city.homes, strict=True))

    def work(self, now: datetime) -> None:
        """Answer what was sent and would have been answered by now."""
        reached = (Message.Status.SENT, Message.Status.DELIVERED)
        texts = Message.objects.filter(
            status__in=reached, contact=None, alarm__closed_at=None
        ).filter(alarm__kind__in=self._kinds)
        for text in texts.select_related("alarm").order_by("id"):
            if self._is_answered(text, now):
                actions.hear_answer(message_id=text.id, is_help=False, words=WORDS, now=now)

    def _is_answered(self, text: Message, now: datetime) -> bool:
        home = self._home[text.alarm.household_id]
        at = text.queued_at
        if home.falls_at is not None and at.timestamp() >= home.falls_at:
            return False
        chance, pause = (self._chance(text, stream, home.index) for stream in ("answer", "pause"))
        hours = (at - self._city.starts_at).total_seconds() / 3600
        is_away = any(spell.from_h <= hours <= spell.until_h for spell in home.spells)
        read_at = _awake(home.habit, at) if self._sleep else at
        return chance < ANSWERED * (AWAY if is_away else 1.0) and read_at + pause * WITHIN <= now

    def _chance(self, text: Message, stream: str, index: int) -> float:
        minute = int(text.queued_at.timestamp() // 60)
        return float(uniform(self._city.seed, stream, index, minute)[0])


def _awake(habit: Habit, at: datetime) -> datetime:
    """Return the first moment from this one on at which somebody of this habit is awake."""
    here = at.astimezone(SEOUL)
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    wakes = midnight + timedelta(hours=habit.wakes_h)
    if here < wakes:
        # somebody who goes to bed after midnight is still up in the first hours of a day
        return at if here < wakes - timedelta(days=1) + _up(habit) else wakes
    return at if here < wakes + _up(habit) else wakes + timedelta(days=1)


def _up(habit: Habit) -> timedelta:
    return timedelta(hours=(habit.sleeps_h - habit.wakes_h) % 24)
