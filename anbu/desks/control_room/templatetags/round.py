"""What the templates of the round need: its words, and bars."""

from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .. import round_words

register = template.Library()


@register.filter
def round_label(code: Any, table: str) -> str:
    """Return the word for a code from one of the tables of round_words.py."""
    return str(getattr(round_words, table).get(str(code), code))


@register.filter
def told_as(told: str, field: str) -> str:
    """Return a told value in words."""
    return round_words.value(field, told)


@register.filter
def hours(minutes: int) -> str:
    """Return minutes as hours and minutes: 12:05."""
    return f"{minutes // 60}:{minutes % 60:02d}"


@register.filter
def whole(amount: float) -> int:
    """Return an amount without its fraction, rounded."""
    return round(amount)


@register.filter
def won(amount: int) -> str:
    """Return an amount with a comma at each thousand."""
    return f"{amount:,}"


@register.simple_tag
def load_bar(part: int, whole: int) -> SafeString:
    """Return a bar as long as its share of the whole; what is beyond it is marked."""
    share = min(100.0, 100 * part / whole) if whole else 0.0
    over = " over" if part > whole else ""
    return format_html(
        '<svg class="ab-bar rd-bar{}" viewBox="0 0 100 4" preserveAspectRatio="none"'
        ' aria-hidden="true"><rect width="{}" height="4"/></svg>',
        over,
        f"{share:.1f}",
    )


@register.simple_tag
def cover_bar(shares: Any) -> SafeString:
    """Return the parts of a round side by side, each as wide as its share."""
    parts, at = [], 0.0
    for name, _n, share in shares:
        parts.append((name, f"{at:.2f}", f"{share:.2f}"))
        at += share
    drawn = format_html_join("", '<rect class="rd-{}" x="{}" width="{}" height="4"/>', parts)
    return format_html(
        '<svg class="rd-cover" viewBox="0 0 100 4" preserveAspectRatio="none"'
        ' aria-hidden="true">{}</svg>',
        drawn,
    )


@register.simple_tag
def bins(spread: Any) -> list[tuple[str, int, int]]:
    """Return a histogram as words, counts, and how long the bar is, of a hundred."""
    most = max(spread.bins) or 1
    return [
        (str(name), n, 100 * n // most)
        for name, n in zip(round_words.BINS, spread.bins, strict=True)
    ]


@register.filter
def get(of: Any, key: Any) -> Any:
    """Return what a mapping holds under a key."""
    return of.get(key, "")


@register.filter
def cut_words(told: str) -> list[str]:
    """Return the words of a text."""
    return told.split()
