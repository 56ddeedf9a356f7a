"""What can be asked about alarms. Each answer names its reader."""

from .cards import (
    VIEWS,
    Attempt,
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
from .incident import incident, preview, rule_of, rule_record, timeline
from .invariants import broken_invariants
from .queue import UnknownView, cause_rows, counts, crew, load_10min, queue, row

__all__ = [
    "VIEWS",
    "Attempt",
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
    "rule_of",
    "rule_record",
    "timeline",
]
