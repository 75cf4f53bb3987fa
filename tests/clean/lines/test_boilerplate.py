"""The page-level boilerplate pass cuts what it should, where it should, and nothing else."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from needs import examples

from corpus_tools import tables
from corpus_tools.clean.lines.boilerplate import Cut, cut_boilerplate, name_kinds
from corpus_tools.plan import CleanPlan

PLAN = CleanPlan()
FIRST = "Asthma is a long-term disease of the airways in the lungs, and it affects people of every age."
LAST = "Most people with asthma can lead a normal life when they take their medicine as their doctor told them."
TITLE = "Living With Asthma: What You Should Know"


def cut(text: str, title: str | None = None, plan: CleanPlan = PLAN, language: str | None = "en") -> tuple[str, list[Cut]]:
    return cut_boilerplate(text, title, plan, language)


LINES = [
    ("link_farm", f"Related Article {TITLE} {TITLE}"),
    ("link_farm", f"Also check {TITLE} {TITLE} Can Insomnia Lead to Depression? Can Insomnia Lead to Depression?"),
    ("link_farm", f"Read also: {TITLE}"),
    ("link_farm", f"RELATED: {TITLE}"),
    ("cookie_notice", "This site uses cookies. By continuing to browse the site you are agreeing to our use of cookies."),
    ("cookie_notice", "Accept all cookies"),
    ("comment_form", "Leave a Reply"),
    ("comment_form", "Your email address will not be published. Required fields are marked *"),
    ("comment_form", "Post a Comment"),
    ("comment_form", "Log in to reply"),
    ("comment_form", "Save my name, email, and website in this browser for the next time I comment."),
    ("share_bar", "Share on Facebook Tweet Pin It"),
    ("share_bar", "Share this:"),
    ("share_bar", "FacebookTwitterPinterestWhatsApp"),
    ("newsletter", "Sign up for our newsletter to get the latest health news delivered to your inbox."),
    ("date_line", "Published:Nov 23, 202300:15"),
    ("date_line", "Last updated on 3 March 2021"),
    ("date_line", "Updated: 2021-03-04 10:15"),
    ("date_line", "5 min read"),
    ("byline", "By Jane Doe"),
    ("byline", "Written by Jane Doe Medically reviewed by Dr. John Roe, MD"),
    ("byline", "Socially Trend profile photo"),
    ("image_credit", "Photo by Jane Doe on Unsplash"),
    ("image_credit", "Getty Images"),
    ("navigation", "To top"),
    ("navigation", "Back to top"),
    ("navigation", "Skip to content"),
    ("navigation", "Home > Health > Asthma"),
    ("navigation", "For more on news and current affairs, please visit Socially Trend."),
    ("disclaimer", "Disclaimer: This article serves as general information and should not be considered medical advice."),
    ("advert", "Advertisement"),
    ("advert", "This post contains affiliate links, and we may earn a commission if you buy through them."),
    ("paywall_notice", "Already a subscriber? Log in"),
    ("paywall_notice", "Subscribe to continue reading"),
]


@pytest.mark.parametrize(("kind", "line"), LINES)
def test_a_boilerplate_line_goes_and_its_neighbours_stay(kind: str, line: str) -> None:
    kept, cuts = cut(f"{FIRST}\n\n{line}\n{LAST}")
    assert kept == f"{FIRST}\n{LAST}"
    assert [(one.kind, one.passage, one.start) for one in cuts] == [(kind, line, len(FIRST) + 1)]
    assert kind in tables.KINDS


@pytest.mark.parametrize(
    ("kind", "line"), [item for item in LINES if item[0] in ("cookie_notice", "newsletter", "disclaimer") and len(item[1]) > 40]
)
def test_a_notice_glued_to_a_paragraph_goes_and_the_paragraph_stays(kind: str, line: str) -> None:
    kept, cuts = cut(f"{FIRST} {LAST} {line}")
    assert kept == f"{FIRST} {LAST}"
    assert [(one.kind, one.passage, one.start) for one in cuts] == [(kind, line, len(kept))]


HONEST = [
    "If I missed something or you have a tip of your own, let me know in the comments below!",
    "You can get started by signing up here.",
    "By submitting your claim before you leave, you can receive benefits as soon as possible.",
    "Can I get compensation from the office?",
    "Next-level workmanship and customer service",
    "Powered by AI agents",
    "Do all of this at your own risk.",
    "If I qualify for burial, how will the office notify me of the decision?",
    "If you ever decide to stop using automatic payments, you can opt out of the programme.",
    "If clearing your cookies and cache does not fix the problem, try another browser.",
    "Bake the cookies for ten minutes and share them with the children.",
    "People who subscribe to the theory of humours were common in the past.",
    "Comments from patients were gathered in a newsletter of the clinic.",
    "By 2020 the number of cases had doubled.",
    "What are the symptoms of asthma?",
    "It was very very cold, and he had had a cough in Walla Walla, Walla Walla said.",
    "Row, row, row your boat gently down the stream.",
    "CAG CAG CAG CAG CAG CAG CAG CAG is the repeat that causes the disease.",
    "Ibuprofen 200 mg twice daily Ibuprofen 400 mg twice daily Paracetamol 500 mg",
    "You can click here to download the leaflet about inhalers and read it at home.",
    "Share your concerns with your doctor, and post a letter to your insurer.",
    "Smith J, Doe A. Asthma in children. Lancet. 2019;393:1247-1260.",
    "The advertisement of tobacco was banned in 1965.",
    "Reply to the nurse when she asks about your pain.",
    "Photo therapy by lamp is used to treat jaundice.",
    "Consult your doctor before you start this treatment.",
    "They browse the web for information, use social networks, and chat.",
    "While we do not provide medical advice, these have been reported as treatments. Rest and ice. Pain medicines. Physical therapy.",
    "Credits from one course count towards the next.",
    "The platform shows customer data directly in your email inbox, next to the calendar of your team.",
    "I wrote a script to read all my newsletters every week and list what is new in them.",
    "You can find people in your niche who join your marketing efforts through affiliate links.",
    "There will be exceptions, and I am sure that they are explained in the comments below.",
    "image: nginx:stable",
    "Keywords: inflammation, depression, endorphins, social interaction",
]


@pytest.mark.parametrize("line", HONEST)
def test_honest_lines_stay(line: str) -> None:
    assert cut(f"{FIRST}\n{line}\n{LAST}") == (f"{FIRST}\n{line}\n{LAST}", [])


def test_an_injected_anchor_goes_and_its_sentence_stays() -> None:
    kept, cuts = cut("The account may be deactivated check here or compromised by somebody who knows the password.")
    assert kept == "The account may be deactivated or compromised by somebody who knows the password."
    assert [(one.kind, one.passage) for one in cuts] == [("injected_anchor", "check here")]


def test_a_title_said_again_goes_once() -> None:
    kept, cuts = cut(f"{TITLE}\nPublished:Nov 23, 202300:15\n{TITLE}\n{FIRST}")
    assert kept == f"{TITLE}\n{FIRST}"
    assert [one.kind for one in cuts] == ["date_line", "repeated_title"]


def test_titles_under_a_related_heading_go_and_the_next_heading_stays() -> None:
    titles = "Why We Sleep So Badly Today\nTen Foods That Help Your Heart\nThe Truth About Vitamin C Pills"
    kept, cuts = cut(
        f"{FIRST}\nYou may also like\n{titles}\nTreatment of asthma\nTreatment of asthma starts with an inhaler, and {LAST}"
    )
    assert kept.split("\n")[1] == "Treatment of asthma"
    assert "\n".join(one.passage for one in cuts) == f"You may also like\n{titles}"
    assert {one.kind for one in cuts} == {"link_farm"}


def test_a_timeline_keeps_its_dates() -> None:
    timeline = "\n".join(f"May {day}, 2020\n{FIRST}" for day in range(1, 8))
    assert cut(f"History of the outbreak\n{FIRST}\n{LAST}\n{LAST}\n{timeline}")[0].count("2020") == 7


@pytest.mark.parametrize("heading", ["2.4.0 (2023-02-14)", "2.3.1 - 2 January 2023", "14 February 2023, 10.2.0.1"])
def test_a_version_with_its_date_is_a_heading(heading: str) -> None:
    text = f"Changelog\n{heading}\nThis release adds a new option for the reader and mends the writer of the tables."
    assert heading in cut(text)[0].split("\n")


@pytest.mark.parametrize("date", ["12.05.2020", "12.05.20, 14:30", "Updated 12.05.2020, published 11.05.2020"])
def test_a_date_with_points_is_no_version(date: str) -> None:
    text = f"A title\n{date}\nThe text of the page that says what it has to say in some words of its own."
    assert date not in cut(text)[0]


def test_dates_of_a_list_stay_and_the_page_loses_its_own() -> None:
    posts = [f"{FIRST}\nPosted March {day}, 2024" for day in range(1, 6)]
    assert cut("\n".join(posts))[1] == []
    assert [one.rule for one in cut("\n".join(posts[:2]))[1]] == ["date.cue"] * 2
    assert cut(f'{FIRST}\n- "8000:8000"\n198.51.100.32\n{LAST}')[1] == []


def test_a_list_that_the_text_goes_on_after_is_its_own() -> None:
    listed = f"Suggested reading:\n- {TITLE}\n- What Is an Inhaler and How Is It Used"
    assert cut(f"{FIRST}\n{listed}\n{LAST}")[1] == []
    assert cut(f"{FIRST}\n{LAST}\n{listed}")[0] == f"{FIRST}\n{LAST}"


def test_a_thread_keeps_its_replies() -> None:
    replies = "\n".join(f"Anna{number}\n{LAST}\nReply" for number in range(6))
    assert "comments.section" not in {one.rule for one in cut(f"{FIRST}\nReply\n{replies}")[1]}
    assert "comments.section" not in {one.rule for one in cut(f"{FIRST}\nComments\n{replies}")[1]}
    article = "\n".join([FIRST] * 6)
    assert cut(f"{article}\nComments\n{replies}")[0] == article


def test_a_policy_keeps_what_it_says_of_cookies() -> None:
    said = "We use cookies to give you the best experience on our website."
    for heading in ("Privacy policy", "Our cookie policies", "Privacy, policies, and legal information", "Datenschutzerklärung"):
        assert said in cut(f"{heading}\n{FIRST}\n{said}\n{LAST}")[0]
    for first in ("Your privacy", "Privacy settings", "Cookie settings", FIRST):
        assert said not in cut(f"{first}\n{FIRST}\n{said}\n{LAST}")[0]


def test_comments_go_unless_they_are_to_stay() -> None:
    text = f"{FIRST}\n{LAST}\n2 Comments\nJane says:\nThis helped me a lot.\nReply\nTom says:\nMe too.\nReply"
    kept, cuts = cut(text)
    assert kept == f"{FIRST}\n{LAST}"
    assert {one.kind for one in cuts} == {"comments"}
    assert cut(text, plan=replace(PLAN, comments="keep"))[0].count("Jane says") == 1


def test_disclaimers_and_references_obey_the_plan() -> None:
    disclaimer = "This article is not a substitute for professional medical advice, diagnosis or treatment."
    references = "References\nSmith J. Asthma. Lancet. 2019;393:12.\nDoe A. Wheeze. Thorax. 2018;73:101."
    text = f"{FIRST}\n{disclaimer}\n{LAST}\n{references}"
    assert cut(text)[0] == f"{FIRST}\n{LAST}\n{references}"
    kept, cuts = cut(text, plan=replace(PLAN, disclaimers="keep", references="cut"))
    assert kept == f"{FIRST}\n{disclaimer}\n{LAST}"
    assert [one.kind for one in cuts] == ["references"]


@pytest.mark.parametrize(
    ("language", "line", "kind"),
    [
        ("de", "Diese Website verwendet Cookies, um Ihnen das beste Nutzererlebnis zu bieten.", "cookie_notice"),
        ("de", "Zuletzt aktualisiert am 3. März 2021", "date_line"),
        ("de", "Schreibe einen Kommentar", "comment_form"),
        ("fr", "Ce site utilise des cookies pour améliorer votre expérience de navigation.", "cookie_notice"),
        ("fr", "Publié le 3 mars 2021", "date_line"),
        ("fr", "Inscrivez-vous à notre newsletter", "newsletter"),
        ("es", "Este sitio web utiliza cookies para mejorar su experiencia.", "cookie_notice"),
        ("es", "Publicado el 3 de marzo de 2021", "date_line"),
        ("es", "Compartir en Facebook", "share_bar"),
        (None, "Skip to content", "navigation"),
    ],
)
def test_other_languages(language: str | None, line: str, kind: str) -> None:
    honest = {"de": "Asthma ist eine Krankheit der Atemwege, die nicht ansteckend ist und bei der die Luft knapp wird.", "fr": "L'asthme est une maladie des bronches qui n'est pas contagieuse et qui gêne la respiration.", "es": "El asma es una enfermedad de los bronquios que no se contagia y que dificulta la respiración."}  # fmt: skip
    text = honest.get(language or "", FIRST)
    kept, cuts = cut(f"{text}\n{text[:-1]} aussi.\n{line}\n{text[:-1]} etc.", language=language)
    assert [(one.kind, one.passage) for one in cuts] == [(kind, line)]
    assert line not in kept


def named(block: str, link_density: float = 0.0) -> str:
    (kind,) = name_kinds([(block, link_density)], "en")
    return kind


def test_blocks_are_named_and_the_name_falls_back() -> None:
    assert named("We use cookies to improve your experience on our website.") == "cookie_notice"
    assert named("By Jane Doe") == "byline"
    assert named("March 3, 2021") == "date_line"
    assert named("Related articles") == "link_farm"
    assert named("Diabetes Heart Lungs Skin", link_density=1.0) == "navigation"
    assert named("Our clinic stands in the middle of the old town, near the river.") == "site_template"
    assert named("") == "navigation"


def test_links_must_fit_the_lines() -> None:
    with pytest.raises(ValueError, match="2 shares for 3 lines"):
        cut_boilerplate("a\nb\nc", None, PLAN, "en", links=[0.0, 1.0])


PIECES = st.sampled_from([line for _, line in LINES] + HONEST + [FIRST, LAST, TITLE, "", "  ", "Comments", "1 Comment", "Related posts", "•", "İstanbul’da"])  # fmt: skip


@given(st.lists(st.tuples(PIECES, st.sampled_from(["\n", " ", "\n\n", "\t", "\r\n"])), max_size=14), st.sampled_from(["precision", "balanced", "recall"]))  # fmt: skip
@settings(max_examples=examples(150))
def test_kept_text_and_cuts_are_the_page(pieces: list[tuple[str, str]], focus: str) -> None:
    text = "".join(piece + gap for piece, gap in pieces)
    kept, cuts = cut(text, plan=replace(PLAN, focus=focus))
    whole, at = "", 0
    for one in cuts:
        assert at <= one.start <= len(kept)
        assert one.kind in tables.KINDS
        whole += kept[at : one.start] + one.passage
        at = one.start
    assert "".join((whole + kept[at:]).split()) == "".join(text.split())
    assert all(line == line.strip() and line for line in kept.split("\n")) or not kept


@given(st.text(max_size=300))
@settings(max_examples=examples(200))
def test_any_text_passes(text: str) -> None:
    kept, cuts = cut_boilerplate(text, text[:20], PLAN)
    assert len("".join(kept.split())) + sum(len("".join(one.passage.split())) for one in cuts) == len("".join(text.split()))


@pytest.mark.parametrize(
    "unit",
    ["word ", "a ", "a\n", "we use cookies ", "share\n", "related articles\n", "Jane profile photo\n", "3 comments\n", "By Jane Doe\n", "click here ", "(", "A! ", "not a substitute for ", "Aa Bb Cc Dd ", "home > "],
)  # fmt: skip
def test_hostile_pages_cost_linear_time(unit: str) -> None:
    def seconds(characters: int) -> float:
        text = unit * (characters // len(unit))
        started = time.process_time()
        cut_boilerplate(text, None, PLAN)
        return time.process_time() - started

    seconds(2_000)
    small, large = max(seconds(30_000), 0.01), seconds(240_000)
    assert large < 8 * 4 * small


def test_focus_decides_about_uncertain_headings_and_labels() -> None:
    long = f"{FIRST} {LAST}"
    doubtful = f"{long}\n{LAST} {long}\nTrending now\nTen Foods That Help Your Heart\nWhy We Sleep So Badly Today\n{long}"
    assert "Trending now" in cut(doubtful)[0]
    assert "Trending now" not in cut(doubtful, plan=replace(PLAN, focus="precision"))[0]
    form = f"{FIRST}\nLeave a Reply\nName\nEmail\n{LAST}"
    assert cut(form)[0] == f"{FIRST}\n{LAST}"
    assert cut(form, plan=replace(PLAN, focus="recall"))[0] == f"{FIRST}\nName\nEmail\n{LAST}"


FOREIGN = {
    "ru": "Астма — это хроническое заболевание дыхательных путей.\nВрач назначает лечение после осмотра и анализа крови.\nСимптомы: кашель, одышка и боль в груди.",
    "zh": "哮喘是一种慢性呼吸道疾病。\n很多人都患有这种疾病，医生会根据症状开药。\n常见的症状包括咳嗽、气喘和胸闷。",
    "ar": "الربو مرض مزمن يصيب الشعب الهوائية.\nيصف الطبيب العلاج بعد الفحص وتحليل الدم.\nمن أعراضه السعال وضيق التنفس وألم الصدر.",
    "it": "L'asma è una malattia cronica delle vie respiratorie.\nIl medico prescrive la cura dopo la visita e gli esami del sangue.\nI sintomi sono tosse, affanno e dolore al petto.",
}  # fmt: skip


@pytest.mark.parametrize("language", FOREIGN)
def test_text_in_other_languages_stays(language: str) -> None:
    assert cut(FOREIGN[language], language=None) == (FOREIGN[language], [])


def test_a_misfit_anchor_is_told_by_its_neighbours() -> None:
    honest = [
        "The charity writes about its work, and you can read my latest blog post about the visit on the website of the clinic.",
        "You make such a good point about the dose, and many patients would say the same of the treatment they were given.",
    ]
    for line in honest:
        assert cut(line) == (line, [])
    for phrase in ("such a good point", "my latest blog post", "hop over to this website"):
        kept, cuts = cut(f"The lungs are in the {phrase} chest and they help people to breathe all day and all night.")
        assert kept == "The lungs are in the chest and they help people to breathe all day and all night."
        assert [one.kind for one in cuts] == ["injected_anchor"]


def test_text_about_commissions_stays() -> None:
    line = "Travel agents recommend insurance because they get a commission when it is sold, and most companies have affiliate programs."
    assert cut(line) == (line, [])
    said = "When you buy through our links, we may earn a commission."
    assert [one.kind for one in cut(f"{FIRST}\n{said}\n{LAST}")[1]] == ["advert"]
