"""What can be asked about alarms. Each answer names its reader."""

from .cards import (
    VIEWS,
    Attempt,
    BlindHome,
    CauseRow,
    Fact,
    Incident,
    Mate,
    PeopleMark,
    Preview,
    ProtocolStep,
    Queue,
    Row,
    RuleRecord,
    TimelineEntry,
)
from .causes import cause_rows
from .incident import incident, preview, rule_of, rule_record, timeline
from .invariants import broken_invariants
from .queue import UnknownView, counts, crew, load_10min, queue, row, rows_with_strips

__all__ = [
    "VIEWS",
    "Attempt",
    "BlindHome",
    "CauseRow",
    "Fact",
    "Incident",
    "Mate",
    "PeopleMark",
    "Preview",
    "ProtocolStep",
    "Queue",
    "Row",
    "RuleRecord",
    "TimelineEntry",
    "UnknownView",
    "broken_invariants",
    "cause_rows",
    "counts",
    "crew",
    "incident",
    "load_10min",
    "preview",
    "queue",
    "row",
    "rows_with_strips",
    "rule_of",
    "rule_record",
    "timeline",
]
