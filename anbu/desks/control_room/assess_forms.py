"""Forms of the assessment tab. Nothing is chosen beforehand: a form must not answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anbu.desks.asking import NUMBER, PICK, AskForm

from . import assess_words, words
from .forms import note_field

DAY = {
    "required": _("날을 골라 주세요."),
    "invalid": _("날을 2027-05-24처럼 적어 주세요."),
}


def pick_field(label: Any, choices: Any, *, required: bool = True) -> forms.ChoiceField:
    """Return a choice of one, none of which is chosen yet."""
    return forms.ChoiceField(
        label=label,
        choices=choices,
        required=required,
        widget=forms.RadioSelect,
        error_messages=PICK,
    )


class TabForm(AskForm):
    """Several stand on one page: a field is named by the label around it, so none needs an id."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = False


class AnswersForm(TabForm):
    """The items of one instrument, or its sum, or its groups; `q_…` is the answer to an item."""

    version = forms.CharField(max_length=20, widget=forms.HiddenInput)
    how = pick_field(_("어떻게 여쭈었나"), list(assess_words.HOW.items()))
    note = note_field()

    def __init__(self, *args: Any, instrument: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if instrument is None:
            return
        self.instrument = instrument
        if instrument.entry == "total":
            self.fields["total"] = forms.IntegerField(
                label=_("점수"),
                min_value=instrument.least,
                max_value=instrument.most,
                error_messages={"required": _("점수를 적어 주세요."), **NUMBER},
            )
        elif instrument.entry == "pick":
            groups = [(band.code, assess_words.own(band)) for band in instrument.bands]
            self.fields["picked"] = pick_field(_("군"), groups)
        else:
            for item in instrument.items:
                answers = [(str(n), assess_words.own(c)) for n, c in enumerate(item.choices)]
                self.fields[f"q_{item.code}"] = pick_field(
                    assess_words.own(item), answers, required=False
                )

    @property
    def told(self) -> dict[str, Any]:
        """Return what was answered, as the action takes it."""
        given = self.cleaned_data
        return {
            "version": given["version"],
            "total": given.get("total"),
            "picked": given.get("picked", ""),
            "answers": {
                name.removeprefix("q_"): int(nth)
                for name, nth in given.items()
                if name.startswith("q_") and nth
            },
        }


class TierForm(TabForm):
    """A tier that an officer sets."""

    tier = pick_field(_("위험군"), list(words.TIERS.items()))
    reason = note_field(limit=200, required=True, label=_("까닭"))
    review_on = forms.DateField(
        label=_("다시 볼 날"),
        error_messages=DAY,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    assessment = forms.UUIDField(required=False, error_messages=PICK)


class RequestForm(TabForm):
    """What somebody asks about a decision."""

    asks = pick_field(_("무엇을 요구하나"), list(assess_words.ASKED.items()))
    told_by = note_field(limit=40, required=True, label=_("요구한 사람"))
    words = note_field(required=True, label=_("요구한 내용"))


class ReplyForm(TabForm):
    """The answer to it."""

    reply = pick_field(_("답"), list(assess_words.REPLIES.items()))
    words = note_field(required=True, label=_("답한 내용"))


class CrisisEndForm(TabForm):
    """What was done about an answer that could not wait."""

    outcome = pick_field(_("무엇을 했나"), list(assess_words.CRISIS_ENDS.items()))
    note = note_field(required=True, label=_("한 일"))
