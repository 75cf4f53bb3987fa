"""Planted pages made of honest ones: mirrors, excerpts, parts, editions, spellings, headlines, other orders, two in one."""

from __future__ import annotations

import random
import re

from benchmarks.data.planted_words import LISTS, fill, invent, more_text

SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9\"“-])|\s*\n\s*")
FRAME = """Skip to the content
Home | Topics | Clinics | {service} | Contact
Menu Search Sign in Basket (0)
You are here: Start > Guides > {part}
Text size: small normal large
We and our {n} partners store cookies to measure how our pages are read. Accept all Refuse Settings
Share this on the network of your choice, or send it to a friend by mail
Subscribe to the {name} letter: one mail each {day}, cancel at any time
Most read this week: {trouble} in {who}; what {food} does for the {part}; {small} myths about {illness}
Write to us at {n} {street}, {name}, or ring {n} {n}
Copyright {year} {name} Media. All rights reserved.
The text on this page is for information only and does not replace a visit to a {job}.
Imprint Privacy Terms Sitemap Careers
Page printed on {small} {month} {year}
Comments are closed. {small} readers found this helpful.
Sponsored: {name}, the {thing} for a {adj} {part}
Back to the top""".split("\n")
MORE = (
    "Read more", "... Read more", "[...] Continue reading", "Read the full article »", "Click here for the whole text.", "… more",
    "To read on, subscribe to {name}.", "Source and full story: {name} Health", "(continued)", "Show all", "Keep reading →",
)  # fmt: skip
WITH_TOPIC = (
    "Living with {topic}: what families want to know",
    "{topic} explained in plain words",
    "Five questions on {topic}",
    "{name} specialists answer: {topic}",
    "Why {topic} is in the news again",
)
WITHOUT_TOPIC = (
    "What doctors in {name} want you to know",
    "Experts from {name} set the record straight",
    "A guide for {who}, reviewed by {name}",
    "The {day} briefing: facts you can use",
    "Health desk: your questions answered",
)
SPELLINGS = {
    "tumor": "tumour", "anemia": "anaemia", "anemic": "anaemic", "hemoglobin": "haemoglobin", "leukemia": "leukaemia", "diarrhea": "diarrhoea",
    "esophagus": "oesophagus", "esophageal": "oesophageal", "edema": "oedema", "fetus": "foetus", "fetal": "foetal", "pediatric": "paediatric",
    "pediatrician": "paediatrician", "color": "colour", "colored": "coloured", "center": "centre", "fiber": "fibre", "behavior": "behaviour",
    "behavioral": "behavioural", "counseling": "counselling", "counselor": "counsellor", "program": "programme", "gynecologist": "gynaecologist",
    "orthopedic": "orthopaedic", "hematology": "haematology", "hematologist": "haematologist", "estrogen": "oestrogen", "anesthesia": "anaesthesia",
    "etiology": "aetiology", "celiac": "coeliac", "ischemia": "ischaemia", "ischemic": "ischaemic", "labeled": "labelled", "defense": "defence",
    "gray": "grey", "recognize": "recognise", "recognized": "recognised", "organize": "organise", "organization": "organisation", "characterized": "characterised",
    "characterize": "characterise", "hospitalized": "hospitalised", "hospitalization": "hospitalisation", "specialized": "specialised", "minimize": "minimise",
    "analyze": "analyse", "analyzed": "analysed", "hemorrhage": "haemorrhage", "hemophilia": "haemophilia", "cesarean": "caesarean", "favor": "favour",
    "favorite": "favourite", "humor": "humour", "labor": "labour", "odor": "odour", "neighbor": "neighbour", "honor": "honour", "generalized": "generalised",
    "localized": "localised", "stabilize": "stabilise", "utilize": "utilise", "paralyzed": "paralysed", "hypoglycemia": "hypoglycaemia",
    "hyperglycemia": "hyperglycaemia", "uremia": "uraemia", "septicemia": "septicaemia", "bacteremia": "bacteraemia", "dyspnea": "dyspnoea", "apnea": "apnoea",
    "enrollment": "enrolment", "fulfill": "fulfil", "judgment": "judgement", "license": "licence", "traveling": "travelling", "canceled": "cancelled",
    "modeling": "modelling", "signaling": "signalling", "immunization": "immunisation", "immunized": "immunised", "sterilized": "sterilised",
    "normalized": "normalised", "visualize": "visualise", "metastasize": "metastasise", "hematoma": "haematoma", "hemodialysis": "haemodialysis",
    "authorized": "authorised", "authorization": "authorisation", "apologize": "apologise", "prioritize": "prioritise", "emphasize": "emphasise",
    "summarize": "summarise", "mold": "mould", "plow": "plough", "skeptical": "sceptical", "aging": "ageing", "practicing": "practising",
    "pretense": "pretence", "offense": "offence", "rumor": "rumour", "vapor": "vapour", "vigor": "vigour", "mucous": "mucous",
}  # fmt: skip
"""American -> British."""
AMERICAN = re.compile(r"\b(" + "|".join(SPELLINGS) + r")(s?)\b", re.IGNORECASE)
NAMED = r"(?<!type )(?<!Type )(?<!group )(?<!stage )(?<!grade )(?<!class )(?<!chromosome )(?<!syndrome )(?<!factor )(?<!vitamin )(?<!Form )(?<!form )"
FIGURE = re.compile(NAMED + r"(?<![\w.,/-])(\d{2,4}|\d\.\d)(?=%| percent\b| [a-z]{3,}|[.,;)]\s)")


def sentences(text: str) -> list[str]:
    """The sentences and lines of a text, without what stands between them."""
    return [part for part in SENTENCE_END.split(text) if part.strip()]


def starts(text: str) -> list[int]:
    """Where each sentence begins, and the length of the text at the end."""
    return sorted({0, *(found.end() for found in SENTENCE_END.finditer(text)), len(text)})


def frame(low: int, high: int, chance: random.Random) -> str:
    """Lines of another site's template."""
    return "\n".join(fill(form, chance) for form in chance.sample(FRAME, chance.randint(low, high)))


def mirror(text: str, chance: random.Random) -> str:
    """The page, word for word, in the template of another site."""
    return "\n".join(filter(None, (frame(1, 4, chance), text.strip(), frame(0, 5, chance))))


def excerpt(text: str, chance: random.Random) -> str:
    """20 to 60 % of the words, whole sentences, from the head or the middle, mostly with a link to read more."""
    share, at_head = chance.uniform(0.2, 0.6), chance.random() < 0.6
    cuts, total = starts(text), len(text.split())
    begin = 0 if at_head else chance.randrange(1, max(2, int(len(cuts) * (0.95 - share))))
    end = next((at for at in cuts[begin + 1 :] if len(text[cuts[begin] : at].split()) >= share * total), cuts[-1])
    more = fill(chance.choice(MORE), chance) if chance.random() < 0.8 else ""
    return f"{text[cuts[begin] : end].rstrip()}{chance.choice((' ', chr(10)))}{more}".strip()


def split(text: str, chance: random.Random) -> list[str]:
    """Three parts, each from a fifth to half of the words, with a page number or none."""
    cuts, total = starts(text), len(text.split())
    wanted = [total * chance.uniform(0.25, 0.4), total * chance.uniform(0.6, 0.75)]
    inner = [min(cuts[1:-1], key=lambda at: abs(len(text[:at].split()) - words), default=0) for words in wanted]
    form = chance.choice(("Page {at} of 3", "Part {at}", "« Previous {at} / 3 Next »", ""))
    parts = [text[low:high].strip() for low, high in zip([0, *inner], [*inner, len(text)], strict=True)]
    return [f"{part}\n{form.format(at=at)}".strip() for at, part in enumerate(parts, 1)]


def concatenate(first: str, second: str, chance: random.Random) -> str:
    """Two articles one after the other, with a line between them or none."""
    between = chance.choice(("", "", "* * *", "Next article", fill("Also from {name}", chance)))
    return "\n".join(filter(None, (first.strip(), between, second.strip())))


def syndicate(text: str, chance: random.Random) -> str:
    """One to three local paragraphs of 20 to 60 words before, inside or after the page, together at most a third of it."""
    lines = [part.strip() for part in text.split("\n") if part.strip()]
    room = len(text.split()) // 3
    for _ in range(chance.randint(1, 3)):
        words = chance.randint(20, 60)
        room -= words + 12
        if room < 0:
            break
        lines.insert(chance.choice((0, len(lines) // 2, len(lines))), more_text(words, chance))
    town = invent(chance)
    return "\n".join([f"{town.upper()} - {fill('{month} {small}, {year}', chance)}", *lines])


def version(text: str, chance: random.Random) -> str:
    """Another edition: new dates, years, shares and counts, never numbers that belong to a name; a date of review."""

    def move(found: re.Match[str]) -> str:
        number = found.group(1)
        if "." in number:
            return f"{float(number) + chance.uniform(0.1, 2):.1f}"
        value = int(number)
        return str(value + chance.randint(1, 3) if 1900 < value < 2050 else max(10, round(value * chance.uniform(0.8, 1.3)) + 1))

    moved = FIGURE.sub(move, text.strip())
    form = chance.choice(
        ("Last reviewed: {month} {year}", "Updated on {small} {month} {year}", "Edition of {year}", "Next review: {month} {year}")
    )
    return f"{moved}\n{fill(form, chance)}" if chance.random() < 0.6 else f"{fill(form, chance)}\n{moved}"


def respell(text: str, chance: random.Random) -> str:
    """British spelling for American."""

    def other(found: re.Match[str]) -> str:
        made = SPELLINGS[found.group(1).lower()]
        return (
            made.upper() if found.group(1).isupper() else made.capitalize() if found.group(1)[0].isupper() else made
        ) + found.group(2)

    return AMERICAN.sub(other, text.strip())


def count_spellings(text: str) -> int:
    """Words that ``respell`` would change."""
    return len(AMERICAN.findall(text))


def rehead(text: str, topic: str, chance: random.Random) -> tuple[str, str]:
    """Another headline, and mostly another lead of 20 to 50 words, over the same body: text, headline."""
    first, _, body = text.strip().partition("\n")
    kept = body.strip() if len(first.split()) <= 12 and body.strip() else text.strip()
    forms = WITH_TOPIC if topic and chance.random() < 0.6 else WITHOUT_TOPIC
    head = fill(chance.choice(forms), chance, {"topic": topic})
    lead = more_text(chance.randint(20, 40), chance) if chance.random() < 0.75 and len(kept.split()) >= 150 else ""
    return "\n".join(filter(None, (head, lead, kept))), head


def shuffle(text: str, chance: random.Random) -> str:
    """Three to eight chapters of whole sentences, in another order."""
    cuts = starts(text)
    chapters = chance.randint(3, min(8, max(3, len(cuts) - 2)))
    inner = sorted(chance.sample(cuts[1:-1], chapters - 1))
    parts = [text[low:high].strip() for low, high in zip([0, *inner], [*inner, len(text)], strict=True)]
    order = list(range(chapters))
    while order == sorted(order):
        chance.shuffle(order)
    return "\n".join(parts[at] for at in order)


def revisit(url: str | None, chance: random.Random) -> tuple[str, str]:
    """Address and site of a copy that stands elsewhere."""
    host = f"{chance.choice(('www', 'news', 'health', 'm'))}.{invent(chance, 3).lower()}.example"
    tail = (url or "").rstrip("/").rsplit("/", 1)[-1] if chance.random() < 0.5 else ""
    return f"https://{host}/{chance.choice(LISTS['month']).lower()}/{tail or invent(chance, 3).lower()}", host
