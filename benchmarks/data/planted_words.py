"""Wording of planted pages: word lists, invented names, and sentences filled from them."""

from __future__ import annotations

import random
import re

LISTS: dict[str, list[str]] = {
    "part": "knee,hip,shoulder,elbow,wrist,ankle,jaw,scalp,eyelid,throat,tongue,stomach,bowel,liver,kidney,bladder,lung,heart,spine,pelvis,thigh,calf,heel,thumb,collarbone,rib,gum,sinus,inner ear,palm,forearm,neck,lower back,thyroid,spleen,gallbladder,pancreas,tear duct,nail bed,breastbone".split(
        ","
    ),
    "trouble": "itching,swelling,cramp,numbness,dry cough,heartburn,hives,dizziness,migraine,hoarseness,wheezing,nausea,constipation,nosebleeds,chills,sweating at night,tingling,bloating,ringing in the ears,blurred vision,hiccups,bruising,fainting,stiffness in the morning,restless legs,mouth ulcers,a burning feeling,palpitations,loss of smell,muscle weakness,broken sleep,chapped skin,a sour taste,hair loss,tremor,sore gums,shortness of breath,dark urine,watery eyes,joint pain".split(
        ","
    ),
    "illness": "gout,asthma,eczema,psoriasis,glaucoma,epilepsy,angina,shingles,bronchitis,hay fever,anaemia,rosacea,sciatica,tonsillitis,vertigo,coeliac disease,hepatitis,arthritis,diabetes,high blood pressure,an underactive thyroid,kidney stones,heart failure,stomach ulcers,osteoporosis,pneumonia,sleep apnoea,appendicitis,chickenpox,whooping cough".split(
        ","
    ),
    "food": "lentils,barley,oats,spinach,beetroot,kale,salmon,mackerel,chickpeas,yoghurt,walnuts,rhubarb,buckwheat,millet,leeks,fennel,carrots,pears,blackberries,cabbage,pumpkin,celery,quinoa,almonds,plums,tofu,mushrooms,sweet potato,broccoli,tomatoes,red peppers,parsnips,figs,apricots,white beans,rye bread,cod,turnips,peas,courgettes".split(
        ","
    ),
    "herb": "thyme,dill,ginger,turmeric,parsley,mint,rosemary,cumin,basil,tarragon,sage,coriander,nutmeg,chives,oregano,cardamom,cinnamon,paprika,caraway,marjoram,saffron,lemon zest,mustard seed,bay leaf".split(
        ","
    ),
    "cook": "roast,simmer,steam,grate,blend,mash,fry,poach,whisk,chop,soak,bake,slice,toss,drain,fold in,braise,peel,stir,chill".split(
        ","
    ),
    "vessel": "heavy pan,clay pot,wide bowl,baking tray,deep dish,wok,glass jar,saucepan,casserole,cake tin,sieve,pressure cooker".split(
        ","
    ),
    "form": "tablet,capsule,syrup,cream,patch,spray,powder,lozenge,gel,drops,inhaler,suppository,ointment,sachet,pen for injection,chewing gum,mouthwash,foam".split(
        ","
    ),
    "when": "at bedtime,before breakfast,with the evening meal,every six hours,on an empty stomach,twice a day,on Mondays only,after exercise,every other morning,at noon,with plenty of water,half an hour before food,once a week,straight after a meal,when the pain starts,on waking,in the afternoon,every eight hours,for ten days,until the pack is empty".split(
        ","
    ),
    "acts": "thins the blood,calms the stomach,opens the airways,slows the heartbeat,lowers the pressure inside the eye,stops the growth of fungi,relaxes stiff muscles,helps the body lose water,blocks the signals of pain,replaces a missing hormone,kills worms in the gut,softens hard stools,eases a blocked nose,steadies the mood,lowers sugar in the blood,brings down a fever,strengthens the bones,heals sores in the mouth,dries up a runny nose,prevents seizures,keeps acid out of the gullet,quiets an allergic skin,protects the liver,binds iron,wakes a sluggish thyroid".split(
        ","
    ),
    "job": "midwife,radiographer,speech therapist,ward clerk,pharmacist,paramedic,dietitian,dental nurse,physiotherapist,porter,health visitor,lab technician,orthoptist,receptionist,psychologist,audiologist,surgeon,school nurse,podiatrist,carer,anaesthetist,data analyst,optician,interpreter,night nurse".split(
        ","
    ),
    "duty": "keep the stock of dressings,plan the rota,teach new colleagues,ring patients after surgery,read scans,test the hearing of children,visit people at home,run the walk-in desk,write letters to other clinics,clean the instruments,record blood results,lead the Friday class,fit hearing aids,answer the night line,order medicines,check the fridges,prepare the theatre,weigh newborn babies,take samples,speak with families,drive the mobile unit,keep the register up to date".split(
        ","
    ),
    "skill": "a steady hand,a clean driving licence,two years on a ward,good spoken Polish,patience with children,experience of shift work,a certificate in first aid,knowledge of spreadsheets,a calm voice,sign language,a degree in nursing,references from two employers,experience with older people,an interest in research,a second language,training in infection control".split(
        ","
    ),
    "street": "Mill Lane,Station Road,Orchard Street,Harbour Parade,Chapel Hill,Bridge Street,Kiln Close,Market Square,Weaver Row,Elm Avenue,Foundry Street,Abbey Gardens,Quarry Road,Tannery Yard,Lock Side,Priory Walk,Canal Street,Windmill Rise,Ropewalk,Granary Court".split(
        ","
    ),
    "service": "blood tests,travel vaccines,smoking advice,foot care,wound dressing,hearing checks,antenatal classes,minor surgery,eye screening,asthma reviews,flu jabs,a weight group,counselling,contraception,physiotherapy,heart tracings,dental check-ups,allergy testing,memory checks,baby massage,diabetes care,skin checks,a drop-in for carers,X-rays,bone scans".split(
        ","
    ),
    "day": "Monday,Tuesday,Wednesday,Thursday,Friday,Saturday".split(","),
    "month": "January,February,March,April,May,June,July,August,September,October,November,December".split(","),
    "body": "the county council,a patients' group,the regional hospital,the health board,a team of engineers,the teaching union,researchers,the ambulance trust,a charity,the mayor,the blood service,local pharmacists,the school board,the water company,a film-maker,the cycling club,a retired nurse,the film festival,two sisters,the fire brigade".split(
        ","
    ),
    "event": "opened a garden for recovery,bought a second scanner,warned of fake vitamin pills,counted fewer broken hips,closed the old maternity wing,trained forty volunteers,published a map of clean air,cut the wait for cataract surgery,found lead in three wells,set up a bank for breast milk,raised money for a helicopter,tested drones that carry blood,banned sweet drinks in canteens,moved the sleep clinic,asked for more interpreters,won a prize for quiet wards,lent bicycles to nurses,reported a rise in ticks,planted trees beside the wards,began home visits by video,put defibrillators in libraries,ended paper prescriptions".split(
        ","
    ),
    "why": "after a long winter,because staff had asked for it,following complaints by visitors,to save fuel,despite a tight budget,ahead of the holidays,as part of a trial,after two accidents,on the advice of an inspector,with money from a lottery,in time for the flu season,to the surprise of neighbours,for the third year running,without much notice,in spite of the rain".split(
        ","
    ),
    "adj": "busy,quiet,narrow,modern,cheap,careful,rare,early,mild,bright,heavy,gentle,slow,tidy,sudden,plain,useful,cold,friendly,rough,modest,broad,strict,fresh,curious,patient,lively,dusty,neat,warm".split(
        ","
    ),
    "thing": "leaflet,corridor,ramp,kettle,notebook,bus shelter,fridge,walking stick,plaster,scale,thermometer,window,waiting list,armchair,bandage,diary,telephone,lift,lamp,towel,blanket,cup,bicycle,staircase,ticket,clock,mirror,cupboard,garden,letter".split(
        ","
    ),
    "who": "parents,teachers,pilots,gardeners,runners,shift workers,grandparents,students,cooks,drivers,swimmers,carers,farmers,travellers,bakers,builders,musicians,newcomers,pensioners,twins,office workers,dancers,sailors,hairdressers,miners".split(
        ","
    ),
}
ONSETS = "b br c ch cl d dr f fl g gr h j k kl l m n p pr qu r s sk st t tr v w z".split(" ")
VOWELS = "a e i o u ae ai ea ei io oa".split(" ")
CODAS = ["", "", "", "l", "n", "r", "s", "m", "x", "th", "nd", "rk"]
SLOT = re.compile(r"\{(\w+)\}")
ARTICLE = re.compile(r"\b([Aa])(?= [aeiou])")


def invent(chance: random.Random, syllables: int = 0) -> str:
    """A name that no other page has, of two or three syllables unless told."""
    count = syllables or chance.choice((2, 2, 3, 3))
    made = [chance.choice(ONSETS) + chance.choice(VOWELS) for _ in range(count)]
    return "".join(made).capitalize() + chance.choice(CODAS) + (chance.choice("aeno") if chance.random() < 0.3 else "")


def fill(form: str, chance: random.Random, fixed: dict[str, str] | None = None) -> str:
    """``form`` with each {slot} filled: from ``fixed``, {name} invented, {n} {small} {year} numbers, else a word of its list."""

    def word(found: re.Match[str]) -> str:
        slot = found.group(1)
        if fixed and slot in fixed:
            return fixed[slot]
        if slot == "name":
            return invent(chance)
        if slot in ("n", "small", "year"):
            low, high = {"n": (11, 980), "small": (2, 29), "year": (1998, 2024)}[slot]
            return str(chance.randint(low, high))
        return chance.choice(LISTS[slot])

    text = ARTICLE.sub(r"\1n", SLOT.sub(word, form))
    return text[0].upper() + text[1:]


GENERAL = """{adj} {thing} or not, {who} from {name} asked for {service} in {month}
ask {name} at the desk when the {thing} by the {thing} is {adj}
{who} with {trouble} were told to rest the {part} and to eat {food}
in {month} {year} a {job} from {name} wrote about {trouble} in {who}
no {thing} is needed, but a {adj} {thing} helps {who} with a sore {part}
{name} and {name} met {body}, which had {event} {why}
the {part} was checked {small} times, and {n} {who} had {illness}
a {adj} walk past {street} takes {small} minutes
those who live with {illness} keep a {thing} near the {thing}
since {year} the {job} in {name} has kept {n} {adj} records on {illness}
some {who} swear by {food} with {herb}, others by a {adj} {thing}
when {trouble} lasts {small} days, see a {job} on {day}
neither {illness} nor {trouble} kept {name} from the {adj} {thing}
one of {small} {who} in {name} had {trouble} after {food}
between {month} and {month} the {adj} {thing} at {street} is for {who} only
{name} pays {n} for a {thing}, half of what {body} paid in {year}
do not mix {food} with {herb} when the {part} is {adj}
{food}, {food} and {food} hold little that could harm the {part}
a survey by {body} in {name} named {trouble} as the worst of {illness}
{service} used to cost {small} and is free for {who} now
the talk by {name} on {illness} drew {n} {who}, most of them {adj}
"{trouble} is no reason to {duty}", says {name}, a {adj} {job}
on {day} the {job} will {duty}, on {day} a volunteer does
with {skill} you can {duty} in {small} weeks
{illness} in {who} was the theme of {small} papers from {name} in {year}
it took {name} {small} years to learn that {food} brought on {trouble}""".split("\n")
STYLES: dict[str, list[str]] = {
    "leaflet": """{subject} {acts} and is taken {when}
do not use {subject} if you have {illness} or {illness}
each {form} holds {n} mg of {name}
{subject} may cause {trouble}, {trouble} and, rarely, {trouble}
keep the {form} below {small} degrees and away from the {thing}
a dose that was missed is taken {when}, but never two at once
tell the {job} if {trouble} in the {part} does not go within {small} days
avoid {food} and {food} while you use {subject}
people over {small} years with {illness} begin with half a {form}
{subject} was first sold in {year} by {name}
the {form} smells of {herb} and is {adj} to the touch
those who also take {name} need a check of the {part}
stop {subject} when {trouble} comes with {trouble}
{subject} is not given to {who} with {illness}
children get the {form} {when}, by weight""".split("\n"),
    "branch": """our branch in {subject} stands at {n} {street}
{service} and {service} are offered on {day}
doctor {name} sees people with {illness} on {day} and {day}
ring {n} {n} for {service}
the {job} in {subject} is {name}
the {thing} by the {thing} leads to {service}
bus {small} stops at {street}, next to the {adj} bakery
we open at {small} past eight and close when the last of the {who} has left
bring a {thing} and a list of what you take for {illness}
on the first {day} of {month} there is a talk on {trouble}
{subject} has had a clinic since {year}, paid for by {body}
{who} who wait can borrow a {thing}
parking for {small} cars is behind {street}
the waiting room has a {adj} {thing} and {small} chairs
{service} moved from {name} to {subject} in {month} {year}""".split("\n"),
    "recipe": """{cook} {n} g of {food} with {herb} in a {vessel}
{subject} stew feeds {small} people and keeps for {small} days
add {small} spoons of {herb} once the {food} is {adj}
{cook} the {food}, then {cook} the {food} for {small} minutes
serve with {food}, {food} and a little {herb}
for {who} who avoid salt, use {herb} instead
my aunt {name} learned it in {subject} in {year}
a {vessel} with {n} ml of water goes over {adj} heat
{food} can stand in for {food} in {month}
one bowl has {n} kcal and {small} g of fibre
people with {illness} leave out the {food}
let the {vessel} rest for {small} minutes before you {cook} the rest
scatter {herb} and {herb} over the top
wash the {food} twice and {cook} it with the skin on
the colour turns {adj} when the {food} is done""".split("\n"),
    "job": """{subject} is looking for a {job} from {month}
you will {duty} and {duty}
we expect {skill} and {skill}
the post is for {small} hours a week, {day} to {day}
pay starts at {n} a week, with {small} days of leave
you report to {name}, our {job}
the ward treats {who} with {illness}
write to {name} at {n} {street} before the end of {month}
{skill} would be a plus
a {thing} and a {thing} come with the post
the team of {small} also has to {duty}
interviews are held on a {day} in {name}
{subject} was founded in {year} by {body}
sometimes you {duty} in place of the {job}
we help {who} to find a flat near {street}""".split("\n"),
    "news": """{body} in {subject} {event} {why}
{name}, a {job}, said the {thing} had been too {adj}
the work cost {n} thousand and took {small} weeks
it is the first in {subject} since {year}
{who} had collected {n} names against it
from {month} on {day} only, {service} will be free
"we could not {duty} any longer", said {name}
{body} had {event} {why} in {year}
{small} of {n} people had {trouble}
{name} of {body} called the plan {adj}
a vote is due on the second {day} of {month}
the {thing} on {street} stays shut till {month}
earlier, {who} with {illness} had to travel to {name}
critics point to {trouble} among {who}
more {service} may follow when {body} agrees""".split("\n"),
}
"""Style of own text -> sentence forms; the first names the subject."""


def own_text(style: str, subject: str, words: int, chance: random.Random) -> str:
    """Sentences about ``subject``, of at least ``words`` words less the last sentence's rest; the first names the subject."""
    first, *rest = STYLES[style]
    forms, sentences, count = chance.sample(rest, len(rest)) + chance.sample(GENERAL, len(GENERAL)), [first], 0
    if words > 30 and chance.random() < 0.5:
        sentences, forms = [forms[0]], [first, *forms[1:]]
    made: list[str] = []
    for form in sentences + forms:
        made.append(fill(form, chance, {"subject": subject}) + ".")
        count += len(made[-1].split())
        if count >= words:
            break
    return " ".join(made)


def more_text(words: int, chance: random.Random) -> str:
    """Sentences on this and that, of at least ``words`` words."""
    made: list[str] = []
    while sum(len(sentence.split()) for sentence in made) < words:
        made.append(fill(chance.choice(GENERAL), chance) + ".")
    return " ".join(made)
