"""Waits counted from logs, the product-limit estimate, and what is said of departments."""

import gzip
from collections import Counter, defaultdict

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import silos
from silos import plots, simulate
from silos.analysis.answerers import DOMINANT, Grouping, taking_part
from silos.analysis.dialogue import of_tally
from silos.analysis.reply_rates import WITHOUT_DESKS, between_quantiles
from silos.analysis.response_times import estimated, resampled
from silos.inference.estimate import Estimate
from silos.measures.survival import duration_classes, kaplan_meier, reply_statistics, survival, time_until
from silos.privacy.suppression import merge_small
from silos.readers import read_interactions
from silos.readers.roster import read_roster
from silos.ties.count import tally
from silos.ties.definitions import HORIZON
from silos.ties.layers import layer
from silos.ties.steps import NUMBERS
from tests.conftest import a_log, a_roster, shared
from tests.support.resampling import multipliers

PEOPLE = {"ann": "HR", "bob": "IT", "cleo": "IT"}
DAY = 86_400


def row(hours: float, sender: str, recipient: str, **more: object) -> dict[str, object]:
    """A row `hours` after a Monday at nine."""
    return {
        "timestamp": pd.Timestamp("2025-01-06T09:00") + pd.Timedelta(hours=hours),
        "sender": sender,
        "recipient": recipient,
        "medium": "email",
        **more,
    }


def waits_of(rows: list[dict[str, object]]) -> list[tuple[str, str, int, int, int]]:
    counted = tally(a_log(rows), a_roster(PEOPLE))
    names = counted.people["person"]
    return [
        (names[one.sender], names[one.recipient], one.answered, one.seconds, one.waits)
        for one in counted.dialogue.waits.itertuples()
    ]


# ---- the estimate


def test_the_estimate_is_that_of_a_published_trial():
    """Weeks of remission under 6-MP (Freireich et al. 1963, Blood 21): 21 patients, 12 of them cut off.

    Survival, Greenwood's standard error and the interval as in Kleinbaum & Klein, Survival Analysis, chapter 2.
    """
    weeks = np.array([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35])
    relapsed = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0], dtype=bool)
    table = kaplan_meier(weeks, relapsed)
    assert table.index.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert table["at_risk"].tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert table["survival"].round(4).tolist() == [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert table["standard_error"].round(4).tolist() == [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    assert table["low"].round(4).tolist() == [0.6197, 0.5631, 0.5032, 0.4316, 0.3675, 0.2678, 0.1881]
    assert table["high"].round(4).tolist() == [0.9516, 0.9228, 0.8894, 0.8491, 0.8049, 0.7468, 0.6801]
    assert time_until(np.array(0.5), table.index.to_numpy(), table["survival"].to_numpy()) == 23


@given(
    st.lists(st.tuples(st.integers(1, 40), st.booleans(), st.integers(1, 4)), min_size=1, max_size=40),
)
def test_a_curve_falls_from_one_and_counts_are_repetitions(entries):
    durations, answered, counts = (np.array(column) for column in zip(*entries, strict=True))
    table = kaplan_meier(durations, answered, counts=counts)
    curve = table["survival"].to_numpy()
    assert ((curve >= -1e-12) & (curve <= 1)).all()
    assert (np.diff(curve) <= 1e-12).all()
    repeated = kaplan_meier(np.repeat(durations, counts), np.repeat(answered, counts))
    pd.testing.assert_frame_equal(table, repeated)


@given(st.lists(st.tuples(st.integers(1, 40), st.booleans()), min_size=1, max_size=40))
def test_without_censoring_it_is_the_share_that_is_left(entries):
    durations = np.array([length for length, _ in entries])
    table = kaplan_meier(durations, np.ones(len(durations), dtype=bool))
    left = [(durations > time).mean() for time in table.index]
    np.testing.assert_allclose(table["survival"], left, atol=1e-12)


def test_classes_of_durations_change_little():
    rng = np.random.default_rng(0)
    seconds = np.minimum(np.round(rng.lognormal(9, 2, 20_000)), HORIZON).astype(int)
    answered = (seconds < HORIZON) & (rng.random(20_000) < 0.8)
    counts = np.ones(20_000)

    def statistics(times: np.ndarray, place: np.ndarray) -> np.ndarray:
        came = np.bincount(place, weights=counts * answered, minlength=len(times))
        cut = np.bincount(place, weights=counts * ~answered, minlength=len(times))
        return reply_statistics(came, cut, times.astype(float))

    exact = statistics(*np.unique(seconds, return_inverse=True))
    coarse = statistics(*duration_classes(seconds, answered, counts))
    np.testing.assert_allclose(coarse, exact, rtol=0.03)
    assert len(duration_classes(seconds, answered, counts)[0]) <= 201


@st.composite
def _waits(draw):
    count = draw(st.integers(0, 60))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    table = pd.DataFrame(
        {
            "sender": rng.integers(0, 6, count),
            "recipient": rng.integers(6, 12, count),
            "answered": rng.integers(0, 2, count),
            "seconds": rng.choice([5, 60, 61, 3600, 90_000, HORIZON], count),
            "waits": rng.integers(1, 4, count),
        }
    )
    return table, {
        "some": Grouping(rng.integers(-1, 7, count), 7),
        "all": Grouping(np.zeros(count, dtype=np.int32), 1),
    }


def _plainly(waits: pd.DataFrame, grouping: Grouping, weight: np.ndarray) -> np.ndarray:
    """Reply rate, median wait and median answer of each group from the table of Kaplan and Meier."""
    result = np.full((grouping.count, 3), np.nan)
    for group in range(grouping.count):
        inside = grouping.code == group
        if not inside.any():
            continue
        some = waits[inside]
        table = kaplan_meier(some["seconds"].to_numpy(), some["answered"].to_numpy() == 1, counts=weight[inside])
        left = table["survival"].to_numpy()
        rate = 1 - (left[-1] if len(left) else 1)
        half, typical = (table.index[1 - left >= share - 1e-9] for share in (0.5, rate / 2))
        result[group] = (
            rate,
            half[0] / 3600 if len(half) else np.nan,
            typical[0] / 3600 if rate > 0 else np.nan,
        )
    return result


@settings(max_examples=60)
@given(_waits())
def test_groups_of_waits_are_estimated_as_each_would_be_alone(given_waits):
    waits, groupings = given_waits
    laid_out = estimated(waits, groupings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("silos.analysis.response_times.CELLS", 5)
        patch.setattr("silos.analysis.response_times.TABLE", 5)
        packed = estimated(waits, groupings)
    for name, grouping in groupings.items():
        plain = _plainly(waits, grouping, waits["waits"].to_numpy(dtype=float))
        np.testing.assert_allclose(laid_out[name], plain, rtol=1e-9)
        np.testing.assert_allclose(packed[name], plain, rtol=1e-9)


@settings(max_examples=30)
@given(_waits())
def test_replicates_of_waits_are_estimates_of_the_weighted_waits(given_waits):
    waits, groupings = given_waits
    drawn = resampled(waits, groupings, 12, replicates=20, seed=3)
    with pytest.MonkeyPatch.context() as patch:
        # So few waits a part that groups lie across parts.
        patch.setattr("silos.analysis.response_times.TIES", 3)
        patch.setattr("silos.analysis.response_times.ATOMS", 5)
        # So few sums that replicates of a batch are worked on one after the other.
        patch.setattr("silos.analysis.response_times.HELD", 1)
        parted = resampled(waits, groupings, 12, replicates=20, seed=3)
    omegas = multipliers(12, 20, 3)
    for row in (0, 19):
        weight = waits["waits"] * omegas[row][waits["sender"]] * omegas[row][waits["recipient"]]
        for name, grouping in groupings.items():
            plain = _plainly(waits, grouping, weight.to_numpy())
            np.testing.assert_allclose(drawn[name][row], plain, rtol=1e-9)
            np.testing.assert_allclose(parted[name][row], plain, rtol=1e-9)
    for name in groupings:
        np.testing.assert_allclose(parted[name], drawn[name], rtol=1e-12)


def test_groups_have_as_few_bytes_as_their_number_takes():
    rng = np.random.default_rng(2)
    sides = {name: rng.integers(0, 12, 600).astype(np.int32) for name in ("sender", "recipient")}
    waits = pd.DataFrame(sides | {"answered": rng.integers(0, 2, 600), "seconds": rng.integers(0, 50, 600), "waits": 1})
    code = np.arange(600) % 128
    found = [
        resampled(waits, {"some": Grouping(code.astype(kind), 128)}, 12, replicates=5)["some"]
        for kind in (np.int8, np.int64)
    ]
    np.testing.assert_array_equal(*found)


def test_many_groups_tell_fewer_durations_apart():
    rng = np.random.default_rng(1)
    seconds, answered = rng.integers(0, HORIZON, 5000), rng.integers(0, 2, 5000)
    assert len(duration_classes(seconds, answered, np.ones(5000), 50)[0]) <= 51


# ---- waits, counted in SQL


def test_waits_of_a_very_large_log_are_a_sample_of_all(monkeypatch):
    made = simulate.organisation(120, 10, 6, rows=20_000, seed=3)
    every = tally(read_interactions(made.interactions), read_roster(made.roster)).dialogue.waits
    with monkeypatch.context() as patch:
        patch.setitem(NUMBERS, "messages", 4000)
        some = tally(read_interactions(made.interactions), read_roster(made.roster)).dialogue.waits
    share = len(some) / len(every)
    assert 0.2 < share < 0.3
    assert not (Counter(some.itertuples(index=False)) - Counter(every.itertuples(index=False)))
    # whoever asks whom: no part of them is left out
    for side in ("sender", "recipient"):
        kept, asked = (np.bincount(waits[side], minlength=120) for waits in (some, every))
        spread = (kept - share * asked) / np.sqrt(share * (1 - share) * np.maximum(asked, 1))
        assert abs(spread.std() - 1) < 0.3
    assert some["answered"].mean() == pytest.approx(every["answered"].mean(), abs=0.04)


def test_waits_of_threads_are_those_counted_by_hand():
    found = waits_of(
        [
            row(0, "ann", "bob", thread="one", event="1"),
            row(1, "bob", "ann", thread="one", event="2"),
            row(3, "ann", "bob", thread="one", event="3"),  # talk, no question
            row(24, "ann", "bob", thread="two", event="4"),  # never answered: a week is over
            row(24 * 8, "bob", "ann", thread="three", event="5"),  # cut off two days later
            row(24 * 10, "cleo", "ann", thread="four", event="6"),  # cut off at once
        ]
    )
    assert found == [
        ("ann", "bob", 0, HORIZON, 1),
        ("ann", "bob", 1, 3600, 1),
        ("bob", "ann", 0, 2 * DAY, 1),
        ("cleo", "ann", 0, 0, 1),
    ]


def test_outside_of_threads_messages_in_a_row_are_one_turn():
    found = waits_of(
        [
            row(0, "ann", "bob"),
            row(0.5, "ann", "bob"),
            row(2, "bob", "ann"),
            row(5, "ann", "bob"),
            row(24 * 20, "cleo", "bob"),
        ]
    )
    assert found == [
        ("ann", "bob", 0, HORIZON, 1),
        ("ann", "bob", 1, 7200, 1),
        ("bob", "ann", 1, 3 * 3600, 1),
        ("cleo", "bob", 0, 0, 1),
    ]


def test_meetings_and_broadcasts_ask_for_no_answer():
    rows = [row(0, "ann", "bob", thread="one", event="1"), row(1, "bob", "ann", thread="one", event="2")]
    more = [
        row(2, "ann", "bob", event="m", kind="meeting"),
        row(3, "ann", "bob", event="b", thread="two", recipients=400),
        row(24 * 9, "cleo", "bob", event="c", kind="meeting"),
    ]
    assert waits_of([*rows, *more]) == [("ann", "bob", 1, 3600, 1)]


def reference(log: pd.DataFrame) -> dict[tuple[str, str, int, int], int]:
    """Waits by the definition, message by message; durations unrounded."""
    end = log["second"].max()
    found: dict[tuple[str, str, int, int], int] = defaultdict(int)

    def note(sender: str, recipient: str, asked: int, answered: int | None) -> None:
        if answered is not None and answered - asked <= HORIZON:
            found[sender, recipient, 1, answered - asked] += 1
        else:
            found[sender, recipient, 0, min(end - asked, HORIZON)] += 1

    pairs = log.assign(pair=[frozenset(ends) for ends in zip(log["sender"], log["recipient"], strict=True)])
    for (_, thread), talk in pairs.groupby(["pair", "thread"]):
        rows = talk.sort_values(["second", "order"]).to_dict("records")
        if thread != "":
            other = next((one["second"] for one in rows if one["sender"] != rows[0]["sender"]), None)
            note(rows[0]["sender"], rows[0]["recipient"], rows[0]["second"], other)
            continue
        asked = None
        for one in rows:
            if asked is None or one["sender"] != asked["sender"]:
                if asked is not None:
                    note(asked["sender"], asked["recipient"], asked["second"], one["second"])
                asked = one
        assert asked is not None
        note(asked["sender"], asked["recipient"], asked["second"], None)
    return dict(found)


def test_waits_are_those_of_the_definition_on_a_random_log():
    rng = np.random.default_rng(4)
    count = 400
    seconds = np.sort(rng.choice(40 * DAY, count, replace=False))
    ends = [rng.permutation(list(PEOPLE))[:2] for _ in range(count)]
    log = pd.DataFrame(
        {
            "second": seconds,
            "order": range(count),
            "sender": [a for a, _ in ends],
            "recipient": [b for _, b in ends],
            "thread": rng.choice(["", "x", "y", "z", "v", "w"], count),
        }
    )
    expected = reference(log)
    rows = [
        {"timestamp": pd.Timestamp("2025-01-06") + pd.Timedelta(seconds=int(one.second)), "sender": one.sender,
         "recipient": one.recipient, "medium": "chat", "event": f"e{one.order}", "thread": one.thread or None}
        for one in log.itertuples()
    ]  # fmt: skip
    found = waits_of(rows)
    assert sum(waits for *_, waits in found) == sum(expected.values())
    exact = sorted((*key, waits) for key, waits in expected.items())
    rounded = sorted(found)
    lengths = [[length for *_, length, waits in table for _ in range(waits)] for table in (exact, rounded)]
    np.testing.assert_allclose(*lengths, rtol=0.0005)
    assert [key[:3] for key in exact for _ in range(key[-1])] == [key[:3] for key in rounded for _ in range(key[-1])]


# ---- censoring


def cut_off() -> list[dict[str, object]]:
    """Ten questions answered after two hours, ten never, then ten an hour before the log ends."""
    rows = []
    for number in range(30):
        start = number * 5 if number < 20 else 24 * 20
        rows.append(row(start + number / 3600, "ann", "bob", thread=f"t{number}", event=f"q{number}"))
        if number < 10:
            rows.append(row(start + 2 + number / 3600, "bob", "ann", thread=f"t{number}", event=f"a{number}"))
    return [*rows, row(24 * 20 + 1, "cleo", "bob", thread="end", event="end")]


def test_questions_of_the_last_hour_are_not_counted_as_unanswered():
    found = silos.dialogue(a_log(cut_off()), min_department=1, replicates=100)
    # after two hours 20 were still waiting, 10 of them were answered then; 10 were cut off before, and cleo's
    assert found.estimates["reply_rate"].value == pytest.approx(0.5)
    naive = 10 / 31
    assert abs(naive - 0.5) > 0.15
    assert found.estimates["answer_hours"].value == pytest.approx(2.0)
    assert found.estimates["wait_hours"].value == pytest.approx(2.0)


# ---- what a log cannot tell


@pytest.mark.parametrize(
    ("rows", "unknown"),
    [
        ([row(24 * day - 9, *ends) for day in range(12) for ends in (("ann", "bob"), ("bob", "ann"))], "days"),
        ([row(0, "ann", "bob"), row(1, "bob", "ann")], "short"),
        ([row(24 * day, "ann", "bob", kind="contact", event=f"{day}") for day in range(12)], "undirected"),
        ([row(24 * day, "ann", "bob", kind="meeting", event=f"{day}") for day in range(12)], "undirected"),
    ],
)
def test_what_a_log_cannot_tell_is_absent_and_said(rows, unknown):
    found = silos.dialogue(a_log(rows), replicates=100)
    assert found.unknown == unknown
    assert found.pairs.empty
    assert "reply_rate" not in found.estimates
    assert found.to_dict()["reply_rate"] == {"value": None, "low": None, "high": None}


# ---- departments


@pytest.fixture(scope="module")
def planted() -> silos.simulate.Organisation:
    return silos.simulate.organisation(people=150, departments=8, weeks=8, mail_room=False, slow_across=6.0, seed=2)


def measured(organisation: silos.simulate.Organisation, roster: pd.DataFrame | None = None, **options: int):
    counted = tally(
        silos.read_interactions(organisation.interactions),
        silos.read_roster(organisation.roster if roster is None else roster),
    )
    network = layer(counted, "any")
    return of_tally(counted, network, merge_small(network.people["department"], 5), replicates=100, **options)


def test_planted_delays_across_departments_are_found(planted):
    found = measured(planted).estimates
    within, across = found["answer_hours_within"], found["answer_hours_across"]
    assert across.low > within.high
    # six times as slow in working hours, and nights come between
    assert across.value > 2 * within.value


def test_other_names_change_nothing(planted):
    renamed = {name: f"z{number:04d}" for number, name in enumerate(sorted(planted.roster["person"], reverse=True))}
    log, roster = planted.interactions, planted.roster
    chats = dict(zip(roster["aliases"], roster["person"], strict=True))

    def other(ids: pd.Series) -> pd.Series:
        return ids.map(lambda name: renamed.get(chats.get(name, name), name))

    log = log.assign(sender=other(log["sender"]), recipient=other(log["recipient"]))
    roster = roster.assign(person=other(roster["person"]), aliases=None, manager=other(roster["manager"]))
    counted = tally(silos.read_interactions(log), silos.read_roster(roster))
    network = layer(counted, "any")
    again = of_tally(counted, network, merge_small(network.people["department"], 5), replicates=100)
    before = measured(planted)
    for name, estimate in before.estimates.items():
        assert again.estimates[name].value == pytest.approx(estimate.value), name
    pd.testing.assert_series_equal(again.pairs["reply_rate"], before.pairs["reply_rate"])


@pytest.mark.long
def test_departments_dealt_out_anew_raise_no_more_alarms_than_nominal(planted):
    rng = np.random.default_rng(0)
    alarms = []
    for _ in range(6):
        dealt = planted.roster.assign(department=rng.permutation(planted.roster["department"]))
        found = measured(planted, dealt)
        alarms += [*found.departments["verdict"].isin(["less", "more"]), *found.pairs["verdict"].isin(["less", "more"])]
    assert np.mean(alarms) <= 0.05


@pytest.mark.parametrize("laid_out", [True, False])
def test_what_few_people_make_up_is_not_shown(laid_out, monkeypatch):
    if not laid_out:
        monkeypatch.setattr("silos.analysis.answerers.LOOKED_UP", 0)
    rows = [
        row(24 * day + hour, *ends, thread=f"{day}{ends[0]}", event=f"{day}{hour}{ends[0]}")
        for day in range(12)
        for hour, ends in ((0, ("ann", "bob")), (1, ("bob", "ann")), (2, ("cleo", "ann")))
    ]
    found = silos.dialogue(a_log(rows), a_roster(PEOPLE), min_department=1, replicates=100)
    assert found.pairs["reply_rate"].notna().any()
    hidden = silos.dialogue(a_log(rows), a_roster(PEOPLE), min_department=3, replicates=100)
    assert hidden.pairs.empty or hidden.pairs["reply_rate"].isna().all()


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(0, 4)), max_size=30), st.booleans())
def test_who_takes_part_is_different_people_and_nobody_alone(waits, laid_out):
    code, person = np.array(waits, dtype=np.int64).reshape(-1, 2).T
    held = [Counter(who for group, who in waits if group == number) for number in range(4)]
    expected = [1 if one and max(one.values()) > DOMINANT * one.total() else len(one) for one in held]
    with pytest.MonkeyPatch.context() as patch:
        if not laid_out:
            patch.setattr("silos.analysis.answerers.LOOKED_UP", 0)
        assert taking_part(Grouping(code, 4), person, np.ones(len(code)), 5).tolist() == expected


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_rates_and_times_stay_in_their_ranges(seed):
    rng = np.random.default_rng(seed)
    answered, censored = rng.integers(0, 3, (2, 5, 8))
    rate, median, typical = reply_statistics(answered, censored, np.arange(1.0, 9.0)).T
    known = np.isfinite(rate)
    assert ((rate[known] >= 0) & (rate[known] <= 1)).all()
    assert np.isnan(median[known & (rate < 0.5 - 1e-9)]).all()
    assert (typical[np.isfinite(median)] <= median[np.isfinite(median)]).all()
    assert (survival(answered, censored) <= 1).all()


# ---- a real log


def test_a_real_log_without_departments_makes_sense():
    """E-mail of a European research institution (SNAP email-Eu-core-temporal): 986 people, 803 days."""
    file = shared("datasets/email_eu_core_temporal/email-Eu-core-temporal.txt.gz")
    with gzip.open(file, "rt") as text:
        log = pd.read_csv(text, sep=" ", names=["sender", "recipient", "seconds"])
    log = log.assign(timestamp=pd.Timestamp("2000-01-01") + pd.to_timedelta(log.pop("seconds"), unit="s"))
    found = silos.dialogue(log.astype({"sender": str, "recipient": str}), replicates=100)
    assert found.unknown == ""
    rate, hours = found.estimates["reply_rate"], found.estimates["answer_hours"]
    assert 0.6 < rate.value < 0.7
    assert rate.low < rate.value < rate.high
    assert 4 < hours.value < 8
    assert len(found.pairs) == 1


# ---- pictures


def test_the_matrix_holds_the_rates_and_leaves_out_what_is_not_shown():
    rates = pd.DataFrame([[0.5, 0.9, np.nan], [0.2, 0.8, 0.1], [0.3, 0.7, 0.4]], index=list("abc"), columns=list("abc"))
    axes = plots.reply_matrix(rates)
    # those who answer most at the left: b, a, c
    drawn = axes.collections[0].get_array()
    assert drawn.tolist() == [[0.8, 0.2, 0.1], [0.9, 0.5, None], [0.7, 0.3, 0.4]]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["b", "a", "c"]
    with pytest.raises(silos.SilosError, match="square"):
        plots.reply_matrix(rates.iloc[:2])


def test_the_picture_of_leaders_holds_what_stands_beside_them():
    table = pd.DataFrame(
        {
            "value": [0.2, 0.6, 0.3],
            "low": [0.1, 0.5, 0.2],
            "high": [0.3, 0.7, 0.4],
            "null_mean": [np.nan, np.nan, 0.25],
        },
        index=["reply_rate_below", "reply_rate_others", "flow_up"],
    )
    axes = plots.leadership(table, verdict="broadcasting", language="fr")
    drawn = {line.get_gid(): line.get_xdata()[0] for line in axes.lines if line.get_gid()}
    assert drawn == {
        "value-reply_rate_below": 0.2, "beside-reply_rate_below": 0.6, "value-flow_up": 0.3, "beside-flow_up": 0.25,
    }  # fmt: skip
    with pytest.raises(silos.SilosError, match="at least one"):
        plots.leadership(table.iloc[:0])


def two_departments(across: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ten people each of HR and IT who answer one another, and questions to `across` of IT that nobody answers."""
    people = {f"{name}{at}": name.upper() for name in ("hr", "it") for at in range(10)}
    names = list(people)
    rows = []
    for week in range(6):
        for at, one in enumerate(names):
            other = names[at + 1 if at % 10 < 9 else at - 9]
            rows += [row(168 * week, one, other, thread=f"{week}{at}", event=f"{week}{at}a")]
            rows += [row(168 * week + 2, other, one, thread=f"{week}{at}", event=f"{week}{at}b")]
        rows += [
            row(168 * week, names[at], names[10 + at], thread=f"{week}x{at}", event=f"{week}x{at}")
            for at in range(across)
        ]
    return a_log(rows), a_roster(people)


def test_one_unanswered_question_is_no_finding():
    found = silos.dialogue(*two_departments(1), replicates=50)
    assert found.estimates["reply_rate_within"].value is not None
    for name in ("reply_rate_across", "answer_hours_across", "reply_rate_gap"):
        assert found.estimates[name] == Estimate(None)


def test_units_are_called_as_in_the_file_or_crossed():
    rows, roster = two_departments(8)
    plain = silos.dialogue(rows, roster, replicates=20)
    file = roster.to_pandas()[["person", "department"]].rename(columns={"department": "Abteilung"}).assign(site="Oslo")
    named = silos.dialogue(rows, file, by="Abteilung", replicates=20)
    pd.testing.assert_frame_equal(named.departments, plain.departments)
    crossed = silos.dialogue(rows, file, by=["Abteilung", "site"], replicates=20)
    assert crossed.departments.index.tolist() == [f"{name} (Oslo)" for name in plain.departments.index]


def test_a_rate_that_does_not_vary_is_not_certain():
    found = silos.dialogue(*two_departments(8), replicates=50).estimates
    across, gap = found["reply_rate_across"], found["reply_rate_gap"]
    assert (across.value, across.low) == (0, 0)
    # Jeffreys' interval of none of eight people
    assert across.high == pytest.approx(stats.beta.ppf(0.975, 0.5, 8.5))
    assert gap.low == pytest.approx(
        gap.value - np.hypot(found["reply_rate_within"].value - found["reply_rate_within"].low, across.high)
    )


def with_a_desk(asking: int):
    """HR and IT answer half of what they ask each other; so many of them ask the desk, which answers everything."""
    people = {f"{name}{at}": name.upper() for name in ("hr", "it", "desk") for at in range(10)}
    asked = [(f"hr{at}", f"it{at}", at % 2) for at in range(10)] + [(f"it{at}", f"hr{at}", at % 2) for at in range(10)]
    asked += [(f"hr{at}", f"desk{at}", 1) for at in range(asking)]
    rows = [
        row(168 * week + hour, *ends, thread=f"{week}{asker}{answerer}", event=f"{week}{asker}{answerer}{hour}")
        for week in range(4)
        for asker, answerer, answered in asked
        for hour, ends in enumerate([(asker, answerer), (answerer, asker)][: 1 + answered])
    ]
    counted = tally(a_log(rows), a_roster(people))
    network = layer(counted, "any")
    return counted, network, merge_small(network.people["department"], 5)


def test_a_desk_that_answers_everybody_is_left_out_of_a_rate_beside():
    counted, network, shown = with_a_desk(10)
    without_any = of_tally(counted, network, shown, replicates=100)
    found = of_tally(counted, network, shown, replicates=100, desks=("DESK", "nobody"))
    assert found.desks == ("DESK",)
    assert found.estimates[WITHOUT_DESKS].value == pytest.approx(0.5)
    assert found.estimates[WITHOUT_DESKS].low < 0.5 < found.estimates[WITHOUT_DESKS].high
    assert found.estimates["reply_rate_across"].value == pytest.approx(2 / 3)
    # Everything else is as if nobody had said so.
    assert {**found.estimates, WITHOUT_DESKS: None} == {**without_any.estimates, WITHOUT_DESKS: None}
    assert without_any.to_dict()[WITHOUT_DESKS] == {"value": None, "low": None, "high": None}


def test_what_few_people_ask_a_desk_cannot_be_taken_from_the_total():
    found = of_tally(*with_a_desk(4), replicates=100, desks=("DESK",))
    assert found.estimates["reply_rate_across"].value is not None
    assert WITHOUT_DESKS not in found.estimates


def test_a_pair_that_is_not_shown_cannot_be_taken_from_the_total():
    """Of C one person answers B: as the sums of rows and columns are known, three more pairs are not told."""
    people = {f"{name}{at}": name.upper() for name in "abc" for at in range(8)}
    rows = [
        row(168 * week + hour, *ends[:: 1 - 2 * hour], thread=f"{week}{ends}", event=f"{week}{ends}{hour}")
        for week in range(4)
        for one in "abc" for other in "abc" for at in range(8)
        for ends in [(f"{one}{at}", f"{other}{(at + 1) % 8}")]
        if (one, other) != ("b", "c") or at == 0
        for hour in (0, 1)
    ]  # fmt: skip
    pairs = silos.dialogue(a_log(rows), a_roster(people), replicates=20).pairs.set_index(["asking", "answering"])
    hidden = pairs["asked"].isna()
    assert hidden["B", "C"]
    assert (hidden == pairs["reply_rate"].isna()).all()
    table = hidden.to_numpy().reshape(3, 3)
    assert not {1} & {*table.sum(axis=0), *table.sum(axis=1)}


def test_draws_in_which_half_are_never_answered_wait_longer_than_any():
    draws = np.r_[np.full(30, np.inf), np.linspace(1, 7, 70)]
    assert between_quantiles(5.0, draws).high is None
    assert between_quantiles(5.0, draws).low == pytest.approx(1, abs=0.2)
    assert between_quantiles(5.0, np.linspace(1, 7, 100)).high == pytest.approx(6.85, abs=0.05)


@pytest.mark.parametrize(
    ("people", "times", "minimum", "told"),
    [
        (4, 6, 5, False),  # four people answer, and often
        (5, 1, 5, True),
        (3, 1, 3, False),  # of enough people, three answers
        (3, 2, 3, True),
    ],
)
def test_hours_rest_on_enough_answers_of_enough_people(people, times, minimum, told):
    """Eight people of IT are asked each week, and so many of them answer so often: the hours were of any number."""
    log, roster = two_departments(8)
    rows = log.to_pandas()
    first = rows[rows["event"].isin([f"{week}x{at}" for week in range(times) for at in range(people)])]
    answers = first.assign(
        timestamp=first["timestamp"] + pd.Timedelta(hours=3),
        sender=first["recipient"],
        recipient=first["sender"],
        event=first["event"] + "b",
    )
    found = silos.dialogue(pd.concat([rows, answers]), roster, min_department=minimum, replicates=20)
    # Those of the last week were asked too late to be unanswered.
    assert found.estimates["reply_rate_across"].value == pytest.approx(people * times / 48, abs=0.2)
    for one in (found.estimates["answer_hours_across"], found.estimates["wait_hours_across"]):
        assert one == Estimate(None) or told
    assert (found.estimates["answer_hours_across"].value == 3) == told
    pair = found.pairs.set_index(["asking", "answering"]).loc[("HR", "IT"), "answer_hours"]
    assert (pair == 3) == told
    assert found.estimates["answer_hours_within"].value == 2
