"""Planted pages that differ in a name: a renamed clinic, a spinner's dictionary; and diseases in each other's place, which only look like it."""

from __future__ import annotations

import random
import re
from typing import Any

from benchmarks.data.planted_words import fill, invent

Page = dict[str, Any]
CLINICS = (("Larkmoor Clinic", "larkmoor.example"), ("Vestry Health", "vestry-health.example"))
"""What the clinic was called, and its site; and what both became."""
FORMS = (
    "{subject} often begins with {trouble}, and with a feeling in the {part} that comes and goes",
    "About {small} of {n} people with {subject} have {trouble} as well",
    "Meals with {food} and {herb} do not change {subject}, whatever is said",
    "A {form} {when} is what most people with {subject} take; it {acts}",
    "The {part} is looked at first, then the {part}, since {subject} is found there",
    "Those who have {illness} should say so, because {subject} runs another course then",
    "{subject} was told apart from {illness} in {year} by {name}",
    "In {month} more people come with {trouble}, and {subject} is found by chance",
    "{who} and {who} ask for help late, although {subject} is easy to see",
    "Where {subject} does not get better, the {job} looks at the {part} again",
)
HOUSE = (
    "At {clinic} a {job} sees everybody with {subject} within a week.",
    "Ring {clinic} on {day} to talk to somebody about {trouble}.",
    "{clinic} has a leaflet on {subject}, with pictures of the {part}.",
    "What {clinic} offers beside it: {service}, {service} and {service}.",
)
TOPICS = ("signs", "causes", "treatment", "diet", "outlook", "research", "exercise", "history")
DICTIONARY = {
    "symptoms": "signs", "disease": "illness", "syndrome": "disorder", "treatment": "therapy", "treatments": "therapies",
    "children": "kids", "doctor": "physician", "doctors": "physicians", "people": "individuals", "condition": "ailment",
    "cause": "trigger", "causes": "triggers", "cancer": "tumour", "inherited": "hereditary", "rare": "uncommon", "veterans": "ex-soldiers",
    "benefits": "allowances", "health": "wellness",
}  # fmt: skip
"""A spinner's dictionary: each word always becomes the same one, the subject of a page too."""
_WORD = re.compile(r"\w+")


def renamed(count: int, chance: random.Random) -> list[Page]:
    """``count`` pages on as many half subjects: each as it was before the clinic took another name, and after."""
    pages: list[Page] = []
    for _ in range(count // 2):
        subject = invent(chance)
        told = [fill(form, chance, {"subject": subject}) + "." for form in FORMS]
        house = [fill(form, chance, {"subject": subject, "clinic": "{clinic}"}) for form in HOUSE]
        sentences = [*told[:3], house[0], *told[3:6], house[1], *told[6:8], house[2], *told[8:], house[3]]
        first = len(pages)
        for clinic, site in CLINICS:
            text = f"{subject}: {clinic}\n{' '.join(sentences)}".replace("{clinic}", clinic)
            of = {"of": first} if len(pages) > first else {}
            pages.append(
                {"text": text, "title": f"{subject}: {clinic}", "url": f"https://{site}/{subject.lower()}", "site": site} | of
            )
    return pages


def twins(count: int, chance: random.Random) -> list[Page]:
    """``count`` pages: two diseases of one site, each with a page on every topic, and in its place the other's name on the twin."""
    pages: list[Page] = []
    while len(pages) < count:
        site, names = f"www.{invent(chance, 3).lower()}.example", [invent(chance), invent(chance)]
        for topic in TOPICS:
            told = " ".join(fill(form, chance, {"subject": "{subject}"}) + "." for form in FORMS)
            for subject in names:
                text = f"{subject}: {topic}\n" + f"The {topic} of {{subject}}. {told}".replace("{subject}", subject)
                url = f"https://{site}/{subject.lower()}/{topic}"
                pages.append({"text": text, "title": f"{subject}: {topic}", "url": url, "site": site})
    return pages[:count]


VARIANTS = ("infantile", "juvenile", "adult", "late", "mild", "severe")


def variants(count: int, chance: random.Random) -> list[Page]:
    """``count`` pages without addresses: two diseases in six variants each, all in one frame with a few facts of their own."""
    pages: list[Page] = []
    while len(pages) < count:
        template, names = (
            " ".join(fill(form, chance, {"subject": "{subject}"}) + "." for form in FORMS),
            [invent(chance), invent(chance)],
        )
        for variant in VARIANTS:
            fact = fill("People with {subject} often have {trouble} and {trouble}, {when}.", chance, {"subject": "{subject}"})
            for name in names:
                subject = f"{variant} {name}"
                text = f"{subject}\nThe {variant} form is called {variant} for its course; {variant} cases are known. {template} {fact}"
                pages.append({"text": text.replace("{subject}", subject), "title": subject})
    return pages[:count]


def spin_by_dictionary(text: str, chance: random.Random) -> str:
    """``text`` with every word of DICTIONARY changed; ``chance`` is not asked."""

    def change(found: re.Match[str]) -> str:
        word = found.group()
        put = DICTIONARY.get(word.lower(), word)
        return put.capitalize() if word[0].isupper() and put != word else put

    return _WORD.sub(change, text)


def words_of_dictionary(text: str) -> int:
    """How many words of ``text`` the dictionary changes."""
    return sum(word.lower() in DICTIONARY for word in _WORD.findall(text))
