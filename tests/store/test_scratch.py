"""Arrays on disk come back as they were written, whatever was appended in how many pieces."""

from __future__ import annotations

import numpy as np
import pytest

from corpus_tools.store.scratch import Scratch


def test_what_is_appended_is_read_in_order_and_cannot_be_written() -> None:
    with Scratch() as scratch:
        scratch.append("a", np.arange(3, dtype=np.uint32))
        scratch.append("b", np.ones(2))
        scratch.append("a", np.arange(3, 5, dtype=np.uint32))
        held = scratch.read("a")
        assert held.tolist() == [0, 1, 2, 3, 4]
        assert held.dtype == np.uint32
        assert not held.flags.writeable
        scratch.append("a", np.array([9], np.uint32))
        assert scratch.read("a").tolist() == [0, 1, 2, 3, 4, 9]
        assert scratch.read("b").tolist() == [1, 1]


def test_nothing_is_an_empty_array_of_the_type_that_is_known() -> None:
    with Scratch() as scratch:
        scratch.append("empty", np.zeros(0, np.int64))
        assert scratch.read("empty", np.uint8).dtype == np.int64
        absent = scratch.read("absent", np.float32)
        assert (absent.dtype, len(absent), absent.flags.writeable) == (np.float32, 0, False)


@pytest.mark.parametrize("shape", [(0,), (4,), (0, 3), (2, 3)])
def test_room_is_zeros_that_can_be_written(shape: tuple[int, ...]) -> None:
    with Scratch() as scratch:
        room = scratch.room("r", shape, np.int32)
        assert room.shape == shape
        assert not room.any()
        room[...] = 7
        assert (room == 7).all()


def test_arrays_in_use_outlive_their_file() -> None:
    with Scratch() as scratch:
        scratch.append("a", np.arange(5))
        held = scratch.read("a")
    assert held.tolist() == [0, 1, 2, 3, 4]
