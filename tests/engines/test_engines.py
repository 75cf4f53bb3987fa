"""One set of tests for both engines: frames, kernels, tasks, relational steps, and the rows that stages make of them.

Gap: object-store paths are tested on neither engine; both read and write a file system that all processes share.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from driver_rows import watch
from engine_corpus import Corpus
from runs import file_digests, link_part

from corpus_tools import tables
from corpus_tools.engines import ends
from corpus_tools.engines import relational as steps
from corpus_tools.engines.desk import Desk
from corpus_tools.engines.polars import PolarsEngine
from corpus_tools.engines.protocol import Engine
from corpus_tools.errors import GateError, RunError
from corpus_tools.group.distributed import group_parts, label_on_driver
from corpus_tools.group.local import cluster_edges
from corpus_tools.group.renamings import lift_renamings
from corpus_tools.match.distributed import match_parts
from corpus_tools.match.frequencies import count_frequencies
from corpus_tools.match.local import match_edges
from corpus_tools.plan import Plan
from corpus_tools.rewrite.candidates import find_partners
from corpus_tools.rewrite.distributed import find_candidate_pairs
from corpus_tools.store.parts import write_part

PLAN = Plan().with_settings({"group.threshold": 0.7})
SIGNATURES = pa.schema([("page_id", pa.string()), ("rewrite_signature", pa.binary())])
PAIRS = pa.schema([("left", pa.string()), ("right", pa.string())])
NUMBERS = pa.schema([("key", pa.string()), ("value", pa.int64())])


@dataclass(frozen=True)
class Doubled:
    """A kernel that drops odd values and doubles the rest."""

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        even = batch.filter(pc.equal(pc.bit_wise_and(batch["value"], 1), 0))
        return pa.RecordBatch.from_arrays([even["key"], pc.multiply(even["value"], 2)], schema=NUMBERS)


@dataclass(frozen=True)
class Counted:
    """A group kernel: rows on either side of each key."""

    def __call__(self, left: pa.Table, right: pa.Table) -> pa.Table:
        key = (left if left.num_rows else right)["key"][0].as_py()
        return pa.table({"key": [key], "value": [100 * left.num_rows + right.num_rows]}, schema=NUMBERS)


def _refuse(number: int) -> int:
    if number == 3:
        raise GateError("number is 3", "give another")
    return number


def _square(number: int) -> int:
    return number * number


def _numbers(*pairs: tuple[str, int]) -> pa.Table:
    return pa.table({"key": [key for key, _ in pairs], "value": [value for _, value in pairs]}, schema=NUMBERS)


def _rows(native: Any) -> list[tuple[Any, ...]]:
    table = nw.from_native(native).lazy().collect(backend="pyarrow").to_native()
    return sorted(tuple(row.values()) for row in table.to_pylist())


def _many(rows: int) -> pa.Table:
    values = np.random.default_rng(1).permutation(rows)
    return pa.table({"key": [f"{value:06d}" for value in values], "value": values}, schema=NUMBERS)


def test_a_kernel_may_drop_rows(engine: Engine) -> None:
    made = engine.map_batches(engine.frame(_numbers(("a", 1), ("b", 2), ("c", 4))), Doubled(), NUMBERS)
    assert _rows(made) == [("b", 4), ("c", 8)]


def test_groups_that_stand_on_one_side_only(engine: Engine) -> None:
    left, right = engine.frame(_numbers(("a", 1), ("a", 2), ("b", 3))), engine.frame(_numbers(("b", 4), ("c", 5)))
    assert _rows(engine.map_groups(left, right, "key", Counted(), NUMBERS)) == [("a", 200), ("b", 101), ("c", 1)]


def test_tasks_give_their_results_in_order(engine: Engine) -> None:
    assert list(engine.map_tasks(_square, list(range(7)), 2)) == [0, 1, 4, 9, 16, 25, 36]
    assert list(engine.map_tasks(_square, [], 2)) == []


def test_an_error_of_ours_comes_back_as_itself(engine: Engine) -> None:
    with pytest.raises(GateError, match="number is 3"):
        list(engine.map_tasks(_refuse, [1, 2, 3, 4], 2))


def test_sorted_parts_are_the_same_bytes(engine: Engine, tmp_path: Path) -> None:
    table = _many(1000)
    parts = engine.checkpoint_sorted(engine.frame(table), tmp_path / "there", NUMBERS, 300, ("key",))
    ordered = table.sort_by("key").combine_chunks().to_batches()
    assert parts == PolarsEngine().checkpoint(ordered, tmp_path / "here", NUMBERS, 300)
    assert file_digests(tmp_path / "there") == file_digests(tmp_path / "here")
    assert [part.rows for part in parts] == [300, 300, 300, 100]


def test_a_table_without_rows_is_one_part(engine: Engine, tmp_path: Path) -> None:
    parts = engine.checkpoint_sorted(engine.frame(NUMBERS.empty_table()), tmp_path / "there", NUMBERS, 300, ("key",))
    assert parts == PolarsEngine().checkpoint([], tmp_path / "here", NUMBERS, 300)


def test_a_scan_names_the_part_of_each_row(engine: Engine, corpus: Corpus) -> None:
    found = nw.from_native(engine.scan(corpus.documents, part="part")).group_by("part").agg(nw.len().alias("rows"))
    assert _rows(found.to_native()) == [(f"part-{part:05d}-00000.parquet", 100) for part in range(3)]


@dataclass(frozen=True)
class Listed:
    """A kernel for buckets: each key with the sum of its values."""

    def __call__(self, rows: pa.Table) -> pa.Table:
        return pa.table([rows["key"].slice(0, 1), [pc.sum(rows["value"]).as_py()]], schema=NUMBERS)


def test_rows_of_a_bucket_come_to_one_place(engine: Engine) -> None:
    made = engine.map_buckets(engine.frame(_numbers(("a", 1), ("b", 5), ("a", 2))), "key", Listed(), NUMBERS)
    assert _rows(made) == [("a", 3), ("b", 5)]
    assert _rows(engine.map_buckets(engine.frame(NUMBERS.empty_table()), "key", Listed(), NUMBERS)) == []


def test_numbers_are_in_the_order_of_the_ids(engine: Engine, tmp_path: Path) -> None:
    frame = engine.frame(_many(1000))
    numbered = engine.number_rows(frame, "key", "number", tmp_path / "held")
    assert [(key, number) for key, _, number in _rows(numbered)] == [(f"{at:06d}", at) for at in range(1000)]
    none = engine.number_rows(engine.frame(NUMBERS.empty_table()), "key", "number", tmp_path / "none")
    assert _rows(none) == []


def test_candidates_are_those_of_the_arrays(engine: Engine, tmp_path: Path) -> None:
    """Few values, so that weights tie, partners are cut off and crowded values are left out; some bins are empty."""
    chance = np.random.default_rng(11)
    plan = Plan().with_settings({"rewrite.bins": 16, "rewrite.max_partners": 3, "rewrite.max_df": 4}).rewrite
    values = chance.choice(np.array([*range(14), 2**32 - 1], np.uint32), (60, 48), p=[*[0.06] * 14, 0.16])
    ids = [f"p{page:02d}" for page in range(60)]
    table = pa.table({"page_id": ids, "rewrite_signature": [row.astype("<u4").tobytes() for row in values]}, schema=SIGNATURES)
    desk = Desk(engine, tmp_path)
    found = find_candidate_pairs(desk, nw.from_native(engine.frame(table)), plan)
    pairs = pl.from_arrow(found.select("left", "right").collect(backend="pyarrow").to_native()).sort("left", "right").rows()
    left, right, report = find_partners(values.T, plan)
    assert report.hot > 0
    assert 60 < len(left) < 180
    assert pairs == [(ids[one], ids[other]) for one, other in zip(left, right, strict=True)]


def test_renamed_pairs_merge_alike(engine: Engine) -> None:
    """Six pairs with one change, one of them turned, and one with a second change that is made nowhere else."""
    blank = {field.name: 0.0 if pa.types.is_floating(field.type) else 0 for field in tables.EDGES}
    rows = [{"left": "x", "right": "y", "kind": "near", "score": 0.8}]
    for topic in range(7):
        names = (-(2**62), 2**62 + 1) if topic else (2**62 + 1, -(2**62))
        more = {"also_left": 7, "also_right": 8} if topic == 6 else {}
        told = {"renamed_left": names[0], "renamed_right": names[1], "topic": topic + 1, "shared_holders": 2} | more
        rows.append({"left": f"a{topic}", "right": f"b{topic}", "kind": "renamed", "score": 0.6, "subject_conflict": 1.0} | told)
    table = pa.Table.from_pylist([blank | row for row in rows], tables.EDGES)
    found = _rows(lift_renamings(engine.frame(table)))
    assert [(row[0], row[2]) for row in found] == [*((f"a{topic}", "near") for topic in range(6)), ("x", "near")]
    assert found == _rows(lift_renamings(pl.DataFrame(pl.from_arrow(table))))


@dataclass(frozen=True)
class Told:
    """A kernel that writes both pages' texts into one column."""

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        texts = [["?" if text is None else text for text in batch[f"text_{side}"].to_pylist()] for side in ("left", "right")]
        both = pa.array([f"{one}|{other}" for one, other in zip(*texts, strict=True)], pa.string())
        return pa.RecordBatch.from_arrays([batch["left"], batch["right"], both], names=TOLD.names).cast(TOLD)


TOLD = pa.schema([("left", pa.string()), ("right", pa.string()), ("text", pa.string())])


def test_pairs_get_what_is_asked_of_both_pages(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In groups and pieces of a few pairs: a chain, a star around its smallest page and one around its largest, one pair either way
    round; a page that is not there, and one that is there twice."""
    monkeypatch.setattr(ends, "PAIRS_A_GROUP", 3)
    monkeypatch.setattr(ends, "_PIECE_BYTES", 20)
    pairs = [(f"c{at}", f"c{at + 1}") for at in range(9)] + [("a", f"s{at}") for at in range(12)]
    pairs += [(f"s{at}", "z") for at in range(12)] + [("q", "b"), ("lost", "z"), ("a", "twice")]
    ids = sorted({page for pair in pairs for page in pair} - {"lost"} | {"alone"})
    texts = {page: f"text of {page}" for page in ids}
    pages = pa.table({"page_id": [*ids, "twice"], "text": [*texts.values(), "again"]})
    named = {page: "?" if page in ("lost", "twice") else texts.get(page) for pair in pairs for page in pair}
    given = pa.table(dict(zip(("left", "right"), map(list, zip(*pairs, strict=True)), strict=True)))
    frames = [nw.from_native(engine.frame(table)) for table in (given, pages)]
    made = ends.map_ends(Desk(engine, tmp_path), *frames, ["text"], Told(), TOLD)
    assert _rows(made.to_native()) == sorted((left, right, f"{named[left]}|{named[right]}") for left, right in pairs)
    nothing = ends.map_ends(Desk(engine, tmp_path), frames[0].filter(nw.col("left") == ""), frames[1], ["text"], Told(), TOLD)
    assert _rows(nothing.to_native()) == []


def test_components_of_chains_stars_and_noise(engine: Engine, tmp_path: Path) -> None:
    chance = random.Random(5)
    chain = [(f"c{at:02d}", f"c{at + 1:02d}") for at in range(9)]
    star = [("a", f"s{at}") for at in range(5)] + [("z", "s3"), ("s3", "z")]
    noise = [(f"n{chance.randrange(25):02d}", f"m{chance.randrange(25):02d}") for _ in range(20)]
    edges = pa.table(dict(zip(("left", "right"), zip(*chain, *star, *noise, strict=True), strict=True)), schema=PAIRS)
    labels = steps.label_components(nw.from_native(engine.frame(edges)), Desk(engine, tmp_path).hold)
    assert _rows(labels.to_native()) == _rows(pl.from_arrow(label_on_driver(edges)))


@pytest.fixture(scope="module")
def here(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Edges and clusters by the embedded engine's own way: arrays and union-find."""
    folder, local = tmp_path_factory.mktemp("here"), PolarsEngine()
    edges = match_edges(local.scan(corpus.signatures), local.scan(corpus.documents), PLAN)
    local.checkpoint(edges, folder / "edges", tables.EDGES, 1_000_000)
    frame = cluster_edges(local.scan(folder / "edges"), local.scan(corpus.documents), PLAN.group).collect()
    clusters = frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(tables.CLUSTERS)
    local.checkpoint(clusters.to_batches(), folder / "clusters", tables.CLUSTERS, 1_000_000)
    return folder


def test_the_corpus_has_what_it_takes(here: Path) -> None:
    """Exact and near pairs, a bounded bucket's worth of family, clusters of several pages: or the tests below show nothing."""
    edges = pl.read_parquet(here / "edges" / "*.parquet")
    assert set(edges["kind"]) >= {"exact", "near"}
    assert edges.filter(pl.col("kind") == "near").height > 500
    roles = dict(pl.read_parquet(here / "clusters" / "*.parquet")["role"].value_counts().iter_rows())
    assert min(roles["single"], roles["kept"], roles["removed"]) > 5


def test_matching_as_relational_steps_gives_the_same_file(engine: Engine, corpus: Corpus, here: Path, tmp_path: Path) -> None:
    here_totals: dict[str, int] = {}
    there_totals: dict[str, int] = {}
    frequencies = _frequencies(corpus, tmp_path / "frequencies")
    match_parts(engine, corpus.signatures, corpus.documents, tmp_path / "edges", PLAN, there_totals, frequencies=frequencies)
    assert file_digests(tmp_path / "edges") == file_digests(here / "edges")
    local = PolarsEngine()
    list(match_edges(local.scan(corpus.signatures), local.scan(corpus.documents), PLAN, totals=here_totals))
    assert there_totals == here_totals
    assert here_totals["bounded_buckets"] > 0


def _frequencies(corpus: Corpus, folder: Path) -> Path:
    folder.mkdir()
    texts = pl.read_parquet(corpus.documents / "*.parquet")["text"].unique()
    counted = count_frequencies([texts.to_arrow()], PLAN.fingerprint.ngram).to_arrow().cast(tables.FREQUENCIES)
    write_part(folder / "part-00000-00000.parquet", counted.to_batches(), tables.FREQUENCIES)
    return folder


@pytest.mark.thorough("spark")
def test_a_grown_table_of_pairs_is_that_of_both_forms(engine: Engine, corpus: Corpus, tmp_path: Path) -> None:
    """Two parts were matched before: their pairs are measured again beside those of the third part."""
    local, before, seen = PolarsEngine(), tmp_path / "before", tmp_path / "seen"
    seen.mkdir()
    for part in sorted(corpus.signatures.glob("*.parquet"))[:2]:
        link_part(part, seen)
    local.checkpoint(match_edges(local.scan(seen), local.scan(corpus.documents), PLAN), before, tables.EDGES, 1_000_000)
    known = (local.scan(before), local.scan(seen))
    edges = match_edges(local.scan(corpus.signatures), local.scan(corpus.documents), PLAN, known=known)
    local.checkpoint(edges, tmp_path / "here", tables.EDGES, 1_000_000)
    match_parts(
        engine,
        corpus.signatures,
        corpus.documents,
        tmp_path / "there",
        PLAN,
        earlier=(before, seen),
        frequencies=_frequencies(corpus, tmp_path / "frequencies"),
    )
    assert file_digests(tmp_path / "there") == file_digests(tmp_path / "here")


@pytest.fixture(scope="module")
def chained(corpus: Corpus, here: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Documents, edges and clusters of the corpus and of chains of weak links beside it, by the embedded engine's own way."""
    folder, local = tmp_path_factory.mktemp("chained"), PolarsEngine()
    documents, edges = _chains(12)
    for name, source, rows in (("documents", corpus.documents, documents), ("edges", here / "edges", edges)):
        (folder / name).mkdir()
        for part in sorted(source.glob("*.parquet")):
            link_part(part, folder / name)
        write_part(folder / name / "part-99999-00000.parquet", rows.to_batches(), rows.schema)
    frame = cluster_edges(local.scan(folder / "edges"), local.scan(folder / "documents"), PLAN.group).collect()
    clusters = frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(tables.CLUSTERS)
    local.checkpoint(clusters.to_batches(), folder / "clusters", tables.CLUSTERS, 1_000_000)
    return folder


def _chains(count: int) -> tuple[pa.Table, pa.Table]:
    """Pages in a row, each like the next, of lengths and likenesses by chance; here and there one like the page after next."""
    chance = random.Random(9)
    documents, edges = [], []
    for chain in range(count):
        ids = [f"chain{chain:02d}{chance.randrange(10**6):06d}{place:02d}" for place in range(chance.randrange(3, 14))]
        documents += [_page(one, chance.randrange(5)) for one in ids]
        skipping = [pair for pair in zip(ids, ids[2:], strict=False) if chance.random() < 0.2]
        edges += [_edge(min(pair), max(pair), round(chance.uniform(0.7, 0.9), 3)) for pair in [*pairwise(ids), *skipping]]
    return pa.Table.from_pylist(documents, tables.DOCUMENTS), pa.Table.from_pylist(edges, tables.EDGES)


def _page(page_id: str, words: int) -> dict[str, Any]:
    row = dict.fromkeys(tables.DOCUMENTS.names) | {"page_id": page_id, "path": "text", "text": "", "content_hash": page_id}
    return row | {"n_words": words, "url": f"http://x.example/{page_id}"}


def _edge(left: str, right: str, score: float) -> dict[str, Any]:
    return dict.fromkeys(tables.EDGES.names, score) | {"left": left, "right": right, "kind": "near"}


def test_a_chain_is_one_family_that_keeps_several_pages(chained: Path) -> None:
    """Or the test below shows nothing of it."""
    chains = pl.read_parquet(chained / "clusters" / "*.parquet").filter(pl.col("page_id").str.starts_with("chain"))
    kept = chains.group_by("cluster_id").agg((pl.col("role") == "kept").sum())["role"]
    assert kept.max() > 1


@pytest.mark.parametrize(("driver_edges", "buckets"), [(10**6, 1), (0, 3)])
def test_grouping_in_buckets_gives_the_same_file(
    engine: Engine, chained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, driver_edges: int, buckets: int
) -> None:
    """Components by union-find on the driver, and by rounds over the executors, which collect nothing but counts."""
    seen = watch(monkeypatch) if engine.distributed else None
    group_parts(engine, chained / "edges", chained / "documents", tmp_path, PLAN, driver_edges, buckets)
    assert file_digests(tmp_path) == file_digests(chained / "clusters")
    if seen is not None:
        assert not seen.beyond()
        assert (seen.most["group/distributed.py:_roots"] > 1) == (driver_edges > 0)  # edges, or their number


def test_a_signature_without_its_document_is_told(engine: Engine, corpus: Corpus, tmp_path: Path) -> None:
    some = tmp_path / "documents"
    some.mkdir()
    link_part(next(corpus.documents.glob("part-00000*")), some)
    with pytest.raises(RunError, match="has a signature but not exactly one document"):
        match_parts(engine, corpus.signatures, some, tmp_path / "edges", PLAN, frequencies=tmp_path)
