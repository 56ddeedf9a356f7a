"""One row of the queue as HTML, written in Python: a page has two hundred of them, and a template
takes ten times as long over each. Whatever comes from outside goes through `escape`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from . import icons, reasons, strip_svg, strip_words, words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from anbu.care.alarms.queries import Row

NOBODY = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class Said:
    """The words that rows share, looked up once for each language."""

    levels: dict[int, str]
    after: dict[str, str]
    done: str
    comes_back: str
    to_the_dong: str
    unseen: str
    returned: str
    worker: str
    address: str
    language: str
    is_korean: bool


def row(row: Row, *, post: str, now: datetime) -> str:
    """Return the row; `post` is the reader's own, which need not be named."""
    return _whole(row, _said(get_language()), post, now)


def _whole(row: Row, said: Said, post: str, now: datetime) -> str:
    closed = f'data-closed="{_epoch(row.closed_at)}" ' if row.closed_at else ""
    return (
        f'<li class="q lv{row.level}" id="row-{row.id}" data-id="{row.id}" data-v="{row.version}" '
        f'data-level="{row.level}" data-due="{_epoch(row.due_at)}" '
        f'data-raised="{_epoch(row.raised_at)}" {closed}'
        f'data-near="{escape(row.dong)}" '
        f"{'data-owned' if row.owner_name else ''}>"
        f'<div class="st">{_ended(row, said, now) if row.closed_at else _urgent(row, said, now)}'
        f"</div>{_who(row, said, now)}{_strip(row)}"
        f'<div class="do">{_outcome(row) if row.closed_at else _next(row, said, post)}</div></li>\n'
    )


def rows(found: Iterable[Row], *, post: str, now: datetime) -> str:
    """Return these rows."""
    said = _said(get_language())
    return "".join(_whole(each, said, post, now) for each in found)


def strips(found: Iterable[Row]) -> str:
    """Return the strips alone, for rows that came without them."""
    return "".join(f'<div class="sp" data-of="{each.id}">{_drawn(each)}</div>' for each in found)


@lru_cache(maxsize=8)
def _said(language: str | None) -> Said:
    return Said(
        levels={level: _state(level, str(name)) for level, name in words.LEVELS.items()},
        after={do: escape(str(text)) for do, text in words.AFTER.items()},
        done=f'<span class="ab-state safe">{_icon("safe")}{_("끝남")}</span>',
        comes_back=escape(_("뒤 돌아옴")),
        to_the_dong=escape(_("뒤 동 주민센터로")),
        unseen=f'<span class="ab-chip">{_icon("unseen")}{escape(_("볼 수 없음"))}</span>',
        returned=escape(_("신호 돌아옴")),
        worker=f'<span class="ab-chip">{_icon("people")}{escape(_("돌봄단원"))}</span>',
        address=reverse("control_room:incident", args=[NOBODY]),
        language=language or "",
        is_korean=reasons.is_korean(),
    )


def _state(level: int, name: str) -> str:
    return f'<span class="ab-state lv{level}">{_icon(f"lv{level}")}{escape(name)}</span>'


def _icon(name: str) -> str:
    return icons.draw(icons.ICONS[name])


def _ended(row: Row, said: Said, now: datetime) -> str:
    at = strip_words.clock(row.closed_at, beside=now) if row.closed_at else ""
    return f'{said.done}<div class="left num"><b>{escape(at)}</b></div>'


def _urgent(row: Row, said: Said, now: datetime) -> str:
    until, what = row.shelved_until or row.due_at, said.after[row.after_do]
    if row.shelved_until:
        what = said.comes_back
    elif row.waits_for == "morning":
        what = said.to_the_dong
    return (
        f'{said.levels[row.level]}<div class="left num"><b data-due="{_epoch(until)}">'
        f"{left(until, now)}</b><span>{what}</span></div>"
        '<svg class="ab-bar" viewBox="0 0 100 5" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="{_gone(row, now):.0f}" height="5" rx="2" '
        f'data-from="{_epoch(row.rung_started_at)}" data-to="{_epoch(row.due_at)}"/></svg>'
    )


def _who(row: Row, said: Said, now: datetime) -> str:
    age = _age(said.language, row.age, row.sex)
    why = row.reason if said.is_korean else words.reason(row, now=now)
    chips = "".join(f'<span class="ab-chip">{escape(chip)}</span>' for chip in row.chips)
    return (
        f'<div class="who"><div class="row"><a class="nm" href="{_address(row.id, said)}" '
        f'data-pick>{escape(row.name)}</a><span class="t2">{age}</span>'
        f"{said.worker if row.workers else ''}{said.unseen if row.blind_now else ''}{chips}"
        f'<span class="t3 xs cut">{escape(row.place)}</span></div>'
        f'<p class="why">{escape(why)}</p></div>'
    )


def _address(alarm: UUID, said: Said) -> str:
    return said.address.replace(NOBODY, str(alarm))


def _strip(row: Row) -> str:
    if row.strip_later:
        return '<div class="sp" data-later></div>'
    return f'<div class="sp">{_drawn(row)}</div>'


def _drawn(row: Row) -> str:
    return strip_svg.draw_row(row.strip, row.people)


def _outcome(row: Row) -> str:
    outcome = escape(words.outcome_with_group(row.outcome))
    return f'<p class="b">{outcome}</p><p class="xs t2">{escape(row.closed_by)}</p>'


def _next(row: Row, said: Said, post: str) -> str:
    who = _owner(said.language, row.owner_is_me, row.owner_name)
    if row.owner_post and row.owner_post != post:
        who += f" · {escape(row.owner_post)}"
    if row.sign_returned_at:
        who += f" · {said.returned}"
    elif row.tries:
        who += f" · {_calls(said.language, row.tries)}"
    shade = "t2" if row.owner_name else "t3"
    step = _next_step(said.language, row.next_do, row.tries)
    return f'<p class="b">{step}</p><p class="xs {shade}">{who}</p>'


# The same few words in row after row, looked up once for each language: `language` is a key only.


@lru_cache(maxsize=2_000)
def _age(language: str, years: int, sex: str) -> str:
    return escape(words.age_of(years, sex))


@lru_cache(maxsize=2_000)
def _owner(language: str, is_me: bool, name: str | None) -> str:
    return escape(words.owner_of(is_me, name))


@lru_cache(maxsize=500)
def _calls(language: str, tries: int) -> str:
    return escape(_("전화 %(n)s번") % {"n": tries})


@lru_cache(maxsize=500)
def _next_step(language: str, do: str, tries: int) -> str:
    return escape(words.step_of(do, tries))


def left(due: datetime, now: datetime) -> str:
    """Return the time left until `due`: 04:12, 3:05:00, or +00:12 when it has passed."""
    seconds = int((due - now).total_seconds())
    sign, seconds = ("+" if seconds < 0 else ""), abs(seconds)
    if seconds < 6000:
        return f"{sign}{seconds // 60:02d}:{seconds % 60:02d}"
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _gone(row: Any, now: datetime) -> float:
    """Return how much of the rung's time has gone, in per cent."""
    whole = (row.due_at - row.rung_started_at).total_seconds()
    gone = (now - row.rung_started_at).total_seconds()
    return 100 * min(max(gone / whole, 0), 1) if whole > 0 else 100


def _epoch(moment: datetime | None) -> str:
    return f"{moment.timestamp():.3f}" if moment else ""


def post_of(reader: Any) -> str:
    """Return the name of the reader's own duty post, or nothing."""
    return reader.post.name if reader.post else ""
