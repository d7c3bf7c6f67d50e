"""tellback manage ...: Django's own commands."""

from collections.abc import Sequence

from django.core.management import execute_from_command_line


def main(arguments: Sequence[str]) -> int:
    execute_from_command_line(["tellback manage", *arguments])
    return 0
