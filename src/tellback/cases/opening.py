"""Opening: from verdicts to cases. The last step of the incoming line, and the step ahead of the chart.

`follow` takes what a person says in a conversation that has an open case: it becomes an entry there, whatever the
chart would say. `open_case` opens what the chart sends to a person; a conversation whose case was closed opens
that one again.
"""

from collections.abc import Sequence
from datetime import datetime

from tellback.cases.case import Case, Clock, Entry, Strand, title_of
from tellback.cases.clocks import Promises
from tellback.cases.closing import reopen
from tellback.cases.events import CaseOpened
from tellback.cases.speaking import add_entries, entry_of
from tellback.events.announcing import announce_all
from tellback.kit import bulk
from tellback.listen.models import Mention, Post
from tellback.triage.verdict import Verdict
from tellback.work.line import Next, Outcome, Stop

Key = tuple[str, int, int, str]  # thread, brand, person, network


def key_of(mention: Mention, people: dict[int, int]) -> Key:
    post = mention.post
    return post.thread, mention.brand_id, people[post.author_id], post.network


def people_of(mentions: Sequence[Mention]) -> dict[int, int]:
    """handle id -> person id."""
    handles = sorted({mention.post.author_id for mention in mentions})
    return dict(bulk.rows_for("SELECT id, person_id FROM people_handle WHERE id IN ({keys})", handles))


def strands_of(keys: Sequence[Key]) -> dict[Key, Strand]:
    """The strands that stand, with their cases."""
    wanted = set(keys)
    threads = sorted({key[0] for key in keys})
    found: dict[Key, Strand] = {}
    for begin in range(0, len(threads), 500):
        rows = Strand.objects.filter(thread__in=threads[begin : begin + 500]).select_related("case")
        found.update({(row.thread, row.brand_id, row.person_id, row.network): row for row in rows})
    return {key: strand for key, strand in found.items() if key in wanted}


def follow(mentions: Sequence[Mention], at: datetime) -> list[Outcome]:
    """Mention -> Mention. What continues an open case becomes an entry there and is not judged again."""
    people = people_of(mentions)
    keys = [key_of(mention, people) for mention in mentions]
    standing = strands_of(keys)
    still_open = held_open({strand.case_id for strand in standing.values() if strand.case.is_open})
    outcomes: list[Outcome] = []
    spoken: list[tuple[Case, Post]] = []
    for mention, key in zip(mentions, keys, strict=True):
        strand = standing.get(key)
        if strand is None or strand.case_id not in still_open:
            outcomes.append(Next(mention))
            continue
        spoken.append((strand.case, mention.post))
        outcomes.append(Stop(f"It goes on in case {strand.case_id}.", "entry"))
    add_entries(spoken, at=at)
    return outcomes


def held_open(cases: set[int]) -> set[int]:
    """Those that are open, held until we commit: an entry is not to come into a case that is closed meanwhile."""
    if not cases:
        return set()
    rows = Case.objects.open().filter(pk__in=cases).order_by("pk").select_for_update()
    return set(rows.values_list("pk", flat=True))


def open_case(verdicts: Sequence[Verdict], at: datetime) -> list[Outcome]:
    """Verdict -> Case, where the chart's action needs one."""
    mentions = [verdict.mention for verdict in verdicts]
    people = people_of(mentions)
    keys = [key_of(mention, people) for mention in mentions]
    standing = strands_of(keys)
    batch = Opening(at, Promises(mention.brand_id for mention in mentions), standing)
    outcomes = [batch.place(verdict, key) for verdict, key in zip(verdicts, keys, strict=True)]
    batch.save()
    return outcomes


class Opening:
    """The cases that one batch opens, written together at its end."""

    def __init__(self, at: datetime, promises: Promises, standing: dict[Key, Strand]) -> None:
        self.at = at
        self.promises = promises
        self.standing = standing
        self.fresh: dict[Key, tuple[Case, Strand]] = {}
        self.entries: list[tuple[Case, Entry]] = []

    def place(self, verdict: Verdict, key: Key) -> Outcome:
        post = verdict.mention.post
        if key in self.fresh:
            case = self.fresh[key][0]
            self.entries.append((case, entry_of(post)))
            return Stop("It goes on in a case that came with the same batch.", "entry")
        strand = self.standing.get(key)
        if strand and strand.case.is_open and held_open({strand.case_id}):
            add_entries([(strand.case, post)], at=self.at)
            return Stop(f"It goes on in case {strand.case_id}.", "entry")
        if not verdict.needs_case:
            return Stop(f"The chart ends at: {verdict.action_words}.", verdict.action)
        if strand:
            reopen(strand.case, why="They spoke again", at=self.at, by=None)
            add_entries([(strand.case, post)], at=self.at)
            return Next(strand.case, why="Their closed case is open again.")
        case = self.open(verdict, key)
        return Next(case)

    def open(self, verdict: Verdict, key: Key) -> Case:
        post = verdict.mention.post
        case = bulk.row(
            Case, workspace_id=post.workspace_id, brand_id=key[1], person_id=key[2],
            title=title_of(post.title or post.text), lane=verdict.lane, network=post.network,
            urgency=verdict.urgency, opened_at=self.at, last_at=self.at,
        )  # fmt: skip
        strand = bulk.row(
            Strand, workspace_id=post.workspace_id, brand_id=key[1], person_id=key[2],
            connection_id=post.connection_id, network=post.network, thread=post.thread,
        )  # fmt: skip
        self.fresh[key] = (case, strand)
        self.entries.append((case, entry_of(post)))
        return case

    def save(self) -> None:
        cases = [case for case, _ in self.fresh.values()]
        bulk.number(cases)
        starts = {id(case): entry.at for case, entry in reversed(self.entries)}
        made = [self.promises.clock(case, Clock.Kind.FIRST, starts[id(case)]) for case in cases]
        bulk.insert(cases)
        for case, strand in self.fresh.values():
            strand.case_id = case.pk
        for case, entry in self.entries:
            entry.case_id = case.pk
        bulk.insert([strand for _, strand in self.fresh.values()])
        bulk.insert([entry for _, entry in self.entries])
        bulk.insert(made)
        announce_all(
            [
                CaseOpened(
                    workspace=case.workspace_id, subject=case.pk, at=self.at, person=case.person_id,
                    brand=case.brand_id, urgency=case.urgency,
                )
                for case in cases
            ]
        )  # fmt: skip
