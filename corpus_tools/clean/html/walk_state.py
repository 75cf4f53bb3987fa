"""What the compiled walk over a page's tree keeps in memory: its state and the rows it writes, each field named once.

A record stands at a plain address, because numba compiles functions of many arrays slowly and counts references to them at
every call. A field ``n_*`` is a number of rows or bytes written, ``room_*`` how many there is room for; the field that is
called as the rows themselves is the address of the first.
"""

from __future__ import annotations

import numpy as np

from corpus_tools.clean.html.lexbor_kernels import FUNCTIONS
from corpus_tools.kernels.memory import record_at, record_of

_FUNCTIONS = "\n".join(f"{field} address of {name}" for field, name in FUNCTIONS.items())
_STATE = """
status           how the walk ended, one of the statuses below
document         lexbor's document
max_nodes        elements a page may have
max_chars        characters a block may have
kinds            kinds of elements by lexbor's number of their name, int64
room_kinds       how many
named            NAMED rows: kinds of elements whose names lexbor has no number for
room_named       how many
attribute_hashes hashes of ATTRIBUTES, int64
title_tag        lexbor's number for <title>
meta_tag         for <meta>
script_tag       for <script>
here             the element the walk is in, -1 outside the body
nodes            NODE rows
n_nodes          .
room_nodes       .
blocks           BLOCK rows
n_blocks         .
room_blocks      .
pairs            PAIR rows
n_pairs          .
room_pairs       .
settled_pairs    pairs of blocks that are finished; those after them are of the block in work
text             laid-out text of the blocks, UTF-8, with a joiner after each
n_text           .
room_text        .
raw              text of the block in work as the page has it
n_raw            .
room_raw         .
linked           of the block in work: characters in links
links            links
images           images before it
inputs           form fields before it
link_depth       links the walk is in
last_linked      1 if the last run of text was in a link and nothing came after it
closed_at        where in the raw text an element ended that may be set apart from the next
gap_at           where another began right after it
box_at           where a button or a label ended
before           what the block in work ends with
spans            1 if a cell of the page reaches over several columns or rows
open_rows        of each of the first columns how many more rows a cell above reaches into, a byte a column
rows_of          the element whose rows that is about
values           VALUE rows: the attributes of the element in hand, as many as a label has
role_link        1 if the role of the element in hand is "link"
labels           bytes of the labels
n_labels         labels, not bytes
n_label_bytes    .
room_labels      bytes
label_starts     where each label begins, and one more, int64
label_table      hash table of labels by their bytes, int64, -1 where it is empty
label_mask       its last slot
facts            FACT rows
n_facts          .
fact_bytes       bytes of the facts
n_fact_bytes     .
room_fact_bytes  .
"""
STATE = record_of(_FUNCTIONS + _STATE)
"""The state of a walk."""

NODE = record_of("""
tag     code of the element's name
parent  its parent, -1 for the body
first   its first block
last    the block after its last
label   number of its label, -1 without one
in_link 1 if it or an element above it has the role of a link
in_pre  1 if it or an element above it keeps its lines
wide    columns that a cell reaches over
high    rows
element lexbor's element
""")
"""A block-level element."""

BLOCK = record_of("""
start  first byte of its text
end    the byte after its text
node   the element that holds it
linked characters in links
links  links in it
images images before it
inputs form fields before it
chars  characters
""")
"""A block of text. The fields are columns of ``PageArrays``."""

PAIR = record_of("""
block a block
label label of an inline element in it
""")
"""A block and the label of an inline element that marks its inside."""

FACT = record_of("""
kind   TITLE, META, LINKED_DATA or LANGUAGE
start  first of its bytes
middle first byte of its second part
end    the byte after it
""")
"""What the head of a page says."""

VALUE = record_of("""
at   address of the attribute's value, 0 without one
size its bytes
""")

NAMED = record_of("""
name hash of an element's name
kind its kind
""")

state_at, node_at, block_at = record_at(STATE), record_at(NODE), record_at(BLOCK)
pair_at, fact_at, value_at, named_at = record_at(PAIR), record_at(FACT), record_at(VALUE), record_at(NAMED)

DONE, TRUNCATED, NO_ROOM = range(3)
"""Statuses: the page is read, it has more elements than a page may have, it does not fit the room it was given."""

IS_INLINE, IS_ATOM, IS_BREAK, IS_IMAGE, IS_INPUT, IS_HEAD, IS_SCRIPT, IS_MARKED, IS_LINK, IS_ROW, IS_BODY, IS_PRE = (
    1 << (8 + place) for place in range(12)
)
IS_PHRASE, IS_TITLE, IS_META, IS_CELL, IS_RAISED, IS_LOWERED, IS_APART, IS_BOX, IS_MATH, HAS_RAISED, HAS_LOWERED, HAS_OVER = (
    1 << (20 + place) for place in range(12)
)
IS_ROOT, IS_TERMS = (1 << (32 + place) for place in range(2))
"""Bits of an element's kind; the byte below them is the code of its name."""
CODE_BITS = 0xFF

# Arguments of kernels are typed numbers: numba compiles a kernel anew for every plain constant it is called with.
LINK_CODE, INLINE_CODE = np.int64(200), np.int64(201)
"""Codes of inline elements in a label, beyond those of ``blocks.TAGS``."""
TITLE, META, LINKED_DATA, LANGUAGE = map(np.int64, range(4))
"""Kinds of facts."""
MAX_FACTS = 4_096

ATTRIBUTES = "class id role itemprop style aria-hidden hidden property name content type lang colspan rowspan".split()
"""Attributes that are read, the first LABEL_VALUES of them into labels."""
CLASS, ID, ROLE, ITEMPROP, STYLE, ARIA_HIDDEN, HIDDEN, PROPERTY, NAME, CONTENT, TYPE, LANG, COLSPAN, ROWSPAN = map(
    np.int64, range(14)
)
LABEL_VALUES = 5
LABEL_CODE, LABEL_HIDDEN, LABEL_HEAD = range(3)
"""Bytes of a label: its element's code, 1 if it is hidden, and where its values begin."""
LOW, HIGH = range(2)
"""Columns of a mask of marks."""
SPAN_DIGITS = np.int64(2)
"""Digits that are read of how many columns or rows a cell reaches over."""
KEPT_BYTES = 1_200
"""Bytes kept of one attribute: at least as many as the characters that are examined."""
