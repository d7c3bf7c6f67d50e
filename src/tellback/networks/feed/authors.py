"""Who wrote an entry, from the one line in which feeds say it: "mail@x.example (Kim Lee)", "Kim Lee <mail@x.example>".

Pure. The parser's own splitting knows top-level domains of two to four letters only and cuts through others.
"""

import re

# The address of a fediverse account, @kim@talk.example, is no mail.
MAIL = re.compile(r"(?<![\w@.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}")
EMPTY = re.compile(r"\(\s*\)|<\s*>|\[\s*\]|mailto:\s*", re.IGNORECASE)
LONGEST = 1000
EDGES = " ,;\"'"


def split(author: object) -> tuple[str, str]:
    """(name, mail address) of an author's line, each "" where it says none. A name never holds an address."""
    line = " ".join(str(author or "").split())[:LONGEST]
    found = MAIL.search(line)
    name = line
    while found_more := MAIL.search(name):
        name = name[: found_more.start()] + name[found_more.end() :]
    name = " ".join(EMPTY.sub(" ", name).split()).strip(EDGES)
    mail_leads = found is not None and line.removeprefix("mailto:").startswith(found.group())
    if mail_leads and name.startswith("(") and name.endswith(")"):
        name = name[1:-1].strip(EDGES)
    return name, found.group() if found else ""


def called(name: str, mail: str) -> str:
    """What to call them: by their name, else by what stands before the @."""
    return name or mail.partition("@")[0]
