"""Abbreviations whose full stop ends no sentence, by language (ISO 639-1), folded; single letters never end one.

A module and not a data file, because compiled code holds them: it is compiled anew when a source changes. All languages' count on every
page, so a word that often ends a sentence in another language does not belong here.
"""

ABBREVIATIONS = {
    "en": "dr mr mrs ms prof st fig figs vs ie eg cf viz approx etc jr sr no vol pp al inc",
    "de": "abb abs bd bsp bspw bzgl bzw ca dgl evtl ggf hrsg inkl insb jh mio mrd nr sog tel usw vgl zb zzgl",
    "es": "avda cap dra ej nro num pag pags sra srta ud uds",
    "fr": "chap env ex mlle mme mmes",
}
