"""Tasks on threads, a bounded number of them under way."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from corpus_tools.engines.protocol import Result, Task


def map_on_threads(
    pool: ThreadPoolExecutor, function: Callable[[Task], Result], tasks: Iterable[Task], under_way: int
) -> Iterator[Result]:
    """``function`` over ``tasks``, results in order; never more than ``under_way`` tasks wait, run or have a result that waits."""
    waiting: deque[Future[Result]] = deque()
    for task in tasks:
        waiting.append(pool.submit(function, task))
        if len(waiting) >= under_way:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
