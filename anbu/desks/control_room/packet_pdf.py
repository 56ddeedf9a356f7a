"""A packet as a PDF of one page, of our own style and fonts and of nothing from elsewhere."""

import importlib
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from anbu.care.alarms.rules import PACKET_SIZES

OURS = "anbu:"  # the only addresses that are answered: anbu:packet.css, anbu:fonts/…
READABLE = frozenset(
    ["packet.css", *(f"fonts/PretendardGOV-{w}.subset.woff2" for w in ("Regular", "Bold"))]
)


class NoPdf(RuntimeError):
    """This machine cannot make one: its system library (Pango) is missing."""


class TooLong(RuntimeError):
    """It does not stand on one page even in the smallest letters."""


def pdf_of(html: str, *, size: int) -> bytes:
    """Return the page as PDF, in letters of this size or the first smaller one that fits.

    `html` bears the mark @size@ where the size stands.

    Raises:
        NoPdf: Pango is not installed.
        TooLong: not even the smallest letters fit.
    """
    tools = _tools()
    for each in range(size, PACKET_SIZES):
        page = tools.HTML(
            string=html.replace("@size@", str(each)), base_url=OURS, url_fetcher=_fetcher()
        ).render()
        if len(page.pages) == 1:
            return bytes(page.write_pdf())
    raise TooLong("a packet is longer than a page")


def one_of(html: str) -> bytes:
    """Return a document of as many pages as it takes, of our own files alone.

    Raises:
        NoPdf: Pango is not installed.
    """
    page = _tools().HTML(string=html, base_url=OURS, url_fetcher=_fetcher())
    return bytes(page.write_pdf())


def built() -> Path:
    """Return where what browsers load lies."""
    return Path(settings.STATICFILES_DIRS[0]) / "built"


def read(url: str) -> bytes:
    """Return one of our own files.

    Raises:
        ValueError: it is none of them.
    """
    name = url.removeprefix(OURS)
    if not url.startswith(OURS) or name not in READABLE:
        raise ValueError(f"a packet reads nothing from elsewhere: {url}")
    return (built() / name).read_bytes()


@cache
def _tools() -> Any:
    """Load WeasyPrint when it is first needed: it takes half a second and a system library."""
    try:
        return importlib.import_module("weasyprint")
    except OSError as missing:
        raise NoPdf(str(missing).split("\n")[0]) from missing


@cache
def _fetcher() -> Any:
    """Return what WeasyPrint asks for anything outside the page: our own files or an error."""
    urls = importlib.import_module("weasyprint.urls")
    kinds = {".css": "text/css", ".woff2": "font/woff2"}

    class OwnFiles(urls.URLFetcher):  # type: ignore[name-defined]
        def fetch(self, url: str, headers: Any = None) -> Any:
            kind = kinds[Path(url).suffix]
            body = read(url)
            return urls.URLFetcherResponse(url, body, {"Content-Type": kind})

    return OwnFiles(allowed_protocols=[])
