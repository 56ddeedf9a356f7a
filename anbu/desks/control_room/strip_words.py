"""The life-sign strip in words: for the screen reader, the tooltip, the table and the bracket."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from anbu.care.readings.queries import Lane, Strip


LANES = {
    "power_w": lazy("전력"),
    "energy_wh": lazy("전력량"),
    "lux": lazy("조도"),
    "motion": lazy("움직임"),
    "door": lazy("문"),
    "contact": lazy("열림"),
    "calls": lazy("통화"),
    "sms": lazy("문자"),
    "data_kb": lazy("통신"),
    "steps": lazy("걸음"),
    "screen": lazy("화면 켬"),
    "checkin": lazy("안부 응답"),
    "presence": lazy("말소리"),
}


def lane_label(lane: Lane) -> str:
    """Return the lane's name in the reader's language."""
    return channel_label(lane.name, lane.label)


def channel_label(name: str, otherwise: str) -> str:
    """Return a channel's name in the reader's language."""
    return str(LANES.get(name, otherwise))


def length(span: timedelta) -> str:
    """Return a length of time as people say it: 9시간 12분, 3일 4시간."""
    minutes = max(0, int(span.total_seconds() // 60))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = []
    if days:
        parts.append(ngettext("%(n)d일", "%(n)d일", days) % {"n": days})
    if hours:
        parts.append(_("%(n)d시간") % {"n": hours})
    if minutes and not days or not parts:
        parts.append(_("%(n)d분") % {"n": minutes})
    return " ".join(parts)


def ago(seconds: float) -> str:
    """Return how old something is, short enough for a lane label."""
    if seconds < 60:
        return _("%(n)d초 전") % {"n": seconds}
    if seconds < 3600:
        return _("%(n)d분 전") % {"n": seconds // 60}
    if seconds < 86400:
        return _("%(n)d시간 전") % {"n": seconds // 3600}
    return _("%(n)d일 전") % {"n": seconds // 86400}


def clock(at: datetime, *, beside: datetime) -> str:
    """Return the time of day; with the day of the month when it is not the day of `beside`."""
    here, there = localtime(at), localtime(beside)
    if here.date() == there.date():
        return f"{here:%H:%M}"
    return _("%(day)d일 %(time)s") % {"day": here.day, "time": f"{here:%H:%M}"}


def sentence(strip: Strip | None) -> str:
    """Return what the strip shows, in one or more plain sentences."""
    if strip is None or not strip.lanes:
        return _("최근 72시간: 자료가 없어 볼 수 없음.")
    said = [_("최근 72시간: %(last)s.") % {"last": _last_sign(strip)}]
    if strip.silent_from is not None:
        said.append(bracket(strip) + ".")
    for lane in strip.lanes:
        if is_blind_at(lane, minutes_to_now(strip)):
            since = strip.start + timedelta(minutes=lane.blind[-1][0])
            said.append(
                _("%(lane)s 신호는 %(since)s부터 볼 수 없음.")
                % {"lane": lane_label(lane), "since": clock(since, beside=strip.now)}
            )
    if not strip.rhythm:
        said.append(_("평소 모습을 아직 모름."))
    return " ".join(said)


def bracket(strip: Strip) -> str:
    """Return the words over the silence: how long, and how much of it is usually awake."""
    if strip.silent_from is None:
        return ""
    silence = _("조용함 %(length)s") % {"length": length(strip.now - strip.silent_from)}
    if not strip.rhythm:
        return silence
    awake = _("평소라면 깨어 있을 %(n)d시간 포함") % {"n": round(strip.missing_hours)}
    return f"{silence} · {awake}"


def table(strip: Strip) -> list[tuple[str, list[str]]]:
    """Return the strip as a table: each lane with the hours in which there was a sign."""
    return [(lane_label(lane), _hours(strip, lane)) for lane in strip.lanes]


def minutes_to_now(strip: Strip) -> float:
    """Return where "now" stands on the strip, in minutes from its start."""
    return (strip.now - strip.start).total_seconds() / 60


def is_blind_at(lane: Lane, minute: float) -> bool:
    """Say whether this lane could not be seen at that minute."""
    return any(first <= minute <= last + 1 for first, last in lane.blind)


def _last_sign(strip: Strip) -> str:
    newest = max(
        ((lane.marks[-1][0], lane) for lane in strip.lanes if lane.marks),
        key=lambda pair: pair[0],
        default=None,
    )
    if newest is None:
        return _("신호 없음")
    at = clock(strip.start + timedelta(minutes=newest[0]), beside=strip.now)
    return _("마지막 신호 %(at)s %(lane)s") % {"at": at, "lane": lane_label(newest[1])}


def _hours(strip: Strip, lane: Lane) -> list[str]:
    hours = sorted({int(offset // 60) for offset, _strength in lane.marks})
    if not hours:
        return [_("신호 없음")]
    starts = [hours[0]] + [b for a, b in pairwise(hours) if b != a + 1]
    ends = [a for a, b in pairwise(hours) if b != a + 1] + [hours[-1]]
    return [_span(strip, a, b) for a, b in zip(starts, ends, strict=True)]


def _span(strip: Strip, first: int, last: int) -> str:
    start = localtime(strip.start + timedelta(hours=first))
    end = localtime(strip.start + timedelta(hours=last + 1))
    day = _("%(day)d일") % {"day": start.day}
    return f"{day} {start:%H:%M}–{end:%H:%M}"
