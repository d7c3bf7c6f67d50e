"""allauth's forms, with labels and hints in our words. They come without types, hence the marks."""

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
)
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCode
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.utils.translation import gettext_lazy as _

from tellback.workspace.entrance_forms import PASSWORD_HELP


def bare(form: Any) -> None:
    """A label stands over each field; words inside them would go when one types."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


def two_times(form: Any) -> None:
    form.fields["password1"].label = _("The new password")
    form.fields["password1"].help_text = PASSWORD_HELP
    form.fields["password2"].label = _("The new password once more")
    bare(form)


class SignIn(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail")
        self.fields["password"].help_text = ""
        bare(self)


class PasswordToConfirm(ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
        bare(self)


class NewPassword(ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("The password until now")
        self.fields["oldpassword"].help_text = ""
        two_times(self)


class ForgottenPassword(ResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")
        bare(self)


class PasswordByLink(ResetPasswordKeyForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        two_times(self)


class CodeOfApp(ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("The six figures that it shows now")
        self.fields["code"].widget.attrs["inputmode"] = "numeric"
        bare(self)


class CodeToSignIn(AuthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["code"].help_text = _("From your authenticator app, or one of your recovery codes")
        bare(self)


class CodeToConfirm(ReauthenticateByCode):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _("From your authenticator app, or one of your recovery codes")
        bare(self)


class AddPasskey(AddWebAuthnForm):  # type: ignore[misc]
    """A key is a passkey unless one says otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("What you call it")
        self.fields["name"].help_text = _("So that you know it again: office laptop, key on the ring")
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].label = _("Sign in with it alone, without a password")
        self.fields["passwordless"].help_text = _(
            "Your device asks for your finger, face or PIN. Without this, the key is a second step after the password."
        )
