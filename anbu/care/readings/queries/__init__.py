"""What may be asked about devices, silence clocks and what was heard."""

from .clocks import Asked, Blind, Cry, Judged, SeenAgain, SignAgain, Silent
from .devices import (
    DeviceLogin,
    FeedHealth,
    ProviderKeys,
    device_logins,
    devices_revoked_since,
    feed_health,
    messages_taken_in,
    provider_keys,
    rows_without_a_day,
    why_quarantined,
)
from .strips import Lane, Strip, strips

__all__ = [
    "Asked",
    "Blind",
    "Cry",
    "DeviceLogin",
    "FeedHealth",
    "Judged",
    "Lane",
    "ProviderKeys",
    "SeenAgain",
    "SignAgain",
    "Silent",
    "Strip",
    "device_logins",
    "devices_revoked_since",
    "feed_health",
    "messages_taken_in",
    "provider_keys",
    "rows_without_a_day",
    "strips",
    "why_quarantined",
]
