"""Making the file: a workbook that says on every sheet whose it is, in an encrypted archive."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import openpyxl
import pyzipper
from openpyxl.cell import WriteOnlyCell

from .cells import plain

LONGEST_MARGIN = 250  # letters that a header of a printed sheet takes
Row = Sequence[str | int]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet: its name, the titles of its columns, its rows, and what is to be known of it."""

    title: str
    header: Row
    rows: Iterable[Row]
    notes: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Who took this out, when, what for, and who allowed it: on the cover and on every sheet."""

    code: str
    who: str
    at: str  # when, in words of Seoul's time
    purpose: str
    allowed_by: str
    until: str

    @property
    def line(self) -> str:
        """Return it as one line."""
        return f"내보냄 {self.code} · {self.who} · {self.at} · 목적: {self.purpose}"

    @property
    def cover(self) -> Sheet:
        """Return it as a first sheet."""
        return Sheet(
            title="표지",
            header=("안부 내보내기", self.code),
            rows=(
                ("내보낸 사람", self.who),
                ("만든 때", self.at),
                ("목적", self.purpose),
                ("허락한 사람", self.allowed_by),
                ("받을 수 있는 때", f"{self.until}까지"),
                ("지킬 것", "적은 목적에만 쓰고, 다 쓰면 지웁니다. 남에게 넘기지 않습니다."),
            ),
        )


def workbook(mark: Mark, sheets: Iterable[Sheet]) -> bytes:
    """Return an .xlsx file in which nothing calculates, with the mark on every sheet."""
    book = openpyxl.Workbook(write_only=True)
    book.properties.creator = mark.who
    book.properties.title = f"Anbu {mark.code}"
    book.properties.description = mark.line
    for sheet in (mark.cover, *sheets):
        page = book.create_sheet(sheet.title)
        margin = mark.line.replace("&", "&&")[:LONGEST_MARGIN]  # & begins a code there
        page.oddHeader.center.text = margin
        page.oddFooter.center.text = margin
        for row in ((mark.line,), *((note,) for note in sheet.notes), sheet.header, *sheet.rows):
            page.append([_cell(page, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(page: object, value: str | int) -> object:
    cell = WriteOnlyCell(page, value=plain(value))
    if isinstance(value, str):
        cell.data_type = "s"  # never guessed: a text that looks like a formula or a date stays one
    return cell


def sealed(body: bytes, *, name: str, password: str) -> bytes:
    """Return an archive that only this password opens: AES-256, as WinZip and 7-Zip read it."""
    out = io.BytesIO()
    with pyzipper.AESZipFile(
        out, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
    ) as archive:
        archive.setpassword(password.encode())
        archive.setencryption(pyzipper.WZ_AES, nbits=256)
        archive.writestr(name, body)
    return out.getvalue()
