"""The contract between stages: the Arrow schema of every table, one documented column a line.

Stages meet here and nowhere else. Integers are signed (Spark has no unsigned types), text is
UTF-8, times are UTC microseconds. ``docs(schema)`` gives the column descriptions.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

KINDS = (
    "link_farm",
    "cookie_notice",
    "comment_form",
    "comments",
    "share_bar",
    "newsletter",
    "byline",
    "date_line",
    "image_credit",
    "disclaimer",
    "references",
    "site_template",
    "repeated_title",
    "navigation",
    "advert",
    "paywall_notice",
    "injected_anchor",
)
"""Kinds of boilerplate a passage in ``stripped`` can have."""


def _field(name: str, kind: pa.DataType, doc: str, nullable: bool = True) -> pa.Field[Any]:
    return pa.field(name, kind, nullable=nullable, metadata={"doc": doc})


_TIME = pa.timestamp("us", tz="UTC")
_PAGE_ID = _field("page_id", pa.string(), "stable id, 32 hex digits: hash of source name and url, path or record", False)
_SOURCE_ID = _field("source_id", pa.string(), "the input's own id, where it has one")
_URL = _field("url", pa.string(), "address the page was fetched from, or its path")
_SITE = _field("site", pa.string(), "host name without www, or the first folder of the path")
_SOURCE = _field("source", pa.string(), "input file and record in it, for looking a page up again")
_FETCHED = _field("fetched_at", _TIME, "when the page was fetched, where the input says")

PAGES = pa.schema(
    [
        _PAGE_ID,
        _SOURCE_ID,
        _URL,
        _SITE,
        _SOURCE,
        _field("content_type", pa.string(), "media type: text/html or text/plain decide the cleaning path"),
        _field("charset", pa.string(), "character set the transport declared (HTTP header), if any"),
        _field("raw", pa.large_binary(), "the page's bytes, when it came as bytes"),
        _field("text", pa.large_string(), "the page's text, when it came as text (JSONL, parquet)"),
        _field("title", pa.string(), "title the input gives, if any"),
        _FETCHED,
        _field("problem", pa.string(), "why the page could not be read; such a page is rejected"),
    ]
)

STRIPPED = pa.schema(
    [
        _field("page_id", pa.string(), "page the passage was cut from", False),
        _SOURCE_ID,
        _field("kind", pa.string(), "what the passage is: one of tables.KINDS", False),
        _field("passage", pa.large_string(), "the text that was cut", False),
        _field("start", pa.int64(), "characters of text kept before the passage: where it would go back", False),
        _field("rule", pa.string(), "name of the rule, or the score, that cut it", False),
    ]
)

CUT = pa.struct([STRIPPED.field(name) for name in ("kind", "passage", "start", "rule")])
"""One cut passage, as held in ``EXTRACTED.cuts``."""

SPAM_REASON = pa.struct([pa.field("sign", pa.string()), pa.field("weight", pa.float64()), pa.field("passage", pa.string())])
"""What speaks for spam: the sign's name, its share of the log-odds, the passage that shows it."""

SPAM = pa.schema(
    [
        _field(
            "spam_score", pa.float64(), "probability 0..1 that the page is spun or made for search engines; null when not judged"
        ),
        _field("spam_reasons", pa.list_(SPAM_REASON), "what speaks for it, heaviest first; empty when nothing does"),
    ]
)
"""Columns of ``DOCUMENTS`` that judge a page; nothing is cut for them."""

_CLEAN = pa.schema(
    [
        _PAGE_ID,
        _SOURCE_ID,
        _URL,
        _SITE,
        _SOURCE,
        _field("title", pa.string(), "the page's title"),
        _field("text", pa.large_string(), "clean text, one block a line", False),
        _field("language", pa.string(), "ISO 639-1 code, null when unsure"),
        _field("n_words", pa.int64(), "words in text, as text.words counts them", False),
        _field("content_hash", pa.string(), "32 hex digits over the normalised text: equal means exact copy", False),
        _FETCHED,
        _field("published", pa.string(), "date the page states (only when metadata is asked for)"),
        _field("author", pa.string(), "author the page states (only when metadata is asked for)"),
        _field("licence", pa.string(), "licence the page states (only when metadata is asked for)"),
        _field("canonical_url", pa.string(), "canonical address the page states (only when metadata is asked for)"),
        _field("path", pa.string(), "cleaning road taken: html, text, or a fallback and why", False),
    ]
)

DOCUMENTS = pa.schema([*_CLEAN, *SPAM])

EXTRACTED = pa.schema(
    [
        *_CLEAN.remove(_CLEAN.get_field_index("text")),
        _field("text", pa.large_string(), "text before the site-level pass; null when rejected"),
        _field("cuts", pa.list_(CUT), "what the page-level pass cut"),
        _field("stage", pa.string(), "stage that rejected the page: read or clean; null when not rejected"),
        _field("reason", pa.string(), "why it was rejected; null when not rejected"),
        *SPAM,
        _field("template", pa.int64(), "hash of the words with names and numbers masked; null for a page that is no template"),
        _field("template_names", pa.int64(), "hash of the names in the masks; null where template is"),
    ]
)
"""A page after the page-level pass, rejected pages included: one row an input page."""

DOORWAYS = pa.schema(
    [
        _field("template", pa.int64(), "as in extracted", False),
        _field("pages", pa.int64(), "pages that share it, each with other names", False),
    ]
)
"""Templates that several pages share with other names: doorway pages."""

SIGNATURES = pa.schema(
    [
        _PAGE_ID,
        _field("content_hash", pa.string(), "as in documents", False),
        _field("n_words", pa.int64(), "as in documents", False),
        _field("n_shingles", pa.int64(), "distinct shingles in the document", False),
        _field("signature", pa.binary(), "MinHash values, little-endian uint32 (affine32) or uint64 (affine64)", False),
    ]
)

REWRITE_SIGNATURES = pa.schema(
    [
        _PAGE_ID,
        _field("content_hash", pa.string(), "as in documents", False),
        _field(
            "rewrite_signature",
            pa.binary(),
            "least shingle hash of each bin, little-endian uint32; 2**32 - 1 where a bin is empty",
            False,
        ),
    ]
)

SUBSTITUTIONS = pa.schema(
    [
        _field("left", pa.string(), "a word, folded", False),
        _field("right", pa.string(), "the word in its place on the other page of a rewritten pair, folded", False),
        _field("support", pa.int64(), "pairs of pages in which the two stand for each other", False),
        _field("forward", pa.int64(), "of these, pairs in which the original has left and the rewrite right", False),
        _field("backward", pa.int64(), "of these, pairs in which it is the other way round", False),
    ]
)
"""Words that rewrites put in each other's place; left is the word that originals have more often."""

EDGES = pa.schema(
    [
        _field("left", pa.string(), "page_id, the smaller of the two", False),
        _field("right", pa.string(), "page_id, the larger of the two", False),
        _field("kind", pa.string(), "exact, near, contained or spun", False),
        _field(
            "score",
            pa.float64(),
            "0..1, what thresholds are compared with: the larger of ordered and jaccard, 0 where subjects conflict",
            False,
        ),
        _field("jaccard", pa.float64(), "exact Jaccard similarity of the shingle sets", False),
        _field("containment_left", pa.float64(), "share of left's shingles found in right", False),
        _field("containment_right", pa.float64(), "share of right's shingles found in left", False),
        _field("ordered", pa.float64(), "share of both pages' words that correspond in the same order (near, contained, exact)"),
        _field("subject_conflict", pa.float64(), "1 where the pages are of one template about different subjects, else 0"),
    ]
)

REWRITES = pa.schema(
    [
        *EDGES,
        _field("original", pa.string(), "page_id of the page of the pair that the other was made of", False),
        _field("why_original", pa.string(), "in words, by which sign", False),
    ]
)
"""Pairs of kind spun; score is the calibrated probability that one page is the other rewritten."""

CLUSTERS = pa.schema(
    [
        _PAGE_ID,
        _SOURCE_ID,
        _field("cluster_id", pa.string(), "smallest page_id of the cluster", False),
        _field("role", pa.string(), "single, kept or removed", False),
        _field("kept_id", pa.string(), "page_id of the cluster's representative", False),
        _field("similarity", pa.float64(), "score between this page and the representative, or along its best path"),
        _field("kind", pa.string(), "kind of the edge that joined it; null for single and kept pages"),
        _field("reason", pa.string(), "in words, why this page has this role", False),
    ]
)

CORPUS = pa.schema(
    [
        *DOCUMENTS,
        _field("cluster_id", pa.string(), "cluster the document stands for", False),
        _field("cluster_size", pa.int64(), "pages in the cluster, this one included", False),
        _field("also_seen_at", pa.list_(pa.string()), "urls of the removed copies, sorted", False),
    ]
)

REMOVED = pa.schema(
    [
        *[DOCUMENTS.field(name) for name in ("page_id", "source_id", "url", "site", "source", "title")],
        _field("kept_id", pa.string(), "page_id of the kept copy", False),
        _field("cluster_id", pa.string(), "cluster the page belongs to", False),
        _field("kind", pa.string(), "kind of evidence that joined it", False),
        _field("similarity", pa.float64(), "score against the kept copy, or along its best path"),
        _field("reason", pa.string(), "in words, why it was removed", False),
    ]
)

SITES = pa.schema(
    [
        _field("site", pa.string(), "host name the page belongs to", False),
        _field("page", pa.int64(), "hash of the page_id", False),
        _field("lines", pa.list_(pa.int64()), "hashes of the page's lines before the site-level pass, in order", False),
        _field("lengths", pa.list_(pa.int64()), "their lengths in characters", False),
    ]
)
"""A bounded sample of each site's pages, from which its template is worked out."""

REJECTED = pa.schema(
    [
        _PAGE_ID,
        _SOURCE_ID,
        _URL,
        _SOURCE,
        _field("stage", pa.string(), "stage that rejected it: read or clean", False),
        _field("reason", pa.string(), "why, in words", False),
    ]
)


def docs(schema: pa.Schema) -> dict[str, str]:
    """Column name -> one-line description, in column order."""
    return {field.name: (field.metadata or {}).get(b"doc", b"").decode() for field in schema}
