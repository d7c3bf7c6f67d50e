"""Tasks of the tests. Each leaves a line in a file, so that another process can be seen at work."""

import os
import time
from pathlib import Path

from tellback.work.tasks import task


def leave(path, words):
    # One write of one short line: appended whole by every process.
    with Path(path).open("a") as file:
        file.write(f"{words} {os.getpid()}\n")


def lines(path):
    return Path(path).read_text().split("\n")[:-1] if Path(path).exists() else []


@task()
def mark(path, words):
    leave(path, words)
    return words


@task(lease=2)
def linger(path, seconds):
    leave(path, "begun")
    time.sleep(seconds)
    leave(path, "ended")


@task(attempts=3)
def stumble(words):
    raise ValueError(words)


@task()
def give_back_a_set():
    return {1, 2}


@task(lease=600)
def long():
    return None


def plain():
    return None
