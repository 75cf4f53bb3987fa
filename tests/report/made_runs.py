"""Runs written table by table, without the pipeline: large ones, and ones with pages that no cleaning would leave."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from corpus_tools import tables
from corpus_tools.api import Run
from corpus_tools.plan import Plan

_SCHEMAS = {
    "documents": tables.DOCUMENTS,
    "extracted": tables.EXTRACTED,
    "rejected": tables.REJECTED,
    "clusters": tables.CLUSTERS,
    "corpus": tables.CORPUS,
    "corpus/removed": tables.REMOVED,
    "stripped": tables.STRIPPED,
    "edges": tables.EDGES,
    "rewrites": tables.REWRITES,
    "substitutions": tables.SUBSTITUTIONS,
}


class MadeRun(Run):
    """A run whose tables are single parquet files in a folder."""

    def __init__(self, path: Path) -> None:
        self.path, self.record = path, {"plan": Plan().to_dict(), "summary": "made by hand"}

    def table(self, name: str) -> pl.LazyFrame:
        return pl.scan_parquet(self.path / f"{name.replace('/', '-')}.parquet")


def make_run(folder: Path, pages: list[dict[str, Any]], cuts: int = 0) -> MadeRun:
    """A run of these pages, whose ids are their numbers scattered as hashes are (small runs: the numbers themselves).

    A page may have title, url, text, language, spam, ``rejected``, and ``family``: of a family the first page is kept, and each
    other one is removed for it. Every page lost ``cuts`` passages.
    """
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in _SCHEMAS}
    kept: dict[int, str] = {}
    for number, page in enumerate(pages):
        _add_page(rows, _page_id(number, len(pages)), number, page, kept, cuts)
    for name, schema in _SCHEMAS.items():
        frame = pl.from_arrow(pa.Table.from_pylist(rows[name], schema=schema))
        assert isinstance(frame, pl.DataFrame)
        frame.write_parquet(folder / f"{name.replace('/', '-')}.parquet")
    return MadeRun(folder)


def _page_id(number: int, pages: int) -> str:
    return f"{number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128) if pages > 1000 else number:032x}"


def _add_page(
    rows: dict[str, list[dict[str, Any]]], page_id: str, number: int, page: dict[str, Any], kept: dict[int, str], cuts: int
) -> None:
    site = (page.get("url") or "//files/").split("/")[2]
    row = {
        "page_id": page_id,
        "url": page.get("url"),
        "site": site,
        "source": f"made {number}",
        "title": page.get("title"),
        "text": page["text"],
        "language": page.get("language"),
    }
    row |= {
        "n_words": len(page["text"].split()),
        "content_hash": page_id,
        "path": "text",
        "spam_score": page.get("spam"),
        "markdown": page["text"],
    }
    row["spam_reasons"] = [{"sign": "odd_pairs", "weight": 1.0, "passage": page["text"][:60]}] if page.get("spam") else []
    rows["extracted"].append(row)
    rows["stripped"] += [
        {"page_id": page_id, "kind": "advert", "rule": f"rule {at}.{number % 90}", "passage": "Buy now " * 20, "start": at}
        for at in range(cuts)
    ]
    if page.get("rejected"):
        rows["rejected"].append(
            {
                **{name: row[name] for name in ("page_id", "url", "source")},
                "stage": "site",
                "reason": f"{number} words left, too few",
            }
        )
        return
    rows["documents"].append(row)
    family = page.get("family")
    first = page_id if family is None else kept.setdefault(family, page_id)
    role = "single" if family is None else "kept" if first == page_id else "removed"
    place = {"page_id": page_id, "cluster_id": first, "role": role, "kept_id": first, "reason": f"{role}: because"}
    if role == "removed":
        score = 0.5 + number % 50 / 100
        place |= {"similarity": score, "kind": "near", "lost": number % 30 / 100, "lost_words": number % 30}
        rows["edges"].append(_edge(page_id, first, score, number))
        rows["corpus/removed"].append({**row, **place})
    else:
        rows["corpus"].append({**row, "cluster_id": first, "cluster_size": 1, "also_seen_at": []})
    rows["clusters"].append(place)


def _edge(one: str, two: str, score: float, number: int) -> dict[str, Any]:
    left, right = sorted((one, two))
    shares = dict.fromkeys(("jaccard", "containment_left", "containment_right", "ordered"), score)
    counts = {"replaced": 1, "own_left": 100, "own_right": 100, "lost_left": number % 30, "lost_right": number % 40}
    return {
        "left": left,
        "right": right,
        "kind": "near",
        "score": score,
        "subject_conflict": 0.0,
        "shared_notice": 0.0,
        "same_address": 0.0,
        "same_title": 0.0,
        **shares,
        **counts,
    }
