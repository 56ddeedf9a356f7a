"""What may be asked about imports, duplicates and hand-overs."""

from .doubles import DoubleLine, DoublesPage, double, doubles
from .imports import (
    ColumnLine,
    FaultLine,
    ImportCard,
    ImportPage,
    RowLine,
    faults_of,
    import_card,
    import_page,
    imports,
    progress,
)
from .transfers import OPEN, TransferLine, coming_to, incoming, late_transfers, outgoing

__all__ = [
    "ColumnLine",
    "DoubleLine",
    "DoublesPage",
    "FaultLine",
    "ImportCard",
    "ImportPage",
    "OPEN",
    "RowLine",
    "TransferLine",
    "coming_to",
    "double",
    "doubles",
    "faults_of",
    "import_card",
    "import_page",
    "imports",
    "incoming",
    "late_transfers",
    "outgoing",
    "progress",
]
