"""What a cell may hold, which numbers are hidden, and that a file stays shut without its word."""

import io
import itertools

import numpy as np
import openpyxl
import pytest
import pyzipper
from hypothesis import given, settings
from hypothesis import strategies as st

from anbu.care.exports.rules import (
    COUNTS,
    FEWEST,
    MAY_ALLOW,
    MAY_ASK,
    DataSet,
    Mark,
    NotAllowed,
    Sheet,
    check_reason,
    is_within,
    plain,
    sealed,
    suppress,
    workbook,
)
from anbu.care.staff.rules import ROLES

MARK = Mark(
    code="E-ABC123",
    who="관악구청 임하늬 (jiwon)",
    at="2026-11-23 10:00",
    purpose="반찬 나눔 & 명단",
    allowed_by="서울시 안새봄 (boho)",
    until="2026-11-26 10:00",
)


@pytest.mark.parametrize(
    "text", ["=1+1", "+82-10", "-3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", " =1", "　=1", "|calc"]
)
def test_what_a_sheet_would_calculate_is_quoted(text):
    assert str(plain(text)).startswith("'")


@pytest.mark.parametrize("text", ["윤정례", "은천로00길 12", "010-0000-4321", "", "3-4호", "a=b"])
def test_plain_words_stay_as_they_are(text):
    assert plain(text) == text
    assert plain(7) == 7


def test_small_numbers_and_what_gives_them_away_are_hidden():
    shown = suppress([[3, 20, 10], [15, 40, 8], [30, 9, 11]])
    assert shown[0][0] is None
    hidden = {(r, c) for r, row in enumerate(shown) for c, n in enumerate(row) if n is None}
    assert len(hidden) >= 4  # two in its row, two in its column
    assert shown[3] == [48, 69, 29, 146]  # no sum had to be hidden


def test_big_numbers_hide_nothing_and_none_hides_nobody():
    assert suppress([[5, 0], [0, 7]]) == [[5, 0, 5], [0, 7, 7], [5, 7, 12]]
    assert suppress([]) == []


def test_a_lonely_small_dong_is_hidden_with_its_sum():
    assert suppress([[2, 0]])[0] == [None, 0, None]


def tables_like(shown: list[list[int | None]], most: int) -> list[list[list[int]]]:
    """Return every table of counts that would be shown just so; none hidden is nought."""
    rows, columns = len(shown) - 1, len(shown[0]) - 1
    inside = [range(1, most + 1) if n is None else [n] for row in shown[:-1] for n in row[:-1]]
    found = []
    for values in itertools.product(*inside):
        table = [list(values[r * columns : (r + 1) * columns]) for r in range(rows)]
        whole = [[*row, sum(row)] for row in table]
        whole.append([sum(column) for column in zip(*whole, strict=True)])
        if all(
            n is None and whole[r][c] > 0 or n == whole[r][c]
            for r, line in enumerate(shown)
            for c, n in enumerate(line)
        ):
            found.append(whole)
    return found


@settings(max_examples=12)
@given(st.lists(st.lists(st.integers(0, 7), min_size=2, max_size=2), min_size=2, max_size=2))
def test_no_hidden_number_follows_from_what_is_shown(counts):
    """Whoever tries every table that fits finds at least two values for each hidden number."""
    shown = suppress(counts)
    assert all(n is None or n == 0 or n >= FEWEST for row in shown for n in row)
    possible = tables_like(shown, 8) if any(None in row for row in shown) else []
    for r, row in enumerate(shown):
        for c, n in enumerate(row):
            assert n is not None or len({table[r][c] for table in possible}) >= 2, (counts, shown)


@settings(max_examples=40)
@given(st.lists(st.lists(st.integers(0, 30), min_size=4, max_size=4), min_size=2, max_size=9))
def test_no_sum_of_lines_tells_a_hidden_number(counts):
    """The lines of a table are equations; a hidden number is told when they leave it no choice."""
    shown = suppress(counts)
    cells = [(r, c) for r, row in enumerate(shown) for c, n in enumerate(row) if n is None]
    lines = []
    for r in range(len(shown)):
        lines.append([(1 if c < 4 else -1) * (row == r) for row, c in cells])
    for c in range(5):
        lines.append([(1 if r < len(counts) else -1) * (column == c) for r, column in cells])
    rank = np.linalg.matrix_rank(np.array(lines)) if cells else 0
    for n in range(len(cells)):
        alone = [[float(n == each) for each in range(len(cells))]]
        assert np.linalg.matrix_rank(np.array([*lines, *alone])) > rank, (cells[n], shown)


def test_the_file_opens_with_its_word_alone_and_is_marked_on_every_sheet():
    sheet = Sheet(title="가구 명단", header=("이름", "수"), rows=[("=HYPERLINK(1)", 3)])
    body = workbook(MARK, [sheet])
    shut = sealed(body, name="a.xlsx", password="right-word")
    assert b"HYPERLINK" not in shut
    with pyzipper.AESZipFile(io.BytesIO(shut)) as archive:
        info = archive.infolist()[0]
        assert info.wz_aes_strength == 3  # AES-256
        for wrong in (None, b"wrong-word"):
            with pytest.raises(RuntimeError):
                archive.read("a.xlsx", pwd=wrong)
        book = openpyxl.load_workbook(io.BytesIO(archive.read("a.xlsx", pwd=b"right-word")))
    assert book.sheetnames == ["표지", "가구 명단"]
    for page in book:
        assert page["A1"].value == MARK.line
        assert "E-ABC123" in page.oddHeader.center.text
        assert MARK.purpose.replace("&", "&&") in page.oddHeader.center.text
    told = [cell.value for row in book["표지"].iter_rows() for cell in row]
    assert MARK.allowed_by in told
    cell = book["가구 명단"]["A3"]
    assert (cell.value, cell.data_type) == ("'=HYPERLINK(1)", "s")


def test_whoever_may_ask_is_a_role_and_names_need_the_privacy_officer():
    for table in (MAY_ASK, MAY_ALLOW):
        assert set(table) == set(DataSet)
        assert all(roles <= ROLES for roles in table.values())
    assert MAY_ALLOW[DataSet.HOMES] == {"privacy_officer"}
    assert {each for each in DataSet if "analyst" in MAY_ASK[each]} == COUNTS


def test_a_reason_is_more_than_a_word_and_a_district_answers_for_its_own():
    with pytest.raises(NotAllowed):
        check_reason("업 무 용")
    assert check_reason("반찬 나눔 명단")
    assert is_within(district=1, of=None)
    assert is_within(district=1, of=1)
    assert not is_within(district=2, of=1)
    assert not is_within(district=None, of=1)
