import io
import json
from collections import Counter

import pytest

from tellback.networks.file import adapter, bench_posts

COUNT = 6_000


@pytest.fixture(scope="module")
def rows():
    return [json.loads(line) for line in bench_posts.lines(COUNT, 4)]


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others(rows):
    out = io.StringIO()
    bench_posts.write(out, COUNT, 4)
    assert [json.loads(line) for line in out.getvalue().splitlines()] == rows
    assert out.getvalue() == "".join(bench_posts.lines(COUNT, 4))
    assert next(bench_posts.lines(1, 5)) != next(bench_posts.lines(1, 4))


def test_shares_are_as_promised(rows):
    lengths = [len(row["text"].split()) for row in rows]
    assert (min(lengths), max(lengths)) == (8, 38)
    seen, repeats, edits = {}, 0, 0
    for row in rows:
        earlier = seen.get(row["id"])
        repeats += earlier == row["text"]
        edits += earlier not in (None, row["text"])
        seen[row["id"]] = row["text"]
    assert repeats / COUNT == pytest.approx(0.05, abs=0.01)
    assert edits / COUNT == pytest.approx(0.05, abs=0.01)
    assert sum("answers" in row for row in rows) / COUNT == pytest.approx(0.21, abs=0.03)
    assert sum("brand" in row for row in rows) / COUNT == pytest.approx(0.6, abs=0.03)
    assert len({row["author"] for row in rows}) / COUNT == pytest.approx(1 / 3, abs=0.06)
    assert Counter(row["author"] for row in rows).most_common(1)[0][1] > 10


def test_a_brand_stays_named_through_every_change(rows):
    handles = dict(bench_posts.BRANDS)
    for row in rows:
        named = [
            brand for brand, handle in handles.items() if brand in row["text"] or f"@{handle}" in row["text"].split()
        ]
        assert not row.get("brand") or row["brand"] in named


def test_answers_point_at_posts_that_came_before(rows):
    seen = set()
    for row in rows:
        assert row.get("answers", row["id"]) in seen | {row["id"]}
        seen.add(row["id"])


def test_the_adapter_reads_every_row(tmp_path):
    path = tmp_path / "posts.jsonl"
    with path.open("w") as out:
        bench_posts.write(out, 1200, 1)
    connection = {"path": str(path), "mapping": "tellback"}
    batches = list(adapter.listen(connection, {}))
    saids = [adapter.parse(parcel.payload, connection) for batch in batches for parcel in batch.parcels]
    assert len(saids) == 1200
    assert not any(batch.broken for batch in batches)
    assert not any(said.extra for said in saids)
    assert set(adapter.brands(connection)) == {label for label, _ in bench_posts.BRANDS}
