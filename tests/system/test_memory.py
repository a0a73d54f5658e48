"""What has been freed goes back to the system: when a stage starts, and where a large question has been answered."""

import ctypes
import sys

import numpy as np
import pytest

from silos.system import helpers, memory
from silos.system.memory import freeing, give_back, taken

#: Bytes of an array that the C library does not ask the system for by itself.
SMALL = 100_000


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="this C library keeps nothing"
)
def test_room_between_what_stays_is_given_back_where_much_is_taken(monkeypatch):
    arrays = [np.ones(SMALL, dtype=np.int8) for _ in range(800)]
    del arrays[::2]
    before = taken()
    monkeypatch.setattr(memory, "LEAST", before + 200 * SMALL)
    give_back()
    assert taken() == pytest.approx(before, abs=10 * SMALL)
    monkeypatch.setattr(memory, "LEAST", before // 2)
    give_back()
    assert before - taken() > 200 * SMALL
    assert all(array.all() for array in arrays)


def test_memory_is_given_back_when_a_stage_starts(monkeypatch):
    done = []
    monkeypatch.setattr("silos.system.memory.give_back", lambda: done.append("given back"))
    begin = freeing(done.append)
    begin("reading")
    begin("counting ties")
    assert done == ["given back", "reading", "given back", "counting ties"]


def test_a_system_without_that_function_goes_on(monkeypatch):
    monkeypatch.setattr(memory, "LEAST", 0)
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    give_back()


def test_who_helps_gives_back_what_a_large_question_took(monkeypatch):
    done = []
    monkeypatch.setattr(helpers, "give_back", lambda: done.append("given back"))
    small, large = (helpers.Order(len, bytes(size)).packed() for size in (8, helpers.LARGE))
    assert helpers._answered(small) == helpers._done([small])
    assert not done
    assert helpers._answered(large) == helpers._done([large])
    assert done == ["given back"]


def test_a_question_is_not_kept_by_who_asks_nor_by_who_answers(monkeypatch):
    order = helpers.Order(sum, [1, 2])
    first = order.packed()
    assert order._packed == b""
    assert order.packed() == first, "whoever takes it up for another that has ended is told the same"
    kept = []
    monkeypatch.setattr(helpers, "_done", lambda packed: kept.append(sys.getrefcount(packed[0])) or b"")
    helpers._answered(bytes(order.packed()))
    # of the list, and of the argument of `getrefcount`
    assert kept == [2]
