"""What the name of a file tells: its format, and the name without the ending of a packing."""

from __future__ import annotations

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
    return _FORMATS.get(find_ending(drop_packing(name.lower())), "")


def find_ending(name: str) -> str:
    """The last extension of the file called ``name``, with its dot; '' if it has none, as '.html' has none."""
    # By slices: a path object costs five times as much, and archives have millions of members.
    last = name[name.rfind("/") + 1 :]
    dot = last.rfind(".")
    return last[dot:] if 0 < dot < len(last) - 1 else ""


def drop_packing(name: str) -> str:
    """``name`` without the ending of a packing: 'a.html.gz' is 'a.html'."""
    ending = find_ending(name)
    return name[: -len(ending)] if ending.lower() in _PACKINGS else name


def drop_archive(name: str) -> str:
    """``name`` without the endings of an archive and of a packing: 'pages.tar.gz' is 'pages'."""
    bare = drop_packing(name)
    ending = find_ending(bare)
    return bare[: -len(ending)] if _FORMATS.get(ending.lower()) in ("zip", "tar") else bare
