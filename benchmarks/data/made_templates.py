"""Pages made from templates: branches of a clinic in different towns, sheets of drugs in different strengths.

Each page states facts about its own subject, so each is a document of its own; every third has a revision with it.
"""

from __future__ import annotations

import random

import polars as pl

from benchmarks.data.labelled_sets import SEED, LabelledSet, edit_added, edit_dates, edit_sentences, edit_typos

TOWNS = (
    "Ashford Barton Carlow Denby Elmsworth Fairhaven Granton Holmbridge Ivyton Jarrow Kelso Lanark Moreton Newbury Oakham Penrith "
    "Quorn Ripley Selby Tavistock Ulverston Verwood Whitby Yarm Alton Bude Corby Diss Ely Frome Goole Hythe Ilkley Keswick Looe "
    "Malton Nantwich Oban Poole Redcar"
).split()
STREETS = "High Street,Mill Lane,Station Road,Church Walk,Kingsway,Park Avenue,Victoria Road,Bridge Street".split(",")
DRUGS = (
    "Amoxidrine Belatrol Cortimax Dalprazole Enalazine Fluvoram Gabixin Hydrafen Isoprotan Ketolan Loramide Metoprex Nifedan "
    "Omeprane Paracol Quinazide Ramidol Simvazin Tramolex Ursofen"
).split()
STRENGTHS = (5, 10, 20, 50)

CLINIC = """{town} Family Health Clinic
Welcome to our clinic in {town}. Our doctors and nurses in {town} look after people of every age, from babies to grandparents.
We offer check-ups, vaccinations, blood tests, care for diabetes and asthma, help to stop smoking and advice before you travel.
You find us at {number} {street}, {town}. There is parking behind the building, and the bus stops in front of the door.
Opening hours in {town}: Monday to Friday from 8 in the morning to 6 in the evening, Saturday from 9 to noon.
To make an appointment with the {town} team call {phone} or use the form on this page. New patients are welcome at any time;
please bring your health insurance card, a list of the medicines you take and, if you have them, reports from your last doctor.
In an emergency call the emergency number at once. Outside our opening hours the night service of the district will help you.
All rooms can be reached without steps. If you need an interpreter, tell us when you make your appointment."""

SHEET = """{drug} {strength} mg tablets: information for patients
Each tablet holds {strength} mg of the active substance. {drug} {strength} mg tablets are white, round and scored on one side.
What {drug} is used for: it belongs to a group of medicines that your doctor prescribes after an examination. Do not pass it on.
Before you take it, tell your doctor about other medicines, allergies, pregnancy, and diseases of the liver or the kidneys.
How to take {drug} {strength} mg: the usual dose is one tablet of {strength} mg {times} a day with a glass of water. Never take
more than {most} mg in one day. If you have taken too much, go to a hospital at once and take the pack with you.
If you forget a tablet, take it when you remember, unless it is nearly time for the next one. Do not take two at once.
Possible side effects are headache, dizziness, a dry mouth, tiredness and an upset stomach; most pass after a few days.
Store {drug} {strength} mg tablets below 25 degrees, in the original pack, out of the sight and reach of children."""


def make_templates(seed: int = SEED) -> LabelledSet:
    """40 clinics and 80 drug sheets, 40 of them with a revision; truth is town, or drug and strength."""
    chance = random.Random(seed)
    pages = [*_clinics(chance), *_sheets(chance)]
    edits = (edit_added, edit_dates, edit_sentences, edit_typos)
    revised = [
        {
            "page_id": f"{page['page_id']}/revised",
            "text": edits[number % 4](page["text"], chance),
            "truth": page["truth"],
            "edit": "revised",
        }
        for number, page in enumerate(pages[::3])
    ]
    rows = pl.DataFrame(
        pages + [row | {"source": row["page_id"].removesuffix("/revised")} for row in revised], infer_schema_length=None
    )
    return LabelledSet("made templates", rows)


def _clinics(chance: random.Random) -> list[dict[str, str]]:
    rows = []
    for town in TOWNS:
        phone = f"0{chance.randint(100, 999)} {chance.randint(100000, 999999)}"
        text = CLINIC.format(town=town, number=chance.randint(1, 200), street=chance.choice(STREETS), phone=phone)
        rows.append({"page_id": f"clinic/{town}", "text": text, "truth": town})
    return rows


def _sheets(chance: random.Random) -> list[dict[str, str]]:
    rows = []
    for drug in DRUGS:
        for strength in STRENGTHS:
            times = chance.choice((1, 2, 3))
            text = SHEET.format(
                drug=drug, strength=strength, times=("once", "twice", "three times")[times - 1], most=strength * times
            )
            rows.append({"page_id": f"drug/{drug}/{strength}", "text": text, "truth": f"{drug} {strength}"})
    return rows
