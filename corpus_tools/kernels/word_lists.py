"""Lists of words that compiled code holds, by language (ISO 639-1), folded.

A module and not a data file, because that code is compiled anew when a source changes.
"""

ABBREVIATIONS = {
    "en": "dr mr mrs ms prof st fig figs vs ie eg cf viz approx etc jr sr no vol pp al inc",
    "de": "abb abs bd bsp bspw bzgl bzw ca dgl evtl ggf hrsg inkl insb jh mio mrd nr sog tel usw vgl zb zzgl",
    "es": "avda cap dra ej nro num pag pags sra srta ud uds",
    "fr": "chap env ex mlle mme mmes",
}
"""Words whose full stop ends no sentence; single letters never end one. All languages' count on every page, so a word that often ends a
sentence in another language does not belong here.
"""
DATE_WORDS = {
    "en": "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept "
    "oct nov dec monday tuesday wednesday thursday friday saturday sunday",
    "de": "januar februar märz mai juni juli oktober dezember montag dienstag mittwoch donnerstag freitag samstag sonntag",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre lunes martes miércoles jueves viernes "
    "sábado domingo",
    "fr": "janvier février mars avril juin juillet août septembre octobre novembre décembre lundi mardi mercredi jeudi vendredi samedi "
    "dimanche",
}
"""Names of months and days: words of dates, which name nothing else."""
