"""What the templates of the control room need: icons, strips, clocks, words."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from anbu.care.alarms.rules import Share
from anbu.care.foundation.queries import now
from anbu.care.people import queries as people
from anbu.care.staff import queries as staff
from anbu.care.staff.rules import KNOWS_HOMES
from anbu.channels.telephony import plain_number

from .. import icons, row_html, strip_svg, strip_words, timeline_words, words

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return one of our icons; the word beside it carries the meaning."""
    return mark_safe(icons.draw(icons.ICONS[name]))


@register.filter
def tel(number: str) -> str:
    """Return the address that a telephone on this machine dials; "" where there is no number."""
    wanted = plain_number(number)
    return f"tel:{wanted}" if wanted else ""


@register.simple_tag(takes_context=True)
def extension(context: Context) -> str:
    """Return which telephone of ours an exchange rings for this reader; "" where none can."""
    if not settings.TELEPHONY_URL:
        return ""
    return staff.extension_of(staff=context["user"])


@register.simple_tag
def strip_full(row: Any) -> SafeString:
    """Return the large strip of the incident page."""
    return mark_safe(strip_svg.draw_full(row.strip, row.people))


@register.simple_tag
def strip_table(row: Any) -> list[tuple[str, list[str]]]:
    """Return the strip as rows of a table."""
    return strip_words.table(row.strip) if row.strip else []


@register.filter
def strip_sentence(row: Any) -> str:
    """Return the strip in words."""
    return strip_words.sentence(row.strip)


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """Return the theme chosen at the start of the shift."""
    return "night" if context["request"].COOKIES.get("anbu-theme") == "night" else "day"


@register.simple_tag
def server_clock() -> SafeString:
    """Return the attributes from which the browser's clock starts to tick."""
    return format_html('data-now="{}" data-speed="{}"', f"{now().timestamp():.3f}", pace())


@register.simple_tag
def pace() -> str:
    """Return how many times faster than real the shown time runs."""
    return f"{settings.CLOCK.speed:g}"


@register.simple_tag
def rehearsing() -> bool:
    """Say whether people and numbers on the screen are invented."""
    return bool(settings.REHEARSAL)


@register.simple_tag
def clock_now() -> str:
    """Return the time of day with seconds."""
    return f"{localtime(now()):%H:%M:%S}"


@register.simple_tag
def needs() -> list[tuple[int, str, str]]:
    """Return what a person may need, each with the digit that picks it."""
    return [(nth, code, str(word)) for nth, (code, word) in enumerate(words.NEEDS.items(), start=1)]


@register.simple_tag(takes_context=True)
def broken_glass(context: Context) -> tuple[Any, ...]:
    """Return whose glass the reader has broken and may still look through. One query at most."""
    request = context.get("request")
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.role not in KNOWS_HOMES:
        return ()
    return people.broken_glass(seen_by=user, now=now())


@register.simple_tag
def row_strip(row: Any) -> SafeString:
    """Return the small strip of a row."""
    return mark_safe(strip_svg.draw_row(row.strip, row.people))


@register.filter
def at(moment: datetime) -> str:
    """Return a time of day, with the day when it is not today's."""
    return strip_words.clock(moment, beside=now())


@register.filter
def parsed(text: str) -> datetime:
    """Return a moment as a signal's facts keep it."""
    return datetime.fromisoformat(text)


@register.filter
def epoch(moment: datetime) -> str:
    """Return a moment as seconds since 1970, for the browser's clock."""
    return f"{moment.timestamp():.3f}"


@register.filter
def left(due: datetime) -> str:
    """Return the time left until `due`: 04:12, 3:05:00, or +00:12 when it has passed."""
    return row_html.left(due, now())


@register.filter
def since(moment: datetime) -> str:
    """Return how long ago something was."""
    return strip_words.ago(max(0.0, (now() - moment).total_seconds()))


@register.filter
def how_long(span: timedelta) -> str:
    """Return a length of time in words."""
    return strip_words.length(span)


@register.filter
def span(length: timedelta | None) -> str:
    """Return a length of time in words, or a dash where nothing was measured."""
    if length is None:
        return "–"
    if length < timedelta(minutes=2):
        return _("%(n)d초") % {"n": length.total_seconds()}
    return strip_words.length(length)


@register.filter
def share(part: Share) -> str:
    """Return a share with its interval and how many there were: 82 % (75–88), 96 / 117."""
    if part.percent is None or part.interval is None:
        return "–"
    low, high = part.interval
    return f"{part.percent:.1f} % ({low:.1f}–{high:.1f}) · {part.k:,} / {part.n:,}"


@register.filter
def label(code: Any, table: str) -> str:
    """Return the word for a code from one of the tables of words.py."""
    return str(getattr(words, table).get(code, code))


@register.filter
def channel_label(name: str) -> str:
    """Return what a channel of the kernel is called."""
    return strip_words.channel_label(name, name)


@register.filter
def next_step(row: Any) -> str:
    """Return the next step in words."""
    return words.next_step(row)


@register.filter
def owner(row: Any) -> str:
    """Return who holds the alarm."""
    return words.owner(row)


@register.filter
def outcome(code: str) -> str:
    """Return an outcome with its group."""
    return words.outcome_with_group(code)


@register.filter
def age(row: Any) -> str:
    """Return age and sex: 81세 여."""
    return words.age(row)


@register.filter
def why(row: Any) -> str:
    """Return why the alarm rose, in the reader's language."""
    return words.reason(row, now=now())


@register.simple_tag(takes_context=True)
def queue_rows(context: Context, rows: Any) -> SafeString:
    """Return the rows of the queue."""
    return mark_safe(row_html.rows(rows, post=row_html.post_of(context["user"]), now=now()))


@register.simple_tag
def line(entry: Any) -> timeline_words.Line:
    """Return a timeline entry in words."""
    return timeline_words.line(entry, now=now())


@register.filter
def reason_lead(reason: str) -> str:
    """Return the first sentence of a reason."""
    return reason.partition(". ")[0] + ("." if ". " in reason else "")


@register.filter
def reason_rest(reason: str) -> str:
    """Return what follows the first sentence of a reason."""
    return reason.partition(". ")[2]


@register.simple_tag
def results(row: Any) -> tuple[tuple[str, str], ...]:
    """Return the answers a call can bring, with their digits."""
    return words.RESULT_KEYS.get(row.next_to, words.RESULT_KEYS["contact"])


@register.simple_tag
def outcome_groups(row: Any) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the outcomes in their groups, those of a worker only where one is in danger."""
    return words.outcome_groups(row)


@register.simple_tag
def facts(preview: Any) -> list[tuple[str, str]]:
    """Return the figures behind the alarm."""
    return words.facts(preview, now=now())


@register.filter
def pair(one: Any, other: Any) -> tuple[Any, Any]:
    """Return two things as a pair, to be shown side by side."""
    return one, other
