"""119·112 전달지: to whom first; then a page to read aloud, to print, or to send as PDF."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import require_GET, require_http_methods

from anbu.care.alarms import actions as alarms
from anbu.care.alarms import queries
from anbu.care.alarms.rules import ON_PAPER, Way
from anbu.care.foundation.queries import now

from .. import packet_words
from ..packet_forms import PacketForm
from ..packet_pdf import NoPdf, pdf_of
from .deeds import WRONG, attempt, faults_of
from .entry import reader

UNAVAILABLE = 503
KOREAN = "ko"  # what leaves is for Korean services, whatever the language of the screen


@login_required
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Ask to whom it goes and by which way; then give it a number."""
    asked = queries.packet_asked(alarm_id=alarm_id, seen_by=reader(request), now=now())
    if asked is None:
        raise Http404
    given = {"to": "119", "way": "spoken", "reply_to": asked.reply_to}
    form = PacketForm(request.POST) if request.method == "POST" else PacketForm(initial=given)
    faults, status = faults_of(form), WRONG if form.errors else 200
    if request.method == "POST" and form.is_valid():
        made: list[Any] = []
        told = {**form.cleaned_data, "alarm_id": alarm_id, "by": reader(request), "now": now()}
        faults, status = attempt(lambda: made.append(alarms.give_packet(**told)))
        if made:
            return redirect("control_room:packet_page", provision=made[0].id)
    context = {"asked": asked, "form": form, "faults": faults}
    return render(request, "control_room/packet/ask.html", context, status=status)


@login_required
@require_GET
def page(request: HttpRequest, provision: UUID) -> HttpResponse:
    """Show a packet: line by line to read aloud, or as the sheet of paper."""
    moment = now()
    found = alarms.open_packet(provision=provision, seen_by=reader(request), now=moment)
    if found is None:
        raise Http404
    usual = "say" if found.given.way == Way.SPOKEN else "paper"
    view = request.GET.get("view", usual)
    context = {
        "packet": found,
        "lines": _aloud(found, moment),
        "view": view if view in ("say", "paper") else usual,
        "is_paper": found.given.way in ON_PAPER,
    }
    return render(request, "control_room/packet/packet.html", context)


@login_required
@require_GET
def pdf(request: HttpRequest, provision: UUID) -> HttpResponse:
    """Return a packet as a PDF of one page; that is a trace of the kind print."""
    found = alarms.print_packet(provision=provision, seen_by=reader(request), now=now())
    if found is None:
        raise Http404
    with translation.override(KOREAN):
        html = render_to_string("control_room/packet/pdf.html", {"packet": found}, request)
    try:
        body = pdf_of(html, size=found.size)
    except NoPdf:
        page = "control_room/packet/no_pdf.html"
        return render(request, page, {"packet": found}, status=UNAVAILABLE)
    answer = HttpResponse(body, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="packet-{found.given.code}.pdf"'
    return answer


def _aloud(found: Any, moment: Any) -> list[packet_words.Spoken]:
    with translation.override(KOREAN):
        return packet_words.lines(found, now=moment)
