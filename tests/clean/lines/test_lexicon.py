"""The lexicons load whole, and language is told by stop words and script."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_tools import clean_text, tables
from corpus_tools.clean.lines.boilerplate import cut_boilerplate
from corpus_tools.clean.lines.lexicon import LANGUAGES, _count_stop_words, count_slowly, detect_language, load_lexicon
from corpus_tools.clean.lines.patterns import Patterns, required
from corpus_tools.cut import fold_line, label_key
from corpus_tools.plan import CleanPlan

NEEDED = ("months", "weekdays", "date_cues", "date_words", "byline_cues", "related_openers", "related_loose", "comment_openers", "comment_marks", "reference_openers", "disclaimer_openers", "profile_cues", "name_words", "share_words", "share_names")  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_lexicon_is_whole(language: str) -> None:
    lexicon = load_lexicon(language)
    assert lexicon.language == language
    assert {rule.kind for rule in lexicon.rules} <= set(tables.KINDS)
    assert all(rule.anchors and all(re.fullmatch(r"\w+|©", anchor) for anchor in rule.anchors) for rule in lexicon.rules)
    assert all(lexicon.words[key] for key in NEEDED)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The lungs are in the chest and they help you to breathe, which is what you do all day.", "en"),
        ("Die Lunge ist ein Organ, das der Atmung dient, und sie liegt in der Brust, nicht im Bauch.", "de"),
        ("Les poumons sont dans la poitrine et ils servent à respirer, ce que vous faites toute la journée.", "fr"),
        ("Los pulmones están en el pecho y sirven para respirar, lo que se hace durante todo el día.", "es"),
        ("喘息は気道の病気です。多くの人がかかります。", "ja"),
        ("哮喘是一种慢性呼吸道疾病，很多人都患有这种疾病。", "zh"),
        ("Астма — это хроническое заболевание дыхательных путей.", "ru"),
        ("1234 5678", None),
        ("", None),
        ("Płuca to narząd układu oddechowego człowieka i innych zwierząt lądowych w klatce piersiowej", "pl"),
        ("Os pulmões são órgãos do sistema respiratório e ficam na caixa torácica, um de cada lado do coração.", "pt"),
        ("I polmoni sono gli organi della respirazione e si trovano nel torace, che li protegge più di altri.", "it"),
        ("De longen zijn organen die voor de ademhaling zorgen; ze liggen in de borstkas en worden door ribben beschermd.", "nl"),
        ("Akciğerler solunum için çok önemli bir organdır ve göğüs boşluğunda yer alır, bu da onları korur.", "tr"),
        ("폐는 가슴 안에 있는 호흡 기관이다. 많은 사람이 폐 질환을 앓는다.", "ko"),
        ("الرئة عضو في الصدر يساعد على التنفس عند الإنسان والحيوان.", "ar"),
        ("Rio sobe, prefeitura fecha a ponte: o nível do rio subiu e a ponte foi fechada para carros e ônibus.", "pt"),
        ("El río sube y la ciudad cierra el puente: el nivel subió dos metros desde el domingo por la tarde.", "es"),
        (
            "Zeytin hasadı bu yıl iki hafta erken başladı; rekolte geçen yıl 18 bin tondu, fiyatlar ise yok denecek kadar düştü.",
            "tr",
        ),
        ("Měsíc je jediná přirozená družice Země a obíhá kolem ní po dráze o poloměru 384 tisíc kilometrů, jak víme.", None),
        (
            "Age | Vaccine | Dose\n8 weeks | 6-in-1 | 0.5 ml\nAsk the nurse for the card and bring it to the clinic\nRV1 | 1.5 ml",
            "en",
        ),
        ("A tüdő a légzőrendszer páros szerve az emberben és sok állatban, amely a mellkasban található", None),
    ],
)
def test_language(text: str, language: str | None) -> None:
    assert detect_language(text) == language


def test_turkish_capitals_are_folded_to_one_character() -> None:
    assert fold_line("İlgili HABERLER") == "ilgili haberler"


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_a_line_that_asks_to_log_in_to_comment_is_a_comment_form(language: str) -> None:
    asked = {"de": "Zum Kommentieren bitte einloggen", "fr": "Connectez-vous pour commenter", "es": "Inicia sesión para comentar", "pt": "Faça login para comentar", "it": "Devi essere connesso per inviare un commento.", "nl": "Log in om te reageren", "pl": "Zaloguj się, aby dodać komentarz", "tr": "Yorum yapmak için giriş yapın", "ru": "Войдите, чтобы оставить комментарий", "ar": "يجب تسجيل الدخول لإضافة تعليق", "ko": "댓글을 쓰려면 로그인하세요", "zh": "请登录后发表评论", "ja": "コメントするにはログインしてください"}  # fmt: skip
    first = "The pump was opened in the morning and cleaned."
    text, cuts = cut_boilerplate(f"{first}\n{asked[language]}", None, CleanPlan(), language)
    assert (text, [cut.kind for cut in cuts]) == (first, ["comment_form"])


def test_label_keys_drop_counts_but_not_list_numbers() -> None:
    assert label_key("comments (5)") == label_key("5 comments") == label_key("» comments «") == "comments"
    assert label_key("4. tiktok") == "4. tiktok"


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        ("cookies? (a|b)", (("cookie",),)),
        ("(foo|barn)x?", (("foo", "barn"),)),
        ("(foo|b?)", ()),
        ("a?b*", ()),
        ("(?:news)+letter", (("letter",), ("news",))),
    ],
)
def test_required_literals(pattern: str, literals: tuple[tuple[str, ...], ...]) -> None:
    assert required(pattern) == literals


@given(st.text("abcook news", max_size=30))
def test_what_a_pattern_needs_never_hides_a_match(line: str) -> None:
    for source in ("(a|bc)o+k", "(?:new)+s?", "c(o|w){2}[ab]?k", "(ab?){1,2}+n", "a.{0,3}s"):
        assert bool(Patterns.of([source]).search(line)) == bool(re.search(source, line))


def test_patterns_search_behind_literals() -> None:
    patterns = Patterns.of(["we use cookies?", "sign up", "[0-9]+ shares"])
    assert patterns.search("here we use cookie jars") is not None
    assert patterns.search("nothing of the kind") is None
    assert patterns.fullmatch("12 shares") is not None


STOPS = [
    "the",
    "and",
    "der",
    "est",
    "l’été",
    "mañana",
    "x_1",
    "_",
    "…",
    "“no”",
    "ist",
    "это",
    "و",
    "1st",
    "日",
    "\ud800",
    "²the",
    "the²",
]


@given(st.lists(st.sampled_from(STOPS), max_size=40), st.sampled_from([" ", "", "-"]))
def test_stop_words_are_counted_as_python_does(words: list[str], between: str) -> None:
    folded = between.join(words)
    assert _count_stop_words(folded) == count_slowly(folded)


@pytest.mark.parametrize(
    ("body", "notice"),
    [
        (
            "高血压是一种常见的慢性疾病，患者需要长期监测血压并坚持服药，医生建议减少食盐的摄入。",
            "本网站使用cookies来改善您的浏览体验。",
        ),
        (
            "高血压是一种常见的慢性疾病，患者需要长期监测血压并坚持服药，医生建议减少食盐的摄入。",
            "请订阅我们的电子报，获得最新的健康资讯。",
        ),
        (
            "高血压是一种常见的慢性疾病，患者需要长期监测血压并坚持服药，医生建议减少食盐的摄入。",
            "必填项已用星号标注，您的邮箱地址不会被公开。",
        ),
        (
            "高血圧は一般的な慢性疾患であり、患者は長期的に血圧を測定し、薬を飲み続ける必要があります。",
            "メールアドレスが公開されることはありません。",
        ),
        (
            "高血圧は一般的な慢性疾患であり、患者は長期的に血圧を測定し、薬を飲み続ける必要があります。",
            "メールマガジンの購読はこちらからどうぞ。",
        ),
        ("고혈압은 흔한 만성 질환이며 환자는 장기적으로 혈압을 측정하고 약을 복용해야 합니다.", "이메일은 공개되지 않습니다."),
        ("고혈압은 흔한 만성 질환이며 환자는 장기적으로 혈압을 측정하고 약을 복용해야 합니다.", "매주 뉴스레터를 받아보세요."),
    ],
)
def test_notices_are_found_in_scripts_that_do_not_part_words(body: str, notice: str) -> None:
    assert notice not in clean_text(f"{body}\n{body[:20]}，{body[20:]}\n{notice}").text
