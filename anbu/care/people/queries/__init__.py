"""What may be known about a household, and by whom."""

from .finding import Found, Search, search
from .homes import (
    LISTS,
    ConsentLine,
    ContactCard,
    Home,
    Sight,
    agreed,
    consents,
    for_actor,
    home,
    homes,
    night_consents,
    seen,
    within_sight,
)

__all__ = [
    "LISTS",
    "ConsentLine",
    "ContactCard",
    "Found",
    "Home",
    "Search",
    "Sight",
    "agreed",
    "consents",
    "for_actor",
    "home",
    "homes",
    "night_consents",
    "search",
    "seen",
    "within_sight",
]
