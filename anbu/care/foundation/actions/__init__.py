"""What every room does: leave a trace, act as somebody, tell that it lives."""

from .acting import act_as, acting, begin_anew, hold, let_go
from .crashing import crash_point
from .rows import insert_all, insert_rows, like
from .sealing import seal_next
from .tracing import beat, record, record_all, record_each, source, trace
from .vault import seal, unseal

__all__ = [
    "act_as",
    "acting",
    "beat",
    "begin_anew",
    "crash_point",
    "hold",
    "insert_all",
    "insert_rows",
    "like",
    "let_go",
    "record",
    "record_all",
    "record_each",
    "seal",
    "seal_next",
    "source",
    "trace",
    "unseal",
]
