"""What the pages of a look back are drawn with."""

from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime

from .. import look_back_said, look_back_svg

register = template.Library()


@register.simple_tag
def look_back_picture(page: Any) -> SafeString:
    """Draw what each source knew."""
    return mark_safe(look_back_svg.picture(page))  # noqa: S308  # every word in it is escaped


@register.simple_tag
def look_back_hours(page: Any) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """Return each hour in which something was known: when, and lane by lane what."""
    names = {lane.key: look_back_said.lane(lane) for lane in page.lanes}
    found: dict[int, list[tuple[str, list[str]]]] = {}
    for cell in page.cells:
        found.setdefault(cell.nth, []).append((names[cell.lane], look_back_said.cell(cell)))
    return [(_hour(page, nth), told) for nth, told in sorted(found.items())]


def _hour(page: Any, nth: int) -> str:
    at = localtime(page.window.since + nth * look_back_svg.HOUR)
    return f"{at:%m-%d %H}–{(at.hour + 1):02d}"
