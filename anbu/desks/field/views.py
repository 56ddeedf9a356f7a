"""현장: one door behind a link, on a telephone, without a log-in and without a script.

A message app that looks at a link to draw a picture of it, or somebody to whom it was passed on,
sees a cover without anybody's data: only who presses the button looks, and that is a trace.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from anbu.care.alarms import actions as alarms
from anbu.care.alarms.queries import JobPage
from anbu.care.alarms.rules import LINK_LIFE, UnknownLink
from anbu.care.citizens.actions import knock
from anbu.care.foundation.actions import hold, source
from anbu.care.foundation.queries import now
from anbu.care.foundation.rules import Refused
from anbu.care.staff.rules import TooManyTries

from .forms import ReportForm
from .words import FINDINGS, SEEN, SIGNS

GONE, TOO_OFTEN, WRONG = 404, 429, 422
OPENED = settings.SESSION_COOKIE_NAME + "-go"  # nothing to do with the session of staff
SALT = "anbu.field.opened"

type View = Callable[[HttpRequest, str, JobPage], HttpResponse]


def behind_link(view: View) -> Callable[[HttpRequest, str], HttpResponse]:
    """Let a view see the job of a link that works; any other link is one answer."""

    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        hold()  # the walls hold this request, whichever process serves it
        try:
            return view(request, token, alarms.check_link(token=token, now=now()))
        except UnknownLink:
            return _gone(request)

    return guarded


def opened(view: View) -> View:
    """Send a browser that has not opened this link back to its cover."""

    @wraps(view)
    def covered(request: HttpRequest, token: str, page: JobPage) -> HttpResponse:
        if not _was_opened(request, page):
            return redirect("go", token=token)
        return view(request, token, page)

    return covered


@require_GET
@behind_link
def job(request: HttpRequest, token: str, page: JobPage) -> HttpResponse:
    """Show the cover; to whom has opened it, the job."""
    if page.state == "done":
        return render(request, "field/done.html", {"token": token, "job": page})
    if not _was_opened(request, page):
        return render(request, "field/cover.html", {"token": token, "job": page})
    return _page(request, token)


@require_POST
@behind_link
def uncover(request: HttpRequest, token: str, page: JobPage) -> HttpResponse:
    """Let this browser look for as long as the link may live."""
    answer = redirect("go", token=token)
    answer.set_cookie(
        OPENED,
        signing.dumps(str(page.job), salt=SALT),
        max_age=int(LINK_LIFE.total_seconds()),
        path="/go/",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",  # the link is tapped in another app
    )
    return answer


@require_POST
@behind_link
@opened
def way_in(request: HttpRequest, token: str, page: JobPage) -> HttpResponse:
    """Show whom to call for and how to get in; the look is written down."""
    if page.state == "done":
        return redirect("go", token=token)
    return _page(request, token, door=alarms.see_way_in(token=token, now=now()))


@require_POST
@behind_link
@opened
def arrive(request: HttpRequest, token: str, page: JobPage) -> HttpResponse:
    """Write down that they stand there."""
    alarms.arrive(token=token, now=now())
    return redirect("go", token=token)


@require_POST
@behind_link
@opened
def report(request: HttpRequest, token: str, page: JobPage) -> HttpResponse:
    """Write down what they found; what is missing is said, and what was chosen stays."""
    form = ReportForm(request.POST)
    if not form.is_valid():
        faults = [str(fault) for several in form.errors.values() for fault in several]
        return _page(request, token, faults=faults, form=form)
    told = form.cleaned_data
    try:
        alarms.report(
            token=token,
            finding=told["finding"],
            signs=form.signs(),
            note=told["note"],
            now=now(),
        )
    except Refused as refused:
        values = {k: _(v) if isinstance(v, str) else v for k, v in refused.values}
        return _page(request, token, faults=[_(refused.sentence) % values], form=form)
    return redirect("go", token=token)


def _page(
    request: HttpRequest,
    token: str,
    *,
    door: Any = None,
    faults: list[str] | None = None,
    form: ReportForm | None = None,
) -> HttpResponse:
    """Show the job; that it was looked at is written down."""
    page = alarms.open_job(token=token, now=now())
    if page.state == "done":
        return redirect("go", token=token)
    typed = form.data if form else {}
    context = {
        "token": token,
        "job": page,
        "door": door,
        "faults": faults or [],
        "note": typed.get("note", ""),
        "signs": [(sign, label, typed.get(sign, "")) for sign, label in SIGNS.items()],
        "seen": SEEN,
        "findings": FINDINGS,
    }
    return render(request, "field/job.html", context, status=WRONG if faults else 200)


def _was_opened(request: HttpRequest, page: JobPage) -> bool:
    try:
        told = signing.loads(request.COOKIES.get(OPENED, ""), salt=SALT, max_age=LINK_LIFE)
    except signing.BadSignature:
        return False
    return bool(told == str(page.job))


def _gone(request: HttpRequest) -> HttpResponse:
    """Answer alike whatever is wrong with a link. Tries are counted; a good link opens always."""
    try:
        knock(keys=[f"link {source.get()}"], now=now())
    except TooManyTries:
        return render(request, "field/gone.html", status=TOO_OFTEN)
    return render(request, "field/gone.html", status=GONE)
