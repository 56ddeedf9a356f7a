"""A day of one feed, hour by hour, in 144 bytes: what pictures of weeks and years are drawn from.

An hour is a cell: in which of its twelve five-minute parts there was a sign, how many signs, how
strong the strongest was, and how many values were heard. Nothing heard is not nothing lived.
"""

import numpy as np
from numpy.typing import NDArray

HOURS = 24
PART_S = 300
PARTS = 3600 // PART_S

CELL = np.dtype(
    [
        ("marks", ">u2"),  # bit n: a sign in the part that begins 5 n minutes after the hour
        ("signs", "u1"),  # 255: so many or more
        ("strength", "u1"),  # of the strongest sign, 255 = 1.0
        ("heard", ">u2"),  # values, each counted once; 65,535: so many or more
    ]
)
Cells = NDArray[np.void]


def nothing() -> Cells:
    """Return a day of which nothing was heard (24 cells)."""
    return np.zeros(HOURS, CELL)


def pack(day: Cells) -> bytes:
    """Return the 144 bytes of a day."""
    assert day.shape == (HOURS,)
    return day.tobytes()


def unpack(row: bytes) -> Cells:
    """Return the 24 cells of a packed day, free to be written."""
    if len(row) != HOURS * CELL.itemsize:
        raise ValueError(f"a day has {HOURS * CELL.itemsize} bytes, not {len(row)}")
    return np.frombuffer(row, CELL).copy()


def put_signs(cell: np.void, *, marks: int, signs: int, strength: float) -> None:
    """Write the signs of an hour, in place; `strength` 0-1."""
    cell["marks"], cell["signs"] = marks, min(signs, 255)
    cell["strength"] = round(255 * min(max(strength, 0.0), 1.0))


def put_heard(cell: np.void, values: int) -> None:
    """Write how many values were heard in an hour, in place."""
    cell["heard"] = min(values, 65_535)


def parts_of(marks: int) -> list[int]:
    """Return the parts of an hour (0-11) in which there was a sign, in order."""
    return [part for part in range(PARTS) if marks >> part & 1]


def first_minute(marks: int) -> int | None:
    """Return the minute at which the first part with a sign begins; None: there is none."""
    parts = parts_of(marks)
    return parts[0] * PART_S // 60 if parts else None
