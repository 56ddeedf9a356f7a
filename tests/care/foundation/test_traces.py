"""A trace stays as it was written; a pulse is measured by the database."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from anbu.care.foundation import actions, queries

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    "deed", ["UPDATE foundation_trace SET by = 'nobody'", "DELETE FROM foundation_trace"]
)
def test_nobody_takes_a_trace_back(deed: str) -> None:
    actions.record(by="staff:1", verb="opened", at=NOW)
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(deed)


def test_a_second_beat_replaces_the_first() -> None:
    actions.beat(name="web")
    actions.beat(name="web")
    assert list(queries.pulses()) == ["web"]
    assert 0 <= queries.pulses()["web"] < 5
