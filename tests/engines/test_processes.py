"""Tasks spread over processes: results in order, errors as they are, and a process that is killed is told."""

from __future__ import annotations

import os
import signal
from functools import partial

import pytest

from corpus_tools.cut import fold_line
from corpus_tools.engines.processes import map_in_processes
from corpus_tools.errors import CorpusError, PlanError, RunError
from corpus_tools.plan import CleanPlan


def test_results_come_in_the_order_of_the_tasks() -> None:
    tasks = [f"LINE {number}" for number in range(20)]
    assert list(map_in_processes(fold_line, tasks, 2)) == [task.lower() for task in tasks]
    assert list(map_in_processes(fold_line, tasks[:1], 2)) == ["line 0"]
    assert list(map_in_processes(fold_line, [], 2)) == []


def test_an_error_of_ours_comes_back_as_itself() -> None:
    with pytest.raises(PlanError, match="not one of its choices"):
        list(map_in_processes(CleanPlan, ["balanced", "wrong", "recall"], 2))


def test_another_error_names_itself() -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        list(map_in_processes(partial(divmod, 1), [1, 0], 2))


def test_a_killed_process_is_told_with_a_way_out() -> None:
    with pytest.raises(RunError, match=r"killed \(signal 9\)") as told:
        list(map_in_processes(partial(os.kill, 0), [signal.SIGKILL] * 3, 2))
    assert isinstance(told.value, CorpusError)
    assert "hint: " in str(told.value)


def test_what_is_left_is_given_up_when_nobody_asks_for_it() -> None:
    found = map_in_processes(fold_line, ["A"] * 50, 2)
    assert next(found) == "a"
    found.close()  # type: ignore[attr-defined]
