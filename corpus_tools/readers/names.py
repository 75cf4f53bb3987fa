"""What the name of a file tells: its format, and the name without the ending of a packing."""

from __future__ import annotations

from pathlib import PurePosixPath

_FORMATS = {
    **dict.fromkeys((".html", ".htm", ".xhtml", ".shtml"), "html"),
    **dict.fromkeys((".txt", ".text", ".md"), "text"),
    **dict.fromkeys((".warc", ".wet", ".wat"), "warc"),
    ".arc": "arc",
    **dict.fromkeys((".jsonl", ".ndjson", ".jsonlines"), "jsonl"),
    ".json": "json",
    **dict.fromkeys((".csv", ".tsv", ".tab"), "csv"),
    **dict.fromkeys((".parquet", ".pq"), "parquet"),
    **dict.fromkeys((".mhtml", ".mht", ".eml"), "mail"),
    **dict.fromkeys((".zip", ".wacz"), "zip"),
    **dict.fromkeys((".tar", ".tgz", ".tbz2", ".txz", ".tzst"), "tar"),
}
_PACKINGS = (".gz", ".zst", ".zstd", ".lz4", ".bz2", ".xz")


def guess_format_by_name(name: str) -> str:
    """Format that the extensions of ``name`` tell, '' if they tell none: 'a.warc.gz' is warc."""
    return _FORMATS.get(PurePosixPath(drop_packing(name.lower())).suffix, "")


def drop_packing(name: str) -> str:
    """``name`` without the ending of a packing: 'a.html.gz' is 'a.html'."""
    path = PurePosixPath(name)
    return name[: -len(path.suffix)] if path.suffix.lower() in _PACKINGS and path.stem else name


def drop_archive(name: str) -> str:
    """``name`` without the endings of an archive and of a packing: 'pages.tar.gz' is 'pages'."""
    bare = drop_packing(name)
    path = PurePosixPath(bare)
    return bare[: -len(path.suffix)] if _FORMATS.get(path.suffix.lower()) in ("zip", "tar") and path.stem else bare
