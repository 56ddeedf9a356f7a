"""The pages of the door. The library's views do the work; ours say it in our words."""

from typing import Any

from allauth.account import views as account
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import views as base
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import views as totp
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn import views as keys
from django.conf import settings
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anbu.care.effects import actions as effect
from anbu.care.effects import queries as effects
from anbu.care.foundation.queries import now
from anbu.care.foundation.rules import Refused
from anbu.care.looking import actions as looking
from anbu.care.looking import queries as looks
from anbu.care.places import queries as places
from anbu.care.staff import queries as staff
from anbu.care.staff.rules import GOES_ROUND, REVIEWS, TAKES_PART, Right, rights_of

from . import second
from .forms import RoadForm


class _Faults:
    """A form that was filled in wrongly is answered with 422, so that nobody takes it for done."""

    def form_invalid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        if answer.status_code == 200:
            answer.status_code = 422
        return answer


class In(_Faults, account.LoginView):
    """Name and password, a passkey, or the city's directory."""

    def get_success_url(self) -> str | None:
        """Go back to the page asked for; the bare address is wherever the role begins."""
        to: str | None = super().get_success_url()
        return None if to == "/" else to

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        told: dict[str, Any] = super().get_context_data(**more)
        return told | {"directory": settings.OIDC_NAME if settings.OIDC_URL else ""}


class SecondFactor(_Faults, base.AuthenticateView):
    """The number of the app, or the key."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        told: dict[str, Any] = super().get_context_data(**more)
        user = self.stage.login.user
        kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
        return told | {"kinds": kinds, "rehearsal_code": _rehearsal_code(user)}


class Again(_Faults, account.ReauthenticateView):
    """The password once more, before something about the account changes."""


class CodeAgain(_Faults, base.ReauthenticateView):
    """The number once more."""

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        told: dict[str, Any] = super().get_context_data(**more)
        return told | {"rehearsal_code": _rehearsal_code(self.request.user)}


class OwnPassword(_Faults, account.PasswordChangeView):
    """A password of one's own; who comes in by the directory has none."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user: Any = request.user
        if not user.has_usable_password():
            return redirect("mfa_index")
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer


class BringApp(_Faults, totp.ActivateTOTPView):
    """A code app as the second factor; who has just enrolled one has shown it."""

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        second.mark(self.request, self.request.user, "totp")
        return answer

    def get_success_url(self) -> str:
        return reverse("start")


class BringKey(_Faults, keys.AddWebAuthnView):
    """A passkey or a security key as the second factor; who has just made one has shown it."""

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        second.mark(self.request, self.request.user, "webauthn")
        return answer

    def get_success_url(self) -> str:
        return reverse("start")


class DropApp(_Faults, totp.DeactivateTOTPView):
    """Let the code app go; the last second factor stays."""


class DropKey(keys.RemoveWebAuthnView):
    """Let a key go; the last second factor stays."""

    def form_valid(self, form: Any) -> HttpResponse:
        if not get_adapter().can_delete_authenticator(self.get_object()):
            return redirect("mfa_index")
        answer: HttpResponse = super().form_valid(form)
        return answer


@login_required
@require_GET
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor of somebody who came in without: enrol one, or show it."""
    if second.shown(request):
        return redirect("start")
    if second.has_one(request.user):
        kinds = Authenticator.objects.filter(user=request.user, type="totp")
        return redirect("mfa_reauthenticate" if kinds else "mfa_reauthenticate_webauthn")
    return render(request, "entrance/second.html")


@login_required
@require_http_methods(["GET", "POST"])
def own_road(request: HttpRequest) -> HttpResponse:
    """Let somebody tell the road they live on: looks around it are asked about (decision 0025)."""
    user: Any = request.user
    form = RoadForm(request.POST or None, dongs=places.dongs())
    if request.method == "POST" and form.is_valid():
        try:
            looking.tell_own_road(by=user, now=now(), **form.cleaned_data)
            return redirect("own_road")
        except Refused as refused:
            form.add_error("address", _(refused.sentence) % dict(refused.values))
    context = {"form": form, "told": looks.own_road(seen_by=user)}
    return render(request, "entrance/road.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def my_account(request: HttpRequest) -> HttpResponse:
    """Show one's own second factors and rights."""
    user: Any = request.user
    found = Authenticator.objects.filter(user=user).order_by("created_at", "id")
    return render(
        request,
        "mfa/index.html",
        {
            "apps": [one for one in found if one.type == "totp"],
            "keys": [one.wrap() for one in found if one.type == "webauthn"],
            "may_drop": len(found) > 1,
            "grants": staff.grants(staff=user.pk),
            "push_key": effects.push_key(),
            "told": effects.subscriptions_of(seen_by=user),
        },
    )


@login_required
@require_GET
def push_worker(request: HttpRequest) -> HttpResponse:
    """Hand out what a browser runs when a notice comes: it shows one line, and nothing else."""
    return render(request, "entrance/push_worker.js", content_type="text/javascript")


@login_required
@require_POST
def push_on(request: HttpRequest) -> HttpResponse:
    """Let this browser be told of what comes to one's duty post."""
    told = {name: request.POST.get(name, "") for name in ("endpoint", "public", "secret", "name")}
    user: Any = request.user
    if not settings.PUSH_CONTACT:
        raise Http404
    try:
        effect.subscribe(**told, by=user, now=now())
    except effect.BadDevice as error:
        return HttpResponse(str(error), status=422, content_type="text/plain; charset=utf-8")
    return redirect("mfa_index")


@login_required
@require_POST
def push_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Let one of one's browsers be told no more."""
    user: Any = request.user
    effect.end_subscription(subscription=pk, by=user, now=now())
    return redirect("mfa_index")


@login_required
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Go to where this role's day begins; where no desk is built yet, say what the role may do."""
    user: Any = request.user
    if user.role in TAKES_PART:
        return redirect("control_room:shift")
    if user.role in REVIEWS:
        return redirect("privacy:review")
    if user.role in GOES_ROUND:
        return redirect("round")
    return render(
        request,
        "entrance/start.html",
        {
            "organisation": user.organisation,
            "may": [(right, _page(right)) for right in rights_of(user.role)],
        },
    )


@login_required
@require_POST
def here(request: HttpRequest) -> HttpResponse:
    """Hear that somebody still sits there."""
    return HttpResponse(status=204)


@login_not_required
@require_GET
def inactive(request: HttpRequest) -> HttpResponseBase:
    """Say that this account cannot be used, to somebody who knew its password."""
    return render(request, "account/account_inactive.html", status=403)


def _page(right: Right) -> str:
    """Return where this right begins, or nothing where it needs somebody named first."""
    for name in right.urls[:1]:
        for whole in (f"control_room:{name}", name):
            try:
                return reverse(whole)
            except NoReverseMatch:
                continue
    return ""


def _rehearsal_code(user: Any) -> str:
    """Return the number the app would show now: in a rehearsal only, where nobody is real."""
    app = Authenticator.objects.filter(user=user, type="totp").first()
    if not settings.REHEARSAL or app is None:
        return ""
    steps = list(yield_hotp_counters_from_time())
    now_ = steps[len(steps) // 2]  # before and after it: what is tolerated
    return str(format_hotp_value(hotp_value(decrypt(app.data["secret"]), now_)))
