"""What may be asked about imports, duplicates and hand-overs."""

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

__all__ = [
    "ColumnLine",
    "FaultLine",
    "ImportCard",
    "ImportPage",
    "RowLine",
    "faults_of",
    "import_card",
    "import_page",
    "imports",
    "progress",
]
