"""Slow, obviously right twins of the kernels; tests hold each kernel to its twin."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import cache
from itertools import combinations, pairwise

import numpy as np

from corpus_tools import text
from corpus_tools.clean.html.flat import OPTIONAL_END, REOPENED, SEARCHING, VOID
from corpus_tools.clean.lines.boilerplate import _NAMED_CHARS, kind_by_patterns
from corpus_tools.clean.lines.lexicon import lexicons_for
from corpus_tools.clean.lines.metalines import is_byline, is_date_line, is_share_bar, shapes_of
from corpus_tools.cut import fold_line, label_key


def minhash(document: str, ngram: int, a: list[int], b: list[int], bits: int) -> list[int]:
    """MinHash values by the definition: murmur finalizer, affine permutation, minimum."""
    hashes = [finalizer(h, bits) for h in text.shingle_hashes(document, ngram, bits)]
    top = 2**bits
    return [min(((times * h + plus) % top for h in hashes), default=top - 1) for times, plus in zip(a, b, strict=True)]


def finalizer(value: int, bits: int) -> int:
    """MurmurHash3's fmix32 or fmix64 in Python integers."""
    first, second, shifts = (
        (0x85EBCA6B, 0xC2B2AE35, (16, 13, 16)) if bits == 32 else (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53, (33, 33, 33))
    )
    mask = 2**bits - 1
    value = (value ^ value >> shifts[0]) * first & mask
    value = (value ^ value >> shifts[1]) * second & mask
    return value ^ value >> shifts[2]


def candidates(sketches: np.ndarray, bands: int, rows: int) -> list[tuple[int, int]]:
    """All pairs of rows that agree in a whole band, sorted, from a dictionary a band."""
    found: set[tuple[int, int]] = set()
    for band in range(bands):
        buckets: dict[bytes, list[int]] = {}
        for at, values in enumerate(sketches[:, band * rows : (band + 1) * rows]):
            buckets.setdefault(values.tobytes(), []).append(at)
        for members in buckets.values():
            found.update(combinations(members, 2))
    return sorted(found)


def square_at(words: list[str], at: int, period: int) -> bool:
    """Does a sequence of ``period`` words stand at ``at`` and again right after?"""
    return at + 2 * period <= len(words) and words[at : at + period] == words[at + period : at + 2 * period]


def first_squares(words: list[str], shortest: int, longest: int) -> list[tuple[int, int]]:
    """Twin of ``link_farm.tandem_runs``: from left to right, the shortest square at each place, then on behind it."""
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(words):
        period = next((size for size in range(shortest, longest + 1) if square_at(words, at, size)), 0)
        if period:
            found.append((at, period))
        at += 2 * period if period else 1
    return found


SHORT_WORDS = frozenset("dr mr mrs ms prof st fig figs vs e.g i.e eg ie cf viz approx etc jr sr no vol pp al inc u.s".split())


def tokens(document: str) -> list[tuple[str, bool, bool, bool, bool]]:
    """(word, begins with a capital, holds a digit, all capitals, begins a sentence) of an ASCII text, by regular expressions."""
    found: list[tuple[str, bool, bool, bool, bool]] = []
    before, fresh = 0, True
    for match in re.finditer(r"[a-z0-9]+(?:(?:['`]|(?<=[0-9])[.,](?=[0-9]))[a-z0-9]+)*", document, re.I):
        gap = document[before : match.start()]
        for at, sign in enumerate(gap):
            if sign == "\n":
                fresh = True
            elif sign in ".!?" and found and not fresh and _opens(document[before + at + 1 :]):
                last = found[-1]
                short = last[0] in SHORT_WORDS or (len(last[0]) == 1 and not last[2])
                fresh = not (sign == "." and at == 0 and short)
        word = match[0]
        capital = word[0].isupper()
        upper = capital and len(word) > 1 and word == word.upper()
        found.append((word.lower().replace("`", "'"), capital, any(c.isdigit() for c in word), upper, fresh))
        fresh, before = False, match.end()
    return found


def _opens(rest: str) -> bool:
    """Whether a sentence may begin in what follows an end mark."""
    rest = rest.lstrip("\"')]")
    return not rest or (ord(rest[0]) <= 32 and not rest.lstrip("".join(map(chr, range(33))))[:1].islower())


def rewrite_shingles(document: str, functions: frozenset[str], rare: frozenset[str]) -> tuple[set[tuple[str, ...]], ...]:
    """Skeleton 4-grams, pairs of neighbouring immutables and word 2-grams, sentence by sentence."""
    sentences: list[list[tuple[str, bool, bool, bool, bool]]] = []
    for token in tokens(document):
        sentences += [[]] if token[4] else []
        sentences[-1].append(token)
    skeletons: set[tuple[str, ...]] = set()
    pairs: set[tuple[str, ...]] = set()
    bigrams: set[tuple[str, ...]] = set()
    for number, sentence in enumerate(sentences):
        marks, kept = ["<s>"], []
        for word, capital, digit, upper, start in sentence:
            immutable = word not in functions and (digit or word in rare or (capital and (upper or not start)))
            kept += [word] if immutable else []
            if immutable or word in functions or marks[-1] != "*":
                marks.append(word if immutable or word in functions else "*")
        marks += ["<s>"] if number + 1 < len(sentences) else []
        words = [token[0] for token in sentence]
        skeletons |= set(zip(marks, marks[1:], marks[2:], marks[3:], strict=False))
        pairs |= set(pairwise(kept))
        bigrams |= set(pairwise(words))
    return skeletons, pairs, bigrams


def changed_phrases(
    left: str, right: str, functions: frozenset[str], holders: Callable[[str, str], int]
) -> tuple[int, int, int, int, float, float]:
    """Of the word 2-grams that only one page has, of the left and the right one: how many, how many that fewer than 3 documents hold, and
    the sum of log(1 + documents); sentence by sentence, and none of function words alone."""
    sides = []
    for document in (left, right):
        pairs = pairwise(tokens(document))
        sides.append({(a[0], b[0]) for a, b in pairs if not b[4] and not (a[0] in functions and b[0] in functions)})
    only = [sorted(sides[0] - sides[1]), sorted(sides[1] - sides[0])]
    held = [[holders(*phrase) for phrase in phrases] for phrases in only]
    counts = [len(one) for one in held]
    odd = [sum(count < 3 for count in one) for one in held]
    usage = [sum(math.log1p(count) for count in one) for one in held]
    return (*counts, *odd, *usage)  # type: ignore[return-value]


def partners(values: np.ndarray, most_pages: int, least: int, most: int) -> list[tuple[int, int]]:
    """Pairs of rows among each row's ``most`` partners: those that share most weight, of at least ``least`` values and a 32nd of the smaller."""
    weights: dict[tuple[int, int], int] = {}
    counts: dict[tuple[int, int], int] = {}
    for column in values.T:
        groups: dict[int, list[int]] = {}
        for page, value in enumerate(column.tolist()):
            if value != 2**32 - 1:
                groups.setdefault(value, []).append(page)
        for members in groups.values():
            if 2 <= len(members) <= most_pages:
                for pair in combinations(members, 2):
                    weights[pair] = weights.get(pair, 0) + round(1e6 * math.log(len(values) / len(members)))
                    counts[pair] = counts.get(pair, 0) + 1
    found: set[tuple[int, int]] = set()
    held = (values != 2**32 - 1).sum(axis=1).tolist()
    for page in range(len(values)):
        met = [pair for pair in weights if page in pair and counts[pair] >= least]
        near = [(-weights[pair], sum(pair) - page) for pair in met if 32 * counts[pair] >= min(held[pair[0]], held[pair[1]])]
        found |= {(min(page, other), max(page, other)) for _, other in sorted(near)[:most]}
    return sorted(found)


def alignment_score(left: list[int], right: list[int]) -> int:
    """Best score of aligning two word lists: 4 for the same word, 0 for another, -1 for a gap; by recursion."""

    @cache
    def best(i: int, j: int) -> int:
        if i == 0 or j == 0:
            return -(i + j)
        beside = best(i - 1, j - 1) + (4 if left[i - 1] == right[j - 1] else 0)
        return max(beside, best(i - 1, j) - 1, best(i, j - 1) - 1)

    return best(len(left), len(right))


def overlap(left: str, right: str, ngram: int) -> tuple[float, float, float]:
    """Jaccard similarity and containment both ways, from Python sets of shingles."""
    a, b = set(text.shingles(left, ngram)), set(text.shingles(right, ngram))
    shared = len(a & b)
    return shared / max(1, len(a | b)), shared / max(1, len(a)), shared / max(1, len(b))


def common_words(left: list[str], right: list[str]) -> int:
    """Length of a longest common subsequence, by the textbook table."""
    row = [0] * (len(right) + 1)
    for a in left:
        before = row[:]
        for at, b in enumerate(right, 1):
            row[at] = before[at - 1] + 1 if a == b else max(before[at], row[at - 1])
    return row[-1]


def components(n: int, edges: list[tuple[int, int]]) -> list[int]:
    """Smallest node of each node's component, by relabelling until nothing changes."""
    label = list(range(n))
    changed = True
    while changed:
        changed = False
        for a, b in edges:
            low = min(label[a], label[b])
            changed |= label[a] != low or label[b] != low
            label[a] = label[b] = low
    return label


def prose(words: list[str], functions: set[str], least: int, share: float) -> list[bool]:
    """Words in lines with enough words and function words, names left out; ``words`` as a page writes its ASCII tokens."""
    found: list[bool] = []
    lines: list[list[int]] = [[]]
    for at, word in enumerate(words):
        if word == "\n" and at:
            lines.append([])
        lines[-1].append(at)
    for line in lines:
        kept = [at for at in line if words[at][0].isalpha()]
        fine = len(kept) >= least and sum(words[at].lower() in functions for at in line) >= share * len(kept)
        for at in line:
            opens = at == 0 or not words[at - 1][0].isalpha()
            before_name = at + 1 < len(words) and words[at + 1][0].isupper()
            name = words[at][0].isupper() and (not opens or before_name)
            found.append(fine and words[at][0].isalpha() and not name)
    return found


def first_pairs(words: list[str], prose: list[bool]) -> list[tuple[int, bool]]:
    """First place of each distinct pair of neighbouring prose words, and whether it comes back."""
    pairs = [(at, (words[at], words[at + 1])) for at in range(len(words) - 1) if prose[at] and prose[at + 1]]
    held = [pair for _, pair in pairs]
    return [(at, held.count(pair) > 1) for number, (at, pair) in enumerate(pairs) if pair not in held[:number]]


def top_pair(words: list[str], content: list[bool]) -> tuple[int, int]:
    """The most frequent pair of neighbouring content words, the earliest of equals: how often, and its first place; 0, -1 for none."""
    pairs = [(at, (words[at], words[at + 1])) for at in range(len(words) - 1) if content[at] and content[at + 1]]
    held = [pair for _, pair in pairs]
    return max(((held.count(pair), at) for at, pair in pairs), key=lambda one: (one[0], -one[1]), default=(0, -1))


def determiners(
    words: list[str], kinds: dict[str, int], prose: list[bool], known: list[bool], functions: list[bool], joint: int, least: int
) -> list[tuple[int, int, bool]]:
    """Place and kind of the prose words of a kind that follow no joint, those from ``least`` on before another prose word; and whether
    the word after is known and ends its phrase: before what is no word, a function word or the end."""
    found = []
    for at, word in enumerate(words):
        kind, last = kinds.get(word, 0), at + 1 == len(words)
        if not prose[at] or kind in (0, joint) or (at and kinds.get(words[at - 1]) == joint):
            continue
        if kind < least or (not last and prose[at + 1]):
            after, second = min(at + 1, len(words) - 1), at + 2
            ends = second >= len(words) or not words[second][0].isalpha() or functions[second]
            found.append((at, kind, known[after] and ends))
    return found


def repeated_runs(words: list[str], length: int) -> tuple[int, int]:
    """How many runs of ``length`` words came before, and the number of the first such; 0, -1 for none."""
    runs = [tuple(words[at : at + length]) for at in range(len(words) - length + 1)]
    again = [at for at, run in enumerate(runs) if run in runs[:at]]
    return len(again), again[0] if again else -1


def sum_of_trees(row: list[float], given: dict[str, list]) -> int:
    """Walk every tree of a weights file from its root to a leaf, one comparison at a time."""
    total = 0
    for node in given["roots"]:
        at = node
        while given["feature"][at] >= 0:
            at = given["left"][at] if row[given["feature"][at]] <= given["threshold"][at] else given["right"][at]
        total += given["value"][at]
    return total


def template(document: str, least: int, most: float, dates: frozenset[str]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The words with runs of names and numbers as one mask, and the names (no numbers, no dates); None if it is no template."""
    found = tokens(document)
    inside = {word for word, capital, _, _, start in found if capital and not start}
    kept, names, masked = list[str](), list[str](), 0
    for word, capital, digit, _, _ in found:
        if digit or (capital and word in inside):
            masked += 1
            kept += ["*"] if kept[-1:] != ["*"] else []
            names += [word] if not digit and word not in dates else []
        else:
            kept.append(word)
    fits = names and len(found) - masked >= least and masked <= most * len(found)
    return (tuple(kept), tuple(names)) if fits else None


def weigh_tags(html: str) -> tuple[int, int]:
    """Twin of ``weigh_tags``: open elements summed over tags that look through them, and formatting elements made again."""
    depth = work = formatting = reopened = 0
    for slash, name in re.findall(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)", html):
        name = name.lower()
        if name in REOPENED:
            formatting = max(formatting - 1, 0) if slash else formatting + 1
        elif not slash:
            reopened += formatting
        if slash or name in SEARCHING:
            work += depth
        if name not in VOID and name not in OPTIONAL_END:
            depth = max(depth - 1, 0) if slash else depth + 1
    return work, reopened


def pairs_without_rivals(
    pairs: dict[tuple[int, int], tuple[float, float]], odd: list[float], strangers: set[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Sorted pairs that no rival beats; ``pairs`` -> (score, evidence). See ``rewrite.rivals``."""

    def of_two(page: int, other: int) -> tuple[float, float]:
        return pairs.get((min(page, other), max(page, other)), (0.0, 0.0))

    def beaten(page: int, other: int, evidence: float) -> bool:
        near = sorted((-more, sum(pair) - page) for pair, (score, more) in pairs.items() if page in pair and score >= 0.5)
        for turn, (less, rival) in enumerate(near):
            if rival == other or -less <= evidence + 0.05:
                continue
            score = of_two(other, rival)[0]
            able = odd[page] >= 0.8 * max(odd[rival], odd[other])
            strange = turn < 2 and score < 0.5 and (min(other, rival), max(other, rival)) in strangers
            if strange or (able and score < 0.01):
                return True
        return False

    return sorted((a, b) for (a, b), (_, evidence) in pairs.items() if not beaten(a, b, evidence) and not beaten(b, a, evidence))


def ancestors(parent: list[int], node: int) -> list[int]:
    """The nodes above ``node``, the nearest first."""
    found = list[int]()
    while parent[node] >= 0:
        node = parent[node]
        found.append(node)
    return found


def gathered(parent: list[int], held: list[list[int]]) -> list[tuple[int, ...]]:
    """Greatest, smallest, sum and number of what a node's ancestors from the grandparent up hold: 0 throughout for nothing."""
    out = []
    for node in range(len(parent)):
        values = [value for one in ancestors(parent, node)[1:] for value in held[one]]
        out.append((max(values, default=0), min(values, default=0), sum(values), len(values)))
    return out


def marks_above(tag: list[int], parent: list[int], label: list[int], masks: list[tuple[int, int]], body: int) -> list[list[int]]:
    """Marks of a node and of its ancestors below the nearest body, or-ed, in two halves."""
    out = []
    for node in range(len(tag)):
        marks = [0, 0]
        for one in [node, *ancestors(parent, node)]:
            if tag[one] == body:
                break
            marks = [mark | mask for mark, mask in zip(marks, masks[label[one]], strict=True)]
        out.append(marks)
    return out


def stable_order(values: list[int]) -> list[int]:
    """Places of ``values`` from the smallest up, equal ones as they stand: twin of ``sorting.stable_order``."""
    return sorted(range(len(values)), key=values.__getitem__)


def representatives(
    n: int,
    rows: list[tuple[int, int, bool, bool, bool, bool, bool, bool, float, float]],
    rank: list[int],
    merit: list[int],
) -> list[int]:
    """The page kept in each page's place: rows are left, right, exact, rewritten, left may go, right may go, left stands whole on the
    right, right on the left, what is lost of each.

    Copies are one node, its page of smallest rank. In order of rank a node stays if none that stays may stand for it; then, last
    first, one goes if it stands whole on another of no larger merit, and others may stand for every node that went for it. At last, last first, one that stays gives way to the first
    in order of those before it that it is rewritten from, if others may stand for every node that went for it. Each goes for a page that ranks before it, if any may
    stand for it, and then for where least is lost.
    """
    same = components(n, [row[:2] for row in rows if row[2]])
    node = [min((p for p in range(n) if same[p] == same[page]), key=lambda p: rank[p]) for page in range(n)]
    arcs: dict[int, list[tuple[tuple[bool, float], int, int, int]]] = {page: [] for page in range(n)}
    whole: set[tuple[int, int, int]] = set()
    for number, (a, b, exact, _, left, right, left_whole, right_whole, loss_left, loss_right) in enumerate(rows):
        for goes, stays, may, stands, loss in ((a, b, left, left_whole, loss_left), (b, a, right, right_whole, loss_right)):
            if may and not exact:
                later = rank[node[stays]] > rank[node[goes]]
                arcs[node[goes]].append(((later, loss), rank[node[stays]], number, node[stays]))
                if stands and merit[node[stays]] <= merit[node[goes]]:
                    whole.add((node[goes], number, node[stays]))
    stay: set[int] = set()

    def best(page: int, but: int = -1) -> int | None:
        return min((arc for arc in arcs[page] if arc[3] in stay and arc[3] != but), default=((False, 0.0), 0, 0, None))[3]

    order = sorted(range(n), key=lambda page: rank[page])
    for page in order:
        if best(page) is None:
            stay.add(page)
    for page in reversed(order):
        dependants = [other for other in order if other not in stay and any(arc[3] == page for arc in arcs[other])]
        held = any((page, arc[2], arc[3]) in whole and arc[3] in stay and arc[3] != page for arc in arcs[page])
        if page in stay and held and all(best(other, page) is not None for other in dependants):
            stay.discard(page)
    for page in reversed(order):
        from_page = [arc[3] for arc in arcs[page] if rows[arc[2]][3] and rank[arc[3]] < rank[page]]
        if page in stay and from_page:
            original = min(from_page, key=lambda one: rank[one])
            before = set(stay)
            stay.add(original)
            dependants = [other for other in order if other not in stay and any(arc[3] == page for arc in arcs[other])]
            if all(best(other, page) is not None for other in dependants):
                stay.discard(page)
            else:
                stay.clear()
                stay.update(before)
    kept = [page if page in stay else best(page, page) for page in range(n)]
    return [kept[node[page]] for page in range(n)]  # type: ignore[misc]


def name_kind(block: str, language: str | None = None, link_density: float = 0.0) -> str:
    """The kind that fits one block best: every rule looks at it."""
    folded = fold_line(" ".join(block.split()))
    for lexicon in lexicons_for(language):
        key = label_key(folded)
        if key in lexicon.labels:
            return lexicon.labels[key][0]
        if key in lexicon.words["related_openers"]:
            return "link_farm"
        shape = shapes_of(lexicon.language)
        if is_date_line(folded, shape):
            return "date_line"
        if is_byline(block, folded, shape):
            return "byline"
        if is_share_bar(folded, shape):
            return "share_bar"
        if (kind := kind_by_patterns(lexicon, folded[:_NAMED_CHARS])) is not None:
            return kind
    return "navigation" if link_density >= 0.5 or len(folded) <= 40 else "site_template"
