"""./run lock: write requirements/*.lock anew from pyproject.toml, with hashes and without any address. Needs uv."""

import subprocess
import sys

from steps import ROOT

OPTIONS = "--universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet"
LOCKS = {"base": [], "postgresql": ["--extra", "postgresql"], "dev": ["--group", "dev"]}


def main() -> int:
    for name, more in LOCKS.items():
        command = ["uv", "pip", "compile", *OPTIONS.split(), *more, "pyproject.toml", "-o", f"requirements/{name}.lock"]
        subprocess.run(command, cwd=ROOT, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
