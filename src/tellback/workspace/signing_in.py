"""Signing in: by invitation only. allauth does the work; this says who may make an account, and keeps keys sealed."""

from urllib.parse import quote

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tellback.kit import secret

QUIET_BACKENDS = ("console.EmailBackend", "dummy.EmailBackend")


class InvitationOnly(DefaultAccountAdapter):
    """No public sign-up: accounts are made by the first-run page and by taking an invitation."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("This address and this password do not belong together."),
        "incorrect_password": _("This is not your password."),
        "too_many_login_attempts": _("Too many tries that failed. Wait five minutes, then try again."),
        "rate_limited": _("Too many tries in a short time. Wait a minute, then try again."),
    }

    def get_reset_password_from_key_url(self, key: str) -> str:
        """At our own address: the Host that a stranger's request names has no say in a mail of ours."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return str(settings.PUBLIC_URL) + path.replace("UID-KEY", quote(key))

    def format_email_subject(self, subject: str) -> str:
        return f"[Tellback] {subject}"

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SealedKeys(DefaultMFAAdapter):
    """The seeds of authenticator apps and recovery codes are encrypted at rest, as all secrets are."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This is not the code. A new one comes every 30 seconds; type the one that is shown now."),
    }

    def encrypt(self, text: str) -> str:
        return secret.seal({"text": text})

    def decrypt(self, encrypted_text: str) -> str:
        return str(secret.unseal(encrypted_text)["text"])

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Key %(number)d") % {"number": count + 1}


def mail_is_configured() -> bool:
    """Does mail leave this machine? While it goes to the console only, pages show links in place of promising mail."""
    return not str(settings.EMAIL_BACKEND).endswith(QUIET_BACKENDS)
