"""The template trap: telling pages of one template about different subjects from versions of one page.

Pages made from one template (diseases, drugs, branches of a chain) share nearly all their words, and so do versions of one
page. What sets them apart is what differs. Versions differ by local edits. Pages about different subjects differ by a
systematic replacement: wherever one names its subject, the other names its own, the title and the first lines included,
and neither ever names the other's. So the two pages are aligned word by word, and the subjects conflict if

1. a term from the head (the first words) of the one page is replaced, twice or more, by something that holds a term from
   the head of the other page, and both terms hardly ever correspond to themselves; where the pages begin alike, the head
   reaches to the first replacement, but then three mentions are asked for;
2. a replacement in the heads takes out two terms that correspond nowhere, and one of them is named three times or more; or
3. the very same change is made in three or more places and concerns a term from a head: ``type 2`` for ``type 3``, or
   ``type 2`` where the other page has nothing, as long as that term hardly ever corresponds; or
4. one page has the very same words more than the other in the head and in another place: ``familial``, ``type 2``.

Function words are no terms. Numbers and single letters count together with the word before them (``syndrome 6``). A change
of spelling that leaves the letters in place (``service member`` for ``servicemember``) is no change. The judgement looks
at the two pages alone, so adding pages to a corpus never changes an old score.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from corpus_tools.match.page_word_kernels import FUNCTION_WORD, MARK_WORD
from corpus_tools.text import word_hash

Array = np.ndarray[Any, np.dtype[Any]]

FUNCTION_WORDS = (
    "a an the of to in on at by for from with without as is are was were be been being am and or but nor not no if then than "
    "that this these those there here it its it's he she they them their his her hers our we us you your i me my who whom "
    "whose which what when where why how all any both each few more most other some such only own same so too very can could "
    "will would shall should may might must do does did doing done has have had having about above after again against before "
    "below between during into out over through under until up down off further once because while also just many much one "
    "two three per via "
    "don't doesn't didn't can't couldn't won't wouldn't shouldn't isn't aren't wasn't weren't haven't hasn't hadn't mustn't "
    "you're we're they're i'm you'll we'll they'll i'll it'll he'll she'll you've we've they've i've you'd we'd they'd he'd "
    "she'd i'd he's she's that's let's what's here's there's who's where's how's"
).split()
"""English words that never name a subject."""
MARK_WORDS = ("ii", "iii", "iv", "vi", "vii", "ix")
"""Roman numerals, which count together with the word before them, as numbers do."""


@cache
def listed_words() -> tuple[Array, Array]:
    """The words above as sorted uint32 hashes (low half of ``text.word_hash``) and their classes, uint8."""
    classes = {word_hash(word) & 0xFFFFFFFF: FUNCTION_WORD for word in FUNCTION_WORDS}
    classes |= {word_hash(word) & 0xFFFFFFFF: MARK_WORD for word in MARK_WORDS}
    hashes = np.array(sorted(classes), np.uint32)
    return hashes, np.array([classes[int(one)] for one in hashes], np.uint8)
