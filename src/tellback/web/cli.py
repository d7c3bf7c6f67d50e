"""The command line: `tellback NAME ...`, or `./run NAME ...` from a clone."""

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

# name -> (module with main(arguments) -> exit code, what it does). Loaded when asked for: `help` starts no Django.
COMMANDS: dict[str, tuple[str, str]] = {
    "serve": ("tellback.web.commands.serve", "web, work and listening together (what ./run does)"),
    "web": ("tellback.web.commands.web", "the pages alone"),
    "work": ("tellback.web.commands.work", "the workers and the clock alone"),
    "listen": ("tellback.web.commands.listen", "the listeners alone"),
    "replay": ("tellback.web.commands.replay", "play a file of posts through the whole line"),
    "owner": ("tellback.web.commands.owner", "make the first owner without a browser"),
    "doctor": ("tellback.web.commands.doctor", "what is configured, reachable, wrong, and what to do"),
    "backup": ("tellback.web.commands.backup", "a whole copy into one file, while running"),
    "restore": ("tellback.web.commands.restore", "put a backup into an empty home"),
    "bench": ("tellback.web.commands.bench", "measure: posts, pages, live, fuzz"),
    "engine": ("tellback.web.commands.engine", "what serve starts beside its pages"),
    "manage": ("tellback.web.commands.manage", "Django's own commands"),
}


def main() -> None:
    arguments = sys.argv[1:]
    name = arguments[0] if arguments and not arguments[0].startswith("-") else "serve"
    if name in {"help", "--help"} or (arguments and arguments[0] in {"-h", "--help"}):
        print(usage())
        raise SystemExit(0)
    if name not in COMMANDS:
        print(f"tellback: there is no command {name!r}\n\n{usage()}", file=sys.stderr)
        raise SystemExit(2)
    rest = arguments[1:] if arguments and arguments[0] == name else arguments
    raise SystemExit(command(name)(rest))


def command(name: str) -> Callable[[Sequence[str]], int]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tellback.web.settings")
    module = import_module(COMMANDS[name][0])
    found: Callable[[Sequence[str]], int] = module.main
    return found


def usage() -> str:
    lines = [f"  {name:<9}{words}" for name, (_, words) in COMMANDS.items()]
    return "tellback COMMAND ...   (tellback COMMAND --help says more)\n\n" + "\n".join(lines)
