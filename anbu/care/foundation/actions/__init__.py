"""What every room does: leave a trace, act as somebody, tell that it lives."""

from .acting import act_as, acting, hold, let_go
from .tracing import beat, record, record_each

__all__ = ["act_as", "acting", "beat", "hold", "let_go", "record", "record_each"]
