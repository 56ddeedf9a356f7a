"""Which words are in force, and which ways are open."""

from .callees import TEXT_WAYS
from .subscriptions import push_key, push_port, subscriptions_of
from .tellings import (
    OrderPage,
    RingRow,
    TellingRow,
    order_of,
    post_order,
    tellings,
)
from .templates import template_named, templates_in_force
from .ways import receipt_secrets, smpp_line, telephone, ways

__all__ = [
    "TEXT_WAYS",
    "OrderPage",
    "RingRow",
    "TellingRow",
    "order_of",
    "post_order",
    "tellings",
    "push_key",
    "push_port",
    "receipt_secrets",
    "smpp_line",
    "subscriptions_of",
    "telephone",
    "template_named",
    "templates_in_force",
    "ways",
]
