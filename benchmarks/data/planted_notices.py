"""Planted pages that share much and say different things: notices, leaflets, records, code, names of diseases."""

from __future__ import annotations

import json
import random
from typing import Any

from benchmarks.data.planted_words import LISTS, STYLES, fill, invent, more_text, own_text

Page = dict[str, Any]
NOTICE = """What you read on the pages of {owner} is general information and cannot stand in for a visit to a professional
{owner} accepts no liability for loss or harm that follows from the use of this page, whether foreseen or not
Never put off asking for advice because of something that a website told you
If you think that it is an emergency, ring {n} or go to the nearest emergency department without delay
The editors in {name} look through each text every {small} months, yet mistakes can slip in
Pictures and text belong to {owner} and may be copied for teaching as long as the source is named
By reading on you agree that disputes are settled by the courts of {name}
We keep a record of visits for {small} days and do not pass it to anybody
Advertisements are marked as such and have no say in what our authors write
Links lead to pages of others, for whose content {owner} cannot answer
Prices, doses and opening times may have changed since the page was printed
Write to the service desk in {name}, {street} {n}, if you find an error
This service is funded by {body} and is free of charge
Trade marks that appear here are the property of those who registered them
The authors report no interests that compete with their duties
Names of products do not mean that {owner} recommends them over others
Permission is hereby given to store one copy on a private device, but not to sell it, rent it out or place it in a frame of another site
Nothing on this page sets up a relation of the kind that exists between a patient and a clinician
Readers below {small} years should look at these pages together with an adult
The register of {name} lists {owner} under number {n}
Complaints are answered in writing within {small} working days
Should any clause of these terms be void, the other clauses keep their force
Cookies help us to count readers, and you can refuse them in the settings of your browser
Information given over the phone by our {job} is not recorded
The text is provided as it stands, without a promise that it is complete, correct or fit for a purpose
If a translation differs from the original, the original counts
Our methods and the list of sources can be asked for at the office of {body}
{owner} works under the code of conduct that {body} drew up in {year}
Data that you enter in a form is sent in encrypted form and erased after {small} weeks
Please recycle printed copies
Always read the label, follow the directions for use, and ask a pharmacist when in doubt
Members of {owner} pay {small} a year and receive a letter each {month}
Copyright {year} {owner}, {name}. All rights that are not granted here are reserved
We thank the {who} of {name} who tested these pages before they went online
Do not send samples, photographs or records to our address, they are destroyed unread
The figures are rounded and may not add up to one hundred
Statements about the future rest on what was known in {month} {year}
No part of this offer is meant for readers outside the area that {body} serves
In case of doubt the printed version in the reading room of {name} applies
You use the tips at your own risk and under your own responsibility""".split("\n")
SIZES, OWN_WORDS, HOLDERS = (30, 60, 100, 150, 200, 300), (10, 20, 35, 60, 100, 150, 200), (2, 3, 5, 8, 12, 20, 40)
"""Words of a notice; own words of a page; pages that hold one notice."""
TITLES = {
    "leaflet": ("{subject} {form}", "{subject}: what to know", "Using {subject}"),
    "branch": ("{subject} clinic", "Our branch in {subject}", "Find us: {subject}"),
    "recipe": ("{subject} stew with {food}", "{food} the {subject} way", "Cooking: {subject}"),
    "job": ("{job} wanted, {subject}", "Vacancy at {subject}", "{subject}: {job}"),
    "news": ("News from {subject}", "{subject} in brief", "{subject}, {month} {year}"),
}


def write_notice(words: int, chance: random.Random) -> str:
    """A notice of its own, of about ``words`` words."""
    fixed = {"owner": f"{invent(chance)} {chance.choice(('Health', 'Care', 'Medical Press', 'Clinics', 'Trust', 'Media'))}"}
    made: list[str] = []
    for form in chance.sample(NOTICE, len(NOTICE)):
        made.append(fill(form, chance, fixed) + ".")
        if sum(len(sentence.split()) for sentence in made) >= words - 8:
            break
    return " ".join(made)


def place_notice(own: str, notice: str, place: str) -> str:
    """The notice before, after or around what a page says of its own."""
    sentences = notice.split(". ")
    if place == "before" or (place == "around" and len(sentences) < 2):
        return f"{notice}\n{own}"
    if place == "after":
        return f"{own}\n{notice}"
    half = (len(sentences) + 1) // 2
    return f"{'. '.join(sentences[:half])}.\n{own}\n{'. '.join(sentences[half:])}"


def share_notices(kind: str, count: int, chance: random.Random) -> list[Page]:
    """About ``count`` pages: one notice on 2 to 40 pages, of one site (kind "notice_site") or of many ("notice_web")."""
    pages: list[Page] = []
    turn = 0
    while len(pages) < count:
        notice, style, place = write_notice(SIZES[turn % len(SIZES)], chance), *_ways(turn, chance)
        site = f"www.{invent(chance, 3).lower()}.example"
        for _ in range(HOLDERS[turn % len(HOLDERS)]):
            subject = f"{invent(chance)}{chance.choice(('', '', ' ' + invent(chance)))}"
            own = own_text(style, subject, chance.choice(OWN_WORDS), chance)
            host = site if kind == "notice_site" else f"www.{invent(chance, 3).lower()}.example"
            title = fill(chance.choice(TITLES[style]), chance, {"subject": subject}) if turn % 3 else None
            url = f"https://{host}/{style}/{subject.lower().replace(' ', '-')}"
            text = place_notice(own, notice, place)
            pages.append({"text": text, "title": title, "url": url, "site": host, "own_words": len(own.split())})
        turn += 1
    return pages


def _ways(turn: int, chance: random.Random) -> tuple[str, str]:
    styles = list(STYLES)
    return styles[turn % len(styles)], chance.choice(("before", "after", "around"))


LEAFLET = (
    "{subject} {n} mg {form}\nPatient information. Read all of this before you use {subject}, because it holds what you need to know.\nWhat {subject} is and what it is used for\n",
    "\nHow to store {subject}\nKeep this medicine out of the sight and reach of children. Do not use it after the date that is printed on the pack. Ask your pharmacist how to throw away medicines you no longer need.\n",
)


def leaflets(count: int, chance: random.Random) -> list[Page]:
    """About ``count`` pages: shops of 20 leaflets of one frame and one notice; 3 of them stand there in a revision as well."""
    pages: list[Page] = []
    while len(pages) < count:
        notice, owner = write_notice(chance.choice((60, 100, 150, 200)), chance), f"www.{invent(chance, 3).lower()}.example"
        shop: list[Page] = []
        for _ in range(20):
            subject = invent(chance)
            own = own_text("leaflet", subject, chance.choice((30, 45, 60, 90)), chance)
            head, foot = (fill(part, chance, {"subject": subject}) for part in LEAFLET)
            text, url = f"{head}{own}{foot}{notice}", f"https://{owner}/leaflets/{subject.lower()}"
            shop.append({"text": text, "title": f"{subject} leaflet", "url": url, "site": owner, "own_words": len(own.split())})
        for at in sorted(chance.sample(range(20), 3)):
            page = shop[at]
            shop.append(page | {"text": revise(page["text"], chance), "url": f"{page['url']}-v2", "of": len(pages) + at})
        pages += shop
    return pages


FIELDS = """Made from {food} and {herb} by hand
Eases {trouble} of the {part}
Packed as a {form} of {n} mg
Kept in the {vessel} beside the {thing}
Handed out by our {job} in {month}
Meant for {who} with {illness}
Sold at {street} {n} only
Feels {adj} and smells of {herb}""".split("\n")
SHEETS = (12, 25, 40)
"""Sheets of one shop."""


def sheets(count: int, chance: random.Random) -> list[Page]:
    """``count`` product sheets: those of a shop fill one long frame in five to eight places, each with other values."""
    pages: list[Page] = []
    while len(pages) < count:
        owner = f"www.{invent(chance, 3).lower()}.example"
        frame = write_notice(chance.choice((200, 300)), chance).split(". ")
        fields = chance.sample(FIELDS, chance.randint(5, len(FIELDS)))
        for _ in range(chance.choice(SHEETS)):
            subject, filled = invent(chance), [fill(field, chance) for field in fields]
            step = len(frame) / len(filled)
            parts = [". ".join([*frame[int(at * step) : int((at + 1) * step)], field]) for at, field in enumerate(filled)]
            own = len(" ".join([subject, *filled]).split())
            url = f"https://{owner}/products/{subject.lower()}"
            pages.append({"text": f"{subject}\n{'. '.join(parts)}.", "title": subject, "url": url, "site": owner, "own_words": own})
    return pages[:count]


def revise(text: str, chance: random.Random) -> str:
    """An edition of the same leaflet: a date, and two or three small edits scattered over the text."""
    words = text.split(" ")
    for at in chance.sample(range(12, len(words) - 2), chance.randint(2, 3)):
        words[at] = f"{chance.choice(('usually', 'often', 'also', 'mostly', 'still'))} {words[at]}"
    date = f"{chance.choice(LISTS['month'])} {chance.randint(2015, 2024)}"
    return f"{' '.join(words)}\nThis leaflet was last revised in {date}."


TOOLS: dict[str, list[str]] = {
    "find_appointment": ["clinic", "job", "day", "month", "service"],
    "look_up_medicine": ["name", "form", "illness", "n"],
    "plan_meal": ["food", "herb", "illness", "small", "vessel"],
    "log_symptom": ["trouble", "part", "when", "small"],
    "find_route": ["clinic", "street", "name", "small"],
}


def records(count: int, chance: random.Random) -> list[Page]:
    """``count`` records of calls of five tools, each tool's in one frame, each about something else."""
    frames = {tool: write_notice(chance.choice((30, 50, 80)), chance) for tool in TOOLS}
    pages = []
    for number in range(count):
        tool = list(TOOLS)[number % len(TOOLS)]
        given = {slot: fill("{name}" if slot == "clinic" else f"{{{slot}}}", chance) for slot in TOOLS[tool]}
        answer = more_text(chance.choice((12, 20, 40)), chance)
        call = {
            "role": "assistant", "type": "function_call", "function": {"name": tool, "strict": True, "arguments": given},
            "tools": [{"name": tool, "description": frames[tool], "parameters": {"type": "object", "required": TOOLS[tool]}}],
            "response": {"status": "ok", "code": 200, "result": answer, "cached": False, "truncated": False},
        }  # fmt: skip
        own = len(answer.split()) + len(" ".join(given.values()).split())
        pages.append({"text": json.dumps(call, indent=chance.choice((None, 1))), "own_words": own})
    return pages


STATEMENTS = """{b} = {a} * {n} / ({c} + {small})
if {a} > {n}:\n        return {b} - {c}
{c} = max({a}, {b}, {small})
for {d} in range({small}, {n}):\n        {b} += {d} % {small}
{a} = round({b} / {n}, {small})
if {c} in ("{food}", "{herb}"):\n        {b} = {n}
while {b} < {n}:\n        {b} *= {small}
{d} = [{c} for {c} in {a} if {c} != {small}]
{b} = sum({d}) // len({d} or [{small}])
raise ValueError("{a} needs a {thing} and {food}")
{d} = sorted({a}, key=lambda {c}: -{c})[:{small}]
{a}, {b} = {b}, {a} - {n}
{c} = {c}.replace("{trouble}", "{illness}")
assert {a} >= {small}, "{b} of the {part} is {adj}"
log.info("{part}: {adj} {thing}", {c})
{b} = abs({a} - {c}) ** {small}
with open("{food}.csv") as {d}:\n        {a} = {d}.readlines()[{small}:]
{c} = (("{food}", {n}), ("{herb}", {small}))[{a}]""".split("\n")


def code(count: int, chance: random.Random) -> list[Page]:
    """``count`` files: a function each, all different, under one of four licence texts."""
    licences = ["\n".join("# " + line for line in write_notice(size, chance).split(". ")) for size in (80, 120, 180, 250)]
    pages = []
    for number in range(count):
        names = {slot: invent(chance).lower() for slot in "abcd"}
        body = [fill_code(form, chance, names) for form in chance.sample(STATEMENTS, chance.randint(3, 10))]
        purpose = fill("count {adj} {who} with {trouble} of the {part}", chance)
        head = (
            f'def {invent(chance).lower()}_{names["b"]}({names["a"]}, {names["c"]}={chance.randint(1, 99)}):\n    """{purpose}."""'
        )
        own = "\n    ".join([head, *body, f"return {names['d']}"])
        pages.append({"text": f"{licences[number % 4]}\n\n{own}\n", "own_words": len(own.split())})
    return pages


def fill_code(form: str, chance: random.Random, names: dict[str, str]) -> str:
    """A statement with its slots filled, as it is written: no capital at its head."""
    return fill("." + form.replace("\\n", "\n"), chance, names)[1:]
