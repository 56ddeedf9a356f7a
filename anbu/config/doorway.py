"""Every request to a desk acts for the one who signed in, and for nobody else."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from anbu.care.foundation.actions import act_as, hold, let_go, source
from anbu.care.foundation.queries import now
from anbu.care.foundation.rules.addresses import came_from
from anbu.care.staff.queries import actor_of
from anbu.care.staff.rules import AGENT, ANYBODY, CITIZEN, right_of
from anbu.desks.api.http import api


class Doorway(MiddlewareMixin):
    """Tells the database who asks, before a view does: what a view forgets is not shown."""

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Act for the one who signed in. Machines at the API prove who they are by themselves."""
        forwarded = request.headers.get("X-Forwarded-For", "")
        remote = str(request.META.get("REMOTE_ADDR", ""))
        source.set(came_from(remote, forwarded, proxies=settings.PROXIES))
        match = request.resolver_match
        if match is None or match.app_name == api.urls_namespace:
            return
        user: Any = request.user
        right = right_of(match.url_name or match.route)
        if right is None:
            raise Http404
        if right.roles in (CITIZEN, AGENT) or right.roles is ANYBODY and not user.is_authenticated:
            return  # those desks say for whom they act: who was proven, who holds a link
        if user.is_authenticated:
            if right.roles is not ANYBODY and user.role not in right.roles:
                raise Http404  # what is not for this role does not exist for it
            hold()
            act_as(actor_of(user), now=now())

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Act for nobody any more. What was shown is kept nowhere: a browser is shared at night."""
        source.set("")
        let_go()
        response.headers.setdefault("Cache-Control", "no-store")
        return response
