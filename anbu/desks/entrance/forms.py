"""What somebody types at the door."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.utils.translation import gettext_lazy as _

from anbu.care.effects.rules import MOST_TURNS, By, Turn
from anbu.care.staff import actions
from anbu.desks.asking import FILL, LONG, NUMBER, PICK, AskForm, WithoutNumbers

from .adapters import count_try

BYS = (
    (By.PUSH, _("브라우저 알림")),
    (By.SMS, _("문자")),
    (By.CALL, _("전화")),
)


class Login(WithoutNumbers, LoginForm):
    """A number for a login would be shown again and kept with the tries."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields.pop("remember", None)
        self.fields["login"].label = _("아이디")
        self.fields["login"].error_messages["required"] = _("아이디를 적어 주세요.")
        self.fields["password"].label = _("비밀번호")
        self.fields["password"].help_text = ""
        self.fields["password"].error_messages["required"] = _("비밀번호를 적어 주세요.")


class RoadForm(AskForm):
    """Where somebody of the staff lives; of the address only its road is kept."""

    dong = forms.ChoiceField(label=_("사는 동"), error_messages=PICK)
    address = forms.CharField(
        label=_("도로명주소 (길 이름까지만 남습니다)"), max_length=120, error_messages=FILL
    )

    def __init__(self, *args: Any, dongs: Any = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        choices = [(each.code, f"{each.district} {each.name}") for each in dongs]
        self.fields["dong"].choices = [("", _("고르기")), *choices]  # type: ignore[attr-defined]


class OrderForm(AskForm):
    """In which order somebody, or everybody at a post, is told: four lines, most of them empty."""

    def __init__(self, *args: Any, turns: Any = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        for nth in range(MOST_TURNS):
            turn = turns[nth] if nth < len(turns) else None
            self.fields[f"by_{nth}"] = forms.ChoiceField(
                label=_("%(n)d번째 길") % {"n": nth + 1},
                required=False,
                choices=[("", _("없음")), *BYS],
                initial=turn.by if turn else "",
                error_messages=PICK,
            )
            self.fields[f"after_{nth}"] = forms.IntegerField(
                label=_("%(n)d번째까지 기다리는 초") % {"n": nth + 1},
                required=False,
                min_value=0,
                max_value=1800,
                initial=turn.after_s if turn else None,
                error_messages=NUMBER,
            )

    @property
    def lines(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return the lines as the page draws them."""
        return [(self[f"by_{nth}"], self[f"after_{nth}"]) for nth in range(MOST_TURNS)]

    @property
    def turns(self) -> tuple[Turn, ...]:
        """Return what was picked, the first at once; nothing picked: no order of one's own."""
        told = self.cleaned_data
        picked = [n for n in range(MOST_TURNS) if told.get(f"by_{n}")]
        return tuple(
            Turn(By(told[f"by_{n}"]), 0 if n == picked[0] else told.get(f"after_{n}") or 0)
            for n in picked
        )


class OwnOrderForm(OrderForm):
    """One's own order, and the number by which one is reached."""

    phone = forms.CharField(
        label=_("내 전화번호 (문자와 전화를 받을 곳)"),
        max_length=20,
        required=False,
        error_messages=LONG,
    )


class _Counted(forms.Form):
    """A form whose code is counted as a try before it is looked at."""

    user: Any

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("인증번호 6자리")
        self.fields["code"].error_messages["required"] = _("인증번호를 적어 주세요.")

    def clean_code(self) -> str:
        """Count, then look; a right one takes the tries back."""
        count_try(self.user.login, "code")
        code: str = super().clean_code()  # type: ignore[misc]
        actions.forgive(login=self.user.login, kind="code")
        return code


class Code(_Counted, AuthenticateForm):
    pass


class CodeAgain(_Counted, ReauthenticateForm):
    pass


class BringApp(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("앱에 보이는 6자리")
        self.fields["code"].error_messages["required"] = _("앱에 보이는 번호를 적어 주세요.")


class OwnPassword(WithoutNumbers, ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name, label in {
            "oldpassword": _("지금 비밀번호"),
            "password1": _("새 비밀번호"),
            "password2": _("새 비밀번호 한 번 더"),
        }.items():
            self.fields[name].label = label
            self.fields[name].error_messages["required"] = _("비밀번호를 적어 주세요.")
