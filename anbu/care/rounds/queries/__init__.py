"""What a round knows: who is due, who goes, how it stands."""

from .cadences import cadence_of, in_force
from .reach import actor_of_worker, teller, worker_of
from .register import present_values

__all__ = ["actor_of_worker", "cadence_of", "in_force", "present_values", "teller", "worker_of"]
