"""How much planted boilerplate the text path finds, and how much honest text it cuts.

    python -m benchmarks.cleaning.boilerplate --data DATA        # DATA holds wcxb/ and medquad/

Gold texts of WCXB and MedQuAD are the honest text. Boilerplate of every kind is planted at random
places: as lines of its own, glued to the end of a paragraph, inside sentences. Its wording comes from
blocks of WCXB pages that are not in the page's gold (assigned to kinds by cue, see ``benchmarks/data/planting.py``) and from
lists written for this benchmark. Pages and wording are split by site: rules may be tuned on the
development half (--half development) only; the judgement half is what counts.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

from benchmarks import gate
from benchmarks.data import planting
from corpus_tools.clean.lines.boilerplate import Cut, cut_boilerplate
from corpus_tools.plan import CleanPlan

GATED = {"planted.recall": "min", "planted.precision": "min", "untouched.wcxb.share": "max", "untouched.medquad.share": "max"}


def cut_mask(text: str, kept: str, cuts: list[Cut]) -> list[int]:
    """For each non-space character of ``text``: 0 when kept, else 1 + the number of the cut that took it."""
    mask: list[int] = []
    at = 0
    for number, cut in enumerate(cuts, 1):
        mask += [0] * _solid(kept[at : cut.start]) + [number] * _solid(cut.passage)
        at = cut.start
    mask += [0] * _solid(kept[at:])
    if len(mask) != _solid(text):
        raise AssertionError(f"kept text and cuts hold {len(mask)} characters, the page {_solid(text)}")
    return mask


def _solid(text: str) -> int:
    return len("".join(text.split()))


def truth_mask(parts: list[tuple[str, str]]) -> tuple[str, list[str]]:
    """Text and, for each non-space character, the planted kind or ''."""
    truth: list[str] = []
    for part, kind in parts:
        truth += [kind] * _solid(part)
    return "".join(part for part, _ in parts), truth


def score_planted(pages: list[str], pool: planting.Pool, plan: CleanPlan, seed: int, examples: int) -> dict[str, Any]:
    """Recall by planted kind and precision of all cut characters."""
    random = Random(seed)
    planted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    cut: Counter[str] = Counter()
    right: Counter[str] = Counter()
    missed: dict[str, list[str]] = {}
    wrong: dict[str, list[str]] = {}
    for page in pages:
        text, truth = truth_mask(planting.plant(page, pool, random))
        kept, cuts = cut_boilerplate(text, None, plan)
        mask = cut_mask(text, kept, cuts)
        for kind, number in zip(truth, mask, strict=True):
            planted[kind] += bool(kind)
            if number:
                found[kind] += bool(kind)
                cut[cuts[number - 1].kind] += 1
                right[cuts[number - 1].kind] += bool(kind)
        _note(text, truth, mask, cuts, missed, wrong)
    if examples:
        _show("missed", missed, examples)
        _show("wrongly cut", wrong, examples)
    kinds = sorted(kind for kind in planted if kind)
    return {
        "recall": sum(found[kind] for kind in kinds) / sum(planted[kind] for kind in kinds),
        "precision": sum(right.values()) / max(sum(cut.values()), 1),
        "recall_by_kind": {kind: found[kind] / planted[kind] for kind in kinds},
        "precision_by_kind": {kind: right[kind] / cut[kind] for kind in sorted(cut)},
        "planted_characters": {kind: planted[kind] for kind in kinds},
    }


def _note(
    text: str, truth: list[str], mask: list[int], cuts: list[Cut], missed: dict[str, list[str]], wrong: dict[str, list[str]]
) -> None:
    """Collect runs of missed and of wrongly cut characters for --show."""
    solid = [char for char in text if not char.isspace()]
    spaced = [at for at, char in enumerate(text) if not char.isspace()]
    at = 0
    while at < len(solid):
        end = at
        state = (truth[at], mask[at])
        while end < len(solid) and (truth[end], mask[end]) == state:
            end += 1
        passage = text[spaced[at] : spaced[end - 1] + 1]
        if state[0] and not state[1]:
            missed.setdefault(state[0], []).append(passage)
        if state[1] and not state[0]:
            wrong.setdefault(cuts[state[1] - 1].rule, []).append(passage)
        at = end


def _show(title: str, found: dict[str, list[str]], examples: int) -> None:
    for name in sorted(found, key=lambda one: -sum(map(len, found[one]))):
        print(f"-- {title}: {name}, {len(found[name])} passages, {sum(map(len, found[name]))} characters")
        for passage in Random(1).sample(found[name], min(examples, len(found[name]))):
            print("    ", repr(passage[:200]))


def false_cuts(pages: list[str], plan: CleanPlan) -> dict[str, Any]:
    """Share of the characters of untouched texts that is cut, by rule, and the speed."""
    started = time.process_time()
    rules: Counter[str] = Counter()
    for page in pages:
        for cut in cut_boilerplate(page, None, plan)[1]:
            rules[cut.rule] += len(cut.passage)
    total = sum(map(len, pages))
    seconds = time.process_time() - started
    return {
        "share": sum(rules.values()) / total,
        "characters": total,
        "characters_per_second": total / seconds,
        "by_rule": {rule: count / total for rule, count in rules.most_common(12)},
    }


def main() -> None:
    """Print the table and write results/cleaning/boilerplate.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds wcxb/ and medquad/")
    parser.add_argument("--half", choices=("development", "judgement"), default="judgement")
    parser.add_argument("--pages", type=int, default=600, help="pages of each set to plant in")
    parser.add_argument("--focus", choices=("precision", "balanced", "recall"), default="balanced")
    parser.add_argument("--seed", type=int, default=20240)
    parser.add_argument("--show", type=int, default=0, help="examples of what was missed and wrongly cut, for each kind")
    given = parser.parse_args()
    plan = CleanPlan(focus=given.focus)
    wcxb = pl.read_parquet(given.data / "wcxb" / "pages.parquet").filter(pl.col("gold").str.len_chars() > 0)
    medquad = pl.read_parquet(given.data / "medquad" / "pages.parquet")
    half = [found == given.half for found in planting.halves_of(map(str, wcxb["url"]))]
    pool = planting.Pool.mine(wcxb.filter(half), given.half)
    gold = [str(text) for text in wcxb.filter(half)["gold"]]
    answers = [
        str(text) for name, text in zip(medquad["id"], medquad["text"], strict=True) if planting.half_of(str(name)) == given.half
    ]
    chosen = Random(given.seed).sample(gold, min(given.pages, len(gold))) + Random(given.seed).sample(
        answers, min(given.pages, len(answers))
    )
    result = {
        "half": given.half,
        "focus": given.focus,
        "planted": score_planted(chosen, pool, plan, given.seed, given.show),
        "untouched": {"wcxb": false_cuts(gold, plan), "medquad": false_cuts(answers, plan)},
    }
    _print(result)
    if given.half == "judgement" and given.focus == "balanced":
        files = (given.data / name / "pages.parquet" for name in ("wcxb", "medquad"))
        gate.save_result("cleaning/boilerplate", result, gate.digest_files(*files), GATED)


def _print(result: dict[str, Any]) -> None:
    planted = result["planted"]
    print(
        f"{result['half']} half, focus {result['focus']}: recall {planted['recall']:.4f} precision {planted['precision']:.4f} of cut characters"
    )
    for kind in sorted(set(planted["recall_by_kind"]) | set(planted["precision_by_kind"])):
        recall, precision = planted["recall_by_kind"].get(kind), planted["precision_by_kind"].get(kind)
        figures = [f"{value:9.4f}" if value is not None else "        -" for value in (recall, precision)]
        print(
            f"  {kind:16s} recall {figures[0]}  precision {figures[1]}  {planted['planted_characters'].get(kind, 0):8d} characters planted"
        )
    for name, found in result["untouched"].items():
        print(
            f"untouched {name}: {100 * found['share']:.4f} % cut, {found['characters_per_second'] / 1e6:.1f} M characters/s of CPU time"
        )
        for rule, share in found["by_rule"].items():
            print(f"    {rule:26s} {100 * share:.4f} %")


if __name__ == "__main__":
    main()
