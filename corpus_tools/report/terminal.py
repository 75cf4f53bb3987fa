"""An explanation in a terminal: the verdict and measures, the path of evidence, signs of spam, then the words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.padding import Padding
from rich.segment import Segment as Cells
from rich.table import Table
from rich.text import Text

from corpus_tools.errors import visible
from corpus_tools.match.verify import RENAMED
from corpus_tools.report.diff import Segment
from corpus_tools.report.rewriting import Rewriting, describe_kind, describe_swaps, describe_words
from corpus_tools.rewrite.alignment.compare import Span

_CONTEXT_WORDS = 8
_OWN_WORDS = 100
"""Words shown at each end of a long passage that one page alone has."""
SUSPECT_SCORE = 0.2
"""A page with at least this spam score is shown with its reasons."""
_SHOWN_REASONS = 3
"""Spam reasons shown for a page."""


class _Visible:
    """A renderable whose text cannot steer the terminal: what a page holds is shown as signs, and only our own styles are codes."""

    def __init__(self, shown: RenderableType) -> None:
        self._shown = shown

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Cells]:
        for one in console.render(self._shown, options):
            yield one if one.control else Cells(visible(one.text), one.style)


def print_rendered(shown: RenderableType) -> None:
    """Print on standard output; no control character of a page reaches it."""
    Console(highlight=False, soft_wrap=False).print(_Visible(shown))


def render_explanation(
    left: dict[str, Any],
    right: dict[str, Any],
    verdict: str,
    measures: dict[str, Any],
    path: list[dict[str, Any]],
    segments: list[Segment],
    rewriting: Rewriting | None,
) -> RenderableType:
    """An ``Explanation``: verdict, measures, path, spam; then the words, as a rewrite sentence by sentence, else in two columns."""
    lines = [Text(verdict, style="bold"), Text(_in_words(measures))]
    lines += [Text(_path_line(step)) for step in path]
    lines += [line for side, name in ((left, "first"), (right, "second")) for line in _spam_lines(side, name)]
    words = Group(*_rewriting_lines(left, rewriting)) if rewriting else _two_columns(left, right, segments)
    return Group(*lines, words)


def _in_words(measures: dict[str, Any]) -> str:
    shown = {name: value for name, value in measures.items() if measures["kind"] == "renamed" or name not in RENAMED}
    return ", ".join(f"{name.replace('_', ' ')} {_figure(value)}" for name, value in shown.items())


def _figure(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _path_line(step: dict[str, Any]) -> str:
    left, right = (step.get(f"{side}_url") or step[side] for side in ("left", "right"))
    return f"  {left} -- {right}  {step['kind']} {step['score']:.3f}"


def _spam_lines(side: dict[str, Any], name: str) -> Iterator[Text]:
    score = side.get("spam_score")
    if score is None:
        told = [reason["passage"] for reason in side.get("spam_reasons") or [] if reason["sign"] == "not_judged"]
        yield from (Text(f"{name} page: no spam score; {one}") for one in told)
        return
    yield Text(f"{name} page: spam score {score:.3f}", style="yellow" if score >= SUSPECT_SCORE else "")
    if score >= SUSPECT_SCORE:
        for reason in side["spam_reasons"][:_SHOWN_REASONS]:
            yield Text(f"  {reason['sign'].replace('_', ' ')} {reason['weight']:.2f}: {' '.join(reason['passage'].split())}")


def _rewriting_lines(left: dict[str, Any], rewriting: Rewriting) -> Iterator[RenderableType]:
    """Which is the original and why, what became of the words, and every sentence of the original with its rewrite."""
    first = rewriting.original == left["page_id"]
    score = rewriting.detail.probability if rewriting.score is None else rewriting.score
    yield Text()
    yield Text(f"rewrite with probability {score:.3f} (merges at {rewriting.threshold:g} or more)", style="bold")
    yield Text(f"original: the {'first' if first else 'second'} page; {rewriting.why_original}")
    yield Text(describe_kind(rewriting))
    yield Text(describe_words(rewriting))
    if rewriting.swaps:
        yield Text(f"swaps also seen in other pairs of this run: {describe_swaps(rewriting)}")
    yield Text("each sentence of the original, with {old → new} for substituted, {- left out} and {+ inserted} words", style="dim")
    for sentence in rewriting.detail.sentences:
        line = Text(f"{sentence.left + 1:>3} → {sentence.right + 1:<3} ", style="dim")
        line.append_text(_sentence_line(sentence.spans))
        yield Padding(line, (0, 0, 0, 1))
    for name, texts, style in (("original", rewriting.detail.left_only, "red"), ("rewrite", rewriting.detail.right_only, "green")):
        if texts:
            yield Text(f"only in the {name}:", style="dim")
            yield from (Padding(Text(text, style=style), (0, 0, 0, 11)) for text in texts)


def _sentence_line(spans: tuple[Span, ...]) -> Text:
    line = Text(style="not dim")
    for at, span in enumerate(spans):
        line.append(" " if at else "")
        if span.kind == "copied":
            line.append(span.right)
            continue
        line.append("{" if span.left else "{+ ", style="dim")
        if span.left:
            line.append("" if span.right else "- ", style="dim").append(span.left, style="red")
        if span.left and span.right:
            line.append(" → ", style="dim")
        line.append(span.right, style="green").append("}", style="dim")
    return line


def _two_columns(left: dict[str, Any], right: dict[str, Any], segments: list[Segment]) -> RenderableType:
    table = Table(show_lines=False, expand=True)
    for side in (left, right):
        table.add_column(Text(str(side.get("url") or side.get("page_id") or f"{side.get('words', 0)} words")), ratio=1)
    for part in segments:
        if part.kind == "shared":
            table.add_row(Text(shorten_shared(part.left), style="dim"), Text(shorten_shared(part.right), style="dim"))
        else:
            table.add_row(Text(_shorten_own(part.left), style="red"), Text(_shorten_own(part.right), style="green"))
    return table


def shorten_shared(shared: str) -> str:
    """The ends of a long shared run: what matters is where it starts and stops."""
    return _ends(shared, _CONTEXT_WORDS, "shared words")


def _shorten_own(own: str) -> str:
    """The ends of a long passage that one page alone has; --json has all of it."""
    return _ends(own, _OWN_WORDS, "words, all of them with --json")


def _ends(passage: str, shown: int, what: str) -> str:
    """A passage, or ``shown`` words of each of its ends if it is longer than three times that."""
    words = passage.split()
    if len(words) <= 3 * shown:
        return passage
    return f"{' '.join(words[:shown])} … {len(words) - 2 * shown:,} {what} … {' '.join(words[-shown:])}"
