"""What is typed on the pages of the round. Nothing is chosen beforehand."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.timezone import make_aware
from django.utils.translation import gettext_lazy as _

from anbu.care.places.rules import SEOUL
from anbu.care.rounds.rules import Cadence

from ..asking import FILL, NUMBER, PICK, AskForm
from . import round_words as words
from .forms import note_field

DAY = {"required": _("날을 골라 주세요."), "invalid": _("날을 골라 주세요.")}
WHEN = {"required": _("때를 골라 주세요."), "invalid": _("때를 골라 주세요.")}


def _day(label: Any, *, required: bool = True) -> forms.DateField:
    return forms.DateField(label=label, required=required, error_messages=DAY)


def _number(label: Any, *, least: int, most: int, required: bool = True) -> forms.IntegerField:
    told = {**NUMBER, "required": NUMBER["invalid"]}
    return forms.IntegerField(
        label=label, required=required, min_value=least, max_value=most, error_messages=told
    )


def _pick(label: Any, table: dict[str, Any], *, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=[("", _("골라 주세요")), *table.items()],
        required=required,
        error_messages=PICK,
    )


def _line(label: Any, limit: int, *, required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=limit, required=required, error_messages=FILL)


class MonthForm(AskForm):
    """Which month is looked at: 2026-11."""

    month = forms.DateField(input_formats=["%Y-%m"], error_messages=DAY)


class DayForm(AskForm):
    """Which day is looked at."""

    day = _day(_("날"))


class MoveForm(AskForm):
    """To whom a home is given, and how; without a worker it is nobody's."""

    worker = _number(_("단원"), least=1, most=10**12, required=False)
    way = _pick(_("어떻게"), words.WAYS)
    seen = _line(_("본 것"), 60, required=False)


class TellForm(AskForm):
    """A log of somebody at a desk."""

    kind = _pick(_("무엇으로"), {k: words.KINDS[k] for k in list(words.KINDS)[:6]})
    result = _pick(_("어떻게 되었나요"), words.RESULTS)
    mood = _pick(_("어떠셨나요"), words.MOODS, required=False)
    heard = forms.MultipleChoiceField(
        label=_("들은 것"), choices=list(words.HEARD.items()), required=False, error_messages=PICK
    )
    note = note_field(limit=300)
    at = forms.DateTimeField(label=_("언제"), required=False, error_messages=WHEN)
    minutes = _number(_("걸린 시간(분)"), least=0, most=240, required=False)
    next_on = _day(_("다음에 연락할 날"), required=False)
    replaces = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def told(self, now: datetime) -> dict[str, Any]:
        """Return what was told; without a moment it was just now."""
        found = dict(self.cleaned_data)
        at = found["at"]
        found["at"] = now if at is None else at if at.tzinfo else make_aware(at, SEOUL)
        found["minutes"] = found["minutes"] or 0
        return found


class LinkForm(AskForm):
    """Help that was brought about."""

    kind = _pick(_("종류"), words.LINKS)
    what = _line(_("무엇을 연계했나"), 80)
    amount_krw = _number(_("금액(원)"), least=0, most=100_000_000, required=False)
    on = _day(_("연계한 날"))

    def clean_amount_krw(self) -> int:
        """Return the amount; what has none is nought."""
        return self.cleaned_data["amount_krw"] or 0


class _Often(AskForm):
    """How often a word is due, and why."""

    per_days = _number(_("며칠에"), least=1, most=92)
    times = _number(_("몇 번"), least=1, most=31)
    visit_days = _number(_("방문은 며칠마다 (0이면 없음)"), least=0, most=92)
    bound_days = _number(_("상한(날)"), least=1, most=92)
    reason = note_field(limit=120, required=True, label=_("까닭"))

    def cadence(self) -> Cadence:
        """Return it as the room takes it.

        Raises:
            NotAllowed: the numbers do not fit each other.
        """
        names = ("times", "per_days", "visit_days", "bound_days")
        return Cadence(**{name: self.cleaned_data[name] for name in names})


class PaceForm(_Often):
    """How often a word is due with one person, why, and until when."""

    until = _day(_("언제까지"))

    def told(self) -> dict[str, Any]:
        """Return it as the room takes it."""
        told = {name: self.cleaned_data[name] for name in ("reason", "until")}
        return {"cadence": self.cadence(), **told}


class CadenceForm(_Often):
    """How often a word is due in a tier, from when, and why."""

    tier = _pick(_("위험군"), words.VALUES["risk"])
    valid_from = _day(_("언제부터"))
    field_order = ("tier", "per_days", "times", "visit_days", "bound_days", "valid_from", "reason")

    def told(self) -> dict[str, Any]:
        """Return it as the room takes it."""
        told = {name: self.cleaned_data[name] for name in ("tier", "valid_from")}
        return {"cadence": self.cadence(), **told}


class RefusalForm(AskForm):
    """Somebody wants no calls."""

    kind = _pick(_("무엇으로 들었나"), {k: words.KINDS[k] for k in ("call", "visit", "message")})
    words = note_field(limit=300, label=_("하신 말씀"))


class YesForm(RefusalForm):
    """Who refused says yes again."""

    mood = _pick(_("어떠셨나요"), words.MOODS)


class HazardForm(AskForm):
    """What a worker should know before a door, and until when."""

    text = note_field(limit=120, required=True, label=_("문 앞에서 알아야 할 것"))
    until = _day(_("언제까지"))


class AHazardForm(AskForm):
    """One note, and what is done about it."""

    hazard = _number(_("주의할 것"), least=1, most=10**15)
    deed = forms.ChoiceField(
        choices=[(each, each) for each in ("renew", "end", "appeal", "uphold", "refuse")],
        error_messages=PICK,
    )
    until = _day(_("언제까지"), required=False)
    words = note_field(limit=300, label=_("이의"))


class AddWorkerForm(AskForm):
    """The account of a new worker."""

    login = _line(_("아이디"), 40)


class WorkerForm(AskForm):
    """A worker's hours, partner and papers."""

    month_hours = _number(_("한 달 시간"), least=1, most=48)
    partner = _number(_("짝"), least=1, most=10**12, required=False)
    trained_until = _day(_("방문 안전 교육 기한"), required=False)
    screened_until = _day(_("범죄 경력·감염병 확인 기한"), required=False)


class PhoneForm(AskForm):
    """The number at which a worker is rung who is looked for."""

    phone = _line(_("전화번호"), 20)


class CutOffForm(AskForm):
    """Whether the telephone is lost indeed."""

    sure = forms.BooleanField(required=False)


class OffForm(AskForm):
    """A day off, and why."""

    day = _day(_("쉬는 날"))
    reason = note_field(limit=120, required=True, label=_("쉬는 까닭"))


class OnForm(AskForm):
    """The day on which somebody comes after all."""

    day = _day(_("쉬는 날"))


class ChooseForm(AskForm):
    """Which of two values is right."""

    value = forms.CharField(label=_("맞는 것"), required=False, max_length=200, error_messages=FILL)
    unit = _line(_("동·호수"), 60, required=False)
    chosen = forms.BooleanField(
        error_messages={"required": _("둘 가운데 하나를 골라 주세요.")}, widget=forms.HiddenInput
    )


class SettleForm(AskForm):
    """What became of something that could not be read."""

    decided = note_field(limit=120, required=True, label=_("어떻게 했는지"))


class MeetingForm(AskForm):
    """What became of the meeting of a month."""

    held_on = _day(_("연 날"))
    note = note_field(limit=300, label=_("정한 것"))
    came = forms.TypedMultipleChoiceField(
        label=_("온 사람"), coerce=int, required=False, error_messages=PICK
    )

    def __init__(self, *args: Any, workers: Any = (), **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["came"].choices = [  # type: ignore[attr-defined]
            (str(each), "") for each in workers
        ]


class ProgrammeForm(AskForm):
    """A new programme."""

    kind = _pick(_("어떤 모임"), words.PROGRAMMES)
    name = _line(_("모임 이름"), 60)
    place = _line(_("모이는 곳"), 80)
    begins_at = forms.DateTimeField(label=_("시작"), error_messages=WHEN)
    minutes = _number(_("걸리는 시간(분)"), least=10, most=720)
    capacity = _number(_("인원"), least=1, most=200)
    dong_only = forms.BooleanField(label=_("우리 동만"), required=False)


class SignUpForm(AskForm):
    """Who wants to come."""

    household = forms.UUIDField(label=_("오실 분"), error_messages=PICK)
    says_yes = forms.BooleanField(label=_("본인이 지금 오겠다고 함"), required=False)


class GuestForm(AskForm):
    """Somebody who signed up."""

    household = forms.UUIDField(error_messages=PICK)


class CameForm(GuestForm):
    """Whether somebody was there."""

    came = forms.TypedChoiceField(
        label=_("출석"),
        choices=[("yes", _("왔음")), ("no", _("안 왔음"))],
        coerce=lambda told: told == "yes",
        error_messages=PICK,
    )


class WhyForm(AskForm):
    """Why something is called off."""

    why = note_field(limit=120, required=True, label=_("까닭"))


class ReportForm(AskForm):
    """In which form a signed month leaves."""

    form = forms.ChoiceField(choices=[("xlsx", "XLSX"), ("pdf", "PDF")], error_messages=PICK)


def month_of(text: str | None, today: date) -> date:
    """Return the month that an address asks for, or the present one."""
    form = MonthForm({"month": text or f"{today:%Y-%m}"})
    return form.cleaned_data["month"] if form.is_valid() else today.replace(day=1)
