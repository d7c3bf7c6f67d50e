"""A real IMAP server for tests: Dovecot on a free loopback port, with any user name and one password.

    with dovecot() as server:
        server.append("help", raw)      # a mail arrives in the INBOX of "help"

It runs as root, then mail belongs to nobody, and without rights, then mail belongs to who runs it.
"""

import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAM = shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
PASSWORD = "corrin-9"

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
mailbox_idle_check_interval = 1 secs
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = create
  }}
}}
"""
AS_USER = """
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
first_valid_uid = 1
"""


@dataclass(frozen=True)
class Dovecot:
    port: int
    folder: Path
    password: str = PASSWORD

    @contextmanager
    def signed_in(self, user: str) -> Iterator[imaplib.IMAP4]:
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        try:
            client.login(user, self.password)
            yield client
        finally:
            client.logout()

    def append(self, user: str, raw: bytes, folder: str = "INBOX") -> None:
        with self.signed_in(user) as client:
            status, said = client.append(folder, None, None, raw)
            if status != "OK":
                raise RuntimeError(f"Dovecot did not take the mail: {said!r}")

    def mails(self, user: str, folder: str = "INBOX") -> list[tuple[bytes, bytes]]:
        """Flags and bytes of every mail in a folder."""
        with self.signed_in(user) as client:
            client.select(folder, readonly=True)
            _, said = client.fetch("1:*", "(FLAGS BODY.PEEK[])")
            return [(one[0], one[1]) for one in said if isinstance(one, tuple)]


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """Start, wait until it answers, and stop. Raises RuntimeError with the server's log when it does not start."""
    if not PROGRAM:
        raise RuntimeError("Dovecot is not installed (Debian: dovecot-imapd)")
    # A short path, since those of sockets end at 108 letters, and one that "nobody" may enter.
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
    try:
        yield from _serving(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _serving(folder: Path) -> Iterator[Dovecot]:
    port = free_port()
    (folder / "conf").write_text(config(folder, port))
    with (folder / "out").open("wb") as out:
        command = [str(PROGRAM), "-F", "-c", str(folder / "conf")]
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        wait_for(port, process, folder)
        yield Dovecot(port, folder)
    finally:
        process.terminate()
        process.wait(10)


def config(folder: Path, port: int) -> str:
    uid, gid = os.getuid(), os.getgid()
    text = CONFIG
    if uid == 0:
        nobody = pwd.getpwnam("nobody")
        uid, gid = nobody.pw_uid, nobody.pw_gid
    else:
        text += AS_USER.format(user=pwd.getpwuid(uid).pw_name, group=grp.getgrgid(gid).gr_name)
    folder.chmod(0o755)
    (folder / "mail").mkdir()
    os.chown(folder / "mail", uid, gid)
    return text.format(folder=folder, port=port, uid=uid, gid=gid, password=PASSWORD)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def wait_for(port: int, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as line:
                if line.recv(100).startswith(b"* OK"):
                    return
        except OSError:
            time.sleep(0.05)
    process.kill()
    process.wait(5)
    words = "".join(path.read_text("utf-8", "replace") for path in (folder / "out", folder / "log") if path.exists())
    raise RuntimeError(f"Dovecot did not start: {words[-2000:]}")
