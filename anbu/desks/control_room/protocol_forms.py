"""What is typed on the pages of 단계표."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anbu.care.alarms.rules import LONGEST_TEXT

from ..asking import FILL, AskForm
from .forms import note_field

TOO_BIG = _("파일이 너무 큽니다. 글로 된 TOML 파일을 골라 주세요.")
BYTES_A_LETTER = 4


class ProposeForm(AskForm):
    """A document: pasted, or as a file."""

    text = forms.CharField(
        label=_("단계표 (TOML)"),
        required=False,
        max_length=LONGEST_TEXT,
        strip=False,
        widget=forms.Textarea,
        error_messages=FILL,
    )
    file = forms.FileField(label=_("또는 파일"), required=False)

    def clean(self) -> dict[str, Any]:
        """Take the file where one was chosen, else what was pasted."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        file = found.get("file")
        if file is not None:
            found["text"] = self._read(file)
        found["text"] = str(found.get("text", "")).replace("\r\n", "\n")
        if not self.errors and not found["text"].strip():
            self.add_error("text", _("단계표를 붙여 넣거나 파일을 골라 주세요."))
        return found

    def _read(self, file: Any) -> str:
        if file.size > LONGEST_TEXT * BYTES_A_LETTER:
            self.add_error("file", TOO_BIG)
            return ""
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            self.add_error("file", _("읽을 수 없는 파일입니다. UTF-8로 저장해 주세요."))
            return ""


class SwitchOnForm(AskForm):
    """From when a document holds, and why; ticked by hand that it is meant."""

    valid_from = forms.DateTimeField(
        label=_("언제부터 (비워 두면 지금부터)"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"],
        error_messages={"invalid": _("날짜와 시각을 2026-12-01 09:00처럼 적어 주세요.")},
    )
    reason = note_field(limit=200, required=True, label=_("까닭"))
    sure = forms.BooleanField(
        label=_("두 단계표의 차이를 보았고, 이 단계표를 켭니다."),
        error_messages={"required": _("읽고 확인했는지 표시해 주세요.")},
    )


class DropForm(AskForm):
    """Why a proposal is taken away."""

    reason = note_field(limit=200, required=True, label=_("거두는 까닭"))
