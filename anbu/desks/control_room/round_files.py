"""A signed month as it leaves: a workbook or a page, on each of which stands whose it is."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.timezone import localtime

from anbu.care.exports.rules import Mark, Sheet, workbook
from anbu.care.rounds.actions.looking import open_lines
from anbu.care.rounds.queries.months import MonthRow, Signed

from .packet_pdf import one_of

KOREAN = "ko"


@dataclass(frozen=True, kw_only=True)
class MonthSheet:
    """All that stands in the file. Nobody of the homes does."""

    code: str
    row: MonthRow
    report: Signed
    month: date
    who: str
    at: datetime

    @property
    def title(self) -> str:
        """Return what stands on top."""
        more = f" 추가분 {self.report.nth}" if self.report.nth else ""
        return f"활동일지 {self.month:%Y년 %m월} · {self.row.dong} · {self.row.name}{more}"


def sheet_of(row: MonthRow, *, report: UUID, code: str, who: Any, now: datetime) -> MonthSheet:
    """Return what a file says of one report."""
    found = next(each for each in row.reports if each.id == report)
    month = found.lines[0].day.replace(day=1) if found.lines else found.confirmed_at.date()
    return MonthSheet(code=code, row=row, report=found, month=month, who=who.name, at=now)


def xlsx(sheet: MonthSheet) -> bytes:
    """Return it as a workbook in which nothing calculates."""
    report = sheet.report
    mark = Mark(
        code=sheet.code,
        who=sheet.who,
        at=f"{localtime(sheet.at):%Y-%m-%d %H:%M}",
        purpose="돌봄단 활동비 지급",
        allowed_by=report.signed_by,
        until=f"{localtime(sheet.at):%Y-%m-%d}",
    )
    sums = Sheet(
        title="합계",
        header=("항목", "값"),
        rows=(
            ("단원", sheet.row.name),
            ("동", sheet.row.dong),
            ("적은 시간(분)", report.told_min),
            ("인정 시간(분)", report.paid_min),
            ("활동비(원)", report.allowance_krw),
            ("앞서 서명한 활동비(원)", report.before_krw),
            ("더하거나 뺄 금액(원)", report.more_krw),
            ("하루 한도를 넘은 날", ", ".join(map(str, report.over_days))),
            ("한 주 한도를 넘은 주", ", ".join(map(str, report.over_weeks))),
            ("확인", f"{report.confirmed_by} {localtime(report.confirmed_at):%Y-%m-%d %H:%M}"),
            ("서명", f"{report.signed_by} {_at(report.signed_at)}"),
            ("지문(SHA-256)", report.digest),
        ),
    )
    lines = Sheet(
        title="날마다",
        header=("날", "분", "전화", "방문", "그 밖", "기록 번호"),
        rows=(
            (
                line.day.isoformat(),
                line.minutes,
                line.calls,
                line.visits,
                line.others,
                " ".join(str(each) for each in line.contacts),
            )
            for line in report.lines
        ),
    )
    return workbook(mark, (sums, lines))


def pdf(sheet: MonthSheet) -> bytes:
    """Return it as pages of paper.

    Raises:
        NoPdf: this machine cannot make one.
    """
    with translation.override(KOREAN):
        return one_of(render_to_string("control_room/rounds/pdf.html", {"sheet": sheet}))


def traced(row: MonthRow, *, seen_by: Any, now: datetime) -> dict[Any, Any]:
    """Return the rows of the log behind each line, as far as the reader may know of the homes."""
    ids = [each for line in row.counted.lines for each in line.contacts]
    return dict(open_lines(contacts=ids, seen_by=seen_by, now=now))


def _at(moment: datetime | None) -> str:
    return f"{localtime(moment):%Y-%m-%d %H:%M}" if moment else ""
