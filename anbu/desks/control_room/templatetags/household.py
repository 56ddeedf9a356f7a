"""What the templates of a household's page need: its pictures and its words."""

from datetime import timedelta
from itertools import groupby
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from anbu.care.foundation.queries import now

from .. import household_svg, household_words, icons, reasons, strip_svg, strip_words

register = template.Library()

STRIP_WIDTH = 1514


@register.simple_tag
def wide_strip(glance: Any) -> SafeString:
    """Return the strip as wide as the page."""
    return mark_safe(strip_svg.draw_full(glance.strip, glance.people, width=STRIP_WIDTH))


@register.simple_tag
def wide_table(glance: Any) -> list[tuple[str, list[str]]]:
    """Return the strip as rows of a table."""
    return strip_words.table(glance.strip) if glance.strip else []


@register.simple_tag
def days_picture(glance: Any) -> SafeString:
    """Return two weeks or a year as a picture."""
    days = glance.days
    if len(days) > 31:
        return mark_safe(household_svg.year(days))
    return mark_safe(household_svg.actogram(days, now=now()))


@register.simple_tag
def days_table(glance: Any) -> list[tuple[str, str]]:
    """Return the days as rows of a table, the newest first."""
    return household_svg.day_rows(glance.days)


@register.simple_tag
def usual_day(learned: Any) -> SafeString:
    """Return the usual day as a picture."""
    return mark_safe(household_svg.usual_day(learned.weekday, learned.weekend))


@register.simple_tag
def rings_picture(found: Any) -> SafeString:
    """Return when two rules would have rung."""
    return mark_safe(household_svg.rings(found))


@register.simple_tag
def state_line(head: Any) -> str:
    """Return how this home is at the moment, in one or two sentences."""
    return household_words.state_line(head, now=now())


@register.simple_tag
def week_rows(glance: Any) -> list[tuple[str, tuple[Any, ...], str]]:
    """Return the week a day at a time: its name, its 24 hours, and the same in words."""
    return [
        (household_words.weekday(nth), hours, household_words.hours_said(hours))
        for nth in range(7)
        if (hours := glance.week[24 * nth : 24 * nth + 24])
    ]


@register.filter
def runs(hours: tuple[Any, ...]) -> list[tuple[int, int, str]]:
    """Return equal neighbours as one: first hour, number of hours, who watches."""
    found, at = [], 0
    for who, some in groupby(hours):
        width = len(list(some))
        found.append((at, width, str(who)))
        at += width
    return found


@register.filter
def because(code: str) -> str:
    """Return why nobody watches."""
    return str(household_words.UNWATCHED.get(code, code))


@register.filter
def look(entry: Any) -> str:
    """Return what somebody did or saw, in words."""
    return household_words.look(entry)


@register.filter
def looker(entry: Any) -> str:
    """Return who looked: a person, or which machine."""
    return household_words.looker(entry)


@register.filter
def lag(span: timedelta) -> str:
    """Return how late a feed is when all is well, or nothing."""
    return household_words.lag(span)


@register.filter
def channel(card: Any) -> str:
    """Return a channel's name in the reader's language."""
    return strip_words.channel_label(card.channel, card.label)


@register.filter
def machine(row: tuple[str, str, float]) -> str:
    """Return a channel and the step that its machines make."""
    return household_words.machine(row)


@register.filter
def due(moment: Any) -> str:
    """Return a deadline with its day: today, tomorrow, or the date."""
    return household_words.due(moment, now=now())


@register.filter
def device_icon(card: Any) -> SafeString:
    """Return the little drawing of a channel."""
    return mark_safe(icons.draw(household_words.lane_icon(card.channel)))


@register.simple_tag
def person_line(head: Any) -> str:
    """Return age, sex, tier and where: 72세 남 · 고위험 · 은천동 …."""
    return household_words.person_line(head)


@register.filter
def silence(ring: Any) -> str:
    """Return how long it had been silent when a rule rang."""
    return strip_words.length(ring.silent)


@register.filter
def plain(number: Any) -> str:
    """Return a number as an input field wants it: a point, no zeros behind it."""
    try:
        return f"{float(number):g}"
    except (TypeError, ValueError):
        return str(number)


@register.filter
def known_word(text: str) -> str:
    """Return a word that we ourselves stored in Korean, in the reader's language."""
    return household_words.known_word(text)


@register.filter
def ago(seconds: float) -> str:
    """Return how old something is."""
    return strip_words.ago(seconds)


@register.simple_tag
def neighbour_line(row: Any) -> str:
    """Return age, sex and tier of a household in a list."""
    return household_words.neighbour_line(row)


@register.filter
def count(many: Any) -> int:
    """Return how many there are; `length` is the length of a time on this desk."""
    return len(many)


@register.filter
def why_line(why: Any) -> str:
    """Return one reason why a home is hard to reach."""
    return str(reasons.refusal(why))
