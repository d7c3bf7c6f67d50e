"""Settings: what the operator may say stands in the environment, all else is fixed here.

TELLBACK_HOME    folder of database, keys and files (default ./var)
DATABASE_URL     postgres://user:password@host:port/name (default: SQLite in TELLBACK_HOME)
TELLBACK_KEY     the secret key (default: a file made on first start)
TELLBACK_HOSTS   names this installation answers to, by comma (default: this machine only)
TELLBACK_URL     its public address, for links in mails and replies
TELLBACK_PROXY   addresses of reverse proxies whose word on the visitor's address counts, by comma (default: none)
TELLBACK_SMTP    where the installation's own mails go: smtp://user:password@host:587 or smtps:// (default: the console)
TELLBACK_MAIL_FROM  their sender
"""

import os
from pathlib import Path

from tellback.kit.environment import database, home, mail, secret_key

HOME = home(os.environ)
SECRET_KEY = secret_key(os.environ, HOME)
DEBUG = False
PUBLIC_URL = os.environ.get("TELLBACK_URL", "http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = [name for name in os.environ.get("TELLBACK_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if name]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE = PUBLIC_URL.startswith("https://")

ROOMS = [
    "kit", "work", "events", "workspace", "people", "notices", "live", "networks", "listen",
    "triage", "replies", "cases", "loop", "desk", "flow", "web",
]  # fmt: skip
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    # Our rooms stand before allauth, so that its pages wear our templates.
    *[f"tellback.{room}" for room in ROOMS],
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "template_partials",
    "heroicons",
    "django_tasks",
]

DATABASES = {"default": database(os.environ, HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "workspace.User"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "tellback.web.security.ContentSecurityPolicy",
    "servestatic.middleware.ServeStaticMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "tellback.web.security.StorableTexts",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "tellback.web.urls"
ASGI_APPLICATION = "tellback.web.asgi.application"

FORM_RENDERER = "tellback.kit.forms.KitRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tellback.workspace.theme.theme",
                "tellback.web.shell.shell",
            ],
        },
    }
]

STATIC_URL = "/static/"
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_AUTOREFRESH = False
MEDIA_ROOT = HOME / "files"

# How often one may try to sign in is counted here, for each process: allauth's limits stay on.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "tellback"}}
# The first-run page makes a whole workspace; what that takes is known in a room above.
TELLBACK_FOUNDER = "tellback.flow.founding.found"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [Path(__file__).resolve().parent.parent / "locale"]

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "tellback.workspace.signing_in.InvitationOnly"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# Whoever asks for an address that is none gets no mail: anybody could have us write to strangers.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "login": "tellback.workspace.signing_in_forms.SignIn",
    "reauthenticate": "tellback.workspace.signing_in_forms.PasswordToConfirm",
    "change_password": "tellback.workspace.signing_in_forms.NewPassword",
    "reset_password": "tellback.workspace.signing_in_forms.ForgottenPassword",
    "reset_password_from_key": "tellback.workspace.signing_in_forms.PasswordByLink",
}
MFA_ADAPTER = "tellback.workspace.signing_in.SealedKeys"
MFA_FORMS = {
    "add_webauthn": "tellback.workspace.signing_in_forms.AddPasskey",
    "activate_totp": "tellback.workspace.signing_in_forms.CodeOfApp",
    "authenticate": "tellback.workspace.signing_in_forms.CodeToSignIn",
    "reauthenticate": "tellback.workspace.signing_in_forms.CodeToConfirm",
}
# Nobody comes but by an invitation, whose link was the proof of the address.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
MFA_TOTP_ISSUER = "Tellback"

SESSION_COOKIE_NAME = "tellback"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

globals().update(mail(os.environ))
DEFAULT_FROM_EMAIL = os.environ.get("TELLBACK_MAIL_FROM", "tellback@localhost")

TASKS = {"default": {"BACKEND": "tellback.work.backend.LeaseBackend", "QUEUES": ["default", "heavy", "outgoing"]}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"tellback": {"level": "INFO"}},
}
