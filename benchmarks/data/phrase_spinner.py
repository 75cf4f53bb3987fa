"""A spinner of phrases and clauses: sets of phrases that stand for each other, sentences turned and split by rule, and some words too.

The phrases are its own: they were written without a look at ``corpus_tools/spam/data/phrasebook.tsv``, and no model is taught with them.
Words come from a dictionary to German and back (``synonyms.Pivot``), at half the rate.
"""

from __future__ import annotations

import random
import re
from dataclasses import replace
from functools import cache

from benchmarks.data.spinners import Recipe, lay_out, reorder, sentences, spin_sentence
from benchmarks.data.synonyms import Pivot

PHRASES = """
is caused by|results from|is brought about by|comes from
are caused by|result from|are brought about by|come from
can cause|is able to bring on|may give rise to|can set off
may cause|could bring on|can give rise to|might set off
is characterized by|is marked by|shows itself in|can be told by
is associated with|goes along with|is tied to|is connected to
are associated with|go along with|are tied to|are connected to
is a condition in which|is an illness where|describes a state in which|is a health problem in which
is a disorder that|is a disease which|is a medical problem that|is a complaint that
is a rare|is an uncommon|is a seldom seen|counts as a rare
is needed to|has to be there to|is required to|is called for to
the treatment of|how doctors treat|the care for|the handling of
the symptoms of|the signs of|the complaints that come with|what shows
the diagnosis of|the finding of|how doctors recognize|the detection of
the risk of|the chance of|the danger of|the likelihood of
at risk for|in danger of|more likely to get|prone to
health care provider|doctor or nurse|medical professional|physician
health care providers|doctors and nurses|medical professionals|physicians
your doctor|your physician|the doctor who treats you|your health professional
people with|those who have|persons living with|patients who suffer from
individuals with|those who have|patients having|people affected by
affected individuals|those who are affected|people who have it|patients with this problem
most people|nearly everyone|the majority of persons|a large part of people
most common|most frequent|most often seen|most usual
in some cases|now and then|at times|in certain patients
in most cases|more often than not|most of the time|in the majority of patients
in many cases|quite often|in a good number of patients|many times
in addition|on top of that|what is more|besides this
for example|for instance|to name one|such as this
such as|like|for instance|among them
as well as|and also|together with|and likewise
due to|because of|owing to|as a result of
because of|due to|on account of|owing to
a number of|several|quite a few|a range of
a variety of|many kinds of|all sorts of|various
a group of|a set of|a collection of|a family of
at birth|when the child is born|from the very first day|when a baby arrives
early childhood|the first years of life|the years before school|early years
family history|relatives who had the disease|cases among relatives|history in the family
over time|as time goes by|in the long run|little by little
high blood pressure|raised blood pressure|hypertension|elevated blood pressure
blood pressure|pressure of the blood|the pressure in the arteries|blood-pressure
heart attack|attack of the heart|cardiac attack|coronary event
blood sugar|glucose in the blood|sugar in the blood|blood glucose
immune system|body's own defenses|defense system of the body|body's defenses
nervous system|system of nerves|nerves and brain|neural system
physical exam|bodily examination|check of the body|examination by a doctor
physical examination|bodily check|check of the body|examination by a doctor
blood test|test of the blood|lab test on blood|blood work
blood tests|tests of the blood|lab tests on blood|blood work
blood vessels|vessels that carry blood|arteries and veins|vessels
side effects|unwanted effects|effects you did not ask for|adverse effects
weight loss|losing weight|loss of weight|a drop in weight
shortness of breath|trouble breathing|being out of breath|breathlessness
weakness of|loss of strength in|lack of power in|feebleness of
loss of|losing|a lack of|a decline in
difficulty breathing|hard breathing|problems with breathing|labored breath
difficulty swallowing|hard swallowing|problems with swallowing|trouble getting food down
intellectual disability|limits in thinking and learning|mental handicap|learning impairment
developmental delay|late development|slowed development|being behind in development
muscle weakness|weak muscles|lack of muscle strength|loss of muscle power
clinical trials|studies with patients|tests in patients|trial studies
clinical trial|study with patients|test in patients|trial study
birth defects|defects present at birth|malformations from birth|inborn defects
signs and symptoms|symptoms and signs|features of the illness|complaints and findings
have been|were found to be|turned out to be|had been
has been|was found to be|turned out to be|had been
there is no|one does not have any|no one has found a|there exists no
there are|one finds|there exist|you will find
may be|can be|might be|could turn out to be
can be|may be|is sometimes|could be
may have|can show|might have|possibly have
it is important to|be sure to|you ought to|one should
is used to|serves to|is there to|helps to
are used to|serve to|are there to|help to
is not known|nobody knows|has not been found out|remains unclear
it is not|this is not|it isn't|one cannot call it
depends on|hinges on|is decided by|varies with
depending on|according to|in line with|by
leads to|ends in|brings about|results in
lead to|end in|bring about|result in
known as|called|going by the name of|named
also called|otherwise known as|that some name|also known as
occurs in|is seen in|turns up in|is found in
occur in|are seen in|turn up in|are found in
occurs when|happens when|comes about when|arises when
begins in|starts in|sets in during|has its start in
usually begins|as a rule starts|tends to set in|mostly starts
is inherited|is passed on in families|runs in families|is handed down
are inherited|are passed on in families|run in families|are handed down
changes in|alterations of|shifts in|differences in
mutations in the|faults in the|errors in the|alterations of the
gene provides instructions for making|gene tells cells how to make|gene holds the plan for|gene guides the building of
copies of the|versions of the|instances of the|sets of the
one copy of the|a single version of the|one version of the|one of two versions of the
each cell|every cell|all cells|every one of the cells
the body|your body|a person's body|the human body
part of|a piece of|one portion of|a bit of
the rest of|what remains of|the other parts of|all other
inside the|within the|in the inner part of the|in the midst of the
parts of the body|areas of the body|places in the body|body regions
years of age|years old|years|years of life
older adults|elderly people|people of older age|seniors
young children|small children|little ones|infants and toddlers
ask your doctor|talk to your physician|speak with your doctor|turn to your health professional
talk with your doctor|speak to your physician|see what your doctor thinks|turn to your health professional
get medical help|see a doctor|seek care|go to a clinic
in order to|so as to|with the aim to|to
more than|over|above|upwards of
less than|under|below|fewer than
as soon as possible|without delay|right away|at the earliest
over the counter|without a prescription|freely sold|from the drugstore shelf
in the united states|across the u.s.|among americans|throughout america
national institutes of health|federal health institutes|nih|american health institutes
united states|u.s.|states|usa
each year|every year|per year|yearly
researchers have found|studies show|scientists have seen|it was shown
is thought to|is believed to|seems to|is said to
are thought to|are believed to|seem to|are said to
play a role in|have a part in|contribute to|matter for
plays a role in|has a part in|contributes to|matters for
lower the risk|cut the chance|bring down the danger|make it less likely
make sure|see to it|be certain|check
find out|learn|get to know|discover
take care of|look after|tend to|care for
carry out|perform|do|execute
look for|search for|check for|seek
a lot of|much|plenty of|lots of
as many as|up to|no fewer than|about
long term|lasting|over a long time|extended
"""
"""A set of phrases a line."""
LEADS = ("Keep in mind that", "It is worth knowing that", "Put simply,", "As experts say,", "Note that", "In short,")
_JOINTS = (
    (re.compile(r"^(.{25,}?) (because|when|if|although|while|since|after|before|unless) (.{12,})\.$"), "{1} {2}, {0}."),
    (re.compile(r"^(When|If|Although|While|Because|Since|After|Before|Unless) ([^,]{12,}), (.{15,})\.$"), "{2} {0} {1}."),
    (re.compile(r"^(.{25,}?), which (.{15,})\.$"), "{0}. It {1}."),
    (re.compile(r"^(.{30,}?), (?:and|but) (it|they|this|these|the) (.{15,})\.$"), "{0}. {1} {2}."),
    (re.compile(r"^(In|During|At|By|For|With|Among) ([^,]{5,60}), (.{20,})\.$"), "{2} {0} {1}."),
    (re.compile(r"^(.{5,60}?) (?:can|may) (cause|affect|lead to|reduce|increase) (.{8,80})\.$"), "{2} is something that {0} can {1}."),
)  # fmt: skip
"""What a sentence may be made of, and the same said the other way round."""


@cache
def _sets() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in PHRASES.strip().splitlines():
        first, *others = line.split("|")
        found.setdefault(first, tuple(others))
    longest = sorted(found, key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(map(re.escape, longest)) + r")\b", re.I), found


@cache
def _words() -> Pivot:
    return Pivot()


def spin_phrases(text: str, recipe: Recipe, seed: str) -> str:
    """``text`` with the share ``recipe.rate`` of its known phrases replaced, and of the sentences that can be turned as many turned."""
    rng = random.Random(f"{seed}|phrases|{recipe}")
    parts = [part for part in sentences(text) if rng.random() >= recipe.drop]
    spun = [_spin(part, recipe.rate, rng) for part in reorder(parts, recipe.reorder, rng)]
    words = replace(recipe, rate=recipe.rate / 2, function_rate=0.0)
    return lay_out([spin_sentence(part, _words(), words, rng) for part in spun], recipe, rng)


def _spin(sentence: str, rate: float, rng: random.Random) -> str:
    pattern, sets = _sets()

    def swap(found: re.Match[str]) -> str:
        held = found.group()
        if rng.random() >= rate:
            return held
        chosen = rng.choice(sets[held.lower()])
        return chosen[0].upper() + chosen[1:] if held[0].isupper() else chosen

    spun = pattern.sub(swap, sentence)
    if rng.random() < rate:
        spun = _turn(spun)
    if rng.random() < rate / 5 and spun.endswith(".") and len(spun) > 40:
        spun = f"{rng.choice(LEADS)} {spun[0].lower()}{spun[1:]}"
    return spun


def _turn(sentence: str) -> str:
    """The sentence with its clauses turned, parted or put into another voice, as the first rule that fits says."""
    for pattern, wanted in _JOINTS:
        found = pattern.match(sentence)
        if found:
            clauses = [part[0].lower() + part[1:] if part[1:2].islower() else part for part in found.groups()]
            turned = wanted.format(*clauses)
            return re.sub(r"(?:^|(?<=\. ))[a-z]", lambda first: first.group().upper(), turned)
    return sentence
