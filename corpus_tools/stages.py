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
    from corpus_tools.clean import extract_pages

    folder = ctx.folder / "extracted"
    begun: deque[tuple[Path, list[int], int]] = deque()
    if ctx.earlier:
        ctx.earlier.link_extracted(folder)
    ctx.progress.start("clean", sum(file.size for file in ctx.files), "bytes")
    pages = _unread_parts(ctx, folder, begun)
    total = 0
    for batch in extract_pages(pages, ctx.plan.clean, ctx.workers):
        path, end, size = begun.popleft()
        write_part(path, [batch], tables.EXTRACTED, note=end)
        total += batch.num_rows
        ctx.progress.advance(size, pages=total)
    ctx.progress.finish(f"{total:,} pages cleaned")
    parts = [describe_part(path) for path in list_parts(folder)]
    seal(folder, Manifest(work, tuple(parts)))


def _unread_parts(ctx: Context, folder: Path, begun: deque[tuple[Path, list[int], int]]) -> Iterator[pa.RecordBatch]:
    """Batches of pages still to be cleaned; where each goes is put on ``begun`` in the same order."""
    from corpus_tools.pages import Position, read_pages

    for number, files in enumerate(make_units(ctx.files, ctx.plan.read), ctx.earlier.units if ctx.earlier else 0):
        made = sorted(folder.glob(f"part-{number:05d}-*.parquet"))
        start = Position(*read_note(made[-1])) if made else Position(0, 0)
        if made and start.file >= len(files):
            ctx.progress.advance(sum(file.size for file in files))
            continue
        for count, part in enumerate(read_pages(files, ctx.plan.read, start), len(made)):
            end = [part.end.file, part.end.page]
            begun.append((folder / f"part-{number:05d}-{count:05d}.parquet", end, part.bytes_read))
            yield part.batch


def make_documents(ctx: Context, work: Work) -> None:
    """The site-level pass: count lines over all pages, then cut what is template, part by part."""
    from corpus_tools.clean.site_table import site_rows

    sources = list_parts(ctx.folder / "extracted")
    ctx.progress.start("site", 2 * len(sources), "parts")
    counts, again = _count_sites(ctx, sources)
    for source in sources:
        _finish_part(ctx, source, counts, again)
        ctx.progress.advance(1)
    write_rolling(ctx.folder / "sites", "part", site_rows(counts) if counts else [], tables.SITES, 1_000_000)
    for name in ("sites", "stripped", "rejected", "documents"):
        seal(ctx.folder / name, Manifest(work, tuple(describe_part(path) for path in list_parts(ctx.folder / name))))
    ctx.progress.finish(f"{len(sources):,} parts")


def _count_sites(ctx: Context, sources: list[Path]) -> tuple[SiteCounts | None, set[str]]:
    """Counts over all pages, and the sites whose pages of an earlier run must be cut again."""
    from corpus_tools.clean import count_sites
    from corpus_tools.clean.site_table import changed_sites, read_site_rows

    if not ctx.plan.clean.site_template:
        return None, set()
    if ctx.earlier is None:
        return count_sites(_advancing(ctx.progress, sources)), set()
    held = [read_part(path) for path in list_parts(ctx.earlier.path / "sites")]
    before, after = read_site_rows(held), read_site_rows(held)
    after.merge(count_sites(_advancing(ctx.progress, [path for path in sources if not ctx.earlier.unchanged(path.name, set())])))
    return after, changed_sites(before, after)


def _finish_part(ctx: Context, source: Path, counts: SiteCounts | None, again: set[str]) -> None:
    """One part of documents, stripped and rejected, unless it is there; documents last, so that it vouches for all."""
    from corpus_tools.clean import finish_batch

    folders = {name: ctx.folder / name for name in ("stripped", "rejected", "documents")}
    if (folders["documents"] / source.name).exists():
        return
    if ctx.earlier and ctx.earlier.unchanged(source.name, again):
        for name, folder in folders.items():
            ctx.earlier.link(name, source.name, folder)
        return
    documents, stripped, rejected = finish_batch(read_part(source), counts, ctx.plan.clean)
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
    from corpus_tools.cluster import match_edges

    folder = ctx.folder / "edges"
    ctx.progress.start("match", None, "pairs")
    rows = match_edges(ctx.engine.scan(ctx.folder / "signatures"), ctx.engine.scan(ctx.folder / "documents"), ctx.plan)
    parts = ctx.engine.checkpoint(_counting(ctx.progress, rows), folder, tables.EDGES, 1_000_000)
    seal(folder, Manifest(work, tuple(parts)))
    ctx.progress.finish(f"{sum(part.rows for part in parts):,} pairs scored {ctx.plan.match.candidate_floor} and up")


def _counting(progress: Progress, rows: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in rows:
        yield batch
        progress.advance(batch.num_rows)


def make_clusters(ctx: Context, work: Work) -> None:
    """Components of the edges at the threshold, and the representative of each."""
    from corpus_tools.cluster import cluster_edges

    folder = ctx.folder / "clusters"
    ctx.progress.start("cluster", None, "documents")
    documents = ctx.engine.scan(ctx.folder / "documents")
    frame = cluster_edges(ctx.engine.scan(ctx.folder / "edges"), documents, ctx.plan.group).lazy().collect()
    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(tables.CLUSTERS)
    parts = ctx.engine.checkpoint(table.to_batches(), folder, tables.CLUSTERS, 1_000_000)
    seal(folder, Manifest(work, tuple(parts)))
    removed = frame.filter(pl.col("role") == "removed")
    ctx.progress.finish(f"{removed.height:,} copies in {removed['cluster_id'].n_unique():,} clusters")


def make_corpus(ctx: Context, work: Work) -> None:
    """Corpus, removed pages and dataset card; the account is checked before the seal."""
    from corpus_tools import corpus

    folder, settings = ctx.folder / "corpus", ctx.plan.write
    ctx.progress.start("write", None, "files")
    documents = [pl.scan_parquet(path) for path in list_parts(ctx.folder / "documents")]
    clusters = ctx.engine.scan(ctx.folder / "clusters")
    layout = (settings.rows_per_file, settings.compression_level)
    kept = write_rolling(folder / "data", "train", corpus.corpus_rows(documents, clusters), tables.CORPUS, *layout)
    removed = write_rolling(folder / "removed", "part", corpus.removed_rows(documents, clusters), tables.REMOVED, *layout)
    kept = [replace(part, name=f"data/{part.name}") for part in kept]
    frames = [pl.scan_parquet([folder / part.name for part in kept]), ctx.engine.scan(folder / "removed")]
    account = corpus.check_account(ctx.engine.scan(ctx.folder / "extracted"), *frames, ctx.engine.scan(ctx.folder / "rejected"))
    corpus.write_card(
        folder / "README.md", account, ctx.plan, frames[0], ctx.engine.scan(ctx.folder / "stripped"), version("corpus-tools")
    )
    seal(folder / "removed", Manifest(work, tuple(removed)))
    seal(folder, Manifest(work, tuple(kept), vars(account)))
    ctx.progress.finish(f"{account.kept:,} documents in {len(kept):,} files")


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
