"""The machine: Python, the home folder, the key, the disk, the addresses. Needs no database."""

import platform
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import django

from tellback import __version__
from tellback.web.doctor.finding import Check, Finding, look, ok, wrong

OTHERS = stat.S_IRWXG | stat.S_IRWXO
GIGABYTE = 1024**3
HERE = {"127.0.0.1", "localhost", "::1", "[::1]"}


def checks(home: Path, environ: Mapping[str, str], url: str, hosts: Sequence[str]) -> list[tuple[str, Check]]:
    return [
        ("versions", versions),
        ("home", lambda: home_folder(home)),
        ("key", lambda: key(home, environ)),
        ("disk", lambda: disk(home)),
        ("files", lambda: folder("files", home / "files")),
        ("static", static),
        ("address", lambda: address(url, hosts, named="TELLBACK_URL" in environ)),
        ("mail", lambda: mail(environ)),
    ]


def versions() -> Iterable[Finding]:
    words = f"Tellback {__version__}, Python {platform.python_version()}, Django {django.get_version()}"
    return [ok("versions", words)]


def home_folder(home: Path) -> Iterable[Finding]:
    if home.stat().st_mode & OTHERS:
        return [look("home", f"{home} can be read by other users of this machine.", f"chmod 700 {home}")]
    return [ok("home", f"{home}, closed to other users")]


def key(home: Path, environ: Mapping[str, str]) -> Iterable[Finding]:
    path = home / "key"
    if environ.get("TELLBACK_KEY"):
        if len(environ["TELLBACK_KEY"]) < 32:
            return [wrong("key", "TELLBACK_KEY is short: it can be guessed.", "Use 32 letters or more, by chance.")]
        return [ok("key", "from TELLBACK_KEY")]
    if path.stat().st_mode & OTHERS:
        return [look("key", f"{path} can be read by other users of this machine.", f"chmod 600 {path}")]
    return [ok("key", f"the file {path}; keep a copy elsewhere, no backup has it unless asked")]


def disk(home: Path) -> Iterable[Finding]:
    found = shutil.disk_usage(home)
    words = f"{found.free / GIGABYTE:,.1f} GB free of {found.total / GIGABYTE:,.1f}"
    if found.free < GIGABYTE // 4:
        return [wrong("disk", words, "Make room now: a full disk stops everything.")]
    if found.free < GIGABYTE or found.free < found.total // 20:
        return [look("disk", words, "Make room soon.")]
    return [ok("disk", words)]


def folder(topic: str, path: Path) -> Iterable[Finding]:
    if not path.exists():
        return [ok(topic, f"{path} is made when the first file comes")]
    if not path.is_dir():
        return [wrong(topic, f"{path} is no folder.", "Move it away.")]
    count = sum(1 for each in path.rglob("*") if each.is_file())
    if path.stat().st_mode & OTHERS:
        return [look(topic, f"{path} can be read by other users of this machine.", f"chmod 700 {path}")]
    return [ok(topic, f"{count:,} in {path}")]


def static() -> Iterable[Finding]:
    """Pages are bare without their styles, and nobody says why."""
    from django.contrib.staticfiles import finders

    missing = [name for name in ("kit/css/base.css", "kit/js/live.js") if not finders.find(name)]
    if missing:
        words = f"{', '.join(missing)} cannot be found."
        return [wrong("static", words, "Install Tellback again: the package is not whole.")]
    return [ok("static", "styles and scripts are there")]


def mail(environ: Mapping[str, str]) -> Iterable[Finding]:
    """The installation's own mails: invitations and new passwords."""
    where = environ.get("TELLBACK_SMTP", "")
    if not where:
        words = "TELLBACK_SMTP is not set: invitations and new passwords are not sent, but printed on the console."
        return [look("mail", words, "Set TELLBACK_SMTP and TELLBACK_MAIL_FROM, or hand out the links yourself.")]
    if not environ.get("TELLBACK_MAIL_FROM"):
        words = "TELLBACK_MAIL_FROM is not set: mails come from tellback@localhost, which many servers refuse."
        return [look("mail", words, "Set it to an address of yours.")]
    return [ok("mail", f"by {urlsplit(where).hostname}, from {environ['TELLBACK_MAIL_FROM']}")]


def address(url: str, hosts: Sequence[str], *, named: bool = True) -> Iterator[Finding]:
    if not named:
        yield ok("address", f"TELLBACK_URL is not set: links lead to {url}, which opens on this machine only")
        return
    parts = urlsplit(url)
    name = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or not name:
        yield wrong("address", f"TELLBACK_URL is {url!r}.", "Write it whole: https://desk.example.")
        return
    if not any(allowed(name, host) for host in hosts):
        words = f"TELLBACK_HOSTS does not name {name}: its pages answer 400."
        yield wrong("address", words, f"Add {name} to TELLBACK_HOSTS.")
    if "*" in hosts:
        yield look("address", "TELLBACK_HOSTS is *: any name is answered to.", "Name the hosts that people use.")
    if parts.scheme == "http" and name not in HERE:
        words = f"TELLBACK_URL is {url}: passwords and sessions go unencrypted, and passkeys do not work."
        yield wrong("address", words, "Put it behind HTTPS and write https:// in TELLBACK_URL.")
    elif parts.scheme == "http":
        yield ok("address", f"{url}, this machine only")
    else:
        yield ok("address", url)


def allowed(name: str, host: str) -> bool:
    """As Django reads ALLOWED_HOSTS: a name, or with a dot ahead a name and all below it."""
    host = host.strip("[]").lower()
    return host in {"*", name} or (host.startswith(".") and (name == host[1:] or name.endswith(host)))
