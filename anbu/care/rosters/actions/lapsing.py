"""Swaps whose turns are no more what they were."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from ..models import Swap
from ..rules import OPEN_SWAPS, SwapState


def let_lapse(*, turns: Collection[UUID], now: datetime) -> None:
    """End every open swap about these turns: what was agreed on is not there any more."""
    about = Q(gives__in=turns) | Q(takes__in=turns)
    Swap.objects.filter(about, state__in=OPEN_SWAPS).update(state=SwapState.LAPSED, settled_at=now)
