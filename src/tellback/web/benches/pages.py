"""tellback bench pages: p50 and p95 of the pages in a home that `bench grown --keep` has filled, by Django's client.

In one process, without the network: what the server takes to make a page. Each page is asked for once before.
"""

import argparse
import json
import os
import random
import time
from collections.abc import Callable, Sequence
from typing import Any

from tellback.web.start import begin, say


def main(arguments: Sequence[str]) -> int:
    made = argparse.ArgumentParser(prog="tellback bench pages")
    made.add_argument("home", help="the home that bench grown --keep left")
    made.add_argument("--times", type=int, default=100)
    options = made.parse_args(arguments)
    os.environ["TELLBACK_HOME"] = options.home
    begin()
    client, slug = visitor()
    for name, address in addresses(slug).items():
        print(json.dumps({"page": name, **timed(client, address, options.times)}), flush=True)
    return 0


def visitor() -> tuple[Any, str]:
    from django.conf import settings
    from django.test import Client

    from tellback.kit.clock import now
    from tellback.listen.models import Post
    from tellback.workspace.founding import add_member
    from tellback.workspace.models import User, Workspace

    settings.ALLOWED_HOSTS.append("testserver")
    workspace = Workspace.objects.get(name="Bench")
    user = User.objects.filter(email="bench@bench.example").first() or User.objects.create_user("bench@bench.example")
    add_member(workspace, user, role="owner", at=now())
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    say(f"{Post.objects.filter(workspace=workspace).count():,} posts")
    return client, workspace.slug


def addresses(slug: str) -> dict[str, Callable[[random.Random], str]]:
    """Page -> an address of it, chosen by chance."""
    from django.urls import reverse

    from tellback.cases.models import Case
    from tellback.listen.models import Post
    from tellback.workspace.models import Brand

    last_case, last_post = Case.objects.latest("id").pk, Post.objects.latest("id").pk
    brands = list(Brand.objects.filter(workspace__slug=slug).values_list("id", flat=True))
    inbox, search = reverse("desk:inbox", args=[slug]), reverse("desk:search", args=[slug])
    words = ["refund", "engineer", "delay", "form", "bill", "router"]
    return {
        "inbox": lambda chance: inbox,
        "inbox of a brand": lambda chance: f"{inbox}?brand={chance.choice(brands)}",
        "inbox, unassigned": lambda chance: f"{inbox}?queue=unassigned",
        "case": lambda chance: reverse("desk:case", args=[slug, chance.randrange(1, last_case)]),
        "post": lambda chance: reverse("desk:post", args=[slug, chance.randrange(1, last_post)]),
        "search, a word": lambda chance: f"{search}?q={chance.choice(words)}",
        "search, the commonest word": lambda chance: f"{search}?q={commonest()}",
        "search, two words": lambda chance: f"{search}?q={chance.choice(words)}+{chance.choice(words)}",
        "search, a rare word": lambda chance: f"{search}?q={rare(chance, last_post)}",
        "search, nothing found": lambda chance: f"{search}?q=zzyzx{chance.randrange(10**6)}",
        "chart": lambda chance: reverse("triage:chart", args=[slug]),
        "questions": lambda chance: reverse("triage:questions", args=[slug]),
    }


_commonest: list[str] = []


def commonest() -> str:
    """The word that most of a thousand posts have."""
    from collections import Counter

    from tellback.listen.alike import words
    from tellback.listen.models import Post

    if not _commonest:
        some = Post.objects.order_by("-id").values_list("text", flat=True)[:1000]
        _commonest.append(Counter(word for text in some for word in set(words(text))).most_common(1)[0][0])
    return _commonest[0]


def rare(chance: random.Random, last: int) -> str:
    """The longest word of some post: seldom elsewhere."""
    from tellback.listen.alike import words
    from tellback.listen.models import Post

    post = Post.objects.filter(pk__gte=chance.randrange(1, last)).order_by("pk").first()
    return max(words(post.text) if post else ["none"], key=len)


def timed(client: Any, address: Callable[[random.Random], str], times: int) -> dict[str, Any]:
    chance = random.Random(1)  # noqa: S311
    taken, sizes, refused = [], 0, 0
    for number in range(times + 3):
        url = address(chance)
        begun = time.perf_counter()
        response = client.get(url)
        if number >= 3:
            taken.append((time.perf_counter() - begun) * 1000)
            sizes += len(response.content)
            refused += response.status_code != 200
    taken.sort()
    return {
        "p50_ms": round(taken[len(taken) // 2], 1),
        "p95_ms": round(taken[int(len(taken) * 0.95)], 1),
        "worst_ms": round(taken[-1], 1),
        "kilobytes": round(sizes / times / 1000, 1),
        "not_200": refused,
    }
