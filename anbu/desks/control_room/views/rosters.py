"""근무표: who works when, where nobody does, and what people do about it."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anbu.care.foundation.queries import now
from anbu.care.foundation.rules import NotHere
from anbu.care.register.rules import MOST_BYTES, Sheet, read
from anbu.care.rosters import actions, queries
from anbu.care.rosters.rules import USUAL, month_of

from ...asking import AskForm
from .. import reasons, roster_forms
from ..roster_words import PARTS
from .deeds import WRONG, attempt, faults_of
from .entry import reader
from .imports import TOO_LARGE

WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Which roster somebody looks at, and which days of it."""

    post: int | None
    first: date
    last: date
    is_week: bool
    turn: UUID | None

    @property
    def steps(self) -> tuple[str, str]:
        """Return where one step back and one step on lead."""
        day = timedelta(days=1)
        return self._of(self.first - day), self._of(self.last + day)

    @property
    def query(self) -> str:
        """Return the same place as an address."""
        return self._of(self.first)

    @property
    def month(self) -> str:
        """Return the month of these days as an address."""
        return self._told("month", f"{self.last:%Y-%m}")

    @property
    def week(self) -> str:
        """Return the first week of these days as an address."""
        return self._told("week", self.first.isoformat())

    @property
    def hidden(self) -> tuple[tuple[str, str], ...]:
        """Return what a form carries along, so that one comes back to the same days."""
        return tuple((f"at_{name}", value) for name, value in parse_qsl(self.query))

    def _of(self, day: date) -> str:
        if self.is_week:
            return self._told("week", day.isoformat())
        return self._told("month", f"{day:%Y-%m}")

    def _told(self, name: str, value: str) -> str:
        post = {"post": str(self.post)} if self.post else {}
        return urlencode(post | {name: value})


@login_required
@require_GET
def roster(request: HttpRequest) -> HttpResponse:
    """Show a month or a week of one post."""
    return _page(request)


@login_required
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Put a colleague on the roster."""
    return _do(request, roster_forms.TurnForm, actions.add_turn)


@login_required
@require_POST
def need(request: HttpRequest) -> HttpResponse:
    """Say how many people the post needs."""
    return _do(request, roster_forms.NeedForm, actions.set_need)


@login_required
@require_POST
def change(request: HttpRequest, turn: UUID) -> HttpResponse:
    """Change when somebody works."""
    return _do(request, roster_forms.WhenForm, actions.change_turn, turn=turn)


@login_required
@require_POST
def withdraw(request: HttpRequest, turn: UUID) -> HttpResponse:
    """Take somebody off the roster."""
    return _do(request, AskForm, actions.withdraw_turn, turn=turn)


@login_required
@require_POST
def swap(request: HttpRequest, turn: UUID) -> HttpResponse:
    """Ask a colleague to work one's own turn."""
    form = roster_forms.SwapForm(request.POST)
    if not form.is_valid():
        return _page(request, faults=faults_of(form), status=WRONG)
    told = form.cleaned_data["partner"]
    return _then(request, lambda by, at: actions.ask_swap(gives=turn, **told, by=by, now=at))


@login_required
@require_POST
def agree(request: HttpRequest, swap: UUID) -> HttpResponse:
    """Say yes to a colleague."""
    return _do(request, AskForm, actions.agree_swap, swap=swap)


@login_required
@require_POST
def allow(request: HttpRequest, swap: UUID) -> HttpResponse:
    """Allow what two colleagues agreed on."""
    return _do(request, AskForm, actions.allow_swap, swap=swap)


@login_required
@require_POST
def refuse(request: HttpRequest, swap: UUID) -> HttpResponse:
    """Do not swap."""
    return _do(request, AskForm, actions.refuse_swap, swap=swap)


@login_required
@require_POST
def take_back(request: HttpRequest, swap: UUID) -> HttpResponse:
    """Take back what one asked for."""
    return _do(request, AskForm, actions.withdraw_swap, swap=swap)


@login_required
@require_POST
def take_hole(request: HttpRequest, hole: UUID) -> HttpResponse:
    """Take on that somebody comes."""
    return _do(request, AskForm, actions.take_hole, hole=hole)


@login_required
@require_POST
def make_rotation(request: HttpRequest) -> HttpResponse:
    """Write down a rotation."""
    return _do(request, roster_forms.RotationForm, actions.make_rotation)


@login_required
@require_POST
def lay(request: HttpRequest, rotation: UUID) -> HttpResponse:
    """Lay out a month by a rotation, and say what came of it."""
    form = roster_forms.MonthForm(request.POST)
    if not form.is_valid():
        return _page(request, faults=faults_of(form), status=WRONG)
    told = {**form.cleaned_data, "rotation": rotation, "by": reader(request), "now": now()}
    laid: list[actions.Laid] = []
    faults, status = attempt(lambda: laid.append(actions.lay_rotation(**told)))
    return _page(request, faults=faults, status=status, laid=laid[0] if laid else None)


@login_required
@require_POST
def end_rotation(request: HttpRequest, rotation: UUID) -> HttpResponse:
    """Lay nothing out by it any more."""
    return _do(request, AskForm, actions.end_rotation, rotation=rotation)


@login_required
@require_POST
def link(request: HttpRequest) -> HttpResponse:
    """Give one's own calendar a new address, and show it this once."""
    form = AskForm(request.POST)
    if not form.is_valid():
        return _page(request, faults=faults_of(form), status=WRONG)
    secret = actions.renew_link(by=reader(request), now=now())
    address = request.build_absolute_uri(reverse("control_room:calendar", args=[secret]))
    return _page(request, address=address)


@login_required
@require_POST
def end_link(request: HttpRequest) -> HttpResponse:
    """Let the address of one's own calendar lead nowhere."""
    return _do(request, AskForm, actions.end_link)


@require_GET
def calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """Return somebody's own turns; who has the address is let in, for calendars cannot sign in."""
    try:
        body = actions.read_calendar(secret=secret, now=now())
    except NotHere as gone:
        raise Http404 from gone
    return HttpResponse(body, content_type="text/calendar; charset=utf-8")


@login_required
@require_http_methods(["GET", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """Show what a file would put on the roster; nothing is brought in by it."""
    if request.method == "GET":
        return _file_page(request, {})
    form = roster_forms.RosterFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _file_page(request, {"faults": faults_of(form)}, status=WRONG)
    return _look_at(request, form.cleaned_data["post"], form.cleaned_data["file"])


@login_required
@require_POST
def bring_in(request: HttpRequest) -> HttpResponse:
    """Put on the roster what was shown."""
    form = roster_forms.BringForm(request.POST)
    if not form.is_valid():
        return _file_page(request, {"faults": faults_of(form)}, status=WRONG)
    post, body = form.cleaned_data["post"], form.cleaned_data["text"].encode()
    told = {"post": post, "by": reader(request), "now": now()}
    faults, status = attempt(lambda: actions.bring_in(**told, **_lines(read(body))))
    if faults:
        return _file_page(request, {"faults": faults}, status=status)
    return redirect(f"{reverse('control_room:roster')}?post={post}")


def _look_at(request: HttpRequest, post: int, file: Any) -> HttpResponse:
    found: dict[str, Any] = {"post": post}

    def look() -> None:
        if file.size > MOST_BYTES:
            raise TOO_LARGE
        sheet = read(file.read())
        told = {"post": post, "by": reader(request), "now": now()}
        found["preview"] = actions.preview_lines(**told, **_lines(sheet))
        found["text"] = _text(sheet)

    faults, status = attempt(look)
    told_wrong = found["preview"].faults if "preview" in found else ()
    wrong = [(each.line, reasons.refusal(each.why)) for each in told_wrong]
    context = found | {"faults": faults, "wrong": wrong}
    return _file_page(request, context, status=WRONG if wrong else status)


def _lines(sheet: Sheet) -> dict[str, Any]:
    return {
        "header": sheet.header,
        "lines": [(line.number, line.cells) for line in sheet.lines],
    }


def _text(sheet: Sheet) -> str:
    """Return a file's cells as text, to be sent again by whoever has seen them."""
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(sheet.header)
    write.writerows(line.cells for line in sheet.lines)
    return out.getvalue()


def _file_page(request: HttpRequest, told: dict[str, Any], *, status: int = 200) -> HttpResponse:
    place = _place(request)
    day = localtime(now()).date()
    asked: dict[str, Any] = {"post": told.get("post") or place.post, "first": day, "last": day}
    page = _found(lambda: queries.roster_page(**asked, seen_by=reader(request), now=now()))
    context = {"page": page, "place": place, **told}
    return render(request, "control_room/roster/import.html", context, status=status)


def _do(
    request: HttpRequest, kind: type[AskForm], deed: Callable[..., object], **what: Any
) -> HttpResponse:
    form = kind(request.POST)
    if not form.is_valid():
        return _page(request, faults=faults_of(form), status=WRONG)
    told = form.cleaned_data
    return _then(request, lambda by, at: deed(**what, **told, by=by, now=at))


def _then(request: HttpRequest, deed: Callable[[Any, Any], object]) -> HttpResponse:
    """Do it and go back to the same days; or say on them why not."""
    by, at = reader(request), now()
    faults, status = attempt(lambda: deed(by, at))
    if faults:
        return _page(request, faults=faults, status=status)
    return redirect(f"{reverse('control_room:roster')}?{_place(request).query}")


def _page(
    request: HttpRequest, *, faults: list[str] | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    place = _place(request)
    asked: dict[str, Any] = {"post": place.post, "first": place.first, "last": place.last}
    asked["turn"] = place.turn
    page = _found(lambda: queries.roster_page(**asked, seen_by=reader(request), now=now()))
    place = replace(place, post=page.post)
    context = {
        "page": page,
        "place": place,
        "steps": place.steps,
        "usual": USUAL,
        "needs": [(part, label, page.needs.get(part, 0)) for part, label in PARTS.items()],
        "faults": faults or [],
        "typed": request.POST if faults else QueryDict(),
        **more,
    }
    return render(request, "control_room/roster/page.html", context, status=status)


def _found(query: Callable[[], Any]) -> Any:
    try:
        return query()
    except NotHere as gone:
        raise Http404 from gone


def _place(request: HttpRequest) -> Place:
    """Return which roster is asked for; what makes no sense is not there."""
    form = roster_forms.PlaceForm(_asked(request))
    if not form.is_valid():
        if request.method == "GET":
            raise Http404
        form = roster_forms.PlaceForm({})
        form.is_valid()
    asked = form.cleaned_data
    today = localtime(now()).date()
    if asked["week"]:
        first = asked["week"] - timedelta(days=(asked["week"].weekday() + 1) % 7)
        days = (first, first + WEEK - timedelta(days=1))
    else:
        days = month_of(asked["month"] or today)
    return Place(
        post=asked["post"],
        first=days[0],
        last=days[1],
        is_week=bool(asked["week"]),
        turn=asked["turn"],
    )


def _asked(request: HttpRequest) -> dict[str, str]:
    """Return the place as it stands in an address, or as a form carries it along."""
    names = ("post", "month", "week", "turn")
    if request.method == "GET":
        return {name: request.GET.get(name, "") for name in names}
    told = {name: request.POST.get(f"at_{name}", "") for name in names}
    return told | {"post": told["post"] or request.POST.get("post", "")}
