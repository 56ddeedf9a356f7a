"""The one way in which tests open the page of a household at which nobody has a task."""

from typing import Any

from django.test import Client

WHY = "따님이 안부를 물어 옴"


def say_why(client: Client, home: Any, reason: str = WHY) -> None:
    """Type a reason, as somebody at the desk does; the page stays open for an hour."""
    answer = client.post(f"/households/{home}/open", {"reason": reason})
    assert answer.status_code == 302, answer.content.decode()
