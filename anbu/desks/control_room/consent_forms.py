"""What is filled in when a home agrees, or no longer does. Nothing is chosen beforehand."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anbu.desks.asking import PICK, AskForm

from . import consent_words
from .forms import note_field, when_field


class ConsentForm(AskForm):
    """One line of a consent form that was signed, said or ticked."""

    kind = forms.ChoiceField(label=_("무엇에"), error_messages=PICK)
    service = forms.ChoiceField(label=_("서비스"), required=False, error_messages=PICK)
    vendor = forms.ChoiceField(
        label=_("업체 (서비스 업체가 확인할 때만)"), required=False, error_messages=PICK
    )
    about = forms.ChoiceField(label=_("자료의 종류"), required=False, error_messages=PICK)
    form = note_field(limit=20, required=True, label=_("동의서 판 (예: 2026-1)"))
    obtained_how = note_field(limit=120, required=True, label=_("받은 방법과 사람"))
    evidence = note_field(limit=120, required=True, label=_("동의서가 있는 곳 (문서 번호)"))
    evidence_hash = note_field(limit=64, label=_("문서 지문 (SHA-256)"))
    until = when_field(_("언제까지"), required=False)

    def __init__(self, *args: Any, vendors: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("vendor", [("", _("없음")), *((each.id, each.name) for each in vendors)])
        kinds = [pair for pair in consent_words.KINDS.items() if pair[0]]
        self._choose("kind", [("", _("골라 주세요")), *kinds])
        self._choose("service", list(consent_words.SERVICES.items()))
        self._choose("about", list(consent_words.DATA.items()))

    def clean_vendor(self) -> int | None:
        """Return the number of the vendor a consent names, or None."""
        told = self.cleaned_data["vendor"]
        return int(told) if told else None

    def _choose(self, name: str, choices: list[Any]) -> None:
        field: Any = self.fields[name]
        field.choices = choices


class WithdrawForm(AskForm):
    """That a consent was taken back, and how we know."""

    how = note_field(limit=120, required=True, label=_("거둔 방법과 사람"))


class CoverageForm(AskForm):
    """Which dong, which reason, how far down."""

    dong = forms.IntegerField(required=False, min_value=1, max_value=2**31)
    why = forms.ChoiceField(
        required=False, choices=[("", _("모든 까닭")), *consent_words.DARK.items()]
    )
    after = forms.IntegerField(required=False, min_value=0, max_value=2**31)
