"""The columns of the block model in plain Python, a block and a name at a time: the twin of the kernels that write them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from corpus_tools.clean.blocks.context_kernels import FLOORS, NEAR, NEIGHBOURS, SIDE_REACHES
from corpus_tools.clean.blocks.feature_kernels import SHIFTS, WINDOWS
from corpus_tools.clean.blocks.layout import LEVELS, Layout
from corpus_tools.clean.blocks.page_kernels import BEST_COSTS, LEVELS_ALIKE
from corpus_tools.clean.blocks.scores import UNKNOWN
from corpus_tools.clean.blocks.text_kernels import FEW
from corpus_tools.clean.blocks.wording import WORDING
from corpus_tools.clean.html.blocks import TAGS
from corpus_tools.clean.html.html_page import HtmlPage
from corpus_tools.clean.html.labels import whole
from corpus_tools.clean.html.marks import BITS

Row = dict[str, float]
_LEVELS = {TAGS[f"h{level}"]: level for level in range(1, 7)}


class Naive:
    """A page, its layout, and the families of its blocks' words as bits."""

    def __init__(self, page: HtmlPage, lay: Layout, bits: Any) -> None:
        self.page, self.lay, self.bits = page, lay, bits.tolist()
        self.n, self.words, self.linked = len(lay.words), lay.words.tolist(), lay.linked.tolist()
        self.long = [w if w >= 15 and k < 0.4 else 0.0 for w, k in zip(self.words, self.linked, strict=True)]
        self.images, self.total = page.arrays.images.tolist(), max(sum(self.words), 1.0)
        self.total_long = max(sum(self.long), 1.0)
        self.heading = [
            max(_LEVELS.get(int(lay.tag[node]), 0), _LEVELS.get(int(lay.tag[self.up(node)]), 0)) for node in lay.node.tolist()
        ]

    def up(self, node: int) -> int:
        return max(int(self.lay.parent[node]), 0)

    def before(self, values: list[float], block: int) -> float:
        """The sum of all before a block, added one after the other."""
        total = 0.0
        for value in values[:block]:
            total += value
        return total

    def between(self, values: list[float], a: int, b: int) -> float:
        return self.before(values, b) - self.before(values, a)

    def block(self, at: int) -> Row:
        """What is known of a block, of those around it and of the elements above it."""
        lay, given, row, node = self.lay, self.page.arrays, Row(), int(self.lay.node[at])
        counts, n = lay.text.counts[at], max(self.words[at], 1.0)
        for name in ("commas", "stops", "pipes"):
            row[name] = counts[name]
        for name, field in (("digits", "digits"), ("titled", "titled"), ("unique", "unique"), ("upper", "uppers")):
            row[name] = counts[field] / n
        row |= {"words": self.words[at], "chars": given.chars[at], "ends_sentence": counts["ends"], "linked": self.linked[at]}
        row |= {"links": given.links[at], "images": given.images[at], "depth": lay.depth[node]}
        row |= {"tag": lay.tag[node], "ptag": lay.tag[self.up(node)], "place": at / max(self.n - 1, 1)}
        for shift in SHIFTS:
            there = 0 <= at + shift < self.n
            row[f"n{shift}.tag"] = lay.tag[lay.node[at + shift]] if there else -1
            row[f"n{shift}.words"] = self.words[at + shift] if there else -1
        for reach in WINDOWS:
            a, b = max(at - reach, 0), min(at + reach + 1, self.n)
            held, linked = self.between(self.words, a, b), [w * k for w, k in zip(self.words, self.linked, strict=True)]
            row[f"win{reach}.words"] = held / (b - a)
            row[f"win{reach}.linked"] = self.between(linked, a, b) / max(held, 1.0)
            row[f"win{reach}.long"] = self.between(self.long, a, b) / max(held, 1.0)
        return row | self._positions(at) | self._above(at) | self._alike(at)

    def _positions(self, at: int) -> Row:
        long, every = self.before(self.long, at), self.before(self.long, self.n)
        after = np.log1p(np.array([every - self.before(self.long, at + 1)]))[0]
        row = {"words_before": self.before(self.words, at) / self.total, "long_before": long / self.total_long}
        return row | {"long_words_before": np.log1p(np.array([long]))[0], "long_words_after": after}

    def _above(self, at: int) -> Row:
        lay, row = self.lay, Row()
        for level in range(LEVELS):
            node = int(lay.levels[level, at])
            a, b = int(lay.first[node]), int(lay.last[node])
            held, words, long = max(b - a, 1), self.between(self.words, a, b), self.between(self.long, a, b)
            linked = [w * k for w, k in zip(self.words, self.linked, strict=True)]
            found = {
                "n": held,
                "words": words,
                "linked": self.between(linked, a, b) / max(words, 1.0),
                "long": long / max(words, 1.0),
            }
            found |= {"longshare": long / self.total_long, "short": sum(w <= 4 for w in self.words[a:b]) / held}
            found |= {"images": sum(self.images[a:b]) / held, "place": (at - a) / held, "tag": lay.tag[node]}
            row |= {f"up{level}.{name}": value for name, value in found.items()}
        return row

    def _alike(self, at: int) -> Row:
        lay, row, node = self.lay, Row(), int(self.lay.node[at])
        parents, keys = lay.parent.tolist(), lay.key.tolist()
        for level in range(LEVELS_ALIKE):
            row[f"siblings{level}"] = Counter(zip(parents, keys, strict=True))[parents[node], keys[node]]
            row[f"children{level}"] = parents[1:].count(node)
            row[f"alike{level}"] = keys.count(keys[node])
            node = self.up(node)
        return row

    def headings(self, at: int) -> Row:
        """Under which headings a block stands, and how far the next long ones are."""
        before = [place for place in range(at) if self.heading[place]]
        tops = [place for place in range(self.n) if self.heading[place] == 1]
        last = before[-1] if before else None
        row: Row = {"heading": self.heading[at], "from_h1": at - tops[0] if tops else -999}
        row |= {
            "last_heading": self.heading[last] if last is not None else 0,
            "since_heading": at - last if last is not None else 99,
        }
        for name, family in (("under_comments", "comment"), ("under_more", "more")):
            row[name] = last is not None and self.bits[last] >> WORDING.index(family) & 1
        long = [place for place in range(self.n) if self.words[place] >= 15 and self.linked[place] < 0.4]
        row["prev_long"] = min([200, *(at - place for place in long if place < at)])
        row["next_long"] = min([200, *(place - at for place in long if place > at)])
        return row

    def gain(self, worth: list[float]) -> list[float]:
        """The running sum of what blocks are worth."""
        return [self.before(worth, end) for end in range(self.n + 1)]

    def richest(self, gain: list[float]) -> int:
        """The first element with the most gain."""
        spans = list(zip(self.lay.first.tolist(), self.lay.last.tolist(), strict=True))
        return max(range(len(spans)), key=lambda node: (gain[spans[node][1]] - gain[spans[node][0]], -node))

    def standing(self, at: int, top: int) -> tuple[float, float, float]:
        """Whether a block is in an element, blocks from it, and steps up to it or to what holds both."""
        a, b, path, node, steps = int(self.lay.first[top]), int(self.lay.last[top]), set[int](), top, 0
        while node >= 0:
            path.add(node)
            node = int(self.lay.parent[node])
        node = int(self.lay.node[at])
        while node not in path:
            node, steps = int(self.lay.parent[node]), steps + 1
        return float(a <= at < b), at - a if at < a else max(at - b + 1, 0), steps

    def best(self, at: int) -> Row:
        row = Row()
        for name, (of_link, of_scrap) in zip(("best_a", "best_b"), BEST_COSTS, strict=True):
            costs = [
                long - of_link * words * linked - of_scrap * (words < 5)
                for long, words, linked in zip(self.long, self.words, self.linked, strict=True)
            ]
            top = self.richest(self.gain(costs))
            a, b = int(self.lay.first[top]), int(self.lay.last[top])
            inside, where, steps = self.standing(at, top)
            row |= {f"{name}.in": inside, f"{name}.where": where, f"{name}.distance": steps}
            row |= {
                f"{name}.share": self.between(self.long, a, b) / self.total_long,
                f"{name}.words": self.between(self.words, a, b),
            }
        return row

    def numbers(self) -> Row:
        """Some of the page's numbers."""
        lay, page = self.lay, self.page
        row = {
            "h1": self.heading.count(1),
            "headings": sum(map(bool, self.heading)),
            "alike": max(Counter(lay.key.tolist()).values()),
        }
        row |= {"inputs": sum(page.arrays.inputs.tolist()), "n": self.n, "n_long": sum(map(bool, self.long))}
        row |= {name: lay.tag.tolist().count(TAGS[name]) for name in ("article", "main", "p", "li", "pre", "table", "blockquote")}
        row |= {f"w_{name}": sum(bits >> place & 1 for bits in self.bits) / self.n for place, name in enumerate(WORDING)}
        for name in ("card", "list", "e_main"):
            held = sum(bool(whole(page.arrays.above[node].tolist()) & BITS[name]) for node in lay.node.tolist())
            row[f"in_{name}"] = held / self.n
        return {f"page.{name}": value for name, value in row.items()}

    def scores(self, at: int, of_label: Any, words: dict[int, float], texts: dict[int, float]) -> Row:
        """What the class names around a block and its words are worth; ``of_label`` are SCORES, the others by hash."""
        lay, row = self.lay, Row()

        def told(name: str, found: list[Any]) -> Iterator[tuple[str, float]]:
            known = [one for one in found if one["count"]]
            total, count = sum(one["total"] for one in known), sum(one["count"] for one in known)
            yield f"tok.{name}.max", max((one["max"] for one in known), default=UNKNOWN)
            yield f"tok.{name}.min", min((one["min"] for one in known), default=UNKNOWN)
            yield f"tok.{name}.mean", total / count if count else UNKNOWN

        labels, node = self.page.arrays.label, int(lay.node[at])
        row |= dict(told("own", [of_label[labels[node]]])) | dict(told("par", [of_label[labels[self.up(node)]]]))
        above, higher = [], int(lay.parent[self.up(node)]) if lay.parent[node] >= 0 else -1
        while higher >= 0:
            above.append(of_label[labels[higher]])
            higher = int(lay.parent[higher])
        row |= dict(told("above", above[::-1]))
        start = int(lay.text.start[at])
        hashes = lay.text.scored[start : start + min(int(lay.text.tokens[at]), FEW)].tolist()
        values = [words[one] for one in hashes if one in words]
        row["tok.words.max"] = max(values, default=UNKNOWN)
        row["tok.words.mean"] = sum(values) / len(values) if values else UNKNOWN
        return row | {"tok.text": texts.get(int(lay.text.whole[at]), UNKNOWN)}


class NaiveContext(Naive):
    """The same page with the first pass's probabilities."""

    def __init__(self, page: HtmlPage, lay: Layout, bits: Any, p: Any) -> None:
        super().__init__(page, lay, bits)
        self.p, self.weight = p.tolist(), [words + 1.0 for words in self.words]
        self.mass = [one * weight for one, weight in zip(self.p, self.weight, strict=True)]
        self.sum = float((p * np.array(self.weight)).sum())
        self.order = sorted(range(self.n), key=lambda at: (-self.p[at], at))

    def context(self, at: int) -> Row:
        row, n = {"p": self.p[at]}, self.n
        for offset in range(1, NEIGHBOURS + 1):
            row[f"p+{offset}"] = self.p[at + offset] if at + offset < n else -1.0
            row[f"p-{offset}"] = self.p[at - offset] if at >= offset else -1.0
        for reach in NEAR:
            a, b = max(at - reach, 0), min(at + reach + 1, n)
            rest = self.between(self.weight, a, b) - self.weight[at]
            row[f"near{reach}"] = (self.between(self.mass, a, b) - self.mass[at]) / max(rest, 1e-6)
        for reach in SIDE_REACHES:
            for name, a, b in (("before", max(at - reach, 0), at), ("after", at + 1, min(at + reach + 1, n))):
                row[f"{name}{reach}"] = self.between(self.mass, a, b) / max(self.between(self.weight, a, b), 1e-6)
        for level in range(LEVELS):
            node = int(self.lay.levels[level, at])
            a, b = int(self.lay.first[node]), int(self.lay.last[node])
            mass = self.between(self.mass, a, b)
            row[f"anc{level}.mean"] = mass / max(self.between(self.weight, a, b), 1e-6)
            row[f"anc{level}.plain"] = self.between(self.p, a, b) / max(b - a, 1)
            row[f"anc{level}.share"] = mass / max(self.before(self.mass, n), 1e-6)
        return row | self._groups(at) | self._page(at) | self._bests(at)

    def _groups(self, at: int) -> Row:
        own = self.lay.key[self.lay.node].tolist()
        pairs = list(zip(own, [int(self.lay.key[self.up(node)]) for node in self.lay.node.tolist()], strict=True))
        row = Row()
        for name, group in (("alike", own), ("alike_pair", pairs)):
            mine = [block for block in range(self.n) if group[block] == group[at]]
            row[f"{name}.mean"] = self.before([self.mass[i] for i in mine], self.n) / sum(self.weight[i] for i in mine)
            row[f"{name}.n"] = len(mine)
        return row

    def expected(self) -> tuple[float, float]:
        """The best expected F1, and the probability of the last block that is kept for it."""
        mass, best = [self.mass[at] for at in self.order], (-math.inf, 0.0)
        for kept in range(1, self.n + 1):
            held = self.before([self.weight[at] for at in self.order], kept)
            f1 = 2 * self.before(mass, kept) / (held + self.before(mass, self.n) + 1e-9)
            best = best if best[0] >= f1 else (f1, self.p[self.order[kept - 1]])
        return best

    def _page(self, at: int) -> Row:
        total, (best, floor) = sum(self.weight), self.expected()
        sure = sum(weight for p, weight in zip(self.p, self.weight, strict=True) if abs(p - 0.5) > 0.4)
        held = sum(self.weight[one] for one in self.order[: self.order.index(at) + 1])
        row = {"mass": self.sum, "mass_share": self.sum / total, "expected": best, "floor": floor, "over": self.p[at] - floor}
        return row | {"rank": held / total, "sure": sure / total, "greatest": max(self.p)}

    def _bests(self, at: int) -> Row:
        row = Row()
        for floor in FLOORS:
            gain = self.gain([weight * (p - floor) for weight, p in zip(self.weight, self.p, strict=True)])
            inside, where, steps = self.standing(at, self.richest(gain))
            row |= {f"top{floor}.in": inside, f"top{floor}.where": where, f"top{floor}.distance": steps}
            end = max(range(self.n), key=lambda i: (gain[i + 1] - min(gain[: i + 1]), -i))
            start = min(range(end + 1), key=lambda i: (gain[i], i))
            row[f"run{floor}.where"] = at - start if at < start else max(at - end, 0)
        return row
