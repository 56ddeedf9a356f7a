"""What is typed on a roster. Every fault is said in words, and what was typed stays."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from anbu.channels.telephony import EXTENSION

from ..asking import LONG, NUMBER, PICK, AskForm
from .forms import RegisterFileForm, ThemeForm, note_field, when_field

PARTS = [("duty", _("근무")), ("on_call", _("호출대기"))]
HEARD = [("yes", _("들립니다")), ("no", _("안 들립니다"))]
DAY = {
    "required": _("날을 골라 주세요."),
    "invalid": _("날을 2026-11-25처럼 적어 주세요."),
}


def _number(label: Any, *, least: int, most: int, required: bool = True) -> forms.IntegerField:
    told = {**NUMBER, "required": NUMBER["invalid"]}
    return forms.IntegerField(
        label=label, required=required, min_value=least, max_value=most, error_messages=told
    )


def _near(day: date | None) -> date | None:
    """Refuse a day of another age: nobody works then, and a calendar of it cannot be drawn."""
    if day is not None and not 2000 <= day.year < 2100:
        raise forms.ValidationError(DAY["invalid"])
    return day


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        input_formats=["%Y-%m-%d"],
        error_messages=DAY,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class StartForm(ThemeForm):
    """How the screen looks, whether it was heard, and why somebody works off the roster."""

    reason = note_field(limit=120, label=_("까닭"))
    heard = forms.ChoiceField(
        label=_("알림 소리"), choices=HEARD, required=False, error_messages=PICK
    )
    extension = forms.RegexField(
        label=_("내선 번호"),
        regex=EXTENSION,
        required=False,
        error_messages={"invalid": _("내선 번호는 숫자 2~8자리로 적어 주세요.")},
    )

    def clean_heard(self) -> bool | None:
        """Return whether the tone was heard; None where nobody said."""
        told = {"yes": True, "no": False}
        return told.get(self.cleaned_data["heard"])


class LeaveForm(AskForm):
    """Whether somebody knows that the post will be short without them."""

    sure = forms.BooleanField(required=False)


class WhenForm(AskForm):
    """When somebody works, and as what."""

    begins_at = when_field(_("시작"))
    ends_at = when_field(_("끝"))
    part = forms.ChoiceField(label=_("구분"), choices=PARTS, error_messages=PICK)
    order = _number(_("호출 순서"), least=0, most=9, required=False)

    def clean_order(self) -> int:
        """Return nought where nothing was typed: who sits at the post has no order."""
        return self.cleaned_data["order"] or 0


class TurnForm(WhenForm):
    """Who works, and when."""

    post = _number(_("자리"), least=1, most=2**62)
    staff = forms.IntegerField(
        label=_("직원"),
        min_value=1,
        max_value=2**62,
        error_messages={**PICK, "invalid": PICK["invalid_choice"]},
    )
    field_order = ["post", "staff", "begins_at", "ends_at", "part", "order"]


class NeedForm(AskForm):
    """How many people a post needs."""

    post = _number(_("자리"), least=1, most=2**62)
    part = forms.ChoiceField(label=_("구분"), choices=PARTS, error_messages=PICK)
    people = _number(_("필요한 사람"), least=0, most=50)


class RotationForm(AskForm):
    """A pattern of days, and who is in which team: a line for each team."""

    post = _number(_("자리"), least=1, most=2**62)
    name = note_field(limit=40, required=True, label=_("교대 이름"))
    pattern = note_field(limit=60, required=True, label=_("날의 차례"))
    starts_on = _day(_("첫 조가 시작하는 날"))
    teams = forms.CharField(
        label=_("조마다 한 줄"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={**LONG, "required": _("조마다 한 줄에 아이디를 적어 주세요.")},
    )

    def clean_starts_on(self) -> date | None:
        """Return the day, if it is of this age."""
        return _near(self.cleaned_data["starts_on"])

    def clean_teams(self) -> list[list[str]]:
        """Return the names by which people sign in, team by team."""
        lines = self.cleaned_data["teams"].replace(",", " ").splitlines()
        return [line.split() for line in lines if line.strip()]


class MonthForm(AskForm):
    """Which month is laid out."""

    month = _day(_("달"))

    def clean_month(self) -> date | None:
        """Return a day of the month, if it is of this age."""
        return _near(self.cleaned_data["month"])


class SwapForm(AskForm):
    """Whom somebody asks, and for which turn in return."""

    partner = forms.RegexField(
        r"^(staff:\d{1,18}|turn:[0-9a-f-]{36})$",
        label=_("누구와"),
        error_messages={**PICK, "invalid": PICK["invalid_choice"]},
    )

    def clean_partner(self) -> dict[str, Any]:
        """Return what the swap is about: a colleague alone, or a turn of theirs."""
        kind, told = self.cleaned_data["partner"].split(":")
        try:
            return {"asked_of": int(told)} if kind == "staff" else {"takes": UUID(told)}
        except ValueError:
            raise forms.ValidationError(PICK["invalid_choice"]) from None


class PostForm(AskForm):
    """Of which post."""

    post = _number(_("자리"), least=1, most=2**62)


class RosterFileForm(RegisterFileForm):
    """A roster that is kept in a file."""

    post = _number(_("자리"), least=1, most=2**62)
    field_order = ["post", "file"]


class BringForm(AskForm):
    """What was looked at, to be brought in as it was shown."""

    post = _number(_("자리"), least=1, most=2**62)
    text = forms.CharField(
        max_length=400_000,
        strip=False,
        widget=forms.HiddenInput,
        error_messages={**LONG, "required": _("파일을 다시 골라 주세요.")},
    )


class PlaceForm(AskForm):
    """Which roster, and which days of it, somebody looks at."""

    post = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    month = forms.RegexField(r"^\d{4}-\d{2}$", required=False)
    week = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    turn = forms.UUIDField(required=False)

    def clean_month(self) -> date | None:
        """Return the first day of the month."""
        told = self.cleaned_data["month"]
        try:
            return _near(date.fromisoformat(f"{told}-01") if told else None)
        except ValueError:
            raise forms.ValidationError(DAY["invalid"]) from None

    def clean_week(self) -> date | None:
        """Return a day of the week, if it is of this age."""
        return _near(self.cleaned_data["week"])
