"""The single-page spam score: every sign on a page that shows it, honest pages left alone, hostile pages survived."""

from __future__ import annotations

import time

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from needs import examples

from corpus_tools import tables
from corpus_tools.clean.extract import extract_batch
from corpus_tools.cut import Cut
from corpus_tools.errors import PlanError
from corpus_tools.plan import Plan
from corpus_tools.site.finish import finish_batch
from corpus_tools.spam.domain import FAR, OTHER_FIELD, OWN, field_odds, foreign
from corpus_tools.spam.grammar import grammar_errors
from corpus_tools.spam.judge import DEFAULT_CUT, MAX_PASSAGE, SpamEvidence, judge_page
from corpus_tools.spam.page_signs import missing_share
from corpus_tools.spam.reference import load_reference, load_weights, parse_reference
from corpus_tools.spam.tokens import MAX_CHARACTERS, read_tokens, tokenize
from corpus_tools.spam.tortured import find_tortured
from corpus_tools.spam.wording_signs import CELLS, FEATURES, as_tables

HONEST = """Iron deficiency is the most common cause of anemia in adults, and it usually develops slowly over many months.
The body needs iron to make hemoglobin, the protein in red blood cells that carries oxygen from the lungs to the tissues.
When there is not enough iron in the diet, or when blood is lost, the bone marrow cannot make enough healthy red blood cells.
People with mild anemia may have no symptoms at all. As the condition gets worse, they may feel weak and tired, look pale,
or have shortness of breath during exercise. A blood test can show whether the level of iron in the body is low.
Treatment depends on the cause. Your doctor may tell you to take iron tablets for several months and to eat foods that are
high in iron, such as beans, lentils, red meat and leafy green vegetables. Side effects of the tablets include constipation
and an upset stomach. If the loss of blood is severe, a transfusion may be needed in the hospital."""

SPUN = """Iron inadequacy is the most vulgar causal agent of anemia in grownups, and it commonly evolves tardily over many calendar months.
The physique needs iron to brand hemoglobin, the protein in reddish gore cells that packs oxygen from the lungs to the weaves.
When there is not adequate iron in the fare, or when gore is misplaced, the os pith cannot brand adequate sound reddish cells.
Folks with balmy anemia may possess no symptoms at all. As the circumstance gets tougher, they may experience feeble and wearied,
or possess abruptness of breather during drill. A gore trial can demonstrate whether the storey of iron in the physique is depressed.
Handling depends on the causal agent. Your doc may tell you to accept iron lozenges for a number of calendar months and to devour a edibles
that are gamy in iron, such as an beans, crimson meat and a abundant emerald veggies. Flank upshots of the lozenges admit irregularity
and a disordered tummy. If the deprivation of gore is grievous, a insertion may be requisite in the infirmary."""


def signs(found: SpamEvidence) -> dict[str, float]:
    """Sign -> sum of its reasons' weights."""
    total: dict[str, float] = {}
    for reason in found.reasons:
        total[reason.sign] = total.get(reason.sign, 0.0) + reason.weight
    return total


def test_a_spun_page_is_called_spam_and_its_original_is_not() -> None:
    assert judge_page(SPUN).score > DEFAULT_CUT > 10 * judge_page(HONEST).score
    assert judge_page(HONEST, "Iron deficiency anemia").score < 0.05


def test_reasons_quote_the_page_and_come_heaviest_first() -> None:
    reasons = judge_page(SPUN).reasons
    assert len(reasons) >= 5
    assert [one.weight for one in reasons] == sorted((one.weight for one in reasons), reverse=True)
    for one in reasons:
        assert one.weight > 0
        assert one.passage.split(" [established:")[0] in SPUN


@pytest.mark.parametrize(
    ("sentence", "errors"),
    [
        ("it is a ailment of the blood", 1),
        ("this is an therapy for the heart", 1),
        ("it is an hour before a university test with a European doctor", 0),
        ("this is a one time use of an honest herbal remedy", 0),
        ("there were many study of these disease in the past", 2),
        ("there were many studies of these diseases in the past", 0),
        ("it becomed worse and the childs were ill", 2),
        ("the special A/A allowance is paid to the owner of the house", 0),
        ("take a NSAID or an MRI before an X-ray of the chest", 0),
    ],
)
def test_grammar(sentence: str, errors: int) -> None:
    found, places = grammar_errors(read_tokens(sentence, load_reference()), load_reference())
    assert int(found.sum()) == errors
    assert len(found) == len(places)


def test_tortured_phrases_name_what_is_established() -> None:
    pairs = ["acid\t40\train 40", "corrosive\t90", "of\t90000\tacid 5", "rain\t40\tof 20", "the\t9000"]
    reference = parse_reference([line if line.count("\t") == 2 else line + "\t" for line in pairs], ["corrosive\tacid"])
    tokens = read_tokens("the sum of the corrosive rain of the day", reference)
    assert [(tokens.words[one.place], one.established) for one in find_tortured(tokens, reference)] == [("corrosive", "acid rain")]
    assert find_tortured(read_tokens("the sum of the acid rain of the day", reference), reference) == []
    found = judge_page(HONEST.replace("A blood test", "The immune framework is no cause. A blood test"))
    assert [one.passage for one in found.reasons if one.sign == "tortured_phrase"] == [
        "The immune framework is no cause. [established: immune system]"
    ]
    assert found.score > judge_page(HONEST).score


def test_titles() -> None:
    clickbait = judge_page(HONEST, "The 5-Second Trick For TMS Therapy")
    assert "clickbait_title" in signs(clickbait)
    assert "title_about_something_else" in signs(judge_page(HONEST, "Transcranial magnetic stimulation for depression"))
    assert "title_about_something_else" not in signs(judge_page(HONEST, "Iron deficiency anemia and its treatment"))
    assert signs(judge_page(HONEST, "What is iron deficiency?")).keys() == signs(judge_page(HONEST)).keys()


def test_missing_share_needs_two_telling_words_and_a_body() -> None:
    reference = load_reference()
    body = read_tokens(HONEST, reference)
    assert missing_share("transcranial magnetic stimulation", body, reference) == 1.0
    assert missing_share("hemoglobin and transfusion", body, reference) == 0.0
    assert missing_share("stimulation", body, reference) == 0.0
    assert missing_share("transcranial stimulation", read_tokens("Too short.", reference), reference) == 0.0


def test_injected_anchors_and_link_farms_add_up() -> None:
    anchor = Cut("injected_anchor", "buy cheap pills online", 10, "rule")
    farm = Cut("link_farm", "Read this " * 400, 10, "rule")
    scores = [judge_page(HONEST, cuts=cuts).score for cuts in ([], [farm], [farm, anchor], [farm, anchor, anchor])]
    assert scores == sorted(set(scores))
    assert set(signs(judge_page(HONEST, cuts=[farm, anchor]))) >= {"injected_anchor", "link_farm"}
    assert "link_farm" not in signs(judge_page(HONEST, cuts=[Cut("link_farm", "Read this", 0, "rule")]))


def test_stuffing_and_repeats() -> None:
    stuffed = (
        HONEST + "\n" + "Buy cheap tablets here, as our cheap tablets are the best cheap tablets of all the cheap tablets. " * 9
    )
    assert {"keyword_stuffing", "repeated_passage"} <= set(signs(judge_page(stuffed)))
    assert not {"keyword_stuffing", "repeated_passage"} & set(signs(judge_page(HONEST)))


def test_residue() -> None:
    page = HONEST + "\nFor more on news and current affairs, please visit Some Portal.\nSome Portal profile photo"
    reasons = [one.passage for one in judge_page(page).reasons if one.sign == "profile_residue"]
    assert reasons == ["For more on news and current affairs, please visit Some Portal."]


def test_other_languages_and_lists_get_no_wording_signs() -> None:
    german = "Der Körper braucht Eisen, um Blut zu bilden, und wenn es fehlt, wird der Mensch müde und blass. " * 20
    for text in (german, "Red shoe\n€ 20\nBlue shoe\n€ 30\n" * 30, ""):
        assert not set(signs(judge_page(text))) & set(FEATURES)
    found = judge_page(SPUN, language="de")
    assert found.score is None
    assert [one.passage for one in found.reasons if one.sign == "not_judged" and "language is de" in one.passage]
    assert (judge_page("").score or 0.0) < 0.1


def test_names_are_not_judged() -> None:
    tokens = read_tokens("Last year Quantrill Vorbosk of Brizendale University said that the blood test was good", load_reference())
    judged = {word for word, prose in zip(tokens.words, tokens.prose, strict=True) if prose}
    assert judged >= {"year", "of", "said", "blood"}
    assert not judged & {"quantrill", "vorbosk", "brizendale"}


_PIECES = st.sampled_from(
    [*HONEST.split(), *SPUN.split(), "\n", "a", "an", "’", "İ", "ſ", "½", "\ud800", "a'", "'", "_", "5,0", "血", "."]
)


@settings(max_examples=examples(80))
@given(st.one_of(st.text(max_size=400), st.lists(_PIECES, max_size=300).map(" ".join)), st.one_of(st.none(), st.text(max_size=80)))
def test_any_text_gets_a_probability_or_a_reason_why_not_and_bounded_reasons(text: str, title: str | None) -> None:
    found = judge_page(text, title)
    judged = [one for one in found.reasons if one.sign != "not_judged"]
    assert 0.0 <= found.score <= 1.0 if found.score is not None else len(judged) < len(found.reasons)
    assert found == judge_page(text, title)
    assert all(one.weight > 0 for one in judged)
    assert all(len(one.passage) <= MAX_PASSAGE for one in found.reasons)


def test_a_page_of_another_field_has_a_score_only_if_its_signs_are_many() -> None:
    plain = (
        "The committee of the village council met in the old town hall, and the mayor opened the meeting with a few words about "
        "the new bridge. The builders will come back in spring. Until then the ferry takes cars and bicycles over the river."
    )
    cuts = [Cut("injected_anchor", f"buy {at}", 0, "rule") for at in range(12)]
    assert judge_page(plain, cuts=cuts[:1]).score is None
    assert (
        judge_page(
            f"{plain} Moms and dads have actually ended the gamble factor, of yours.", "This one weird trick about bridges", cuts
        ).score
        > DEFAULT_CUT
    )


@pytest.mark.parametrize("turned", [False, True])
def test_a_page_of_another_field_has_no_score(turned: bool) -> None:
    text = (
        "The committee of the village council met in the old town hall, and the mayor opened the meeting with a few words about the "
        "new bridge. The builders will come back in spring. Until then the ferry takes cars and bicycles over the river for free."
    )
    found = judge_page(text.replace("about", "in regards to") if turned else text)
    assert found.score is None
    assert "not_judged" in [one.sign for one in found.reasons]
    assert field_odds(read_tokens(text, load_reference())) < FAR


@pytest.mark.parametrize("page", [HONEST, SPUN], ids=["honest", "spun"])
def test_a_page_of_the_field_stays_in_it_when_its_words_are_swapped(page: str) -> None:
    assert field_odds(read_tokens(page, load_reference())) > FAR


def test_what_is_taken_from_a_page_grows_with_its_distance_from_the_field() -> None:
    taken = [foreign(odds) for odds in (3.0, OWN, OWN - 0.25, FAR, -5.0)]
    assert taken[:2] == [0.0, 0.0]
    assert taken == sorted(taken)
    assert taken[-1] == OTHER_FIELD


def test_a_page_without_words_is_of_no_field() -> None:
    assert field_odds(read_tokens("", load_reference())) == field_odds(read_tokens("1234 !", load_reference())) == 0.0


@settings(max_examples=examples(40))
@given(st.integers(0, 5), st.booleans(), st.floats(0, 1))
def test_more_evidence_never_lowers_the_score(anchors: int, clickbait: bool, spun: float) -> None:
    lines = [
        one if place < spun * 8 else other
        for place, (one, other) in enumerate(zip(SPUN.split("\n"), HONEST.split("\n"), strict=True))
    ]
    text = "\n".join(lines)
    cuts = [Cut("injected_anchor", f"buy {at}", 0, "rule") for at in range(anchors)]
    more = judge_page(text, "This one weird trick for iron in the blood" if clickbait else None, cuts)
    assert more.score >= judge_page(text).score


@settings(max_examples=examples(60))
@given(st.text(max_size=300))
def test_tokens_stand_where_the_page_has_them(text: str) -> None:
    tokens = read_tokens(text, load_reference())
    assert tokens.words == tokenize(text)
    assert all(tokens.passage(at, at, around=0) in text for at in range(len(tokens.words)))
    assert len(tokens.words) == len(tokens.ids) == len(tokens.prose) == len(tokens.is_word)


@pytest.mark.parametrize(
    "unit", ["a ", "the ailment of the blood ", "a'", "for more on ", "is a ", "\n", "x", "’", "get a a-", "buy now, "]
)
def test_hostile_pages_cost_bounded_time(unit: str) -> None:
    text = f"{HONEST}\n{unit * (2_000_000 // len(unit))}"
    judge_page(HONEST)
    start = time.process_time()
    found = judge_page(text, text[:100_000], [Cut("link_farm", text, 0, "rule")])
    assert time.process_time() - start < 3
    assert 0 <= found.score <= 1


def test_what_follows_the_limit_is_not_looked_at() -> None:
    filler = "the blood of the body is in the heart and in the lungs of it\n" * (MAX_CHARACTERS // 60)
    assert judge_page(filler) == judge_page(filler + SPUN)


def test_packaged_files_fit_each_other() -> None:
    reference, weights = load_reference(), load_weights()
    assert set(weights["weights"]) == set(FEATURES)
    assert all(weight >= 0 for weight in weights["weights"].values())
    assert {name: len(table) for name, table in as_tables(weights).items()} == CELLS
    assert len(reference.keys) > 100_000
    assert (reference.keys[1:] > reference.keys[:-1]).all()
    ids = reference.vocabulary
    pairs = [ids["blood"], ids["blood"]], [ids["pressure"], ids["website"]]
    counted = reference.count_pairs(*(pa.array(side).to_numpy() for side in pairs))
    assert counted[0] > 50 > counted[1] == 0


def finished(plan: Plan) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """Documents and rejected pages of an honest, a spun and an empty page."""
    rows = [{"page_id": name, "text": text, "content_type": "text/plain"} for name, text in (("a", HONEST), ("b", SPUN), ("c", ""))]
    extracted = extract_batch(pa.RecordBatch.from_pylist(rows, schema=tables.PAGES), plan.clean)
    documents, _, rejected = finish_batch(extracted, None, plan)
    assert documents.schema == tables.DOCUMENTS
    return documents, rejected


def test_documents_carry_the_evidence() -> None:
    documents, rejected = finished(Plan())
    assert documents.column("page_id").to_pylist() == ["a", "b"]
    scores = documents.column("spam_score").to_pylist()
    assert scores[0] < 0.05 < DEFAULT_CUT < scores[1]
    assert documents.column("spam_reasons")[1].as_py()[0].keys() == {"sign", "weight", "passage"}
    assert rejected.column("page_id").to_pylist() == ["c"]


def test_spam_is_dropped_only_when_asked() -> None:
    documents, rejected = finished(Plan().with_settings({"site.drop_spam": 0.5}))
    assert documents.column("page_id").to_pylist() == ["a"]
    assert rejected.column("page_id").to_pylist() == ["b", "c"]
    assert rejected.column("stage")[0].as_py() == "site"
    assert "spam_score" in rejected.column("reason")[0].as_py()
    assert "odd_" in rejected.column("reason")[0].as_py()


def test_spam_can_be_left_unjudged() -> None:
    documents, _ = finished(Plan().with_settings({"clean.spam": False}))
    assert documents.column("spam_score").to_pylist() == documents.column("spam_reasons").to_pylist() == [None, None]
    with pytest.raises(PlanError, match="drop_spam"):
        Plan().with_settings({"clean.spam": False, "site.drop_spam": 0.5})
