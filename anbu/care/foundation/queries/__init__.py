"""What the lowest floor can be asked."""

from .among import uuids
from .chain import Finding, broken_chain, chain_head
from .moments import now, pulses

__all__ = ["Finding", "broken_chain", "chain_head", "now", "pulses", "uuids"]
