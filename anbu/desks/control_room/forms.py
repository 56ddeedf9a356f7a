"""What an operator can fill in. Every fault is said in words, and what was typed stays."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from anbu.care.alarms.rules import CARE_NOTE, REQUEST_LENGTH
from anbu.care.readings.rules import LEAST_THETA, MOST_THETA
from anbu.desks.asking import FILL, LONG, NUMBER, PICK, AskForm

from . import concern_words, errand_words, words


def note_field(*, limit: int = 300, required: bool = False, label: Any = "") -> forms.CharField:
    """Return a field for a few words of one's own."""
    return forms.CharField(
        label=label or _("메모"),
        required=required,
        max_length=limit,
        error_messages=FILL,
    )


def need_field(*, required: bool = True) -> forms.ChoiceField:
    """Return a field for what a person needs; without `required` nothing more is needed."""
    nothing = [] if required else [("", _("더 필요한 것 없음"))]
    return forms.ChoiceField(
        label=_("무엇이 필요한가"),
        required=required,
        choices=[*nothing, *errand_words.NEEDS.items()],
        error_messages={**PICK, "required": _("무엇에 대한 부탁인지 골라 주세요.")},
    )


class ThemeForm(AskForm):
    theme = forms.ChoiceField(choices=[("day", _("낮")), ("night", _("밤"))], error_messages=PICK)


class SeenForm(AskForm):
    """Which tellings a page showed to whoever says that they know of them."""

    shown = forms.CharField(max_length=4000, error_messages=FILL)

    def clean_shown(self) -> list[UUID]:
        """Return them by their ids; what is none is not there."""
        try:
            return [UUID(one) for one in self.cleaned_data["shown"].split(",")]
        except ValueError:
            raise forms.ValidationError(_("내용을 적어 주세요.")) from None


class CareForm(AskForm):
    """What came of asking a colleague how they are."""

    care = forms.UUIDField(error_messages={**PICK, "invalid": PICK["invalid_choice"]})
    state = forms.ChoiceField(
        choices=[(code, words.CARE_STATES[code]) for code in ("spoken", "declined")],
        error_messages=PICK,
    )
    note = note_field(limit=CARE_NOTE)


class PaceForm(AskForm):
    speed = forms.TypedChoiceField(
        choices=[("0", "0"), ("1", "1"), ("60", "60")], coerce=float, error_messages=PICK
    )


class ClaimForm(AskForm):
    version = forms.IntegerField(min_value=1)


WHOM = r"^(person|\d{1,18})$"  # the person at home, or a contact by id
RUNG = r"^(person|worker|partner|\d{1,18})$"  # or a worker in danger, or their partner


class CallForm(AskForm):
    whom = forms.RegexField(RUNG)
    result = forms.ChoiceField(
        choices=[
            (code, words.RESULTS[code])
            for code in ("safe", "help", "unknown", "will_look", "no_answer", "bad_number")
        ],
        error_messages={**PICK, "required": _("연락 결과를 골라 주세요.")},
    )
    note = note_field()


class DialForm(AskForm):
    whom = forms.RegexField(RUNG)


class MessageForm(AskForm):
    to = forms.RegexField(WHOM, error_messages=PICK)


class DispatchForm(AskForm):
    note = note_field()


class CloseForm(AskForm):
    outcome = forms.ChoiceField(
        choices=list(words.OUTCOMES.items()),
        error_messages={**PICK, "required": _("결과를 골라 주세요.")},
    )
    note = note_field()
    need = need_field(required=False)
    request = note_field(limit=REQUEST_LENGTH, label=_("부탁"))

    def clean(self) -> dict[str, Any]:
        """Refuse a request without saying what it is about, and the other way round."""
        found = super().clean() or self.cleaned_data
        if bool(found.get("need")) != bool(found.get("request")):
            raise forms.ValidationError(_("더 필요한 것은 무엇인지 고르고 한 줄로 적어 주세요."))
        return found


class ConcernCloseForm(AskForm):
    outcome = forms.ChoiceField(
        choices=list(concern_words.OUTCOMES.items()),
        error_messages={**PICK, "required": _("결과를 골라 주세요.")},
    )
    note = note_field()


class NoteForm(AskForm):
    text = note_field(required=True)


class ShelveForm(AskForm):
    span = forms.ChoiceField(
        choices=[("15", _("15분")), ("60", _("1시간")), ("morning", _("아침 09:00까지"))],
        error_messages={**PICK, "required": _("언제까지 미룰지 골라 주세요.")},
    )
    reason = note_field(limit=120, required=True, label=_("까닭"))

    def until(self, now: datetime) -> datetime:
        """Return the moment at which the alarm comes back."""
        span = self.cleaned_data["span"]
        if span != "morning":
            return now + timedelta(minutes=int(span))
        morning = localtime(now).replace(hour=9, minute=0, second=0, microsecond=0)
        return morning if morning > now else morning + timedelta(days=1)


class TransferForm(AskForm):
    to_staff = forms.IntegerField(
        error_messages={
            "required": _("넘겨받을 사람을 골라 주세요."),
            "invalid": PICK["invalid_choice"],
        }
    )
    reason = note_field(limit=120)


class FindForm(AskForm):
    """Whom somebody looks for."""

    q = forms.CharField(
        label=_("가구 찾기"), required=False, max_length=60, error_messages={**LONG}
    )
    after = forms.IntegerField(required=False, min_value=0, max_value=1_000_000)


class RuleForm(AskForm):
    """A rule to try out on the past; what is left empty stays as it is at present."""

    detector = forms.ChoiceField(
        label=_("판단"),
        choices=[("fixed", _("정해진 시간")), ("learned", _("배운 시계"))],
        error_messages=PICK,
    )
    hours = forms.FloatField(
        label=_("기다리는 시간"),
        required=False,
        min_value=1,
        max_value=72,
        error_messages=NUMBER,
    )
    theta = forms.FloatField(
        label=_("배수"),
        required=False,
        min_value=LEAST_THETA,
        max_value=MOST_THETA,
        error_messages=NUMBER,
    )
    watch = forms.FloatField(
        label=_("먼저 여쭙는 때"),
        required=False,
        min_value=0.1,
        max_value=1,
        error_messages=NUMBER,
    )

    def __init__(self, *args: Any, present: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.present = present


ABSENCES = [("travel", _("여행·외출")), ("hospital", _("입원")), ("elsewhere", _("다른 곳에 머묾"))]
TOLD_HOW = [
    ("call", _("전화")),
    ("message", _("문자")),
    ("visit", _("방문")),
    ("notice", _("기관 통보")),
]
WHEN = {
    "required": _("날과 시각을 골라 주세요."),
    "invalid": _("날과 시각을 2026-11-25 18:00처럼 적어 주세요."),
}


def when_field(label: Any, *, required: bool = True) -> forms.DateTimeField:
    """Return a field for a moment in Seoul."""
    return forms.DateTimeField(
        label=label,
        required=required,
        error_messages=WHEN,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class AbsenceEndForm(AskForm):
    """When somebody who is away is expected back."""

    expected_until = when_field(_("돌아올 때"))
    told_by = note_field(limit=40, required=True, label=_("알려 준 사람"))


class AbsenceForm(AbsenceEndForm):
    """That nobody is at home for a time."""

    kind = forms.ChoiceField(label=_("까닭"), choices=ABSENCES, error_messages=PICK)
    begins_at = when_field(_("나간 때"), required=False)  # nothing said: now
    told_how = forms.ChoiceField(label=_("알게 된 방법"), choices=TOLD_HOW, error_messages=PICK)
    note = note_field(limit=120)
    field_order = ["kind", "begins_at", "expected_until", "told_by", "told_how", "note"]


class StudyForm(RuleForm):
    """Which homes, and which rule to hold against their past."""

    district = forms.ChoiceField(label=_("자치구"), required=False, error_messages=PICK)
    dong = forms.ChoiceField(label=_("동"), required=False, error_messages=PICK)
    tier = forms.ChoiceField(label=_("위험도"), required=False, error_messages=PICK)
    provider = forms.ChoiceField(label=_("서비스"), required=False, error_messages=PICK)

    def __init__(self, *args: Any, dongs: Any = (), feeds: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everyone = [("", _("모두"))]
        districts = {each.code[:5]: each.district for each in dongs}
        chosen = self.data.get("district") or ""
        self._choose("district", everyone + sorted(districts.items(), key=lambda pair: pair[1]))
        self._choose(
            "dong", everyone + [(d.code, d.name) for d in dongs if d.code.startswith(chosen or "x")]
        )
        self._choose("tier", everyone + list(words.TIERS.items()))
        self._choose("provider", everyone + [(feed.provider, feed.name) for feed in feeds])
        for name, value in (("hours", 24), ("theta", 1), ("watch", 0.8)):
            self.fields[name].required = True
            self.fields[name].initial = value
            self.fields[name].error_messages["required"] = NUMBER["invalid"]

    def _choose(self, name: str, choices: list[Any]) -> None:
        field: Any = self.fields[name]
        field.choices = choices


class AdoptForm(AskForm):
    """From when a rule counts, and why; ticked by hand that it is meant."""

    valid_from = forms.DateField(
        label=_("언제부터"),
        error_messages={
            "required": _("날짜를 적어 주세요."),
            "invalid": _("날짜를 2026-12-01처럼 적어 주세요."),
        },
    )
    reason = note_field(limit=200, required=True, label=_("까닭"))
    sure = forms.BooleanField(
        label=_("결과와 한계를 읽었고, 이 기준을 켭니다."),
        error_messages={"required": _("읽고 확인했는지 표시해 주세요.")},
    )


class RegisterFileForm(AskForm):
    """A file with a register."""

    file = forms.FileField(
        label=_("명단 파일"),
        max_length=120,
        error_messages={
            "required": _("파일을 골라 주세요."),
            "empty": _("빈 파일입니다."),
            "max_length": _("파일 이름이 너무 깁니다."),
        },
    )


class ColumnsForm(AskForm):
    """Which column of a file means what."""

    def __init__(self, header: Sequence[str], fields: Sequence[Any], *args: Any) -> None:
        super().__init__(*args)
        choices = [
            ("", _("없음")),
            *((str(n), title or f"{n + 1}") for n, title in enumerate(header)),
        ]
        for field in fields:
            self.fields[field.field] = forms.ChoiceField(
                label=_(field.label),
                choices=choices,
                required=False,
                initial="" if field.column is None else str(field.column),
                error_messages=PICK,
            )

    def columns(self) -> dict[str, int]:
        """Return the number of the column of each field that has one."""
        return {field: int(nth) for field, nth in self.cleaned_data.items() if nth}


class KeepForm(AskForm):
    """Which of two records stays."""

    keep = forms.UUIDField(error_messages={**PICK, "invalid": PICK["invalid_choice"]})


class RefuseForm(AskForm):
    """Why a home is not accepted."""

    why = note_field(limit=200, required=True, label=_("까닭"))


class DoubtPlanForm(AskForm):
    plan = forms.ChoiceField(
        label=_("다른 길"), choices=list(words.PLANS.items()), error_messages=PICK
    )
    hours = forms.IntegerField(
        label=_("몇 시간 안에"), min_value=1, max_value=72, error_messages=PICK
    )
    reason = forms.CharField(label=_("까닭"), max_length=200, required=False, error_messages=LONG)


class DoubtEndForm(AskForm):
    how = forms.ChoiceField(
        label=_("확인"),
        choices=[(code, name) for code, name in words.DOUBT_ENDS.items() if code != "seen"],
        error_messages=PICK,
    )


class BrakeChoiceForm(AskForm):
    choice = forms.ChoiceField(
        label=_("어떻게 할지"), choices=list(words.BRAKE_CHOICES.items()), error_messages=PICK
    )
    reason = forms.CharField(label=_("까닭"), max_length=200, required=False, error_messages=LONG)


class GroupCloseForm(AskForm):
    outcome = forms.ChoiceField(
        label=_("결과"), choices=list(words.GROUP_OUTCOMES.items()), error_messages=PICK
    )
