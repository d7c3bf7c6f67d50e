"""What the operator's environment says, read once at start."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

# One writer at a time is SQLite's nature: IMMEDIATE takes the lock at the start of a transaction, so that
# two writers queue for it instead of failing half-way; NORMAL is safe against a killed process under WAL.
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
    "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456; "
    "PRAGMA journal_size_limit=67108864; PRAGMA wal_autocheckpoint=4000;"
)


def home(environ: Mapping[str, str]) -> Path:
    """The folder of database, keys and files, made if it is not there, closed to other users."""
    folder = Path(environ.get("TELLBACK_HOME", "var")).resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # A folder made by hand is open to others as a rule, and so is what is made in it.
    os.umask(0o077)
    if folder.stat().st_uid == os.geteuid():
        folder.chmod(0o700)
    return folder


def secret_key(environ: Mapping[str, str], folder: Path) -> str:
    """The key from TELLBACK_KEY, else from the key file, which the first start makes."""
    if environ.get("TELLBACK_KEY"):
        return environ["TELLBACK_KEY"]
    path = folder / "key"
    try:
        # O_EXCL: of two processes that start together one makes the key and the other reads it.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def database(environ: Mapping[str, str], folder: Path) -> dict[str, Any]:
    """Django's settings of the database: DATABASE_URL if it is set, else SQLite in the home folder."""
    url = environ.get("DATABASE_URL", "")
    if not url:
        return sqlite(folder / "tellback.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite(Path(unquote(parts.path)))
    if parts.scheme not in {"postgres", "postgresql"}:
        raise SystemExit(f"DATABASE_URL begins with {parts.scheme!r}; write postgres://user:password@host:port/name")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 8}, **dict(parse_qsl(parts.query))},
    }


def sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": SQLITE_PRAGMAS},
    }


def mail(environ: Mapping[str, str]) -> dict[str, Any]:
    """Django's settings of outgoing mail: TELLBACK_SMTP if it is set, else mails are printed on the console."""
    url = environ.get("TELLBACK_SMTP", "")
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise SystemExit("TELLBACK_SMTP is none: write smtp://user:password@host:587 or smtps://user:password@host:465")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        # Unencrypted only to this machine: a password or a sign-in link is in these mails.
        "EMAIL_USE_TLS": parts.scheme == "smtp" and parts.hostname not in {"127.0.0.1", "localhost", "::1"},
        "EMAIL_TIMEOUT": 20,
    }
