"""Which language a page is in, and what that changes."""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools.kernels.tokens import FUNCTION, hash_word
from corpus_tools.plan import Plan
from corpus_tools.rewrite.alignment.measures import MEASURE, FeatureCounts, lay_out_texts, tell_languages
from corpus_tools.rewrite.language_kernels import LEAST_SHARE, LOOKED_AT, MARKS, tell_language
from corpus_tools.rewrite.languages import (
    FEW,
    LANGUAGES,
    LEARNED,
    MOST_LEARNED,
    OTHER,
    as_if_alone,
    doubt_of,
    language_marks,
    learn_function_words,
)
from corpus_tools.rewrite.local import rewrites_among
from corpus_tools.rewrite.model import HEADS, load_rewrite_model
from corpus_tools.rewrite.sketch import count_vocabulary
from corpus_tools.rewrite.vocabulary import SHINGLE_SLOTS, WORD_SLOTS, Vocabulary
from corpus_tools.text import words

TEXTS = {
    "en": "The disease is treated with tablets that are taken in the morning. It was found at a clinic by two doctors.",
    "de": "Die Krankheit wird mit Tabletten behandelt, die am Morgen genommen werden. Sie wurde in einer Klinik gefunden.",
    "es": "La enfermedad se trata con pastillas que se toman por la mañana. Fue descubierta en una clínica por dos médicos.",
    "fr": "La maladie est traitée avec des comprimés qui sont pris le matin. Elle a été trouvée dans une clinique par deux médecins.",
    "other": "Choroba leczona jest tabletkami przyjmowanymi rano. Została odkryta w klinice przez dwóch lekarzy.",
}


def naive_language(document: str) -> int:
    """What ``tell_language`` finds, on words."""
    held = words(document)[:LOOKED_AT]
    counts = [sum(word in {one for w in language.function_words for one in words(w)} for word in held) for language in LANGUAGES]
    most = max(counts)
    return counts.index(most) if most and most >= LEAST_SHARE * len(held) else OTHER


def test_languages_have_room_and_a_rest() -> None:
    assert [one.name for one in LANGUAGES] == ["en", "de", "es", "fr"]
    assert len(LANGUAGES) <= 8  # bits of ``language_marks``


def test_a_page_is_in_the_language_of_its_function_words() -> None:
    vocabulary = Vocabulary(1000, np.full(WORD_SLOTS, 20, np.uint16), np.full(SHINGLE_SLOTS, 9, np.uint8))
    texts = pa.array([*TEXTS.values(), ""], pa.large_string())
    found = tell_languages(lay_out_texts(texts, FeatureCounts(vocabulary).lexicon()))
    assert found.tolist() == [0, 1, 2, 3, OTHER, OTHER]
    assert [naive_language(text) for text in TEXTS.values()] == found.tolist()[:-1]


@given(st.lists(st.sampled_from("the of der die la que les aux été über tumour Klinik".split()), max_size=30))
def test_the_kernel_tells_what_its_twin_does(parts: list[str]) -> None:
    hashes = np.array([hash_word(word) for part in parts for word in words(part)], np.uint32)
    marks = language_marks()
    assert tell_language(hashes, len(hashes), marks, OTHER) == naive_language(" ".join(parts))
    assert len(marks) == MARKS


def in_polish(pages: int) -> list[str]:
    """Pages in a language without settings: each holds its function words three times, and five words of its own."""
    own = [" ".join(f"słowo{page}x{place}" for place in range(5)) for page in range(pages)]
    return [" ".join([line, *(3 * ["nie jest w na do się z"]), f"{page} 2024 2024 2024 2024"]) for page, line in enumerate(own)]


def vocabulary_of_texts(texts: list[str]) -> Vocabulary:
    batch = pa.RecordBatch.from_pydict({"page_id": [f"{i:04d}" for i in range(len(texts))], "text": texts})
    return count_vocabulary(lambda: [batch], len(texts))


def classes(vocabulary: Vocabulary, document: str) -> list[int]:
    return [int(vocabulary.kinds[hash_word(word) & (WORD_SLOTS - 1)]) for word in words(document)]


def test_pages_in_a_language_without_settings_teach_their_function_words() -> None:
    vocabulary = vocabulary_of_texts([*in_polish(2 * FEW), *(f"{TEXTS['en']} number {i}" for i in range(200))])
    assert classes(vocabulary, "nie jest w na do się z") == [FUNCTION] * 7
    assert FUNCTION not in classes(
        vocabulary, "słowo1x1 2024 disease clinic"
    )  # names, numbers, and words of a language that is known
    assert classes(vocabulary, "the is") == [FUNCTION, FUNCTION]


def test_few_pages_and_lists_of_terms_teach_no_function_words() -> None:
    few = vocabulary_of_texts(in_polish(FEW - 1))
    terms = vocabulary_of_texts([" ".join(f"termin{(7 * page + place) % 900}" for place in range(40)) for page in range(2 * FEW)])
    assert FUNCTION not in classes(few, "nie jest w na do się z")
    assert not (terms.homes == LEARNED).any()


def test_at_most_so_many_words_are_learned_the_most_used_first() -> None:
    counts, uses, documents = np.zeros((OTHER + 1, 100), np.uint16), np.zeros(100, np.int64), np.zeros(OTHER + 1, np.int64)
    counts[OTHER], uses[:], documents[OTHER] = 90, np.arange(100), 100
    assert learn_function_words(counts, uses, documents).tolist() == list(range(99, 99 - MOST_LEARNED, -1))
    counts[0, 99], counts[OTHER, 98] = 95, 20  # a word that another language holds more, and one on few pages
    assert learn_function_words(counts, uses, documents)[0] == 97


def test_counts_of_one_language_stay_as_they_are() -> None:
    counts, documents = np.zeros((OTHER + 1, 4), np.uint16), np.zeros(OTHER + 1, np.int64)
    counts[1], documents[1] = [0, 1, 30, 400], 400
    alone, home = as_if_alone(counts, documents)
    assert alone.tolist() == [0, 1, 30, 400]
    assert home.tolist() == [0, 1, 1, 1]


def test_words_of_few_pages_are_counted_as_if_all_were_in_their_language() -> None:
    counts, documents = np.zeros((OTHER + 1, 4), np.uint16), np.zeros(OTHER + 1, np.int64)
    documents[:] = [900, 100, 10, 0, 90]
    counts[:, 0], counts[:, 1], counts[:, 2], counts[:, 3] = [3, 0, 0, 0, 0], [0, 20, 0, 0, 0], [0, 0, 5, 0, 0], [1, 0, 0, 0, 9]
    alone, _ = as_if_alone(counts, documents)
    assert alone.tolist() == [round(3 * 1100 / 900), 220, round(5 * 1100 / FEW), 10]


def test_the_page_that_is_less_sure_decides_how_much_is_doubted() -> None:
    doubt = doubt_of(np.array([0, OTHER, 0], np.uint8), np.array([0, 0, OTHER], np.uint8))
    assert doubt.shape == (len(HEADS), 3)
    assert (doubt[:, 0] == 0).all()
    assert (doubt[:, 1] == doubt[:, 2]).all()
    assert (doubt[:, 1] > 0).all()


def test_sentences_written_anew_are_doubted_where_they_were_not_taught() -> None:
    german = next(number for number, language in enumerate(LANGUAGES) if language.name == "de")
    words_doubt, sentences_doubt = doubt_of(np.array([german], np.uint8), np.array([german], np.uint8))[:, 0]
    assert words_doubt == 0 < sentences_doubt


def test_doubt_lowers_the_verdict() -> None:
    model, measures, doubt = load_rewrite_model(), np.zeros(3, MEASURE), np.array([0.0, 0.5, 1.5])
    plain, doubted = model.judge(measures)[0], model.judge(measures, doubt)[0]
    assert np.allclose(np.log(doubted / (1 - doubted)), np.log(plain / (1 - plain)) - doubt)


ORIGINAL = (
    "Die Zuckerkrankheit ist eine chronische Störung des Stoffwechsels, bei der der Körper zu wenig Insulin bildet oder "
    "schlecht darauf anspricht. Im Jahr 2019 lebten in Deutschland etwa 8 Millionen Menschen mit der Krankheit. Viele von "
    "ihnen bemerken lange Zeit keine Beschwerden. Häufige Anzeichen sind starker Durst, große Müdigkeit und ein ungewollter "
    "Verlust an Gewicht. Der Arzt stellt die Diagnose mit einer einfachen Messung des Blutzuckers, die am Morgen vor dem "
    "Essen gemacht wird. Ein Wert von mehr als 126 mg/dl gilt als krankhaft. Die Behandlung beginnt meistens mit einer "
    "Umstellung der Ernährung und mit mehr Bewegung. Reicht das nicht, werden Tabletten wie Metformin verordnet, die zweimal "
    "täglich eingenommen werden. Manche Kranke müssen Insulin unter die Haut spritzen. Wer seine Werte gut einstellt, kann "
    "Schäden an Augen, Nieren und Nerven oft vermeiden. Einmal im Jahr sollten die Füße und die Augen in der Praxis "
    "untersucht werden."
)
SWAPPED = (
    "Die Zuckerkrankheit ist eine dauerhafte Erkrankung des Metabolismus, bei der der Organismus zu wenig Insulin erzeugt "
    "oder mangelhaft darauf reagiert. Im Jahr 2019 wohnten in Deutschland ungefähr 8 Millionen Personen mit dem Leiden. Viele "
    "von ihnen spüren lange Zeit keine Symptome. Verbreitete Merkmale sind heftiger Durst, enorme Erschöpfung und ein "
    "unerwünschter Rückgang an Körpergewicht. Der Mediziner erhebt den Befund mit einer schlichten Bestimmung des "
    "Blutzuckers, die am Vormittag vor dem Frühstück durchgeführt wird. Ein Ergebnis von mehr als 126 mg/dl gilt als "
    "auffällig. Die Therapie startet meistens mit einer Änderung der Kost und mit mehr Sport. Genügt das nicht, werden Pillen "
    "wie Metformin verschrieben, die zweimal täglich geschluckt werden. Manche Patienten müssen Insulin unter die Haut "
    "injizieren. Wer seine Messungen ordentlich kontrolliert, kann Folgen an Augen, Nieren und Nerven häufig verhindern. "
    "Einmal im Jahr sollten die Füße und die Augen in der Klinik geprüft werden."
)
OTHERS = [
    (
        "Bluthochdruck ist eine weit verbreitete Krankheit der Gefäße, die lange ohne Beschwerden verläuft. In Deutschland hat "
        "etwa jeder dritte Erwachsene zu hohe Werte. Der Arzt misst den Druck an beiden Armen und wiederholt die Messung an "
        "mehreren Tagen. Ein Wert von mehr als 140 zu 90 gilt als erhöht. Die Behandlung beginnt mit weniger Salz, mehr Bewegung "
        "und einem gesunden Gewicht. Reicht das nicht, werden Tabletten wie Ramipril verordnet, die einmal täglich eingenommen "
        "werden. Wer seinen Druck gut einstellt, kann Schäden an Herz, Nieren und Gehirn oft vermeiden."
    ),
    (
        "Asthma ist eine chronische Entzündung der Atemwege, bei der die Bronchien überempfindlich auf Reize reagieren. Anfälle "
        "von Atemnot treten oft in der Nacht oder am frühen Morgen auf. Auslöser sind Pollen, kalte Luft, Rauch oder Anstrengung. "
        "Der Arzt prüft die Funktion der Lunge mit einem Gerät, in das der Kranke kräftig bläst. Die Behandlung stützt sich auf "
        "Sprays mit Kortison, die jeden Tag benutzt werden, und auf ein Spray wie Salbutamol für den Notfall. In einer Schulung "
        "lernen die Kranken, ihre Werte selbst zu messen."
    ),
    (
        "Die Gicht ist eine Krankheit, bei der sich Harnsäure in den Gelenken ablagert. Ein Anfall beginnt meistens plötzlich in "
        "der Nacht mit starken Schmerzen am großen Zeh. Das Gelenk ist rot, heiß und geschwollen. Der Arzt bestätigt die Diagnose "
        "mit einer Messung der Harnsäure im Blut oder mit einer Probe aus dem Gelenk. Im Anfall helfen Kühlung, Ruhe und Mittel "
        "wie Colchicin. Auf Dauer senkt Allopurinol die Werte. Kranke sollten wenig Fleisch und kein Bier zu sich nehmen und viel "
        "Wasser trinken."
    ),
]


def test_a_german_page_with_its_words_swapped_is_found_and_others_are_not() -> None:
    texts = [ORIGINAL, SWAPPED, *OTHERS]
    rows = rewrites_among(pl.DataFrame({"page_id": [f"p{at}" for at in range(len(texts))], "text": texts}), Plan())
    likely = rows.filter(pl.col("score") >= Plan().rewrite.threshold)
    assert likely.select("left", "right").rows() == [("p0", "p1")]
