"""How far it is between two doors, from nothing but their addresses.

A Korean road address says where it stands: every 20 m of a road have a number, odd on the left and
even on the right, so two numbers of one road are ten metres a number apart (도로명주소법 시행령,
기초번호 간격). Of two roads of one dong nothing is known but that both lie in it.
"""

import re
from dataclasses import dataclass

NUMBER_M = 10.0  # metres along a road from one number to the next
# Between doors of different roads, and at most along one: as long as the minutes that a plan keeps
# free before each door (planning.WALK_MIN at routes.WALK_M_MIN). Ours.
APART_M = 440.0
ROAD = re.compile(r"(\S*(?:로|길))\s+(\d+)(?:-\d+)?(?![\d가-힣])")


@dataclass(frozen=True)
class Address:
    """Where on which road a door is; road "": not known, as of an office."""

    road: str
    number: int = 0


def read_address(text: str) -> Address:
    """Return the road and the number of an address, as far as it names them."""
    found = ROAD.findall(text)
    return Address(found[-1][0], int(found[-1][1])) if found else Address("")


class ByAddress:
    """Distances as the numbers of the addresses tell them; a city may bring its streets instead."""

    def metres(self, one: Address, other: Address) -> float:
        """Return the way from one to the other [m]."""
        if not one.road or one.road != other.road:
            return APART_M
        return min(APART_M, NUMBER_M * abs(one.number - other.number))
