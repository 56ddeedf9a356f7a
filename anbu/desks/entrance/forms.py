"""What somebody types at the door."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.utils.translation import gettext_lazy as _

from anbu.care.staff import actions
from anbu.desks.asking import FILL, PICK, AskForm, WithoutNumbers

from .adapters import count_try


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
