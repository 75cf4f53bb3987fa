"""Pages in other languages than English: spun ones found, honest ones spared, alone and as a few among many English ones.

    python -m benchmarks.data.languages PAGES                            # gets the pages and thesauri, once
    python -m benchmarks.rewrites.languages --pages PAGES --data DATA/medquad

Spinners draw from the half of LibreOffice's thesauri that taught nothing. Manual pages in German, Spanish and French taught the trees, and
the settings of languages (``corpus_tools/rewrite/languages.toml``) were chosen on them, so they are no measure; LibreOffice's help, GIMP's
help and MedQuAD translated by Apertium are. Italian and Polish stand for all languages that have no settings and taught nothing. Of each
set siblings are made too: pages of one template whose subject is swapped throughout, which are no rewrites.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks import gate
from benchmarks.data.languages import ABSENT, LANGUAGES, MODES, Thesaurus, read_pages, spin_other, translate
from benchmarks.data.spun_pages import Honest, find_repeats, read_honest
from benchmarks.data.swapped_subjects import plant_siblings
from benchmarks.rewrites.pairs import near_scores
from corpus_tools.plan import GroupPlan, Plan
from corpus_tools.rewrite.local import rewrites_among

RATES = (0.3, 0.5, 0.7)
SPUN, HONEST, TRANSLATED, SIBLINGS = 80, 800, 500, 200
"""Pages spun for each rate, honest pages of a set at most, pages of MedQuAD that are translated, pages that get a sibling at most."""
FEW, ENGLISH = 90, 1200
"""Pages of another language that are hidden among so many English ones."""


@dataclass
class Corpus:
    """Honest texts, and pages spun from some of them: the place of its original and the rate of each."""

    texts: list[str]
    spun: list[str]
    origins: list[int]
    rates: list[float]


def make_corpus(texts: list[str], language: str, thesaurus: Thesaurus, each: int) -> Corpus:
    """``each`` pages spun for every rate, no page twice."""
    chosen = random.Random("languages").sample(range(len(texts)), min(len(texts), each * len(RATES)))
    rates = [RATES[at % len(RATES)] for at in range(len(chosen))]
    spun = [spin_other(texts[i], language, thesaurus, rate, f"{i}") for i, rate in zip(chosen, rates, strict=True)]
    return Corpus(texts, spun, chosen, rates)


def judge(corpus: Corpus, others: list[str], plan: Plan) -> dict[str, Any]:
    """Share of spun pages joined to their originals by rate (also as near copies), and how many pairs of different pages are joined.

    ``others`` are pages of another language that stand in the same corpus. Pairs of honest pages that are largely one text
    (``find_repeats``) are not counted as wrong.
    """
    base = len(corpus.texts)
    texts = [*corpus.texts, *corpus.spun, *others]
    ids = [f"{at:06d}" for at in range(len(texts))]
    rows = rewrites_among(pl.DataFrame({"page_id": ids, "text": texts}), plan)
    rows = rows.filter(pl.col("score") >= plan.rewrite.threshold)
    origin = np.array([*range(base), *corpus.origins, *range(len(corpus.texts) + len(corpus.spun), len(texts))])
    repeats = find_repeats(Honest(corpus.texts, [str(at) for at in range(base)], np.zeros(base)))
    near = near_scores(texts, np.array(corpus.origins), np.arange(base, base + len(corpus.spun))) >= GroupPlan().threshold
    found, wrong = set(np.flatnonzero(near).tolist()), dict.fromkeys(("honest", "spun"), 0)
    shown = []
    for one, other, score in rows.select("left", "right", "score").iter_rows():
        left, right = int(one), int(other)
        a, b = sorted((int(origin[left]), int(origin[right])))
        if a == b:
            found.add(max(left, right) - base)
        elif (a, b) not in repeats:
            kind = "honest" if max(left, right) < base or left >= base + len(corpus.spun) else "spun"
            wrong[kind] += 1
            shown.append((score, kind, texts[left][:60], texts[right][:60]))
    for line in sorted(shown, reverse=True)[:4]:
        print("   ", line)
    recall = {
        f"{rate:.0%}": round(float(np.mean([at in found for at, one in enumerate(corpus.rates) if one == rate])), 4)
        for rate in RATES
    }
    return {
        "pages": base,
        "spun": len(corpus.spun),
        "recall": recall,
        "honest_joined": wrong["honest"],
        "wrong_joined": wrong["spun"],
    }


def joined_alone(texts: list[str], plan: Plan) -> int:
    """How many pairs of honest pages are joined where no page is spun: a few spun pages change what words are rare."""
    ids = [f"{at:06d}" for at in range(len(texts))]
    rows = rewrites_among(pl.DataFrame({"page_id": ids, "text": texts}), plan)
    found = rows.filter(pl.col("score") >= plan.rewrite.threshold).select("left", "right").rows()
    repeats = find_repeats(Honest(texts, ids, np.zeros(len(texts))))
    return sum((int(left), int(right)) not in repeats for left, right in found)


def joined_siblings(texts: list[str], name: str, plan: Plan) -> dict[str, int]:
    """Of pages that get a sibling, made from the same text with its subject swapped throughout: how many are joined with it."""
    chosen, made = plant_siblings(texts, SIBLINGS, name)
    ids = [f"{at:06d}" for at in range(len(texts) + len(made))]
    rows = rewrites_among(pl.DataFrame({"page_id": ids, "text": [*texts, *made]}), plan)
    found = set(rows.filter(pl.col("score") >= plan.rewrite.threshold).select("left", "right").rows())
    pairs = [(ids[at], ids[len(texts) + place]) for place, at in enumerate(chosen)]
    return {"siblings": len(made), "siblings_joined": sum(pair in found for pair in pairs)}


def read_sets(folder: Path, data: Path, sources: list[str]) -> dict[str, tuple[str, list[str]]]:
    """Name of a set -> its language and texts, shuffled."""
    found = {}
    for language in LANGUAGES:
        for source in sources:
            if f"{source}-{language}" in ABSENT:
                continue
            if source != "medquad":
                texts = read_pages(folder, language, source)
                found[f"{source} {language}"] = language, random.Random(1).sample(texts, min(HONEST, len(texts)))
            elif language in MODES:
                found[f"medquad {language}"] = language, translated_pages(folder, data, language)
    return found


def translated_pages(folder: Path, data: Path, language: str) -> list[str]:
    """Pages of MedQuAD in another language; made once, then read from ``folder``."""
    held = folder / f"medquad-{language}.parquet"
    if not held.exists():
        texts = [text for text in read_honest(data).texts if len(text) > 600]
        made = translate(random.Random(3).sample(texts, TRANSLATED), language)
        pl.DataFrame({"text": made}).write_parquet(held)
    return pl.read_parquet(held)["text"].to_list()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, required=True, help="folder that benchmarks.data.languages filled")
    parser.add_argument("--data", type=Path, required=True, help="folder with MedQuAD's pages.parquet")
    parser.add_argument("--sources", nargs="*", default=["libreoffice-help", "gimp-help", "medquad"])
    parser.add_argument("--languages", nargs="*", default=LANGUAGES)
    parser.add_argument("--only-few", action="store_true")
    parser.add_argument("--no-save", action="store_true")
    options = parser.parse_args()
    plan = Plan()
    figures: dict[str, Any] = {"alone": {}, "few_among_english": {}}
    english = random.Random(2).sample(read_honest(options.data).texts, ENGLISH)
    for name, (language, texts) in read_sets(options.pages, options.data, options.sources).items():
        if language not in options.languages:
            continue
        thesaurus = Thesaurus(options.pages, language, half=1)
        if not options.only_few:
            figures["alone"][name] = judge(make_corpus(texts, language, thesaurus, SPUN), [], plan)
            figures["alone"][name] |= joined_siblings(texts, name, plan) | {"honest_only_joined": joined_alone(texts, plan)}
            print("alone", name, figures["alone"][name], flush=True)
        few = make_corpus(texts[:FEW], language, thesaurus, FEW // len(RATES))
        figures["few_among_english"][name] = judge(few, english, plan)
        print("few  ", name, figures["few_among_english"][name], flush=True)
    if not options.no_save:
        gated = {f"alone.{name}.recall.{rate}": "min" for name in figures["alone"] for rate in ("50%",)}
        gated |= {f"alone.{name}.{one}_joined": "max" for name in figures["alone"] for one in ("siblings", "honest_only")}
        gated |= {f"{kind}.{name}.honest_joined": "max" for kind, rows in figures.items() for name in rows}
        gate.save_result("rewrites/languages", figures, gate.digest_files(options.data / "pages.parquet"), gated)


if __name__ == "__main__":
    main()
