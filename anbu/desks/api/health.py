"""Is Anbu well? For load balancers, and for whoever watches the watchers."""

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from anbu.care.foundation import queries as foundation


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer as long as this process answers at all."""
    return _plain("ok")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when this process can do its work: its database is there."""
    try:
        foundation.pulses()
    except DatabaseError:
        return _plain("no database", status=503)
    return _plain("ready")


def _plain(text: str, status: int = 200) -> HttpResponse:
    answer = HttpResponse(text + "\n", content_type="text/plain; charset=utf-8", status=status)
    answer["Cache-Control"] = "no-store"
    return answer


urlpatterns = [path("healthz", healthz), path("readyz", readyz)]
