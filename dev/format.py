"""./run format: bring the code into its form."""

import sys

from steps import SOURCES, step, tool

if __name__ == "__main__":
    passed = step("Format", tool("ruff", "format", *SOURCES)) & step("Lint", tool("ruff", "check", "--fix", *SOURCES))
    sys.exit(0 if passed else 1)
