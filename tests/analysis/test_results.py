"""Results are alike: a table, a plot that works as it is, a dict and a display, whichever question they answer."""

import json
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import silos
from silos.analysis.external import COLUMNS, External
from silos.analysis.result_protocol import NO_ROWS, Result, whole_counts
from silos.analysis.results import Results
from silos.errors import SilosError
from tests.support.results import MadeUp, calm, changed, close, organisation

#: Drawn from results of their own, beside the figures of the report.
OWN = ("organisation", "sensitivity", "external", "inputs")


def full() -> Results:
    """Results of which those in `OWN` have something to draw."""
    settings = pd.DataFrame(
        {"setting": ["weeks", "layer"], "value": ["2", "any"], "first": ["Sales", None], "stays": [True, False]}
    )
    numbers = {"outside_share": [0.4, 0.1], "outside_share_low": [0.3, 0.0], "outside_share_high": [0.5, 0.2]}
    outside = pd.DataFrame(numbers, index=pd.Index(["Sales", "Legal"], name="department")).reindex(columns=COLUMNS)
    result = changed(organisation(), "sensitivity", table=settings)
    return replace(result, external=External(outside.astype({"verdict": object}), close(0.2, 0.05), 9, ""))


def answers(results: Results) -> dict[str, Result]:
    found = {field.name: getattr(results, field.name) for field in fields(results)}
    return {name: one for name, one in found.items() if isinstance(one, Result)}


@pytest.mark.parametrize("name", sorted(answers(full())))
def test_every_result_has_a_table_a_dict_and_a_display(name):
    one = answers(full())[name]
    assert isinstance(one.table, pd.DataFrame)  # type: ignore[attr-defined]
    json.dumps(one.to_dict(), allow_nan=False)  # type: ignore[attr-defined]
    assert one.title
    assert one.title in one._repr_html_()
    for shown in (repr(one), one._repr_html_()):
        assert "Empty DataFrame" not in shown
        assert (NO_ROWS in shown) == (not len(one.table))  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", sorted(answers(full())))
def test_every_result_draws_itself_into_axes_of_yours_or_says_that_it_cannot(name):
    one = answers(full())[name]
    axes = Figure().add_subplot()
    if one.drawing() is None:
        why = "has no figure" if type(one).drawing is Result.drawing else "does not hold enough"
        with pytest.raises(SilosError, match=f"nothing to draw: .*{why}"):
            one.plot()
    else:
        assert isinstance(one.plot(), Axes)
        assert one.plot(axes) is axes


@pytest.mark.parametrize("name", OWN)
def test_an_analysis_offers_the_plots_that_are_in_no_report(name):
    drawn = getattr(MadeUp(full()).plot, name)()
    assert len(drawn.lines) > 1
    assert name not in full().drawings()


def test_a_plot_that_the_log_cannot_fill_says_which_others_there_are():
    bare = replace(full(), communities=None)
    with pytest.raises(SilosError, match=r"nothing to draw for 'community_map'.*department_graph"):
        MadeUp(bare).plot.community_map()


def test_artists_have_the_numbers_of_the_results():
    results = full()

    def values(name: str) -> list[float]:
        lines = getattr(results, name).plot().lines
        return [float(line.get_xdata()[0]) for line in lines if str(line.get_gid()).startswith("value")]

    table = results.organisation.table["value"].drop("effective_resistance").dropna()
    np.testing.assert_array_equal(values("organisation"), table)
    assert values("external") == [0.4, 0.1]
    assert values("inputs") == [171020, 4, 6, 3, 1200]


@pytest.mark.parametrize("name", ["organisation", "sensitivity", "external"])
def test_a_log_that_cannot_answer_has_nothing_to_draw(name):
    with pytest.raises(SilosError, match="does not hold enough"):
        getattr(MadeUp(calm()).plot, name)()


@pytest.mark.parametrize("name", sorted(answers(full())))
def test_every_result_is_printed_as_its_table_and_not_as_its_fields(name):
    one = answers(full())[name]
    printed = str(one)
    assert printed == repr(one)
    assert printed.startswith(("Dialogue", one.title))
    assert f"{type(one).__name__}(" not in printed


def test_a_connector_is_printed_with_its_verdict_and_departments():
    connector = full().connector
    printed = str(connector)
    assert printed.splitlines()[0] == f"Connector: {connector.said()}"
    assert all(str(name) in printed for name in connector.table.index)


def test_whole_counts_are_integers_in_json_and_shares_are_none():
    counts = {"ties": 125.0, "people": 7, "share": 1.0, "windows": [{"messages": 40.0, "ties": 2.5, "walls": None}]}
    found = json.dumps(whole_counts(counts))
    assert found == json.dumps(
        {"ties": 125, "people": 7, "share": 1.0, "windows": [{"messages": 40, "ties": 2.5, "walls": None}]}
    )


def test_an_index_that_classes_put_outside_its_interval_is_not_given():
    """Of many small units the middles of the lowest class added up to an index of .37, for .56 (.42 to .68)."""
    people = pd.DataFrame(
        {"person": [f"p{at:03}" for at in range(300)], "department": [f"u{at // 6}" for at in range(300)]}
    )
    rng = np.random.default_rng(3)
    pairs = rng.integers(0, 300, size=(250, 2))
    near = np.arange(0, 300, 6)
    pairs = np.concatenate([pairs, np.stack([near, near + 1], axis=1)])
    log = pd.DataFrame({"timestamp": pd.Timestamp("2025-01-06") + pd.to_timedelta(np.arange(len(pairs)), unit="h")})
    log["sender"], log["recipient"] = people["person"].to_numpy()[pairs[:, 0]], people["person"].to_numpy()[pairs[:, 1]]
    found = silos.analyze(log, people, bootstrap=50)
    exact, told = found.estimates["ei_index"], found.published().estimates["ei_index"]
    assert exact.value is not None
    assert (told.value, told.low, told.high, told.p) == (None, None, None, None)
    assert told.null_mean == pytest.approx(exact.null_mean, abs=0.01)
    assert not {"inward", "by_chance", "outward"} & {one.id for one in found.published().findings}
