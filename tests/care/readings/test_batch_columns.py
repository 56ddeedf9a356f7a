"""Columns to the database and back, and that a batch asks for its rows by key."""

from uuid import uuid4

import numpy as np
import pytest
from django.db import connection

from anbu.care.readings.actions import arrays

from .conftest import NOW, message, number

COLUMNS = "SELECT array_agg(i), array_agg(f), array_agg(i > 1), array_agg(u)"
FROM = " FROM unnest(%b::bigint[], %b::float8[], %b::uuid[]) AS c (i, f, u)"
SCANS = "SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = '{}'"


def fetched(query: str, *columns: arrays.Column) -> tuple:
    connection.ensure_connection()
    with arrays.cursor(connection.connection) as cursor:
        return cursor.execute(query, columns, binary=True).fetchone()


def test_columns_come_back_as_they_went(db):
    ids = [uuid4().bytes, bytes(16)]
    sent = arrays.ints([1, -(2**40)]), arrays.floats([np.nan, 0.5]), arrays.ids(ids)
    ints, floats, bools, uuids = fetched(COLUMNS + FROM, *sent)
    assert ints.tolist() == [1, -(2**40)]
    assert np.isnan(floats[0])
    assert floats[1] == 0.5
    assert bools.tolist() == [False, False]
    assert uuids.tolist() == ids
    floats[1] = 2.0  # the kernel works on them


def test_a_text_that_is_longer_in_bytes_than_in_letters_is_sent_whole(db):
    said = ["plug-1", "", "안부" * 100]
    with arrays.cursor(connection.connection) as cursor:
        rows = cursor.execute("SELECT unnest(%b::text[])", [arrays.texts(said)]).fetchall()
    assert [row[0] for row in rows] == said


def test_an_empty_column_has_the_kind_it_was_asked_for(db):
    (empty,) = fetched("SELECT %b::float8[]", arrays.floats([]))
    assert (empty.dtype, len(empty)) == (np.float64, 0)


def test_a_column_with_a_hole_is_refused_not_read_askew(db):
    with pytest.raises(ValueError, match="NULL"):
        fetched("SELECT array_agg(nullif(i, 1)) FROM unnest(%b::bigint[]) i", arrays.ints([1, 2]))


@pytest.mark.parametrize("table", ["readings_device", "readings_feed", "readings_watch"])
def test_a_batch_never_reads_a_table_of_the_city_whole(city, table):
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {table}")  # now it looks short enough to be read whole
    before = number(SCANS.format(table))
    assert city.hear(message("1", NOW, power_w=1, lux=40)) == ["accepted"]
    assert number(SCANS.format(table)) == before
