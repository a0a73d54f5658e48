"""What is worked on beside each other comes in order, is not begun long before, and fails here."""

from threading import Barrier

import pytest

from silos.system import threads
from silos.system.threads import AHEAD, two_at_a_time


@pytest.fixture(params=[1, 2])
def processors(request, monkeypatch):
    monkeypatch.setattr(threads, "processors", lambda: request.param)


@pytest.mark.usefixtures("processors")
def test_what_is_made_comes_in_the_order_of_the_items():
    assert list(two_at_a_time(str, range(20))) == [str(number) for number in range(20)]
    assert list(two_at_a_time(str, [])) == []


@pytest.mark.usefixtures("processors")
def test_what_fails_there_fails_here():
    made = two_at_a_time(lambda number: 1 // (3 - number), range(100))
    assert [next(made) for _ in range(3)] == [0, 0, 1]
    with pytest.raises(ZeroDivisionError):
        next(made)


def test_two_are_worked_on_at_a_time(monkeypatch):
    monkeypatch.setattr(threads, "processors", lambda: 2)
    both = Barrier(2)
    assert len(list(two_at_a_time(lambda _: both.wait(timeout=60), range(6)))) == 6


def test_nothing_is_begun_long_before_it_is_wanted(monkeypatch):
    monkeypatch.setattr(threads, "processors", lambda: 2)
    begun = []
    made = two_at_a_time(begun.append, range(100))
    next(made)
    made.close()
    assert len(begun) <= AHEAD + 1
