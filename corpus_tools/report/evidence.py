"""The report's evidence against pages: rewrites word by word, and signs of spam."""

from __future__ import annotations

from typing import Any

import polars as pl

from corpus_tools.report.markup import clip, draw_table, escape
from corpus_tools.report.rewriting import Rewriting, describe_swaps, describe_words, open_comparer, show_rewriting
from corpus_tools.rewrite.alignment.compare import AlignedSentence
from corpus_tools.store.opened import StoredRun

SHOWN_REWRITES = 12
SHOWN_SWAPS = 24
SHOWN_SENTENCES = 80
"""Maximum number of sentences shown for a pair."""
SHOWN_SUSPECTS = 20
SUSPECT_SCORE = 0.2
"""Pages with at least this spam score are listed."""
SHOWN_REASONS = 8


def list_rewrites(run: StoredRun) -> str:
    """The words that rewrites swap, and the pairs nearest to the threshold, sentence by sentence."""
    if not run.plan.rewrite.enabled:
        return "<p>This run did not look for rewrites. Run it again with <code>--rewrites</code>.</p>"
    nearest = (
        run.rewrites.sort((pl.col("score") - run.plan.rewrite.threshold).abs(), "left", "right").head(SHOWN_REWRITES).collect()
    )
    if not nearest.height:
        return "<p>None.</p>"
    ids = pl.concat([nearest["left"], nearest["right"]]).implode()
    pages = {row["page_id"]: row for row in run.documents.filter(pl.col("page_id").is_in(ids)).collect().iter_rows(named=True)}
    compare = open_comparer(run)
    shown = "".join(_show_rewrite(show_rewriting(run, edge, pages, compare), edge, pages) for edge in nearest.iter_rows(named=True))
    return _show_swaps(run) + shown


def _show_swaps(run: StoredRun) -> str:
    table = run.substitutions.head(SHOWN_SWAPS).collect()
    if not table.height:
        return ""
    told = [f"{escape(left)} &rarr; {escape(right)} <span class=dim>{pairs}</span>" for left, right, pairs, *_ in table.iter_rows()]
    return f"<p>Words swapped most often, with the number of pairs: {' &middot; '.join(told)}</p>"


def _show_rewrite(shown: Rewriting, edge: dict[str, Any], pages: dict[str, dict[str, Any]]) -> str:
    other = edge["right"] if shown.original == edge["left"] else edge["left"]
    names = " &rarr; ".join(clip(pages[one]["title"] or pages[one]["url"] or one, 90) for one in (shown.original, other))
    verdict = "merges" if edge["score"] >= shown.threshold else "stays apart"
    urls = " &rarr; ".join(clip(pages[one]["url"] or one, 120) for one in (shown.original, other))
    swaps = f"<p>Swaps also seen in other pairs: {escape(describe_swaps(shown))}</p>" if shown.swaps else ""
    lines = "".join(_show_sentence(one) for one in shown.detail.sentences[:SHOWN_SENTENCES])
    alone = "".join(
        f"<p class=dim>Only in the {name}:</p>"
        + "".join(f"<p class=only><{tag}>{escape(one)}</{tag}></p>" for one in texts[:SHOWN_SENTENCES])
        for name, tag, texts in (("original", "del", shown.detail.left_only), ("rewrite", "ins", shown.detail.right_only))
        if texts
    )
    return (
        f"<details><summary><b>{edge['score']:.3f}</b> {verdict}: {names}</summary><p class=dim>{urls}</p>"
        f"<p>The original: {escape(shown.why_original)}. {escape(describe_words(shown))}.</p>{swaps}"
        f"<table class=pair>{lines}</table>{alone}</details>"
    )


def _show_sentence(one: AlignedSentence) -> str:
    words = []
    for span in one.spans:
        if span.kind == "copied":
            words.append(escape(span.right))
        else:
            words.append(
                (f"<del>{escape(span.left)}</del>" if span.left else "")
                + (f"<ins>{escape(span.right)}</ins>" if span.right else "")
            )
    return f"<tr><td>{one.left + 1} &rarr; {one.right + 1}</td><td>{' '.join(words)}</td></tr>"


def list_suspects(run: StoredRun) -> str:
    """The pages with the highest spam scores, each with its reasons."""
    worst = (
        run.documents.filter(pl.col("spam_score") >= SUSPECT_SCORE)
        .select("page_id", "url", "title", "spam_score", "spam_reasons")
        .sort("spam_score", "page_id", descending=[True, False])
        .head(SHOWN_SUSPECTS)
        .collect()
    )
    return "".join(_show_suspect(row) for row in worst.iter_rows(named=True)) or f"<p>No page scores {SUSPECT_SCORE} or more.</p>"


def _show_suspect(row: dict[str, Any]) -> str:
    reasons = [
        (escape(one["sign"].replace("_", " ")), f"{one['weight']:.2f}", clip(" ".join(one["passage"].split())))
        for one in row["spam_reasons"][:SHOWN_REASONS]
    ]
    name = clip(row["title"] or row["url"] or row["page_id"], 90)
    table = draw_table(("sign", "log-odds", "passage"), reasons)
    return f"<details><summary><b>{row['spam_score']:.3f}</b> {name}</summary><p class=dim>{clip(row['url'], 120)}</p>{table}</details>"
