"""What to do: frozen dataclasses, one section a stage; TOML in and out; ranges checked; digest.

Every setting carries its help text and range as field metadata, which is also what
``corpus-tools init`` prints. A section is checked when it is made.
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
    """A dataclass field with its help text and its allowed range or choices."""
    return field(default=default, metadata={"help": help, "low": low, "high": high, "choices": choices})


def _check(section: object) -> None:
    """Raise PlanError for the first setting of ``section`` with a wrong type, range or choice."""
    for item in dataclasses.fields(section):  # type: ignore[arg-type]
        _check_value(f"{type(section).__name__.removesuffix('Plan').lower()}.{item.name}", item, getattr(section, item.name))


def _check_value(name: str, item: dataclasses.Field[Any], value: Any) -> None:
    wanted = type(item.default)
    if wanted is float and type(value) is int:
        value = float(value)
    if type(value) is not wanted:
        raise PlanError(f"{name} is {value!r}, a {type(value).__name__}", f"give a {wanted.__name__}, for example {item.default!r}")
    low, high, choices = (item.metadata[key] for key in ("low", "high", "choices"))
    # Said the other way round, a NaN would pass.
    if not ((low is None or value >= low) and (high is None or value <= high)):
        top = "and up" if high is None else f"to {high}"
        raise PlanError(f"{name} is {value!r}, outside its range", f"give a number from {low} {top}")
    for one in value if isinstance(value, tuple) else (value,):
        if choices and one not in choices:
            raise PlanError(f"{name} is {one!r}, which is not a choice", f"choose from {', '.join(choices)}")


@dataclass(frozen=True)
class ReadPlan:
    """The way in: which fields hold what, and how large a part is."""

    text_field: str = setting("", "JSONL/parquet field with text ('' tries text, content, body)")
    html_field: str = setting("", "JSONL/parquet field with HTML ('' tries html, raw_html, raw)")
    url_field: str = setting("", "JSONL/parquet field with the address ('' tries url, uri, link)")
    id_field: str = setting("", "JSONL/parquet field with the input's own id ('' tries id, doc_id, page_id)")
    part_pages: int = setting(1000, "pages in one part: what a killed run may have to redo", low=1, high=1_000_000)
    part_bytes: int = setting(64 << 20, "bytes of raw pages in one part, at most", low=1 << 16)
    max_page_bytes: int = setting(64 << 20, "a page larger than this, unpacked, is rejected", low=1 << 10)

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True)
class CleanPlan:
    """What is cut from a page."""

    focus: str = setting("balanced", "precision cuts more, recall keeps more", choices=("balanced", "precision", "recall"))
    disclaimers: str = setting("cut", "medical and legal disclaimers", choices=("cut", "keep"))
    references: str = setting("keep", "reference lists", choices=("cut", "keep"))
    comments: str = setting("cut", "readers' comments under an article (forum posts are content)", choices=("cut", "keep"))
    metadata: bool = setting(False, "also read author, date, licence and canonical address (slower)")
    spam: bool = setting(True, "judge every page: spam_score and spam_reasons in documents")

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True)
class SitePlan:
    """What is decided once all pages of a site are known."""

    template: bool = setting(True, "cut blocks that repeat across the pages of one site")
    min_words: int = setting(10, "a page with fewer words left is rejected", low=0)
    drop_spam: float = setting(0.0, "a page with this spam_score or a higher one is rejected; 0 rejects none", low=0.0, high=1.0)

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True)
class FingerprintPlan:
    """How a document is sketched."""

    ngram: int = setting(5, "words in a shingle", low=1, high=32)
    num_perm: int = setting(128, "permutations: MinHash values a document", low=16, high=1024)
    seed: int = setting(1, "seed of the permutations", low=0, high=2**32 - 1)
    scheme: str = setting("affine32", "sketch scheme, as datasketch names it", choices=("affine32", "affine64"))

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True)
class MatchPlan:
    """Which pairs are looked at, and which are stored."""

    min_score: float = setting(
        0.35,
        "pairs that score at least this are stored; the stated recall holds for Jaccard similarities of at least this",
        low=0.05,
        high=1.0,
    )
    recall: float = setting(0.99, "probability that a pair at min_score is found", low=0.5, high=0.9999)
    bands: int = setting(0, "LSH bands; 0 derives them from min_score and recall", low=0, high=1024)
    rows: int = setting(0, "LSH rows a band; 0 derives them", low=0, high=64)

    def __post_init__(self) -> None:
        _check(self)
        if (self.bands == 0) != (self.rows == 0):
            raise PlanError(
                f"match.bands is {self.bands} and match.rows is {self.rows}", "give both, or neither and let recall choose them"
            )


@dataclass(frozen=True)
class RewritePlan:
    """Whether pages that rewrite other pages are found, and at which probability they merge."""

    enabled: bool = setting(False, "also look for rewrites")
    threshold: float = setting(0.75, "rewrites of at least this probability merge", low=0.5, high=1.0)
    min_score: float = setting(0.2, "rewrites of at least this probability are stored", low=0.01, high=1.0)
    min_chars: int = setting(
        600, "shorter pages are not looked at: too little to tell a rewrite from an edit", low=0, high=1_000_000
    )
    bins: int = setting(128, "values kept of each of the three families of shingles", low=16, high=1024)
    max_df: int = setting(64, "a value that more pages share is no evidence, and is reported", low=2, high=4096)
    max_partners: int = setting(20, "pages a page is compared with, at most: those that share most", low=1, high=256)

    def __post_init__(self) -> None:
        _check(self)
        if self.bins & (self.bins - 1):
            raise PlanError(f"rewrite.bins is {self.bins}, not a power of two", "give 64, 128 or 256")
        if self.min_score > self.threshold:
            raise PlanError(
                f"rewrite.min_score {self.min_score} is above rewrite.threshold {self.threshold}",
                "lower min_score, or raise the threshold",
            )


@dataclass(frozen=True)
class GroupPlan:
    """Which stored pairs merge, and which page of a cluster stays."""

    threshold: float = setting(0.62, "pairs that score at least this merge", low=0.0, high=1.0)
    guard: float = setting(
        0.4, "least product of scores on the way from a page to its kept page; 0 never splits a component", low=0.0, high=1.0
    )
    keep: tuple[str, ...] = setting(
        ("original", "longest", "earliest", "smallest_id"),
        "the representative: first rule first, the next breaks its ties; original is the page that is no rewrite (rewrite.enabled)",
        choices=("original", "longest", "earliest", "latest", "smallest_id"),
    )

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True)
class WritePlan:
    """How the corpus is laid out on disk."""

    rows_per_file: int = setting(100_000, "documents in one parquet file", low=1)
    compression_level: int = setting(9, "zstd level", low=1, high=22)

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True)
class Plan:
    """Everything a run does; each section is read by the stage it names.

    Raises PlanError for a value out of range, an unknown name, or sections that contradict.
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
                "pairs below match.min_score are not stored: lower it to the threshold or less",
            )
        if self.site.drop_spam and not self.clean.spam:
            raise PlanError(
                f"site.drop_spam is {self.site.drop_spam} but clean.spam is false", "let clean.spam be true, or site.drop_spam 0"
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
        """Stable hex digest of the named sections (all by default)."""
        chosen = {name: part for name, part in self.to_dict().items() if not sections or name in sections}
        return hashlib.blake2b(json.dumps(chosen, sort_keys=True).encode(), digest_size=16).hexdigest()

    def to_toml(self) -> str:
        """The plan as TOML, each setting under its help text."""
        lines = ["# A corpus-tools plan. Leave out what you do not change."]
        for section in dataclasses.fields(self):
            value = getattr(self, section.name)
            lines += ["", f"# {value.__doc__.splitlines()[0]}", f"[{section.name}]"]
            for item in dataclasses.fields(value):
                lines += [f"# {_help(item)}", f"{item.name} = {json.dumps(getattr(value, item.name))}"]
        return "\n".join(lines) + "\n"

    @staticmethod
    def from_dict(given: dict[str, Any]) -> Plan:
        """A plan from nested dicts; PlanError names an unknown section or setting."""
        types: dict[str, Any] = {item.name: type(item.default) for item in dataclasses.fields(Plan)}
        _refuse_unknown("section", given, tuple(types))
        sections: dict[str, Any] = {}
        for name, values in given.items():
            if not isinstance(values, dict):
                raise PlanError(f"plan section {name!r} is {values!r}", f"write settings under a [{name}] heading")
            known = {item.name for item in dataclasses.fields(types[name])}
            _refuse_unknown(f"setting of [{name}]", values, tuple(sorted(known)), name)
            sections[name] = types[name](**{key: tuple(v) if isinstance(v, list) else v for key, v in values.items()})
        return Plan(**sections)

    @staticmethod
    def from_toml(path: str | Path) -> Plan:
        """Read a plan file; SourceError if it is missing, PlanError if it is not a valid plan."""
        try:
            text = Path(path).read_text(encoding="utf-8")
        except OSError as error:
            raise SourceError(
                f"plan file {str(path)!r} cannot be read: {error.strerror}", "print a fresh one with: corpus-tools init"
            ) from None
        except UnicodeDecodeError:
            raise PlanError(f"plan file {str(path)!r} is not UTF-8 text", "save it as UTF-8") from None
        try:
            return Plan.from_dict(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise PlanError(f"plan file {str(path)!r} is not TOML: {error}", "print a fresh one with: corpus-tools init") from None

    def with_settings(self, settings: dict[str, Any]) -> Plan:
        """A copy with ``{"group.threshold": 0.7}``-style settings replaced."""
        nested = self.to_dict()
        for name, value in settings.items():
            section, _, key = name.partition(".")
            nested.setdefault(section, {})[key] = value
        return Plan.from_dict(nested)


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
"""Sections and settings of plans written before they had their present names."""


def _refuse_unknown(what: str, given: dict[str, Any], known: tuple[str, ...], section: str = "") -> None:
    for name in given:
        full = f"{section}.{name}" if section else name
        if full in RENAMED:
            raise PlanError(f"plan has an old name: {full!r}", f"it is called {RENAMED[full]} now")
        if name not in known:
            raise PlanError(f"plan has an unknown {what}: {name!r}", f"known are {', '.join(known)}")


RENAMED_STAGES = {"extract": "clean", "cluster": "group"}
"""Old names of stages, and what they are called now."""


def refuse_old_stage(name: str) -> None:
    """Raise PlanError if ``name`` is what a stage used to be called."""
    if name in RENAMED_STAGES:
        raise PlanError(f"{name!r} is an old name of a stage", f"it is now called {RENAMED_STAGES[name]}")
