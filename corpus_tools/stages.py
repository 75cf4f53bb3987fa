"""The stages in order: which tables, settings and code each depends on, and how its parts are made."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa

from corpus_tools import tables
from corpus_tools.engines import Engine
from corpus_tools.manifest import Manifest, Part, Work, digest_file, seal
from corpus_tools.parts import describe_part, list_parts, read_note, read_part, write_part, write_rolling
from corpus_tools.plan import Plan, ReadPlan
from corpus_tools.progress import Progress

if TYPE_CHECKING:
    from corpus_tools.against import Earlier
    from corpus_tools.clean.site import SiteCounts
    from corpus_tools.pages import SourceFile

_PACKAGE = Path(__file__).parent
Unit = tuple[int, "list[SourceFile]"]
"""An input unit: its number and its files."""


@dataclass
class Context:
    """What a stage works with."""

    folder: Path
    plan: Plan
    engine: Engine
    workers: int
    progress: Progress
    files: list[SourceFile] = field(default_factory=list)
    earlier: Earlier | None = None


@dataclass(frozen=True)
class Stage:
    """One step of the straight line. The last of ``folders`` is sealed last and decides."""

    name: str
    folders: tuple[str, ...]
    after: tuple[str, ...]
    params: Callable[[Plan], dict[str, Any]]
    code: tuple[str, ...]
    make: Callable[[Context, Work], None]
    libraries: tuple[str, ...] = ()

    def code_digest(self) -> str:
        """Digest of the stage's own source and data files, and of the libraries that decide its output."""
        digest = hashlib.blake2b(digest_size=16)
        for name in self.code:
            place = _PACKAGE / name
            for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
                if path.is_file() and path.suffix != ".pyc":
                    digest.update(path.read_bytes())
        digest.update(" ".join(version(name) for name in self.libraries).encode())
        return digest.hexdigest()


def _sections(*names: str, leave: tuple[str, ...] = ()) -> Callable[[Plan], dict[str, Any]]:
    def params(plan: Plan) -> dict[str, Any]:
        held = plan.to_dict()
        settings = {f"{name}.{key}": value for name in names for key, value in held[name].items()}
        return {key: value for key, value in settings.items() if key not in leave}

    return params


def make_units(files: list[SourceFile], plan: ReadPlan) -> list[list[SourceFile]]:
    """Consecutive files in groups of about one part, so that parts never depend on who reads what."""
    units: list[list[SourceFile]] = []
    held = 0
    for file in files:
        if not units or held + file.size > plan.part_bytes or len(units[-1]) >= plan.part_pages:
            units.append([])
            held = 0
        units[-1].append(file)
        held += file.size
    return units


def make_extracted(ctx: Context, work: Work) -> None:
    """Read and clean pages, one part file at a time; a part found on disk is not made again."""
    folder = ctx.folder / "extracted"
    if ctx.earlier:
        ctx.earlier.link_extracted(folder)
    ctx.progress.start("clean", sum(file.size for file in ctx.files), "bytes")
    units = list(enumerate(make_units(ctx.files, ctx.plan.read), ctx.earlier.units if ctx.earlier else 0))
    total = 0
    for rows, size in _extract(ctx, units, folder):
        total += rows
        ctx.progress.advance(size, pages=total)
    ctx.progress.finish(f"{total:,} pages cleaned")
    parts = ctx.engine.map_tasks(describe_part, list_parts(folder), ctx.workers)
    seal(folder, Manifest(work, tuple(parts)))


def _extract(ctx: Context, units: list[Unit], folder: Path) -> Iterator[tuple[int, int]]:
    """Rows and source bytes of each part made: by one pool over all units, or by a task a unit."""
    if not ctx.engine.distributed:
        yield from extract_units(units, folder, ctx.plan, ctx.workers)
        return
    for made in ctx.engine.map_tasks(partial(_extract_unit, folder=folder, plan=ctx.plan), units, ctx.workers):
        yield from made


def _extract_unit(unit: Unit, folder: Path, plan: Plan) -> list[tuple[int, int]]:
    return list(extract_units([unit], folder, plan, 1))


def extract_units(units: list[Unit], folder: Path, plan: Plan, workers: int) -> Iterator[tuple[int, int]]:
    """Write the parts of ``units`` that are not in ``folder`` yet; rows and source bytes of each, as it is written."""
    from corpus_tools.clean import extract_pages

    begun: deque[tuple[Path, list[int], int]] = deque()
    for batch in extract_pages(_unread_parts(units, folder, plan.read, begun), plan.clean, workers):
        path, end, size = begun.popleft()
        write_part(path, [batch], tables.EXTRACTED, note=end)
        yield batch.num_rows, size


def _unread_parts(
    units: list[Unit], folder: Path, plan: ReadPlan, begun: deque[tuple[Path, list[int], int]]
) -> Iterator[pa.RecordBatch]:
    """Batches of pages still to be cleaned; where each goes is put on ``begun`` in the same order."""
    from corpus_tools.pages import Position, read_pages

    for number, files in units:
        made = sorted(folder.glob(f"part-{number:05d}-*.parquet"))
        start = Position(*read_note(made[-1])) if made else Position(0, 0)
        if made and start.file >= len(files):
            continue
        for count, part in enumerate(read_pages(files, plan, start), len(made)):
            end = [part.end.file, part.end.page]
            begun.append((folder / f"part-{number:05d}-{count:05d}.parquet", end, part.bytes_read))
            yield part.batch


def make_documents(ctx: Context, work: Work) -> None:
    """The site-level pass: count lines over all pages, then cut what is template, part by part."""
    from corpus_tools.clean.site_table import site_rows

    sources = list_parts(ctx.folder / "extracted")
    ctx.progress.start("site", 2 * len(sources), "parts")
    counts, again = _count_sites(ctx, sources)
    write_rolling(ctx.folder / "sites", "part", site_rows(counts) if counts else [], tables.SITES, 1_000_000)
    finish = partial(_finish_part, folder=ctx.folder, plan=ctx.plan, earlier=ctx.earlier, again=again)
    if ctx.engine.distributed:
        done = ctx.engine.map_tasks(partial(_finish_stored, finish=finish, seal=work.key if counts else ""), sources, ctx.workers)
    else:
        done = (finish(source, counts=counts) for source in sources)
    for _ in done:
        ctx.progress.advance(1)
    for name in ("sites", "stripped", "rejected", "documents"):
        parts = ctx.engine.map_tasks(describe_part, list_parts(ctx.folder / name), ctx.workers)
        seal(ctx.folder / name, Manifest(work, tuple(parts)))
    ctx.progress.finish(f"{len(sources):,} parts")


def _count_sites(ctx: Context, sources: list[Path]) -> tuple[SiteCounts | None, set[str]]:
    """Counts over all pages, and the sites whose pages of an earlier run must be cut again."""
    from corpus_tools.clean.site_table import changed_sites, read_site_rows

    if not ctx.plan.clean.site_template:
        return None, set()
    if ctx.earlier is None:
        return _counted(ctx, sources), set()
    held = [read_part(path) for path in list_parts(ctx.earlier.path / "sites")]
    before, after = read_site_rows(held), read_site_rows(held)
    after.merge(_counted(ctx, [path for path in sources if not ctx.earlier.unchanged(path.name, set())]))
    return after, changed_sites(before, after)


def _counted(ctx: Context, sources: list[Path]) -> SiteCounts:
    from corpus_tools.clean import count_sites
    from corpus_tools.spread import count_sites_over

    if ctx.engine.distributed:
        return count_sites_over(ctx.engine, sources, ctx.folder / "sites" / ".scratch")
    return count_sites(_advancing(ctx.progress, sources))


def _finish_stored(source: Path, finish: Callable[..., None], seal: str) -> None:
    """``finish`` in a process that reads the site counts from the run."""
    from corpus_tools.spread import stored_counts

    finish(source, counts=stored_counts(source.parent.parent / "sites", seal) if seal else None)


def _finish_part(
    source: Path, folder: Path, plan: Plan, earlier: Earlier | None, again: set[str], counts: SiteCounts | None
) -> None:
    """One part of documents, stripped and rejected, unless it is there; documents last, so that it vouches for all."""
    from corpus_tools.clean import finish_batch

    folders = {name: folder / name for name in ("stripped", "rejected", "documents")}
    if (folders["documents"] / source.name).exists():
        return
    if earlier and earlier.unchanged(source.name, again):
        for name, target in folders.items():
            earlier.link(name, source.name, target)
        return
    documents, stripped, rejected = finish_batch(read_part(source), counts, plan.clean)
    write_part(folders["stripped"] / source.name, [stripped], tables.STRIPPED)
    write_part(folders["rejected"] / source.name, [rejected], tables.REJECTED)
    write_part(folders["documents"] / source.name, [documents], tables.DOCUMENTS)


def _advancing(progress: Progress, sources: list[Path]) -> Iterator[pa.RecordBatch]:
    for source in sources:
        yield read_part(source, ["page_id", "site", "text"])
        progress.advance(1)


def _sketch_part(source: Path, plan: Plan, folder: Path, earlier: Earlier | None) -> Part:
    from corpus_tools.fingerprint import fingerprint_batch

    target = folder / source.name
    if earlier and earlier.same_documents(source.name, digest_file(source)):
        earlier.link("signatures", source.name, folder)
    if target.exists():
        return describe_part(target)
    made = fingerprint_batch(read_part(source, ["page_id", "content_hash", "n_words", "text"]), plan.fingerprint)
    return write_part(target, [made], made.schema)


def make_signatures(ctx: Context, work: Work) -> None:
    """Sketch documents, one part of signatures for each part of documents."""
    folder = ctx.folder / "signatures"
    sources = list_parts(ctx.folder / "documents")
    ctx.progress.start("fingerprint", len(sources), "parts")
    parts = []
    for part in ctx.engine.map_tasks(
        partial(_sketch_part, plan=ctx.plan, folder=folder, earlier=ctx.earlier), sources, ctx.workers
    ):
        parts.append(part)
        ctx.progress.advance(1)
    seal(folder, Manifest(work, tuple(parts)))
    ctx.progress.finish(f"{sum(part.rows for part in parts):,} signatures")


def make_edges(ctx: Context, work: Work) -> None:
    """Candidates and their exact scores."""
    folder = ctx.folder / "edges"
    ctx.progress.start("match", None, "pairs")
    totals: dict[str, int] = {}
    parts = _match(ctx, folder, totals)
    seal(folder, Manifest(work, tuple(parts), totals))
    bounded = totals.get("bounded_buckets", 0)
    note = f"; {bounded:,} crowded buckets bounded, {totals['pairs_left_out']:,} pairs in them not compared" if bounded else ""
    ctx.progress.finish(f"{sum(part.rows for part in parts):,} pairs scored {ctx.plan.match.candidate_floor} and up{note}")


def _match(ctx: Context, folder: Path, totals: dict[str, int]) -> list[Part]:
    signatures, documents = ctx.folder / "signatures", ctx.folder / "documents"
    if ctx.engine.distributed:
        from corpus_tools.cluster.spread import match_spread

        return match_spread(ctx.engine, signatures, documents, folder, ctx.plan)
    from corpus_tools.cluster import match_edges

    known = ctx.earlier.known(ctx.engine.scan(signatures)) if ctx.earlier else None
    rows = match_edges(ctx.engine.scan(signatures), ctx.engine.scan(documents), ctx.plan, known=known, totals=totals)
    return ctx.engine.checkpoint(_counting(ctx.progress, rows), folder, tables.EDGES, 1_000_000)


def _counting(progress: Progress, rows: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in rows:
        yield batch
        progress.advance(batch.num_rows)


def make_clusters(ctx: Context, work: Work) -> None:
    """Components of the edges at the threshold, and the representative of each."""
    folder = ctx.folder / "clusters"
    ctx.progress.start("cluster", None, "documents")
    parts = _group(ctx, folder)
    seal(folder, Manifest(work, tuple(parts)))
    roles = pl.scan_parquet(list_parts(folder)).group_by("role").len().collect()
    found = dict(roles.iter_rows())
    ctx.progress.finish(f"{found.get('removed', 0):,} copies in {found.get('kept', 0):,} clusters")


def _group(ctx: Context, folder: Path) -> list[Part]:
    edges, documents = ctx.folder / "edges", ctx.folder / "documents"
    if ctx.engine.distributed:
        from corpus_tools.cluster.spread import group_spread

        return group_spread(ctx.engine, edges, documents, folder, ctx.plan)
    from corpus_tools.cluster import cluster_edges

    frame = cluster_edges(ctx.engine.scan(edges), ctx.engine.scan(documents), ctx.plan.group).lazy().collect()
    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(tables.CLUSTERS)
    return ctx.engine.checkpoint(table.to_batches(), folder, tables.CLUSTERS, 1_000_000)


def make_corpus(ctx: Context, work: Work) -> None:
    """Corpus, removed pages and dataset card; the account is checked before the seal."""
    from corpus_tools import corpus

    folder = ctx.folder / "corpus"
    ctx.progress.start("write", None, "files")
    kept, removed = _write(ctx, folder)
    kept = [replace(part, name=f"data/{part.name}") for part in kept]
    corpus_frame = ctx.engine.scan(folder / "data", stem="train")
    ended = (corpus_frame, ctx.engine.scan(folder / "removed"), ctx.engine.scan(ctx.folder / "rejected"))
    account = corpus.check_account(ctx.engine.scan(ctx.folder / "extracted"), *ended)
    stripped = ctx.engine.scan(ctx.folder / "stripped")
    corpus.write_card(folder / "README.md", account, ctx.plan, corpus_frame, stripped, version("corpus-tools"))
    seal(folder / "removed", Manifest(work, tuple(removed)))
    seal(folder, Manifest(work, tuple(kept), vars(account)))
    ctx.progress.finish(f"{account.kept:,} documents in {len(kept):,} files")


def _write(ctx: Context, folder: Path) -> tuple[list[Part], list[Part]]:
    from corpus_tools import corpus

    settings = ctx.plan.write
    if ctx.engine.distributed:
        from corpus_tools.corpus.spread import write_spread

        return write_spread(ctx.engine, ctx.folder / "documents", ctx.folder / "clusters", folder, settings)
    documents = [pl.scan_parquet(path) for path in list_parts(ctx.folder / "documents")]
    clusters = ctx.engine.scan(ctx.folder / "clusters")
    layout = (settings.rows_per_file, settings.compression_level)
    kept = write_rolling(folder / "data", "train", corpus.corpus_rows(documents, clusters), tables.CORPUS, *layout)
    return kept, write_rolling(folder / "removed", "part", corpus.removed_rows(documents, clusters), tables.REMOVED, *layout)


_SITE = ("clean.site_template", "clean.min_words")
_EXTRACT_LIBRARIES = ("trafilatura", "beautifulsoup4", "lxml", "fastwarc", "charset-normalizer")

STAGES = (
    Stage(
        "extract",
        ("extracted",),
        (),
        _sections("read", "clean", leave=_SITE),
        ("clean", "readers", "pages.py", "decode.py", "text.py", "tables.py"),
        make_extracted,
        _EXTRACT_LIBRARIES,
    ),
    Stage(
        "clean",
        ("stripped", "rejected", "documents"),
        ("extracted",),
        _sections("clean"),
        ("clean", "text.py", "tables.py"),
        make_documents,
    ),
    Stage(
        "fingerprint",
        ("signatures",),
        ("documents",),
        _sections("fingerprint"),
        ("fingerprint", "text.py", "_kernels.py", "tables.py"),
        make_signatures,
    ),
    Stage(
        "match",
        ("edges",),
        ("signatures", "documents"),
        _sections("fingerprint", "match"),
        ("cluster", "text.py", "_kernels.py", "tables.py"),
        make_edges,
    ),
    Stage("group", ("clusters",), ("edges", "documents"), _sections("group"), ("cluster", "tables.py"), make_clusters),
    Stage(
        "write",
        ("corpus/removed", "corpus"),
        ("documents", "clusters", "rejected", "stripped"),
        _sections("write"),
        ("corpus", "parts.py", "tables.py"),
        make_corpus,
    ),
)
"""The straight line, in the order it runs."""
