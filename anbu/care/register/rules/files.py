"""Reading a register that somebody keeps in a file: rows of plain text, and what is refused."""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from anbu.care.foundation.rules import Refused

MOST_BYTES = 20 * 2**20
MOST_UNPACKED = 300 * 2**20  # a workbook is a packed folder: small outside, endless inside
MOST_ROWS = 200_000
MOST_COLUMNS = 100
MOST_LETTERS = 1_000  # in one cell
PACKED, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
WORKBOOK, MACROS = "xl/workbook.xml", "vbaproject.bin"
NUMBER_LIKE = re.compile(r"[+-]?[0-9(][0-9 ().,-]*")
FORMULA = "수식은 읽지 않습니다. 값으로 바꾸어 다시 올려 주세요."


class BadFile(Refused):
    """A file that is not read at all."""


@dataclass(frozen=True)
class Line:
    """One row of the file: its number as a person counts, and its cells."""

    number: int
    cells: tuple[str, ...]
    formulas: tuple[int, ...] = ()  # which cells hold a formula; their text is left out


@dataclass(frozen=True)
class Sheet:
    kind: str  # csv | xlsx
    encoding: str
    header: tuple[str, ...]
    lines: tuple[Line, ...]


def read(body: bytes) -> Sheet:
    """Return the rows of a CSV (UTF-8, CP949) or XLSX file, told apart by their first bytes."""
    if not body.strip():
        raise BadFile("빈 파일입니다.")
    if len(body) > MOST_BYTES:
        raise BadFile("파일이 너무 큽니다. %(most)dMB까지 올릴 수 있습니다.", most=MOST_BYTES >> 20)
    if body.startswith(OLD_EXCEL):
        raise BadFile(
            "예전 엑셀(.xls)이거나 암호가 걸린 파일입니다."
            " 암호 없는 .xlsx로 저장해 다시 올려 주세요."
        )
    if body.startswith(PACKED):
        return _sheet("xlsx", "", _workbook_rows(body))
    text, encoding = _text(body)
    return _sheet("csv", encoding, _text_rows(text))


def _sheet(kind: str, encoding: str, rows: Iterator[tuple[int, list[Any], set[int]]]) -> Sheet:
    header: tuple[str, ...] = ()
    lines: list[Line] = []
    for number, values, formulas in rows:
        cells = tuple("" if n in formulas else _cell(v) for n, v in enumerate(values))
        if not any(cells) and not formulas:
            continue
        if not header:
            header = _header(cells)
            continue
        if len(lines) >= MOST_ROWS:
            raise BadFile("줄이 너무 많습니다. %(most)d줄까지 올릴 수 있습니다.", most=MOST_ROWS)
        padded = (*cells, *[""] * (len(header) - len(cells)))[: len(header)]
        lines.append(Line(number, padded, tuple(sorted(formulas))))
    if not lines:
        raise BadFile("제목 줄 아래에 내용이 없습니다.")
    return Sheet(kind, encoding, header, tuple(lines))


def _header(cells: Sequence[str]) -> tuple[str, ...]:
    kept = list(cells)
    while kept and not kept[-1]:
        kept.pop()
    if len(kept) > MOST_COLUMNS:
        raise BadFile("열이 너무 많습니다. %(most)d열까지 올릴 수 있습니다.", most=MOST_COLUMNS)
    return tuple(each[:60] for each in kept)


def _cell(value: Any) -> str:
    """Return what stands in a cell as text, with single spaces."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a workbook keeps every number as a fraction
    # one letter more than may stand there, so that the check behind sees that it is too long
    return re.sub(r"\s+", " ", str(value)).strip()[: MOST_LETTERS + 1]


def _text(body: bytes) -> tuple[str, str]:
    if b"\x00" in body[:4096] and not body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BadFile("CSV도 엑셀(.xlsx)도 아닌 파일입니다.")
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return body.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise BadFile("글자를 읽을 수 없습니다. UTF-8이나 CP949로 저장해 다시 올려 주세요.")


def _text_rows(text: str) -> Iterator[tuple[int, list[Any], set[int]]]:
    first = text.lstrip().split("\n", 1)[0]
    between = max(",\t;", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    try:
        for cells in reader:
            yield reader.line_num, list(cells), _formulas(cells)
    except csv.Error:
        raise BadFile(
            "%(line)d번째 줄의 따옴표가 닫히지 않았습니다.", line=reader.line_num
        ) from None


def _formulas(cells: Iterable[str]) -> set[int]:
    """Return which cells a spreadsheet program would run: =, @, and + or - before no number."""
    found = set()
    for nth, cell in enumerate(cells):
        told = cell.lstrip()
        if told[:1] in ("=", "@") or (
            told[:1] in ("+", "-") and len(told) > 1 and not NUMBER_LIKE.fullmatch(told.rstrip())
        ):
            found.add(nth)
    return found


def _workbook_rows(body: bytes) -> Iterator[tuple[int, list[Any], set[int]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            _check_packed(packed)
        book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=False)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        if isinstance(error, BadFile):
            raise
        raise BadFile("엑셀 파일을 열 수 없습니다. 다시 저장해 올려 주세요.") from None
    try:
        sheet = book.worksheets[0]
        for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), start=1):
            values = [cell.value for cell in row]
            formulas = {nth for nth, cell in enumerate(row) if cell.data_type == "f"}
            texts = [value if isinstance(value, str) else "" for value in values]
            yield number, values, formulas | _formulas(texts)
    except IndexError:
        raise BadFile("엑셀 파일에 표가 없습니다.") from None
    finally:
        book.close()


def _check_packed(packed: zipfile.ZipFile) -> None:
    names = packed.namelist()
    if WORKBOOK not in names:
        raise BadFile("CSV도 엑셀(.xlsx)도 아닌 파일입니다.")
    if any(name.lower().endswith(MACROS) for name in names):
        raise BadFile("매크로가 든 파일은 읽지 않습니다. .xlsx로 저장해 다시 올려 주세요.")
    if sum(each.file_size for each in packed.infolist()) > MOST_UNPACKED:
        raise BadFile("파일이 너무 큽니다. %(most)dMB까지 올릴 수 있습니다.", most=MOST_BYTES >> 20)
