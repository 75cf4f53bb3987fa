"""The contract between stages: the Arrow schema of every table, with a description of each column.

Stages meet here and nowhere else. Integers are signed (Spark has no unsigned types), text is
UTF-8, times are in UTC to the microsecond. ``docs(schema)`` returns the descriptions.
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
"""The kinds of boilerplate in ``stripped``."""


def _field(name: str, kind: pa.DataType, doc: str, nullable: bool = True) -> pa.Field[Any]:
    return pa.field(name, kind, nullable=nullable, metadata={"doc": doc})


_TIME = pa.timestamp("us", tz="UTC")
_PAGE_ID = _field(
    "page_id", pa.string(), "stable id of 32 hex digits: a hash of the page's own id or url, its time and its content", False
)
_SOURCE_ID = _field("source_id", pa.string(), "the input's own id, if it has one")
_URL = _field("url", pa.string(), "address the page was fetched from, or else its path")
_SITE = _field("site", pa.string(), "host name without www, or else the first folder of the path")
_SOURCE = _field("source", pa.string(), "input file, and the record in it, where the page can be found again")
_FETCHED = _field("fetched_at", _TIME, "when the page was fetched, if the input says so")
_TRUNCATED = _field("truncated", pa.bool_(), "true if the end of the page is missing in the input: it is kept as far as it goes")
_CARRIED = _field(
    "carried",
    pa.list_(pa.string()),
    "values of the columns of read.carry, each after the letter of its kind; null if there are none",
)

PAGES = pa.schema(
    [
        _PAGE_ID,
        _SOURCE_ID,
        _URL,
        _SITE,
        _SOURCE,
        _field("content_type", pa.string(), "media type; text/html and text/plain are cleaned in different ways"),
        _field("charset", pa.string(), "character set that the HTTP header declares, if any"),
        _field("raw", pa.large_binary(), "the page's bytes, if it came as bytes"),
        _field("text", pa.large_string(), "the page's text, if it came as text (JSONL, parquet)"),
        _field("title", pa.string(), "title that the input gives, if any"),
        _FETCHED,
        _TRUNCATED,
        _field("note", pa.string(), "what had to be done to read the page, if it was more than usual"),
        _CARRIED,
        _field("problem", pa.string(), "why the page could not be read; such pages are rejected"),
    ]
)

STRIPPED = pa.schema(
    [
        _field("page_id", pa.string(), "page that the passage was cut from", False),
        _SOURCE_ID,
        _field("kind", pa.string(), "what the passage is, one of tables.KINDS", False),
        _field("passage", pa.large_string(), "the text that was cut", False),
        _field("start", pa.int64(), "number of characters kept before the passage, which is where it would go back", False),
        _field("rule", pa.string(), "the rule or score that cut it", False),
    ]
)

CUT = pa.struct([STRIPPED.field(name) for name in ("kind", "passage", "start", "rule")])
"""A cut passage, as stored in ``EXTRACTED.cuts``."""

SPAM_REASON = pa.struct([pa.field("sign", pa.string()), pa.field("weight", pa.float64()), pa.field("passage", pa.string())])
"""A sign of spam: its name, its share of the log-odds, and the passage that shows it."""

SPAM = pa.schema(
    [
        _field(
            "spam_score", pa.float64(), "probability (0 to 1) that the page is spun or made for search engines; null if not judged"
        ),
        _field("spam_reasons", pa.list_(SPAM_REASON), "the signs that speak for spam, heaviest first; empty if there are none"),
    ]
)
"""Columns of ``DOCUMENTS`` that judge a page; they do not change its text."""

_CLEAN = pa.schema(
    [
        _PAGE_ID,
        _SOURCE_ID,
        _URL,
        _SITE,
        _SOURCE,
        _field("title", pa.string(), "the page's title"),
        _field("text", pa.large_string(), "clean text, one block per line", False),
        _field("language", pa.string(), "ISO 639-1 code; null if uncertain"),
        _field("n_words", pa.int64(), "number of words in text, as counted by text.words", False),
        _field(
            "content_hash",
            pa.string(),
            "hash of the normalised text, 32 hex digits; pages with equal hashes are exact copies",
            False,
        ),
        _FETCHED,
        _TRUNCATED,
        _field("published", pa.string(), "date that the page states (only with clean.metadata)"),
        _field("author", pa.string(), "author that the page states (only with clean.metadata)"),
        _field("licence", pa.string(), "licence that the page states (only with clean.metadata)"),
        _field("canonical_url", pa.string(), "canonical address that the page states (only with clean.metadata)"),
        _field("path", pa.string(), "how the page was cleaned: html, text, or a fallback and the reason for it", False),
        _field(
            "page_type",
            pa.string(),
            "article, documentation, service, forum, collection, listing or product, as the HTML looks; null for text without HTML",
        ),
        _field("page_type_probability", pa.float64(), "probability (0 to 1) of page_type, out of all seven"),
    ]
)

DOCUMENTS = pa.schema(
    [
        *_CLEAN,
        _field(
            "markdown",
            pa.large_string(),
            "text with its headings, lists, tables, code and quotations in Markdown; null if clean.markdown is off",
        ),
        *SPAM,
    ]
)

EXTRACTED = pa.schema(
    [
        *_CLEAN.remove(_CLEAN.get_field_index("text")),
        _field("text", pa.large_string(), "text before the site-level pass; null if the page was rejected"),
        _field("cuts", pa.list_(CUT), "the passages that the page-level pass cut"),
        _field("stage", pa.string(), "step that rejected the page, read or clean; null if it was not rejected"),
        _field("reason", pa.string(), "why the page was rejected; null if it was not"),
        _field("marks", pa.list_(pa.string()), "what each line of text was, as clean.markdown says; null if it is not known"),
        *SPAM,
        _field(
            "template",
            pa.int64(),
            "hash of the words with names and numbers masked; null if the page does not look like a template",
        ),
        _field("template_names", pa.int64(), "hash of the masked names; null where template is null"),
        _CARRIED,
    ]
)
"""A page after the page-level pass, rejected pages included: one row per input page."""

DOORWAYS = pa.schema(
    [
        _field("template", pa.int64(), "as in extracted", False),
        _field("pages", pa.int64(), "number of pages that share the template, each with different names", False),
    ]
)
"""Templates that several pages fill with different names: doorway pages."""

SIGNATURES = pa.schema(
    [
        _PAGE_ID,
        _field("content_hash", pa.string(), "as in documents", False),
        _field("n_words", pa.int64(), "as in documents", False),
        _field("n_shingles", pa.int64(), "number of distinct shingles in the document", False),
        _field("signature", pa.binary(), "MinHash values, little-endian uint32 (affine32) or uint64 (affine64)", False),
        _field("sample", pa.binary(), "one of eight of the distinct shingles, by their hash: little-endian uint32", False),
    ]
)

REWRITE_SIGNATURES = pa.schema(
    [
        _PAGE_ID,
        _field("content_hash", pa.string(), "as in documents", False),
        _field(
            "rewrite_signature",
            pa.binary(),
            "minimum shingle hash of each bin, little-endian uint32; 2**32 - 1 if the bin is empty",
            False,
        ),
    ]
)

SUBSTITUTIONS = pa.schema(
    [
        _field("left", pa.string(), "a word, case-folded", False),
        _field("right", pa.string(), "the word that stands in its place on the other page of a rewrite, case-folded", False),
        _field("support", pa.int64(), "number of page pairs in which the two words replace each other", False),
        _field("forward", pa.int64(), "number of those pairs in which the original has left and the rewrite has right", False),
        _field("backward", pa.int64(), "number of those pairs in which it is the other way round", False),
    ]
)
"""Words that rewrites swap for each other; left is the one that originals use more often."""

EDGES = pa.schema(
    [
        _field("left", pa.string(), "page_id, the smaller of the two", False),
        _field("right", pa.string(), "page_id, the larger of the two", False),
        _field(
            "kind",
            pa.string(),
            "exact, near, contained, rewrite, or renamed: near copies but for names in each other's place; these merge where the "
            "same two names change places on pages about other things",
            False,
        ),
        _field("score", pa.float64(), "0 to 1, compared with the thresholds; see docs/how_it_works.md for how it is made", False),
        _field("jaccard", pa.float64(), "exact Jaccard similarity of the shingle sets", False),
        _field("containment_left", pa.float64(), "share of left's shingles found in right", False),
        _field("containment_right", pa.float64(), "share of right's shingles found in left", False),
        _field(
            "ordered", pa.float64(), "share of both pages' words that match in the same order (exact, near and contained pairs)"
        ),
        _field("subject_conflict", pa.float64(), "1 if the pages share a template but have different subjects, else 0"),
        _field("shared_notice", pa.float64(), "1 if what the pages share is a notice that many others hold, and the rest differs"),
        _field(
            "renamed_left", pa.int64(), "of a renamed pair, hash of the name on left that stands in the place of another, else 0"
        ),
        _field("renamed_right", pa.int64(), "the same of right"),
        _field(
            "also_left", pa.int64(), "the same of a second name on left, if it takes two to explain why the subjects differ, else 0"
        ),
        _field("also_right", pa.int64(), "the same of right"),
        _field("topic", pa.int64(), "of a renamed pair, hash of the word that both pages say most often, else 0"),
        _field("shared_holders", pa.int64(), "of a renamed pair, how many texts hold what both pages share (median), else 0"),
        _field(
            "same_address",
            pa.float64(),
            "1 if near or contained pages have one address, or one states the other's as canonical, else 0",
        ),
        _field("same_title", pa.float64(), "1 if near or contained pages have one title, of which both texts speak, else 0"),
        _field("replaced", pa.int64(), "words of the largest passage that stands in the place of another one"),
        _field(
            "echo_left", pa.float64(), "share of the words left says most often that right also says in what left does not hold"
        ),
        _field(
            "echo_right", pa.float64(), "share of the words right says most often that left also says in what right does not hold"
        ),
        _field("held_left", pa.float64(), "share of left's words that stand on right, if right may hold what left says; else 0"),
        _field("held_right", pa.float64(), "share of right's words that stand on left, if left may hold what right says; else 0"),
        _field("own_left", pa.int64(), "words of left that are its own: passages that many pages share do not count"),
        _field("own_right", pa.int64(), "words of right that are its own"),
        _field("lost_left", pa.int64(), "own words of left that stand nowhere on right"),
        _field("lost_right", pa.int64(), "own words of right that stand nowhere on left"),
    ]
)
FREQUENCIES = pa.schema(
    [
        _field("shingle", pa.int64(), "hash of a shingle that at least three different texts hold", False),
        _field("documents", pa.int64(), "number of different texts that hold it", False),
    ]
)

REWRITES = pa.schema(
    [
        *EDGES,
        _field(
            "head",
            pa.string(),
            "the verdict that gives the larger probability, which is score: words (swapped in place) or sentences (written anew)",
            False,
        ),
        _field("original", pa.string(), "page_id of the page that the other one was made from", False),
        _field(
            "original_by",
            pa.string(),
            "what names it: wording; or length, date or page_id, where the wording does not tell which of the two came first",
            False,
        ),
        _field("why_original", pa.string(), "in words, what shows that it is the original", False),
    ]
)
"""Pairs of kind rewrite; score is the calibrated probability that one page is a rewrite of the other."""

_LOST = [
    _field(
        "lost",
        pa.float64(),
        "share of a removed page's own words that stand nowhere on the kept page; null for rewrites, and for pairs that a person joined by way of another",
    ),
    _field("lost_words", pa.int64(), "number of these words"),
]
CLUSTERS = pa.schema(
    [
        _PAGE_ID,
        _SOURCE_ID,
        _field("cluster_id", pa.string(), "smallest page_id in the cluster", False),
        _field("role", pa.string(), "single, kept or removed", False),
        _field("kept_id", pa.string(), "page_id of the page kept in its place; its own if it is kept", False),
        _field("similarity", pa.float64(), "score of this page and the page kept in its place; null for single and kept pages"),
        _field("kind", pa.string(), "kind of the pair of this page and its kept page, or decided; null for single and kept pages"),
        *_LOST,
        _field("reason", pa.string(), "in words, why this page has this role", False),
    ]
)


def _plain(field: pa.Field[Any]) -> pa.Field[Any]:
    """A column of long texts as one of texts: what others read without a cast. A file's row groups keep each far below 2 GiB."""
    return field.with_type(pa.string()) if field.type == pa.large_string() else field


CORPUS = pa.schema(
    [
        *map(_plain, DOCUMENTS),
        _field("emails", pa.int64(), "number of e-mail addresses in text; with write.redact each is [EMAIL_ADDRESS] there", False),
        _field(
            "phone_numbers",
            pa.int64(),
            "number of telephone numbers in text; with write.redact each is [PHONE_NUMBER] there",
            False,
        ),
        _field("cluster_id", pa.string(), "cluster that the document represents", False),
        _field("cluster_size", pa.int64(), "number of pages in the cluster, including this one", False),
        _field("also_seen_at", pa.list_(pa.string()), "urls of the removed copies, in sorted order", False),
    ]
)

REMOVED = pa.schema(
    [
        *[DOCUMENTS.field(name) for name in ("page_id", "source_id", "url", "site", "source", "title")],
        _field("kept_id", pa.string(), "page_id of the page that was kept instead", False),
        _field("cluster_id", pa.string(), "cluster the page belongs to", False),
        _field("kind", pa.string(), "kind of the pair of this page and the kept one, or decided where a person joined them", False),
        _field("similarity", pa.float64(), "score of this page and the kept one"),
        *_LOST,
        _field("reason", pa.string(), "in words, why it was removed", False),
    ]
)

GONE = pa.schema(
    [
        _field("page_id", pa.string(), "document of the earlier run's corpus that is not in this one", False),
        _field("url", pa.string(), "as in documents"),
        _field("kept_id", pa.string(), "page_id of the page that was kept instead, if one was"),
        _field("reason", pa.string(), "in words, why it is not in this corpus; null if the page is not in this run at all"),
    ]
)

SITES = pa.schema(
    [
        _field("site", pa.string(), "host name that the page belongs to", False),
        _field("page", pa.int64(), "hash of the page_id", False),
        _field("lines", pa.list_(pa.int64()), "hashes of the page's lines before the site-level pass, in reading order", False),
        _field("lengths", pa.list_(pa.int64()), "lengths of those lines in characters", False),
    ]
)
"""A bounded sample of the pages of each site, from which its template is derived."""

REJECTED = pa.schema(
    [
        _PAGE_ID,
        _SOURCE_ID,
        _URL,
        _SOURCE,
        _field("stage", pa.string(), "step that rejected the page: read, clean or site", False),
        _field("reason", pa.string(), "why the page was rejected, in words", False),
    ]
)


def docs(schema: pa.Schema) -> dict[str, str]:
    """Each column's name and its one-line description, in column order."""
    return {field.name: (field.metadata or {}).get(b"doc", b"").decode() for field in schema}
