"""업체 계약: which vendor answers for which service; written, ended and shown."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from anbu.care.foundation.queries import now
from anbu.care.rosters import actions as rosters
from anbu.care.rosters import queries as reading

from ..vendor_forms import ContractEndForm, ContractForm
from .deeds import WRONG, attempt, faults_of
from .entry import reader


@login_required
@require_GET
def vendors(request: HttpRequest) -> HttpResponse:
    """Show the contracts, and who is there now."""
    return _page(request)


@login_required
@require_POST
def write(request: HttpRequest) -> HttpResponse:
    """Write a line of a contract."""
    page = reading.contract_page(seen_by=reader(request), now=now())
    form = ContractForm(request.POST, **_choices(page))
    if not form.is_valid():
        return _page(request, form=form, faults=faults_of(form), status=WRONG)
    told = {**form.cleaned_data, "by": reader(request), "now": now()}
    faults, status = attempt(lambda: rosters.make_contract(**told))
    if faults:
        return _page(request, form=form, faults=faults, status=status)
    return redirect("control_room:vendors")


@login_required
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Say from which day on a line no longer holds."""
    form = ContractEndForm(request.POST)
    if not form.is_valid():
        return _page(request, ending=request.POST, faults=faults_of(form), status=WRONG)
    told = {**form.cleaned_data, "by": reader(request), "now": now()}
    faults, status = attempt(lambda: rosters.close_contract(**told))
    if faults:
        return _page(request, ending=request.POST, faults=faults, status=status)
    return redirect("control_room:vendors")


def _choices(page: reading.ContractPage) -> dict[str, Any]:
    return {"vendors": page.vendors, "districts": page.districts}


def _page(
    request: HttpRequest,
    *,
    form: Any = None,
    ending: Mapping[str, str] | None = None,
    faults: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    page = reading.contract_page(seen_by=reader(request), now=now())
    context = {
        "page": page,
        "form": form or ContractForm(**_choices(page)),
        "ending": ending or {},
        "faults": faults or [],
    }
    return render(request, "control_room/vendors.html", context, status=status)
