"""Coming in with a proven identity, looking at the own record, asking, taking back."""

from .asking import answer_correction, ask_correction, ask_review, open_work, withdraw
from .coming import Guest, come_in, knock, leave, look, sitting

__all__ = [
    "Guest",
    "answer_correction",
    "ask_correction",
    "ask_review",
    "come_in",
    "knock",
    "leave",
    "look",
    "open_work",
    "sitting",
    "withdraw",
]
