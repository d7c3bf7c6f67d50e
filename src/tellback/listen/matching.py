"""Matching: which brands is this post about? One Mention for each. The fourth step."""

from collections.abc import Sequence
from datetime import datetime

from tellback.kit import bulk
from tellback.listen.post import Mention, Post
from tellback.listen.terms import Found, Terms
from tellback.work.line import Next, Outcome, Stop
from tellback.workspace.models import Brand, Term

# A post that says a name ten thousand times is kept whole; so many places of it are no use to anybody.
MOST_SPANS = 100


def match(posts: Sequence[Post], at: datetime) -> list[Outcome]:
    """Post -> Mention, one for each brand spoken of, spoken to, or whose thread it continues."""
    spaces = {workspace: Speaking(workspace) for workspace in {post.workspace_id for post in posts}}
    own = [spaces[post.workspace_id].own_brand(post) for post in posts]
    # What the brands themselves say in this batch opens their threads to the answers in the same batch.
    threads = brand_threads(posts)
    for post, brand in zip(posts, own, strict=True):
        if brand in spaces[post.workspace_id].in_use:
            threads.setdefault((post.workspace_id, post.network, post.thread), set()).add(brand)
    outcomes: list[Outcome] = []
    rows: list[Mention] = []
    for post, brand in zip(posts, own, strict=True):
        if brand or post.own:
            heard = brand in spaces[post.workspace_id].in_use
            rows.extend([mention(post, brand, Mention.How.OWN, Found(1.0), at)] if brand and heard else [])
            outcomes.append(Stop("The brand itself speaks.", "own"))
            continue
        found = mentions(post, spaces[post.workspace_id], threads, at)
        if found:
            # An answer in the same batch continues the thread, as it would in the next.
            here = threads.setdefault((post.workspace_id, post.network, post.thread), set())
            here.update(row.brand_id for row in found)
        outcomes.append(judgeable(post, found))
        rows.extend(found)
    bulk.insert(rows)
    return outcomes


class Speaking:
    """How people speak of one workspace's brands: read once for each batch."""

    def __init__(self, workspace: int) -> None:
        terms = list(Term.objects.filter(brand__workspace=workspace).values_list("brand_id", "kind", "text"))
        self.handles = {text.lower().lstrip("@"): brand for brand, kind, text in terms if kind == Term.Kind.HANDLE}
        brands = list(Brand.objects.filter(workspace=workspace).values_list("id", "name", "out_of_use_at"))
        self.names = {name.lower(): pk for pk, name, _ in brands}
        # What stands in a thread of a brand out of use, and what it says itself, is still known for what it is.
        self.in_use = {pk for pk, _, ended in brands if ended is None}
        self.terms = Terms(term for term in terms if term[0] in self.in_use)

    def own_brand(self, post: Post) -> int | None:
        """The brand whose own words these are, if they are a brand's."""
        author = post.said.author.handle.lower().lstrip("@") if post.said else ""
        by_handle = self.handles.get(author)
        if by_handle or not post.own:
            return by_handle
        label = post.said.brand.lower() if post.said else ""
        return self.names.get(label) or post.connection.brand_id

    def door(self, post: Post) -> int | None:
        """The brand whose door it came in by: the connection's own, or the one that the file names for this row."""
        label = post.said.brand.lower() if post.said else ""
        brand = self.names.get(label) or post.connection.brand_id
        return brand if brand in self.in_use else None


def mentions(post: Post, space: Speaking, threads: dict[tuple[int, str, str], set[int]], at: datetime) -> list[Mention]:
    found = space.terms.find(f"{post.title}\n{post.text}" if post.title else post.text)
    if post.title:  # spans are shown in the text; those that lie in the title are dropped, the match stays
        shift = len(post.title) + 1
        for what in found.values():
            what.spans = [(start - shift, end - shift, kind) for start, end, kind in what.spans if start >= shift]
    rows = {brand: mention(post, brand, Mention.How.TERM, what, at) for brand, what in found.items()}
    door = space.door(post)
    if door:
        what = found.get(door, Found())
        rows[door] = mention(post, door, Mention.How.DOOR, Found(1.0, what.spans), at)
    for brand in threads.get((post.workspace_id, post.network, post.thread), ()):
        if brand not in rows:
            rows[brand] = mention(post, brand, Mention.How.THREAD, Found(1.0), at)
    return list(rows.values())


def judgeable(post: Post, found: list[Mention]) -> Outcome:
    if not found:
        return Stop("It names none of the brands, came by no brand's door and continues no thread of one.", "unmatched")
    if post.automatic:
        return Stop(f"A machine wrote it ({post.automatic}); it is kept and not answered.", "automatic")
    return Next(*found)


def mention(post: Post, brand: int, how: str, what: Found, at: datetime) -> Mention:
    row = bulk.row(
        Mention, workspace_id=post.workspace_id, post_id=post.pk, brand_id=brand, how=str(how), sure=what.sure,
        spans=what.spans[:MOST_SPANS], at=at,
    )  # fmt: skip
    Mention.post.field.set_cached_value(row, post)
    return row


def brand_threads(posts: Sequence[Post]) -> dict[tuple[int, str, str], set[int]]:
    """(workspace, network, thread) -> brands that the thread already belongs to, for posts that continue one."""
    wanted: dict[tuple[int, str], set[str]] = {}
    for post in posts:
        if post.thread != post.external_id:
            wanted.setdefault((post.workspace_id, post.network), set()).add(post.thread)
    statement = (
        "SELECT DISTINCT p.thread, m.brand_id FROM listen_post p JOIN listen_mention m ON m.post_id = p.id "
        "WHERE p.workspace_id = %s AND p.network = %s AND p.thread IN ({keys})"
    )
    found: dict[tuple[int, str, str], set[int]] = {}
    for (workspace, network), names in wanted.items():
        for thread, brand in bulk.rows_for(statement, sorted(names), workspace, network):
            found.setdefault((workspace, network, thread), set()).add(brand)
    return found
