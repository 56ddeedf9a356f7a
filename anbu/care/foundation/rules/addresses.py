"""From where somebody came, when a city's own proxy stands in between."""

from collections.abc import Collection
from ipaddress import ip_address

LONGEST = 45  # an IPv4 address written as IPv6


def came_from(remote: str, forwarded: str, *, proxies: Collection[str]) -> str:
    """Return the nearest address that is none of our proxies'; only their word is believed."""
    hops = [*(hop.strip() for hop in forwarded.split(",") if hop.strip()), remote]
    while len(hops) > 1 and hops[-1] in proxies:
        hops.pop()
    try:
        return str(ip_address(hops[-1]))[:LONGEST]
    except ValueError:
        return ""
