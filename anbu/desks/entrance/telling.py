"""알리는 차례: by which ways one is told of what needs a human, and in which order."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from anbu.care.effects import actions, queries
from anbu.care.foundation.queries import now
from anbu.care.foundation.rules import Refused
from anbu.care.staff.rules import may

from .forms import OrderForm, OwnOrderForm


@login_required
@require_http_methods(["GET", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """Let somebody say how they are told; with no way picked, the order of their post counts."""
    form = OwnOrderForm(request.POST or None, **_told(queries.order_of(seen_by=_me(request))))
    if request.method == "POST" and form.is_valid():
        phone = form.cleaned_data["phone"]
        return _keep(
            request,
            form,
            lambda: actions.set_order(phone=phone, turns=form.turns, by=_me(request), now=now()),
        )
    return _page(request, form)


@login_required
@require_POST
def of_post(request: HttpRequest) -> HttpResponse:
    """Let whoever is responsible say how everybody at the post is told."""
    form = OrderForm(request.POST, prefix="post")
    if form.is_valid():
        return _keep(
            request,
            form,
            lambda: actions.set_post_order(turns=form.turns, by=_me(request), now=now()),
        )
    return _page(request, form)


def _keep(request: HttpRequest, form: OrderForm, deed: Callable[[], None]) -> HttpResponse:
    try:
        deed()
    except Refused as refused:
        form.add_error(None, _(refused.sentence) % dict(refused.values))
        return _page(request, form)
    return redirect("telling")


def _page(request: HttpRequest, form: OrderForm) -> HttpResponse:
    page = queries.order_of(seen_by=_me(request))
    is_own = isinstance(form, OwnOrderForm)
    shared = queries.post_order(seen_by=_me(request))
    context = {
        "form": form if is_own else OwnOrderForm(**_told(page)),
        "page": page,
        "may_post": may(_me(request).role, "telling_post"),
        "post_form": OrderForm(prefix="post", turns=shared.turns) if is_own else form,
        "faults": form,
    }
    return render(request, "entrance/telling.html", context, status=422 if form.errors else 200)


def _told(page: queries.OrderPage) -> dict[str, Any]:
    """Return what the form begins with: one's own; what others have set stands above it."""
    turns = page.turns if page.source == "own" else ()
    return {"turns": turns, "initial": {"phone": page.phone}}


def _me(request: HttpRequest) -> Any:
    return request.user
