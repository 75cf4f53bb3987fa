"""One review from its start to its end: pairs chosen, the server up, what was saved told at the end."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from corpus_tools.report.review.answers import Answers, reviewing
from corpus_tools.report.review.pairs import open_review
from corpus_tools.report.review.server import Desk, ReviewServer
from corpus_tools.store.opened import StoredRun


def hold_review(
    folder: str | Path, sample: int | None, seed: int, port: int, tell: Callable[[str], None], *, open_browser: bool = False
) -> None:
    """Serve the pairs of a run until the person ends it; ``tell`` is given the address first, and at the end what was saved.

    Raises RunError if there is no finished run, or another review of it is open.
    """
    run = StoredRun(folder)
    with reviewing(run.path):
        answers = Answers(run.path)
        review, drawn = open_review(run, sample, seed)
        if drawn is not None:
            answers.mark_sample(drawn)
        desk = Desk(review, answers)
        server = ReviewServer(desk, port)
        tell(server.address)
        if open_browser:
            webbrowser.open(server.address)
        with suppress(KeyboardInterrupt):  # the usual way to end
            server.serve()
        tell(_sum_up(run, desk))


def _sum_up(run: StoredRun, desk: Desk) -> str:
    queue, decisions = desk.queue(), desk.answers.decisions().rows
    done = sum(bool(pair["label"]) for pair in queue)
    told = f"{done:,} of {len(queue):,} pairs judged, {len(decisions):,} decisions; all saved in {run.path}"
    if done < len(queue):
        return f"{told}. The same command goes on"
    return f"{told}. Now: corpus-tools sweep {run.path}"
