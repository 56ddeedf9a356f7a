"""What every provider behind HTTP shares: patience, no proxies, and how an answer is read."""

from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx

from anbu.channels.port import Refused, Retry

CONNECT_S, ANSWER_S = 3.0, 10.0
BUSY = {408, 425, 429}
LONGEST_WISH_S = 3600.0  # no provider may ask us to wait longer


def client() -> httpx.Client:
    """Return a client that waits ten seconds at most and goes where the city said."""
    return httpx.Client(
        timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S),
        follow_redirects=False,
        trust_env=False,  # no proxy from the environment
    )


def read_trouble(answer: httpx.Response, *, at: datetime, said: str = "") -> Retry | Refused:
    """Return what an answer other than a success means; `said` is the provider's own word."""
    why = f"HTTP {answer.status_code}" + (f", {said[:40]}" if said else "")
    if answer.status_code in BUSY or answer.status_code >= 500:
        return Retry(f"발송처가 바쁨 ({why})", wished_pause(answer, at=at))
    return Refused(f"발송처가 거절함 ({why})")


def not_reached(error: httpx.HTTPError) -> Retry:
    """Return what it means that no whole answer came: nobody knows."""
    return Retry(f"발송처에 닿지 않음 ({type(error).__name__})")


def wished_pause(answer: httpx.Response, *, at: datetime) -> float:
    """Return the seconds that a `Retry-After` asks for; 0 for none, or for nonsense."""
    told = answer.headers.get("retry-after", "").strip()
    if told.isdecimal():
        return min(float(told), LONGEST_WISH_S)
    try:
        wished = (parsedate_to_datetime(told) - at).total_seconds()
    except (TypeError, ValueError):  # not a date, or one without its zone
        return 0.0
    return min(max(wished, 0.0), LONGEST_WISH_S)
