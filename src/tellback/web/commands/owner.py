"""tellback owner EMAIL --workspace NAME --password-stdin: the first owner, or a further one, without a browser."""

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tellback.web.start import begin, say

if TYPE_CHECKING:
    from tellback.workspace.models import User

WRONG = 2


def main(arguments: Sequence[str]) -> int:
    options = parser().parse_args(arguments)
    begin()
    try:
        if options.without_second_factors:
            return take_off(options.email.strip().lower())
        if not (options.workspace and options.password_stdin):
            raise ValueError("an owner needs --workspace NAME and --password-stdin. Nothing was changed.")
        return make(options.email.strip().lower(), options.name, options.workspace.strip(), password())
    except ValueError as fault:
        say(f"tellback owner: {fault}")
        return WRONG


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="tellback owner", description="Make an owner of a workspace without a browser.")
    made.add_argument("email", help="the address by which they sign in")
    made.add_argument("--workspace", default="", help="its name; it is founded if it does not exist")
    made.add_argument("--name", default="", help="how people call them (default: what stands before the @)")
    made.add_argument("--password-stdin", action="store_true", help="the password is read from there")
    made.add_argument(
        "--without-second-factors",
        action="store_true",
        help="only this: take off the passkeys, app and recovery codes of an account that lost them",
    )
    return made


def take_off(email: str) -> int:
    """Raises ValueError where there is no such account."""
    from tellback.kit.clock import now
    from tellback.workspace.models import User
    from tellback.workspace.second_factors import take_off_all

    user = User.objects.filter(email=email).first()
    if user is None:
        raise ValueError(f"nobody signs in with {email!r}. Nothing was changed.")
    count = take_off_all(user, by=None, at=now())
    say(f"{email}: {count} taken off; the password alone lets them in now." if count else f"{email} has none.")
    return 0


def password() -> str:
    """The first line of standard input. Raises ValueError where there is none."""
    said = sys.stdin.readline().rstrip("\r\n")
    if not said:
        raise ValueError("no password came on standard input. Nothing was changed. Pipe one line into the command.")
    return said


def make(email: str, name: str, space: str, word: str) -> int:
    """Raises ValueError in words; then nothing was changed."""
    from django.db import transaction

    from tellback.flow.founding import found
    from tellback.kit.clock import now
    from tellback.workspace.founding import add_member
    from tellback.workspace.models import Workspace

    if not space:
        raise ValueError("the workspace needs a name. Nothing was changed.")
    if Workspace.objects.filter(name=space).count() > 1:
        raise ValueError(f"there are several workspaces named {space!r}. Nothing was changed; rename one of them.")
    with transaction.atomic():
        user, fresh = account(email, name, word)
        workspace = Workspace.objects.filter(name=space).first()
        if workspace is None:
            workspace = found(space, at=now(), owner=user)
            say(f"Founded the workspace {workspace.name!r} (address {workspace.slug}), with a chart in force.")
        else:
            add_member(workspace, user, role="owner", at=now())
    say(f"{'Made the account' if fresh else 'Used the account'} {user.email}; it owns {workspace.name!r}.")
    return 0


def account(email: str, name: str, word: str) -> "tuple[User, bool]":
    """The user with this address, and whether it is new. One that exists keeps its password: it must be this one."""
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    from tellback.workspace.models import User

    try:
        validate_email(email)
    except ValidationError as fault:
        raise ValueError(f"{email!r} is no mail address. Nothing was changed.") from fault
    standing = User.objects.filter(email=email).first()
    if standing is None:
        return fresh_account(email, name, word), True
    if not standing.is_active or not standing.check_password(word):
        raise ValueError(f"{email} has an account already, with another password. Nothing was changed.")
    return standing, False


def fresh_account(email: str, name: str, word: str) -> "User":
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from tellback.workspace.models import User

    shown = (name.strip() or email.partition("@")[0])[:80]
    try:
        validate_password(word, User(email=email, name=shown))
    except ValidationError as fault:
        raise ValueError(f"the password will not do: {' '.join(fault.messages)} Nothing was changed.") from fault
    return User.objects.create_user(email, word, name=shown)
