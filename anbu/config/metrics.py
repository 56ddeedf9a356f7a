"""/metrics: what is overdue, how late we are, what waits, who has gone quiet. Nothing personal."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from anbu.care.foundation.queries import chain_head, now, pulses

BUCKETS_S = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)
KIND = "text/plain; version=0.0.4; charset=utf-8"

OVERDUE = {
    "sos": "SELECT count(*) FROM readings_spokensos WHERE raised_at IS NULL",
    "silence": "SELECT count(*) FROM readings_watch WHERE check_at <= %(now)s",
    "rung": "SELECT count(*) FROM alarms_alarm WHERE closed_at IS NULL AND rung_due_at <= %(now)s",
}
LATENESS = """
    SELECT extract(epoch FROM raised_at - due_at)::float FROM alarms_alarm
    WHERE raised_at > %(now)s - interval '1 day'
"""
OUTBOX = """
    SELECT count(*), coalesce(extract(epoch FROM %(now)s - min(queued_at)), 0)::float
    FROM alarms_message WHERE status = 'queued'
"""
WAITING = "SELECT count(*) FROM alarms_message WHERE status = 'waiting'"
LEGS = """
    SELECT way, state, count(*) FROM alarms_leg
    WHERE settled_at > %(now)s - interval '1 day' GROUP BY way, state ORDER BY way, state
"""
ENDS = """
    SELECT status, count(*) FROM alarms_message
    WHERE settled_at > %(now)s - interval '1 day' GROUP BY status ORDER BY status
"""
NOTICES = """
    SELECT status, count(*) FROM effects_notice
    WHERE queued_at > %(now)s - interval '1 day' GROUP BY status ORDER BY status
"""
TELLINGS = """
    SELECT count(*), count(*) FILTER (WHERE rounds > 0) FROM effects_telling WHERE ended_at IS NULL
"""
RINGS = """
    SELECT status, count(*) FROM effects_ring
    WHERE goes_at > %(now)s - interval '1 day' GROUP BY status ORDER BY status
"""
FEEDS = """
    SELECT p.code, extract(epoch FROM %(now)s)::float - max(f.last_at)
    FROM readings_feed f JOIN readings_device d ON d.id = f.device_id
    JOIN readings_provider p ON p.id = d.provider_id
    WHERE f.last_at IS NOT NULL GROUP BY p.code ORDER BY p.code
"""
QUARANTINE = "SELECT reason, count(*) FROM readings_quarantine GROUP BY reason ORDER BY reason"


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer in the format that Prometheus reads."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Rows(now()))
    answer = HttpResponse(generate_latest(registry), content_type=KIND)
    answer["Cache-Control"] = "no-store"
    return answer


class _Rows(Collector):
    """What the tables say at one moment."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def collect(self) -> Iterator[Metric]:
        """Yield every family."""
        overdue = GaugeMetricFamily(
            "anbu_deadlines_overdue", "Rows past their time that no sweep has taken", labels=["of"]
        )
        for name, sql in OVERDUE.items():
            overdue.add_metric([name], self._rows(sql)[0][0])
        yield overdue
        yield self._lateness()
        count, age = self._rows(OUTBOX)[0]
        yield GaugeMetricFamily("anbu_outbox_queued", "Messages not handed over yet", value=count)
        yield GaugeMetricFamily("anbu_outbox_age_seconds", "Age of the oldest of them", value=age)
        waiting = self._rows(WAITING)[0][0]
        yield GaugeMetricFamily(
            "anbu_outbox_waiting", "Messages that wait for the end of quiet hours", value=waiting
        )
        yield self._by("anbu_notices_day", "status", self._rows(NOTICES))
        yield self._by("anbu_rings_day", "status", self._rows(RINGS))
        told, called = self._rows(TELLINGS)[0]
        yield GaugeMetricFamily("anbu_tellings_open", "Things nobody has acknowledged", value=told)
        yield GaugeMetricFamily("anbu_tellings_all_call", "Of them on the all-call", value=called)
        yield self._by("anbu_messages_day", "status", self._rows(ENDS))
        legs = GaugeMetricFamily(
            "anbu_letters_day",
            "Letters of the last day by provider and what came of them",
            labels=["way", "state"],
        )
        for way, state, count in self._rows(LEGS):
            legs.add_metric([way, state], count)
        yield legs
        yield self._by("anbu_feed_last_seen_seconds", "provider", self._rows(FEEDS))
        yield self._by("anbu_quarantine_rows", "reason", self._rows(QUARANTINE))
        head = chain_head(now=self._moment)
        yield GaugeMetricFamily("anbu_audit_head", "Number of the last seal", value=head.number)
        yield GaugeMetricFamily(
            "anbu_audit_unsealed", "Traces that no seal holds yet", value=head.unsealed
        )
        yield GaugeMetricFamily(
            "anbu_audit_unsealed_age_seconds", "Age of the oldest of them", value=head.age_s
        )
        yield self._by("anbu_pulse_age_seconds", "of", list(pulses().items()))

    def _lateness(self) -> Metric:
        late = [seconds for (seconds,) in self._rows(LATENESS)]
        edges = [(str(edge), float(sum(s <= edge for s in late))) for edge in BUCKETS_S]
        family = HistogramMetricFamily(
            "anbu_lateness_seconds", "From falling due to the alarm's row, of the last day's alarms"
        )
        family.add_metric([], [*edges, ("+Inf", float(len(late)))], sum_value=sum(late))
        return family

    def _by(self, name: str, label: str, rows: list[Any]) -> Metric:
        family = GaugeMetricFamily(name, f"By {label}", labels=[label])
        for key, value in rows:
            family.add_metric([key], value)
        return family

    def _rows(self, sql: str) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(sql, {"now": self._moment})
            return list(cursor.fetchall())
