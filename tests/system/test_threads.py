"""What is worked on beside each other comes in order, is not begun long before, and fails here."""

from threading import Barrier

import pytest
from threadpoolctl import threadpool_info

import silos
from silos.analysis.published.results import publish
from silos.report.figure_workers import start
from silos.simulate import organisation
from silos.system import threads
from silos.system.helpers import elsewhere, helped_by
from silos.system.threads import AHEAD, matrices_alone, two_at_a_time


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


def algebra_threads(_work=None) -> set[int]:
    """Of the libraries of linear algebra that are loaded."""
    return {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"}


@pytest.mark.skipif(algebra_threads() == {1}, reason="the linear algebra has one thread anyway")
def test_small_matrices_are_worked_on_by_one_thread_each():
    """Threads of the linear algebra wait for one another: beside other work a hundred times as long as they work."""
    before = algebra_threads()
    with matrices_alone():
        assert algebra_threads() == {1}
    assert algebra_threads() == before
    seen = []
    company = organisation(120, 8, weeks=6, seed=1)
    sample = silos.analyze(company.interactions, company.roster, bootstrap=20)
    publish(sample.results, lambda _results: seen.append(algebra_threads()))
    assert seen
    assert all(one == {1} for one in seen)


@pytest.mark.skipif(threads.processors() < 2, reason="one processor: nobody helps")
def test_whoever_helps_works_on_matrices_in_the_same_way():
    with start() as pens, helped_by(pens):
        assert elsewhere(algebra_threads)() == {1}
