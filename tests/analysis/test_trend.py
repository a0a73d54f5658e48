"""Windows of time: which are compared, and what counts as a change."""

import numpy as np
import pandas as pd
import pytest

import silos
from silos.analysis.over_time.headline import LEAST_TIES
from silos.analysis.over_time.spans import STEADY
from tests.support.changing import Changing


def followed(what: Changing, window: str = "month", **options: object) -> silos.Analysis:
    return silos.analyze(what.log(), what.roster(), window=window, bootstrap=100, **options)


def told(found: silos.Analysis) -> list[str]:
    return [finding.id for finding in found.findings if finding.id.startswith("trend:")]


def test_a_silo_that_opens_is_told_with_its_window_and_sign():
    # Week 13 of 2024 begins on 1 April: a month begins there too.
    found = followed(Changing(opens=13))
    assert "trend:insularity:D0:2024-04-01" in told(found)
    table = found.trend
    [row] = table[(table["window"] == "2024-04-01") & (table["department"] == "D0")].to_dict("records")
    # Four times as many messages across, of which the ties are saturated: at least half of ln 4 is left.
    assert row["change"] < -np.log(4) / 4
    assert row["change_low"] < row["change"] < row["change_high"] < 0
    assert row["change"] == pytest.approx(row["after"] - row["before"])


@pytest.mark.parametrize(
    "calm",
    [
        Changing(seed=1),
        Changing(seed=2, traffic=(1.0,) * 13 + (0.5,) * 13),
        Changing(seed=3, traffic=tuple(1 + 0.4 * np.sin(np.arange(26) / 26 * 2 * np.pi))),
        Changing(seed=4, replaced=13),
    ],
    ids=["nothing", "half the traffic", "season", "a third replaced"],
)
def test_what_leaves_the_network_as_it_is_is_no_change(calm):
    found = followed(calm)
    assert not told(found)
    assert found.results.trend.compared == 5


def test_a_fall_of_traffic_is_said_beside_what_changed():
    found = followed(Changing(opens=13, traffic=(1.0,) * 13 + (0.4,) * 13))
    [sentence] = [one.sentence for one in found.findings if one.id == "trend:insularity:D0:2024-04-01"]
    assert "compared at equal traffic: these people's messages fell by" in sentence


def test_changes_are_corrected_over_all_windows_and_the_strongest_come_first():
    found = followed(Changing(opens=13))
    table = found.trend[found.trend["change"].notna()]
    # Benjamini-Hochberg over all rows: the largest p is its own q.
    assert (
        table["change_q"].is_monotonic_decreasing
        or table.sort_values("strength", ascending=False)["change_q"].is_monotonic_increasing
    )
    assert found.trend["change_q"].notna().sum() == len(table) > 40
    strongest = table.loc[table["strength"].idxmax()]
    assert told(found)[0] == f"trend:{strongest['measure']}:{strongest['department']}:{strongest['window']}"


def test_windows_that_are_nearly_empty_are_never_compared():
    what = Changing(weeks=24, opens=13)
    log = what.log()
    late = pd.Timestamp("2024-05-01")
    sparse = pd.concat([log[log["timestamp"] < late], log[log["timestamp"] >= late].iloc[::200]])
    found = silos.analyze(sparse, what.roster(), window="month", bootstrap=50)
    windows = found.results.trend.windows.set_index("window")
    assert windows["reason"].dropna().to_dict() == {"2024-05-01": "thin", "2024-06-01": "partial"}
    last = found.trend[found.trend["window"] >= "2024-05-01"]
    assert last[["change", "value"]].isna().all(axis=None)
    assert not [one for one in told(found) if "2024-05" in one or "2024-06" in one]
    assert any("too few ties to be compared" in limit for limit in found.limits_in("en"))


def test_the_last_window_is_compared_if_the_log_covers_it_but_for_a_weekend():
    what = Changing(weeks=13)
    log = what.log()
    cut = {}
    for last in ("2024-03-30", "2024-03-25"):
        found = silos.analyze(log[log["timestamp"] < last], what.roster(), window="month", bootstrap=20)
        cut[last] = found.results.trend.windows["compared"].tolist()
    assert cut == {"2024-03-30": ["yes", "yes", "yes"], "2024-03-25": ["yes", "yes", "no"]}


def test_a_log_of_one_month_says_that_it_tells_nothing_of_change():
    found = followed(Changing(weeks=4))
    assert not told(found)
    assert any(
        limit.startswith("Nothing can be said about change: it takes two windows") for limit in found.limits_in("en")
    )
    assert any("no dates" in limit for limit in found.limits_in("en"))


def test_empty_months_lie_between_windows_that_are_compared():
    what = Changing(weeks=26, opens=13)
    log = what.log()
    gap = (log["timestamp"] >= "2024-03-01") & (log["timestamp"] < "2024-04-01")
    found = silos.analyze(log[~gap], what.roster(), window="month", bootstrap=50)
    april = found.trend[found.trend["window"] == "2024-04-01"].set_index("measure")
    # As the department opens, traffic rises beyond `STEADY`, where nothing is said of the two-way share.
    assert april.loc["ei_index", "traffic"] > 1 / (1 - STEADY)
    assert april.index[april["since"].isna()].tolist() == ["two_way_share"]
    assert set(april["since"].dropna()) == {"2024-02-01"}
    assert "trend:insularity:D0:2024-04-01" in told(found)


def test_departments_need_ties_inside_and_across_for_a_value():
    what = Changing(weeks=9)
    log = what.log()
    [of_d0] = [log["sender"].str[1:].astype(int) < 14]
    to_d0 = log["recipient"].str[1:].astype(int) < 14
    across = log[of_d0 != to_d0]
    few = log.drop(across.index[LEAST_TIES - 1 :])
    found = silos.analyze(few, what.roster(), window="month", bootstrap=20)
    values = found.trend[found.trend["measure"] == "insularity"].set_index("department")["value"]
    assert values.loc["D0"].isna().all()
    assert values.drop("D0").groupby(level=0).first().notna().all()


def test_joiners_leavers_and_movers_are_counted_by_dates_but_never_a_few():
    what = Changing(weeks=13)
    roster = what.roster().assign(effective_from="2023-12-01", effective_to=None)
    moved = roster.iloc[:6].assign(department="D3", effective_from="2024-02-10")
    roster.loc[:5, "effective_to"] = "2024-02-10"
    roster.loc[20:25, "effective_from"] = "2024-02-03"
    roster.loc[30:31, "effective_to"] = "2024-03-05"
    found = silos.analyze(what.log(), pd.concat([roster, moved]), window="month", bootstrap=20)
    windows = found.results.trend.windows.set_index("window")
    assert windows.loc["2024-02-01", ["joiners", "leavers", "movers"]].tolist() == [6, 0, 6]
    assert windows.loc["2024-01-01", ["joiners", "movers"]].tolist() == [0, 0]
    # two people left in March: fewer than may be shown
    assert np.isnan(windows.loc["2024-03-01", "leavers"])
    assert not any("no dates" in limit for limit in found.limits_in("en"))


def test_verdicts_and_stability_of_each_window():
    found = followed(Changing(weeks=13))
    windows = found.results.trend.windows
    assert windows["stability"].isna().tolist() == [True, False, False]
    assert (windows["stability"].dropna() > 0.8).all()  # departments are the communities of this organisation
    summary = found.summary()["windows"]
    assert set(summary[1]["departments"]) == {f"D{at}" for at in range(6)}
