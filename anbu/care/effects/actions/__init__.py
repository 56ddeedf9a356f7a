"""Putting a city's own words in force, and telling colleagues on duty until one has seen it."""

from ..rules import BadOrder
from .calling import call_people
from .delivering import UnknownRing, deliver_ring, expire_next_rings, take_ring_receipt
from .loading import load_templates
from .notices import deliver_notice, expire_next_notices
from .ordering import NoPost, set_order, set_post_order
from .ringing import ring_next
from .subscribing import BadDevice, end_subscription, subscribe
from .telling import acknowledge, acknowledge_tellings, over, tell

__all__ = [
    "BadDevice",
    "call_people",
    "BadOrder",
    "NoPost",
    "UnknownRing",
    "acknowledge",
    "acknowledge_tellings",
    "deliver_notice",
    "deliver_ring",
    "end_subscription",
    "expire_next_notices",
    "expire_next_rings",
    "load_templates",
    "over",
    "ring_next",
    "set_order",
    "set_post_order",
    "subscribe",
    "take_ring_receipt",
    "tell",
]
