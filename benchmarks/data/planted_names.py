"""Planted pages on diseases whose names differ in one mark: type 1 and type 2, group 1A and group 2, numbered syndromes."""

from __future__ import annotations

import random
from typing import Any

from benchmarks.data.planted_words import fill, invent

Page = dict[str, Any]
VARIANTS = (
    "{base} disease type 1,{base} disease type 2,{base} disease type 3,{base} disease type 4",
    "{base} complementation group 1A,{base} complementation group 1B,{base} complementation group 2,{base} complementation group 3",
    "{base} syndrome 1,{base} syndrome 2,{base} syndrome 7,{base} syndrome 12",
    "{base} anemia A,{base} anemia B,{base} anemia C,{base} anemia D",
    "{base} dystrophy type I,{base} dystrophy type II,{base} dystrophy type III,{base} dystrophy type IV",
    "autosomal dominant {base} palsy,autosomal recessive {base} palsy,X-linked {base} palsy,mitochondrial {base} palsy",
    "infantile {base} ataxia,juvenile {base} ataxia,adult-onset {base} ataxia,congenital {base} ataxia",
)
TEMPLATES = (
    """What is {subject}?
{subject} is a rare condition that is passed on in families. Doctors who see a person with {subject} for the first time seldom name it at once.
What are the signs of {subject}?
The list below was put together from reports of people with {subject}. Not everybody with {subject} has each of the signs, and some have none for years.
{facts}
What causes {subject}?
A change in one gene is behind {subject}. A blood test can show it. Relatives may be tested as well, after talking with a counselor.
How is {subject} treated?
There is no cure for {subject}. Treatment aims at the signs: exercise, aids, medicines against pain, and regular visits to a clinic that knows the condition.""",
    """{subject}
Summary
This page is about {subject}. It was written for people who live with it, and for their families.
{facts}
Outlook
The outlook of {subject} differs from person to person. With care that starts early, many people finish school, work and have a family.
Inheritance
If {subject} runs in your family, ask for a talk at a center for genetics. They explain how likely it is that a child will have {subject} and which tests there are.
Research
Studies of {subject} are listed in registers of trials. Your doctor can tell you whether one of them is open to you.""",
    """Registry entry: {subject}
{facts}
Newborn screening: not part of the program. Emergency card: available on request. Registry: open to people with {subject} and to their parents.
Contact: write to the registry office and name {subject} in the first line. The office answers within three weeks and keeps what you send in confidence.""",
)
FACTS = (
    "{trouble} of the {part} comes first in most people with {subject}",
    "About {small} of {n} people with {subject} have {trouble}",
    "The gene is called {gene}",
    "It was described in {year} by {name} and {name}",
    "{trouble} begins at the age of {small} years",
    "The {part} and the {part} are affected",
)


def near_names(count: int, chance: random.Random) -> list[Page]:
    """``count`` pages; variants of one name share a template and differ in the name and in none to five facts."""
    pages: list[Page] = []
    turn = 0
    while len(pages) < count:
        template, base, facts = TEMPLATES[turn % len(TEMPLATES)], invent(chance), turn % 6
        host = f"www.{invent(chance, 3).lower()}.example"
        for form in VARIANTS[turn % len(VARIANTS)].split(","):
            subject = fill(form, chance, {"base": base})
            gene = f"{invent(chance, 2).upper()[:4]}{chance.randint(1, 19)}"
            told = [fill(fact, chance, {"subject": subject, "gene": gene}) + "." for fact in chance.sample(FACTS, facts)]
            text = fill(template, chance, {"subject": subject, "facts": " ".join(told)}).replace("\n\n", "\n")
            url = f"https://{host}/{subject.lower().replace(' ', '-')}"
            own = sum(len(sentence.split()) for sentence in told) + len(subject.split())
            pages.append({"text": text, "title": subject if turn % 3 else None, "url": url, "site": host, "own_words": own})
        turn += 1
    return pages
