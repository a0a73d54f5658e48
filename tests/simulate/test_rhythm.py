"""The pace of a simulated company, its desk, and the generator of tasks: each does what it says, nothing unasked."""

import numpy as np
import pandas as pd
import pytest

from silos.errors import SilosError
from silos.simulate import Rhythm, organisation

SIZE = {"people": 160, "departments": 10, "weeks": 6, "seed": 3}


def made(generator="blocks", **rhythm):
    return organisation(**SIZE, generator=generator, rhythm=rhythm)


def talks(organisation_, *, desk=None):
    """Mails and chats of two, thread by thread; those with the desk, or those without it."""
    log = organisation_.interactions
    department = organisation_.roster.set_index("person")["department"]
    department = pd.concat([department, department.set_axis(organisation_.roster["aliases"])])
    log = log[(log["recipients"] == 1) & log["thread"].notna()].copy()
    clerk = department == organisation_.truth["mail_room"]
    known = log["sender"].isin(department.index) & log["recipient"].isin(department.index)
    log = log[known]
    with_desk = log["sender"].map(clerk).astype(bool) | log["recipient"].map(clerk).astype(bool)
    log = log[with_desk == desk] if desk is not None else log
    log = log.sort_values(["thread", "timestamp"], kind="stable")
    # Replies to a mail that went to several are no talk of two.
    return log[log.groupby("thread")["kind"].transform("first") == "direct"]


def waits(log):
    """Hours from a message to the answer of the other."""
    before = log.groupby("thread")
    hours = (log["timestamp"] - before["timestamp"].shift()).dt.total_seconds() / 3600
    return hours[(before["sender"].shift() != log["sender"]) & hours.notna()]


def patterns(log):
    """How conversations went, as A and B: the share of each."""
    opener = log.groupby("thread")["sender"].transform("first")
    sides = pd.Series(np.where(log["sender"] == opener, "A", "B"), index=log.index)
    return sides.groupby(log["thread"]).sum().value_counts(normalize=True)


def test_the_usual_rhythm_is_none_at_all():
    plain, usual = organisation(**SIZE), organisation(**SIZE, rhythm=Rhythm())
    pd.testing.assert_frame_equal(plain.interactions, usual.interactions)
    assert plain.truth == usual.truth
    assert "rhythm" not in plain.truth["parameters"]


@pytest.mark.parametrize("generator", ["blocks", "latent", "tasks"])
def test_truth_makes_the_same_company_again(generator):
    one = made(generator, desk="tickets", reply_hours=2.0, follow_ups=0.2, busy=0.1, one_day=True)
    again = organisation(**one.truth["parameters"])
    pd.testing.assert_frame_equal(one.interactions, again.interactions)
    assert again.truth == one.truth


@pytest.mark.parametrize("rhythm", [{}, {"reply_hours": 8.0, "one_day": True}])
@pytest.mark.parametrize("generator", ["blocks", "tasks"])
def test_rows_are_canonical_and_in_order_though_conversations_run_over_weekends(generator, rhythm):
    company = made(generator, **rhythm)
    log = company.interactions
    assert log["timestamp"].is_monotonic_increasing
    assert log["timestamp"].max() < pd.Timestamp("2025-01-06") + pd.Timedelta(weeks=SIZE["weeks"])
    assert not log.duplicated(["event", "sender", "recipient"]).any()
    assert (log.groupby("event")[["medium", "kind", "timestamp", "thread"]].nunique(dropna=False) == 1).all(axis=None)
    for week, chunk in enumerate(company.chunks()):
        since = pd.Timestamp("2025-01-06") + pd.Timedelta(weeks=week)
        assert chunk["timestamp"].between(since, since + pd.Timedelta(weeks=1), inclusive="left").all()
    if rhythm or generator == "tasks":
        threads = log[log["thread"].notna()].groupby("thread")["timestamp"]
        assert (threads.max().dt.isocalendar().week > threads.min().dt.isocalendar().week).any()


def test_answers_take_as_long_as_asked_for():
    # Working hours are those of the clock only within a day: what grows with them is the lower quartile.
    quick, slow = (waits(talks(made(reply_hours=hours, reply_spread=1.3), desk=False)) for hours in (0.5, 4.0))
    assert quick.median() < 1 < slow.median()
    assert slow.quantile(0.25) > 3 * quick.quantile(0.25)
    wide = waits(talks(made(reply_hours=0.5, reply_spread=2.0), desk=False))
    assert wide.quantile(0.9) > 2 * quick.quantile(0.9)


def test_conversations_of_a_pair_begin_on_one_day_of_the_week():
    def days(company):
        log = talks(company)
        opened = log.groupby("thread").first()
        pair = opened[["sender", "recipient"]].apply(lambda row: tuple(sorted(row)), axis=1)
        by_week = opened["timestamp"].dt.day.groupby([pair, opened["timestamp"].dt.isocalendar().week])
        return by_week.nunique()[by_week.size() > 1]

    # Few pairs know each other in two ways, as colleagues and in passing.
    assert (days(made(one_day=True)) == 1).mean() > 0.9
    assert (days(made()) == 1).mean() < 0.5


def test_shallow_threads_are_shallow():
    deep, shallow = (
        (patterns(talks(made(depth=depth), desk=False)).filter(regex="^A+B+A").sum()) for depth in (1.0, 0.1)
    )
    assert shallow < 0.2 * deep


@pytest.mark.parametrize(
    ("desk", "pattern", "least"), [("tickets", "ABB", 0.5), ("questions", "ABAB", 0.25), ("acknowledges", "AB", 0.5)]
)
def test_a_desk_works_by_its_script(desk, pattern, least):
    assert patterns(talks(made(desk=desk), desk=True))[pattern] > least


def test_follow_ups_come_after_the_desk_has_answered():
    with_, without = (patterns(talks(made(follow_ups=share), desk=True)).get("ABA", 0) for share in (0.6, 0.0))
    assert with_ > 0.3 > 2 * without


def test_a_desk_that_converses_opens_half_of_its_conversations():
    company = made(desk="converses")
    clerks = company.roster.loc[company.roster["department"] == company.truth["mail_room"], ["person", "aliases"]]
    first = talks(company, desk=True).groupby("thread").first()
    assert 0.4 < first["sender"].isin(clerks.to_numpy().ravel()).mean() < 0.6


def test_busy_pairs_write_more():
    assert len(made(busy=0.3).interactions) > 1.3 * len(made().interactions)


@pytest.mark.parametrize(
    ("rhythm", "said"),
    [
        ({"desk": "sleeps"}, "desk is 'sleeps', one of acknowledges, tickets, questions, converses is needed"),
        ({"follow_ups": 2}, "follow_ups is 2, a share from 0 to 1 is needed"),
        ({"reply_hours": 0}, "reply_hours is 0, a positive number is needed"),
        ({"reply_spread": 9}, "reply_spread is 9, a number from 0 to 4 is needed"),
    ],
)
def test_what_is_out_of_range_is_said(rhythm, said):
    with pytest.raises(SilosError, match=said):
        organisation(**SIZE, rhythm=rhythm)


def test_tasks_have_no_number_of_rows_to_aim_at():
    with pytest.raises(
        SilosError, match="rows are what tasks make of them: ask for people and weeks, or for another generator"
    ):
        organisation(**SIZE, generator="tasks", rows=10_000)


def test_silos_and_connector_of_tasks_are_planted():
    company = organisation(200, 10, 10, generator="tasks", silos=2, silo_strength=0.3, seed=2)
    openness = company.truth["openness"]
    log = company.interactions
    department = company.roster.set_index("person")["department"]
    department = pd.concat([department, department.set_axis(company.roster["aliases"])])
    log = log[(log["recipients"] == 1) & (log["kind"] != "meeting")]
    origin, target = log["sender"].map(department), log["recipient"].map(department)
    across = (origin != target).groupby(origin).sum() / company.roster["department"].value_counts()
    plain = [name for name in openness if name not in company.truth["expected"]]
    for silo in company.truth["silos"]:
        assert openness[silo] < min(openness[name] for name in plain)
        assert across[silo] < across[plain].median()
    assert across[company.truth["connector"]] > across[plain].max()
