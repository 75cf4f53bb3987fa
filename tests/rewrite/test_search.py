"""Matching of rewrites from signatures to edges, and what is learned from them."""

from __future__ import annotations

import random

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from corpus_tools.errors import MixedSignaturesError, RunError
from corpus_tools.kernels.tokens import hash_word
from corpus_tools.plan import Plan
from corpus_tools.rewrite.alignment.measures import MEASURE, MEASURES, PAGE_MEASURES
from corpus_tools.rewrite.local import rewrites_among
from corpus_tools.rewrite.model import HEADS, RewriteModel, load_rewrite_model
from corpus_tools.rewrite.search import FOUND, count_lexicon, is_vetoed, search_rewrites
from corpus_tools.rewrite.sketch import count_vocabulary, sketch_batch
from corpus_tools.rewrite.substitutions import learn_substitutions, spell_words
from corpus_tools.rewrite.vocabulary import Vocabulary
from corpus_tools.tables import REWRITES, SUBSTITUTIONS
from corpus_tools.text import content_hash, fold_character, words

NOUNS = "heart liver kidney doctor patient clinic tablet nerve muscle artery pressure fever sample scan dose ward nurse trial diet".split()
VERBS = "treats lowers raises shows follows blocks helps causes stops changes measures supports".split()
SWAPS = {
    "heart": "ticker",
    "doctor": "medico",
    "patient": "sufferer",
    "clinic": "infirmary",
    "tablet": "pill",
    "pressure": "strain",
    "treats": "handles",
    "lowers": "shrinks",
    "shows": "unveils",
    "stops": "halts",
    "causes": "sparks",
    "helps": "aids",
}
PLAN = Plan().with_settings({"rewrite.enabled": True, "rewrite.threshold": 0.5, "rewrite.min_score": 0.01})


def article(seed: int, sentences: int = 14) -> str:
    chance = random.Random(seed)
    parts = []
    for _ in range(sentences):
        noun, verb, other, name = (
            chance.choice(NOUNS),
            chance.choice(VERBS),
            chance.choice(NOUNS),
            chance.choice("Koch Jenner Lister Curie".split()),
        )
        tail = chance.choice(
            [
                "in the morning",
                f"at {chance.randrange(10, 99)} mg",
                f"as {name} found in {chance.randrange(1850, 1990)}",
                "for a year",
            ]
        )
        parts.append(f"The {noun} of the {other} {verb} the {chance.choice(NOUNS)} {tail}.")
    return " ".join(parts)


def rewrite(text: str, seed: int) -> str:
    chance = random.Random(seed)
    parts = [" ".join(SWAPS.get(word, word) for word in part.split()) for part in text.rstrip(".").split(". ")]
    chance.shuffle(parts)
    return ". ".join(parts) + "."


def corpus() -> pl.DataFrame:
    texts = {f"page{i:03d}": article(i) for i in range(80)}
    texts |= {f"spun{i:03d}": rewrite(texts[f"page{i:03d}"], i) for i in range(12)}
    texts["copy000"] = texts["page050"]
    rows = {"page_id": list(texts), "text": list(texts.values()), "content_hash": [content_hash(text) for text in texts.values()]}
    return pl.DataFrame(rows)


def sketch(documents: pl.DataFrame) -> tuple[pl.LazyFrame, Vocabulary]:
    batch = documents.to_arrow().cast(
        pa.schema([("page_id", pa.string()), ("text", pa.large_string()), ("content_hash", pa.string())])
    )
    batches = batch.combine_chunks().to_batches()
    vocabulary = count_vocabulary(lambda: batches, len(documents))
    signed = pa.Table.from_batches([sketch_batch(one, PLAN.rewrite, vocabulary) for one in batches])
    return pl.DataFrame(pl.from_arrow(signed)).lazy(), vocabulary


@pytest.fixture(scope="module")
def matched() -> tuple[pl.DataFrame, pl.DataFrame, Vocabulary]:
    documents = corpus()
    signatures, vocabulary = sketch(documents)
    table = pa.Table.from_batches(search_rewrites(signatures, documents.lazy(), PLAN, vocabulary), FOUND)
    return documents, pl.DataFrame(pl.from_arrow(table)), vocabulary


def test_rewrites_are_found_and_nothing_is_nearer(matched: tuple[pl.DataFrame, pl.DataFrame, Vocabulary]) -> None:
    _, edges, _ = matched
    true = edges.filter(pl.col("left").str.slice(4) == pl.col("right").str.slice(4))
    assert len(true) >= 8
    assert set(true["left"]) <= {f"page{i:03d}" for i in range(12)}
    assert edges["kind"].unique().to_list() == ["rewrite"]
    false = edges.join(true, on=["left", "right"], how="anti")
    assert len(false) == 0 or true["score"].mean() > false["score"].mean()
    assert (edges["left"] < edges["right"]).all()
    assert edges.select("left", "right").equals(edges.select("left", "right").sort("left", "right"))


def test_exact_copies_take_part_once(matched: tuple[pl.DataFrame, pl.DataFrame, Vocabulary]) -> None:
    _, edges, _ = matched
    assert "page050" not in {*edges["left"], *edges["right"]}


def test_edges_do_not_depend_on_the_order_of_rows(matched: tuple[pl.DataFrame, pl.DataFrame, Vocabulary]) -> None:
    documents, edges, _ = matched
    turned = documents.sample(fraction=1.0, shuffle=True, seed=3)
    signatures, vocabulary = sketch(turned)
    again = pa.Table.from_batches(search_rewrites(signatures, turned.lazy(), PLAN, vocabulary), FOUND)
    assert pl.DataFrame(pl.from_arrow(again)).equals(edges)


def test_mixed_signatures_and_lost_documents_are_named(matched: tuple[pl.DataFrame, pl.DataFrame, Vocabulary]) -> None:
    documents, _, vocabulary = matched
    signatures, _ = sketch(documents)
    with pytest.raises(MixedSignaturesError, match=r"rewrite\.bins 64"):
        list(search_rewrites(signatures, documents.lazy(), PLAN.with_settings({"rewrite.bins": 64}), vocabulary))
    with pytest.raises(RunError, match="spun001"):
        list(search_rewrites(signatures, documents.filter(pl.col("page_id") != "spun001").lazy(), PLAN, vocabulary))


def test_frames_in_and_a_frame_out(matched: tuple[pl.DataFrame, pl.DataFrame, Vocabulary]) -> None:
    documents, edges, _ = matched
    found = rewrites_among(documents, PLAN)
    assert found.columns == REWRITES.names
    assert found.select(FOUND.names).equals(edges)
    assert set(found["head"]) <= set(HEADS)
    assert rewrites_among(documents.head(0), PLAN).height == 0


def test_nothing_to_match_gives_no_edges() -> None:
    documents = corpus().head(1)
    signatures, vocabulary = sketch(documents)
    assert list(search_rewrites(signatures, documents.lazy(), PLAN, vocabulary)) == []


def test_near_copies_and_alike_pages_of_other_subjects_are_thrown_out() -> None:
    measures = {"jaccard": np.array([0.1, 0.4, 0.4, 0.7]), "subject_conflict": np.array([1.0, 1.0, 0.0, 0.0])}
    assert is_vetoed(measures).tolist() == [False, True, False, True]


def test_substitutions_are_learned(matched: tuple[pl.DataFrame, pl.DataFrame, Vocabulary]) -> None:
    documents, edges, vocabulary = matched
    lexicon = count_lexicon(documents.lazy(), documents["page_id"].sort(), vocabulary)
    true = edges.filter(pl.col("left").str.slice(4) == pl.col("right").str.slice(4)).with_columns(score=1.0, original="left")
    table = learn_substitutions(true, documents.lazy(), lambda: lexicon, vocabulary, 0.5)
    assert table.schema.equals(SUBSTITUTIONS)
    learned = {(row["left"], row["right"]): row for row in table.to_pylist()}
    assert len(set(SWAPS.items()) & learned.keys()) >= 8
    assert all(row["support"] == row["forward"] + row["backward"] >= 2 for row in learned.values())
    assert learned["doctor", "medico"]["backward"] == 0
    turned = learn_substitutions(true.with_columns(original="right"), documents.lazy(), lambda: lexicon, vocabulary, 0.5)
    assert ("medico", "doctor") in {(row["left"], row["right"]) for row in turned.to_pylist()}


def test_no_confirmed_pairs_teach_nothing(matched: tuple[pl.DataFrame, pl.DataFrame, Vocabulary]) -> None:
    documents, edges, vocabulary = matched
    lexicon = count_lexicon(documents.lazy(), documents["page_id"], vocabulary)
    assert learn_substitutions(edges.head(0), documents.lazy(), lambda: lexicon, vocabulary, 0.5).num_rows == 0


def test_the_heads_are_their_trees_calibrated_and_the_larger_counts() -> None:
    trees = {"names": ["same", "gaps"], "roots": [0], "feature": [1, -1, -1], "threshold": [0.5, 0.0, 0.0], "left": [1, 0, 0]}
    trees |= {"right": [2, 0, 0], "value": [0, 2_000_000, -1_000_000]}
    held = {"words": {"slope": 0.5, "shift": 0.25}, "sentences": {"slope": -1.0, "shift": 0.0}, "gate": {"least": 0.0}}
    model = RewriteModel.of(held | {f"{name}_trees": trees for name in ("words", "sentences", "gate")})
    rows = np.zeros(2, MEASURE)
    rows["gaps"][1] = 0.75
    assert model.log_odds(rows).tolist() == [pytest.approx([1.25, -0.25]), pytest.approx([-2.0, 1.0])]
    chances, heads = model.judge(rows)
    assert chances.tolist() == pytest.approx([1 / (1 + np.exp(-1.25)), 1 / (1 + np.exp(-1.0))])
    assert [HEADS[one] for one in heads] == ["words", "sentences"]
    assert model.opens(rows).tolist() == [True, False]


def test_the_shipped_model_knows_the_measures() -> None:
    model = load_rewrite_model()
    assert all(set(head.forest.names) <= set(MEASURES) for head in model.heads.values())
    assert set(model.gate.names) <= set(PAGE_MEASURES)
    chances = model.probability(np.random.default_rng(1).uniform(0.4, 1.0, (20, len(MEASURES))).view(MEASURE)[:, 0])
    assert ((chances > 0) & (chances < 1)).all()


def test_words_are_spelt_once_whatever_stands_between_them() -> None:
    texts = [
        "The doctor's  0.5 mg\u00a0dose\nwas don\u2019t",
        "wa\u00adter \u0301x the DOSE 3\u2003.5",
        "\u0e01\u0e02 \u4e2d\u6587 e\u0301t\u00e9",
    ]
    spelt = spell_words([pa.array(texts[:2], pa.large_string()), pa.array(texts[2:], pa.large_string())])
    expected = {word for text in texts for word in words(text)}
    assert dict(spelt.select("word", "hash").iter_rows()) == {word: hash_word(word) for word in expected}


def test_white_space_always_separates_words() -> None:
    assert {fold_character(chr(code)) for code in range(0x110000) if chr(code).isspace()} == {" "}
