"""The plan: what a run does, as frozen dataclasses, one section per stage, read from and written to TOML.

Each setting carries its help text and its range as field metadata; ``corpus-tools init`` prints both.
A section is checked when it is created.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus_tools.errors import PlanError, SourceError


def setting(
    default: Any,
    help: str,  # noqa: A002 - the word users know
    *,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """A dataclass field with its help text and the range or choices it allows."""
    return field(default=default, metadata={"help": help, "low": low, "high": high, "choices": choices})


def _check(section: object) -> None:
    """Raise PlanError for the first setting of ``section`` whose type, range or choice is wrong."""
    for item in dataclasses.fields(section):  # type: ignore[arg-type]
        _check_value(f"{type(section).__name__.removesuffix('Plan').lower()}.{item.name}", item, getattr(section, item.name))


def _check_value(name: str, item: dataclasses.Field[Any], value: Any) -> None:
    wanted = type(item.default)
    if wanted is float and type(value) is int:
        value = float(value)
    if type(value) is not wanted:
        raise PlanError(f"{name} is {value!r}, which is not {_KINDS[wanted]}", _say_wanted(wanted, item))
    low, high, choices = (item.metadata[key] for key in ("low", "high", "choices"))
    # Said the other way round, a NaN would pass.
    if not ((low is None or value >= low) and (high is None or value <= high)):
        allowed = f"of at least {low}" if high is None else f"from {low} to {high}"
        raise PlanError(f"{name} is {value!r}, which is out of range", f"give a number {allowed}")
    for one in value if isinstance(value, tuple) else (value,):
        if choices and one not in choices:
            raise PlanError(f"{name} is {one!r}, which is not one of its choices", f"choose from {', '.join(choices)}")


_KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "text", tuple: "a list"}


def _say_wanted(wanted: type, item: dataclasses.Field[Any]) -> str:
    """What to give for a setting of this type."""
    if wanted is tuple:
        given: tuple[str, ...] = item.default  # type: ignore[assignment]
        shown = list(given[:2])
        return f"give a comma-separated list, such as --set NAME={','.join(shown)}, or in a plan file {json.dumps(shown)}"
    if wanted is str and item.metadata["choices"]:
        return f"choose from {', '.join(item.metadata['choices'])}"
    return f"give {_KINDS[wanted]}" + ("" if wanted in (bool, str) else f", such as {item.default!r}")


def parse_value(name: str, text: str) -> Any:
    """The value that ``text`` stands for, by the type of the setting called ``name`` (``section.setting``).

    ``True`` and ``true`` are the same; a list is separated by commas. What does not fit stays text, which the plan refuses.
    """
    section, _, key = name.partition(".")
    default = Plan().to_dict().get(section, {}).get(key)
    try:
        if isinstance(default, bool):
            return {"true": True, "false": False}.get(text.strip().lower(), text)
        if isinstance(default, (int, float)):
            return float(text) if isinstance(default, float) else int(text)
        if isinstance(default, list) and not text.strip().startswith("["):
            return [one for one in (part.strip() for part in text.split(",")) if one]
        if isinstance(default, list) or text[:1] in ("'", '"'):
            return tomllib.loads(f"value = {text}")["value"]
    except ValueError:
        pass
    return text


@dataclass(frozen=True)
class ReadPlan:
    """How the input is read: which fields hold what, and how large a part is."""

    text_field: str = setting("", "field of rows (JSON, CSV, parquet) that holds text; '' tries text, content, body and others")
    html_field: str = setting("", "field of rows that holds HTML; '' tries html, raw_html, raw and others")
    url_field: str = setting(
        "", "field of rows that holds the address, also a path such as metadata.url; '' tries url, uri, link and others"
    )
    id_field: str = setting("", "field of rows that holds the input's own id; '' tries id, doc_id, page_id")
    carry: tuple[str, ...] = setting(
        (),
        "the input's own columns to carry into the corpus: field, path.to.field or column=field; Hive partitions count as fields",
    )
    follow_links: bool = setting(False, "also follow links that lead out of a source folder")
    part_pages: int = setting(
        1000, "maximum number of pages in a part; a killed run repeats at most the parts it was working on", low=1, high=1_000_000
    )
    part_bytes: int = setting(32 << 20, "maximum bytes of pages in a part", low=1 << 16, high=1 << 29)
    max_page_bytes: int = setting(10 << 20, "a page that is larger than this once unpacked is rejected", low=1 << 10)

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True)
class CleanPlan:
    """What is cut from a page."""

    focus: str = setting(
        "balanced",
        "precision cuts more, recall keeps more text; none takes text as it is and cuts nothing, for corpora that are clean already",
        choices=("balanced", "precision", "recall", "none"),
    )
    disclaimers: str = setting("cut", "medical and legal disclaimers", choices=("cut", "keep"))
    references: str = setting("keep", "reference lists", choices=("cut", "keep"))
    comments: str = setting(
        "cut", "readers' comments below an article; forum posts count as content and stay", choices=("cut", "keep")
    )
    markdown: bool = setting(True, "also keep the text as Markdown, with its headings, lists, tables and code")
    links: str = setting(
        "drop",
        "whether Markdown keeps the addresses of links in kept text; pages of HTML take two to three times as long",
        choices=("drop", "keep"),
    )
    metadata: bool = setting(True, "also read the author, date, licence and canonical address that a page states")
    spam: bool = setting(True, "give every page a spam_score and its spam_reasons")

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True)
class SitePlan:
    """What can only be decided once all pages of a site are known."""

    template: bool = setting(True, "cut blocks that repeat across the pages of one site")
    min_words: int = setting(10, "a page with fewer words left after cleaning is rejected", low=0)
    drop_spam: float = setting(0.0, "pages with a spam_score of at least this are rejected; 0 rejects none", low=0.0, high=1.0)

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True)
class FingerprintPlan:
    """How a document is sketched."""

    ngram: int = setting(5, "words in a shingle", low=1, high=32)
    num_perm: int = setting(128, "permutations, that is MinHash values per document", low=16, high=1024)
    seed: int = setting(1, "random seed of the permutations", low=0, high=2**32 - 1)
    scheme: str = setting("affine32", "MinHash scheme, named as in datasketch", choices=("affine32", "affine64"))

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True)
class MatchPlan:
    """Which pairs are examined, and which of them are stored."""

    min_score: float = setting(
        0.35,
        "pairs that score at least this are stored; recall is promised for pairs with at least this Jaccard similarity",
        low=0.05,
        high=1.0,
    )
    recall: float = setting(0.99, "probability of finding a pair whose Jaccard similarity is min_score", low=0.5, high=0.9999)
    bands: int = setting(0, "number of LSH bands; 0 derives it from min_score and recall", low=0, high=1024)
    rows: int = setting(0, "rows in an LSH band; 0 derives it from min_score and recall", low=0, high=64)

    def __post_init__(self) -> None:
        _check(self)
        if (self.bands == 0) != (self.rows == 0):
            raise PlanError(
                f"match.bands is {self.bands} and match.rows is {self.rows}",
                "set both, or set neither and they follow from match.recall",
            )


@dataclass(frozen=True)
class RewritePlan:
    """Whether to look for rewritten pages, and how sure one has to be to merge them."""

    enabled: bool = setting(True, "look for rewrites too")
    threshold: float = setting(0.5, "pairs that are rewrites with at least this probability merge", low=0.05, high=1.0)
    min_score: float = setting(0.05, "pairs that are rewrites with at least this probability are stored", low=0.01, high=1.0)
    min_chars: int = setting(
        250, "shorter pages are not examined: they hold too little to tell a rewrite from an edit", low=0, high=1_000_000
    )
    bins: int = setting(128, "values kept for each of the three families of shingles; a power of two", low=16, high=1024)
    max_df: int = setting(64, "a value shared by more pages than this is not used as evidence", low=2, high=4096)
    max_partners: int = setting(
        20, "maximum number of pages that a page is compared with; those that share most come first", low=1, high=256
    )

    def __post_init__(self) -> None:
        _check(self)
        if self.bins & (self.bins - 1):
            raise PlanError(f"rewrite.bins is {self.bins}, not a power of two", "use 64, 128 or 256")
        if self.min_score > self.threshold:
            raise PlanError(
                f"rewrite.min_score {self.min_score} is above rewrite.threshold {self.threshold}",
                "lower rewrite.min_score or raise rewrite.threshold",
            )


@dataclass(frozen=True)
class GroupPlan:
    """Which pairs let one page stand for the other, and which page of a family stays."""

    threshold: float = setting(
        0.74, "pairs that score at least this are near copies: either page may stand for the other", low=0.0, high=1.0
    )
    contained: str = setting(
        "remove", "pages whose text stands on a longer page: an excerpt, a printed part, a chapter", choices=("remove", "keep")
    )
    min_contained: float = setting(
        0.9, "a page is contained in another that holds at least this share of its own words", low=0.8, high=1.0
    )
    max_lost: float = setting(
        0.35, "no near copy is removed if more than this share of its own words stands nowhere on the kept page", low=0.0, high=1.0
    )
    keep: tuple[str, ...] = setting(
        ("published", "intact", "original", "canonical", "longest", "earliest", "smallest_id"),
        "rules that choose the page to keep; each one breaks the ties of the one before: published prefers pages of an earlier run, "
        "intact pages without broken characters, original pages that are neither rewrites nor likely spam, canonical addresses "
        "without tracking, session, print or AMP parts",
        choices=("published", "intact", "original", "canonical", "longest", "earliest", "latest", "smallest_id"),
    )

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True)
class WritePlan:
    """How the corpus is laid out on disk."""

    redact: bool = setting(
        False, "put a mark in the place of e-mail addresses and telephone numbers in text, markdown, title, author and spam_reasons"
    )
    rows_per_file: int = setting(100_000, "maximum number of documents in a parquet file", low=1)
    compression_level: int = setting(9, "zstd compression level", low=1, high=22)
    name: str = setting("Deduplicated web corpus", "name of the data set, for the dataset card and croissant.json")
    version: str = setting("1.0.0", "version of the data set, as MAJOR.MINOR.PATCH, for croissant.json")
    url: str = setting("", "address of the data set's page, for croissant.json")
    creator: str = setting("", "person or organisation that made the data set, for croissant.json")
    published: str = setting("", "date of publication (YYYY-MM-DD), for croissant.json")
    licence: str = setting("", "licence of the collection as you publish it, for croissant.json; the pages keep their own")

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True)
class Plan:
    """Everything a run does; each section belongs to the stage of the same name.

    Raises PlanError for a value out of range, an unknown name, or sections that contradict each other.
    """

    read: ReadPlan = ReadPlan()
    clean: CleanPlan = CleanPlan()
    site: SitePlan = SitePlan()
    fingerprint: FingerprintPlan = FingerprintPlan()
    match: MatchPlan = MatchPlan()
    rewrite: RewritePlan = RewritePlan()
    group: GroupPlan = GroupPlan()
    write: WritePlan = WritePlan()

    def __post_init__(self) -> None:
        if self.group.threshold < self.match.min_score:
            raise PlanError(
                f"group.threshold {self.group.threshold} is below match.min_score {self.match.min_score}",
                "pairs below match.min_score are not stored: set match.min_score to the threshold or lower",
            )
        if self.site.drop_spam and self.clean.focus == "none":
            raise PlanError(
                f"site.drop_spam is {self.site.drop_spam} but clean.focus is none, which judges no page",
                "choose another clean.focus, or set site.drop_spam to 0",
            )
        if self.site.drop_spam and not self.clean.spam:
            raise PlanError(
                f"site.drop_spam is {self.site.drop_spam} but clean.spam is false", "set clean.spam to true, or site.drop_spam to 0"
            )
        if self.match.bands * self.match.rows > self.fingerprint.num_perm:
            raise PlanError(
                f"match.bands x match.rows is {self.match.bands * self.match.rows}, more than fingerprint.num_perm {self.fingerprint.num_perm}",
                "use fewer bands or rows, or more permutations",
            )

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """Sections as plain dicts, tuples as lists."""
        return json.loads(json.dumps(dataclasses.asdict(self)))  # type: ignore[no-any-return]

    def digest(self, *sections: str) -> str:
        """Stable hex digest of the named sections, or of all of them."""
        chosen = {name: part for name, part in self.to_dict().items() if not sections or name in sections}
        return hashlib.blake2b(json.dumps(chosen, sort_keys=True).encode(), digest_size=16).hexdigest()

    def to_toml(self) -> str:
        """The plan as TOML, with each setting below its help text."""
        lines = ["# A plan for corpus-tools. You can leave out every setting you do not change."]
        for section in dataclasses.fields(self):
            value = getattr(self, section.name)
            lines += ["", f"# {value.__doc__.splitlines()[0]}", f"[{section.name}]"]
            for item in dataclasses.fields(value):
                lines += [f"# {_help(item)}", f"{item.name} = {_toml_value(getattr(value, item.name))}"]
        return "\n".join(lines) + "\n"

    @staticmethod
    def from_dict(given: dict[str, Any]) -> Plan:
        """A plan from nested dicts; an unknown section or setting raises PlanError."""
        types: dict[str, Any] = {item.name: type(item.default) for item in dataclasses.fields(Plan)}
        _refuse_unknown("section", given, tuple(types))
        sections: dict[str, Any] = {}
        for name, values in given.items():
            if not isinstance(values, dict):
                raise PlanError(f"plan section {name!r} is {values!r}", f"write its settings under a heading [{name}]")
            known = {item.name for item in dataclasses.fields(types[name])}
            _refuse_unknown(f"setting of [{name}]", values, tuple(sorted(known)), name)
            sections[name] = types[name](**{key: tuple(v) if isinstance(v, list) else v for key, v in values.items()})
        return Plan(**sections)

    @staticmethod
    def from_toml(path: str | Path) -> Plan:
        """Read a plan file, or take the plan named in NAMED; SourceError if it is missing, PlanError if it is not a valid plan."""
        if str(path) in NAMED and not Path(path).exists():
            return Plan().with_settings(NAMED[str(path)])
        try:
            text = Path(path).read_text(encoding="utf-8")
        except OSError as error:
            raise SourceError(
                f"plan file {str(path)!r} cannot be read: {error.strerror}",
                f"print a fresh one with: corpus-tools init; or name one of {', '.join(NAMED)}",
            ) from None
        except UnicodeDecodeError:
            raise PlanError(f"plan file {str(path)!r} is not UTF-8 text", "save it as UTF-8") from None
        try:
            return Plan.from_dict(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise PlanError(f"plan file {str(path)!r} is not TOML: {error}", "print a fresh one with: corpus-tools init") from None

    def with_settings(self, settings: dict[str, Any]) -> Plan:
        """A copy with other values for some settings, such as ``{"group.threshold": 0.7}``."""
        nested = self.to_dict()
        for name, value in settings.items():
            section, _, key = name.partition(".")
            nested.setdefault(section, {})[key] = value
        return Plan.from_dict(nested)


NAMED: dict[str, dict[str, Any]] = {
    "revisions": {"group.threshold": 0.66},
    "strict": {"group.threshold": 0.86, "group.max_lost": 0.1, "group.contained": "keep"},
}
"""Plans with a name: more revisions of a page at the price of more wrong pairs, or only what is nearly the same."""


def _toml_value(value: Any) -> str:
    """A value as TOML: as JSON, but characters beyond 16 bits as they are, and the one control character that JSON leaves escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _help(item: dataclasses.Field[Any]) -> str:
    low, high, choices = (item.metadata[key] for key in ("low", "high", "choices"))
    limits = f" [{', '.join(choices)}]" if choices else ""
    if low is not None:
        limits = f" [{low} .. {'' if high is None else high}]"
    return f"{item.metadata['help']}{limits}"


RENAMED = {
    "spin": "rewrite",
    "clean.site_template": "site.template",
    "clean.min_words": "site.min_words",
    "clean.drop_spam": "site.drop_spam",
    "fingerprint.values": "fingerprint.num_perm",
    "match.candidate_floor": "match.min_score",
    "rewrite.floor": "rewrite.min_score",
    "rewrite.most_pages": "rewrite.max_df",
    "rewrite.partners": "rewrite.max_partners",
}
"""Old names of sections and settings, and what they are called now."""


def _refuse_unknown(what: str, given: dict[str, Any], known: tuple[str, ...], section: str = "") -> None:
    for name in given:
        full = f"{section}.{name}" if section else name
        if full in RENAMED:
            raise PlanError(f"the plan uses an old name: {full!r}", f"it is now called {RENAMED[full]}")
        if name not in known:
            raise PlanError(f"the plan has an unknown {what}: {name!r}", f"the known ones are {', '.join(known)}")


RENAMED_STAGES = {"extract": "clean", "cluster": "group"}
"""Old names of stages, and what they are called now."""


def refuse_old_stage(name: str) -> None:
    """Raise PlanError if ``name`` is what a stage used to be called."""
    if name in RENAMED_STAGES:
        raise PlanError(f"{name!r} is an old name of a stage", f"it is now called {RENAMED_STAGES[name]}")
