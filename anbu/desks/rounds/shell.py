"""The shell of the telephone's app: the same bytes for everybody, kept by the service worker.

Nothing of anybody stands in it, so a telephone may keep it for as long as it likes.
"""

import hashlib
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from anbu.care.rounds.rules import CRISIS_WORDS

from .words import WORDS

BUILT = settings.PACKAGE / "desks" / "static" / "built"
LOADED = ("round.js", "round.css")
KEPT = (
    "fonts/PretendardGOV-Regular.subset.woff2",
    "fonts/PretendardGOV-Medium.subset.woff2",
    "fonts/PretendardGOV-Bold.subset.woff2",
    "round-192.png",
)


@login_required
@require_GET
@ensure_csrf_cookie
def page(request: HttpRequest) -> HttpResponse:
    """Show the empty app; what it shows it fetches, or opens from what the telephone keeps."""
    return render(request, "round_desk/shell.html", _context())


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """Hand out what keeps the shell; another shell is another worker, so telephones see it."""
    told = {"version": version(), "files": _files()}
    return render(request, "round_desk/worker.js", told, content_type="text/javascript")


@require_GET
def manifest(request: HttpRequest) -> JsonResponse:
    """Say how the app is called and looks on a telephone's home screen."""
    told = {
        "id": "/round/",
        "name": _("안부 · 우리동네돌봄단"),
        "short_name": _("안부"),
        "lang": translation.get_language(),
        "start_url": "/round/",
        "scope": "/round/",
        "display": "standalone",
        "orientation": "portrait",
        "background_color": "#ffffff",
        "theme_color": "#ffffff",
        "icons": [
            {"src": static(f"built/round-{px}.png"), "sizes": f"{px}x{px}", "type": "image/png"}
            for px in (192, 512)
        ]
        + [
            {
                "src": static("built/round-mask-512.png"),
                "sizes": "512x512",
                "type": "image/png",
                "purpose": "maskable",
            }
        ],
    }
    return JsonResponse(told, content_type="application/manifest+json")


@cache
def version() -> str:
    """Return a name of this shell: of everything that is kept with it."""
    told = hashlib.sha256()
    for name in LOADED:
        told.update((BUILT / name).read_bytes())
    template = settings.PACKAGE / "desks/rounds/templates/round_desk"
    for file in sorted(template.iterdir()):
        told.update(file.read_bytes())
    told.update(repr(_words()).encode())
    return told.hexdigest()[:12]


def _context() -> dict[str, Any]:
    return {
        "version": version(),
        "words": _words(),
        "told": {
            "login": settings.LOGIN_URL,
            "csrf": settings.CSRF_COOKIE_NAME,
            "language": translation.get_language(),
            "crisis": [word for word, _sign in CRISIS_WORDS],
        },
    }


def _files() -> list[str]:
    loaded = [f"{static(f'built/{name}')}?v={version()}" for name in LOADED]
    return ["/round/", *loaded, *(static(f"built/{name}") for name in KEPT)]


@cache
def _words() -> dict[str, dict[str, str]]:
    """Return what the app says, in each language: it must change language without a network."""
    told = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            told[code] = {key: str(word) for key, word in WORDS.items()}
    return told
