"""What an element's name, class, id and role say about its text, as bits of one integer."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from functools import lru_cache

# One group a line: a name, then the words that stand for it in class, id, role and itemprop values.
_GROUPS = """
nav nav navbar navigation menu menubar submenu megamenu topbar navlink
header header masthead topnav banner hdr
footer footer foot colophon bottom
sidebar sidebar aside rail widget complementary secondary sidecolumn sidenav
comments comment comments disqus replies respond commentlist
reply reply answer answers response
share share sharing social addthis sharedaddy follow facebook twitter linkedin pinterest
related related recommended recommendations recommend similar suggested also morefrom readnext upnext
recent recent popular trending latest mostread featured top
advert ad ads advert advertisement advertising sponsor sponsored promo promotion dfp adsense adslot adunit outbrain taboola
cookie cookie cookies consent gdpr onetrust ccpa
newsletter newsletter subscribe subscription signup optin mailchimp mailing
popup popup modal overlay lightbox dialog drawer flyout offcanvas tooltip toast
crumbs breadcrumb breadcrumbs crumb crumbs
pager pagination pager paging prev next pages
author author byline bio writer contributor by
date date time timestamp posted published datetime datepublished datemodified
meta meta metadata info byline details stats
tags tag tags category categories topics topic label labels keywords badge badges chip pill
content content contents body main entry articlebody maincontent mw rte prose markdown richtext wysiwyg copy text
post post article story blog blogpost hentry news
title title headline heading name
summary summary excerpt teaser lead lede dek standfirst intro abstract blurb snippet description subtitle
caption caption figcaption credit credits wp-caption
media figure image img photo photos gallery media picture thumbnail thumb slideshow
product product products sku item variant variants
price price prices cart buy checkout addtocart basket stock shipping discount sale quantity
review review reviews rating ratings testimonial testimonials stars
desc desc description specs specifications specification features attributes overview ingredients
forum forum thread threads message messages messagebody posts postbody discussion conversation
card card cards tile tiles teaser grid
list list listing items results feed archive loop collection
search search searchform filter filters sort facet facets refine
login login signin register account user users profile avatar member
toc toc tableofcontents onthispage outline
code code highlight syntax snippet codeblock pre
faq faq faqs accordion collapse expand question toggle
tab tab tabs tabpanel panel pane
hero hero jumbotron splash slider carousel slide swiper banner
cta cta button btn buttons action actions
notes footnote footnotes reference references citation citations bibliography reflist
screenreader sr visuallyhidden screenreader offscreen skip skiplink hidden invisible
quote quote blockquote pullquote
form form input field forms contact
legal legal copyright disclaimer terms privacy policy
language language languages lang locale country region
video video player audio podcast transcript
event event events job jobs recipe
link link links more readmore
tool toolbar tools print controls widgets
alert alert notice message notification announcement
signature signature sig userinfo
"""

NAMES = [line.split()[0] for line in _GROUPS.strip().splitlines()]
BITS = {name: 1 << place for place, name in enumerate(NAMES)}
WORDS: dict[str, int] = {}
"""Word of a class name -> bits of the groups it stands for."""
for _line in _GROUPS.strip().splitlines():
    _name, *_words = _line.split()
    for _word in _words:
        WORDS[_word] = WORDS.get(_word, 0) | BITS[_name]

_ELEMENTS = (
    "e_nav e_header e_footer e_aside e_main e_article e_form e_button e_table e_list e_pre e_quote e_figure e_details e_noscript "
    "e_hidden e_link e_heading e_dialog e_label e_select e_textbody e_dl e_section e_layout e_address".split()
)
MARKS = [*NAMES, *_ELEMENTS]
"""Names of all bits, lowest first."""

for _place, _name in enumerate(_ELEMENTS):
    BITS[_name] = 1 << (len(NAMES) + _place)

HIDDEN = BITS["e_hidden"]
IN_LINK = BITS["e_link"]
PREFORMATTED = BITS["e_pre"]
_OF_TAG = {
    "nav": "e_nav", "header": "e_header", "footer": "e_footer", "aside": "e_aside", "main": "e_main", "article": "e_article",
    "form": "e_form", "button": "e_button", "table": "e_table", "ul": "e_list", "ol": "e_list", "li": "e_list", "pre": "e_pre",
    "textarea": "e_pre", "blockquote": "e_quote", "figure": "e_figure", "figcaption": "e_figure", "details": "e_details",
    "noscript": "e_noscript", "a": "e_link", "dialog": "e_dialog", "label": "e_label", "select": "e_select", "dl": "e_dl",
    "section": "e_section", "address": "e_address", "h1": "e_heading", "h2": "e_heading", "h3": "e_heading", "h4": "e_heading",
    "h5": "e_heading", "h6": "e_heading",
}  # fmt: skip
OF_ROLE = {
    "navigation": "e_nav", "banner": "e_header", "contentinfo": "e_footer", "complementary": "e_aside", "main": "e_main",
    "article": "e_article", "search": "e_form", "button": "e_button", "dialog": "e_dialog", "alertdialog": "e_dialog",
    "menu": "e_nav", "menubar": "e_nav", "heading": "e_heading", "link": "e_link", "listitem": "e_list", "list": "e_list",
}  # fmt: skip
TEXT_PROPS = frozenset("articlebody text description reviewbody recipeinstructions recipeingredient".split())
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_SPLIT = re.compile(r"[a-z]+|[A-Z][a-z]*")
_KEPT_CHARS = 300


def mark_element(tag: str, given: Mapping[str, str | None]) -> int:
    """Bits for an element with attributes ``given``."""
    names = ("class", "id", "role", "itemprop", "style")
    mask = _mark(tag, *((given.get(name) or "")[:_KEPT_CHARS] for name in names))
    return mask | HIDDEN if "hidden" in given or given.get("aria-hidden") == "true" else mask


def _mark(tag: str, classes: str, name: str, role: str, prop: str, style: str) -> int:
    mask = BITS.get(_OF_TAG.get(tag, ""), 0) | BITS.get(OF_ROLE.get(role, ""), 0)
    if style and _UNSEEN.search(style):
        mask |= HIDDEN
    if prop.lower() in TEXT_PROPS:
        mask |= BITS["e_textbody"]
    for token in f"{classes} {name} {prop}".split():
        mask |= _mark_token(token)
    return mask


@lru_cache(1 << 16)
def _mark_token(token: str) -> int:
    """Bits of one class or id: of its words, of pairs of them, and of the whole."""
    words = [word.lower() for word in _SPLIT.findall(token)]
    mask = WORDS.get(token.lower(), 0)
    for word in [*words, *map("".join, itertools.pairwise(words))]:
        mask |= WORDS.get(word, 0)
    return mask
