"""What may leave in a file, who may ask and who may allow it, and how the file is made."""

from .asking import (
    COUNTS,
    LETTERS_OF_A_REASON,
    LIVES,
    MAY_ALLOW,
    MAY_ASK,
    MOST_FETCHES,
    MOST_ROWS,
    DataSet,
    NotAllowed,
    State,
    UnknownExport,
    check_reason,
    is_within,
)
from .cells import plain
from .files import Mark, Sheet, sealed, workbook
from .suppressing import FEWEST, HIDDEN, suppress

__all__ = [
    "COUNTS",
    "FEWEST",
    "HIDDEN",
    "LETTERS_OF_A_REASON",
    "LIVES",
    "MAY_ALLOW",
    "MAY_ASK",
    "MOST_FETCHES",
    "MOST_ROWS",
    "DataSet",
    "Mark",
    "NotAllowed",
    "Sheet",
    "State",
    "UnknownExport",
    "check_reason",
    "is_within",
    "plain",
    "sealed",
    "suppress",
    "workbook",
]
