"""The numbers on the artists, and text that nobody has to guess at: nothing clipped, nothing overlapping."""

import itertools
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from silos import plots
from silos.errors import SilosError
from silos.locales.phrases import phrases
from silos.plots.canvas import VERDICTS, short, wrapped
from silos.plots.graph_layout import routed, strongest_pairs
from silos.plots.heatmaps import block_order

LONG = [
    "Research & Development <North> $a$",
    "Customer Care and Field Service EU",
    "Corporate Communications & Branding",
    "Supply Chain Planning and Logistics",
    "Unternehmenskommunikationsabteilung",
    "Human Resources Business Partnering",
    "Internal Audit, Risk and Compliance",
]
SHORT = ["Finance", "Legal", "IT", "Sales", "Marketing", "Purchasing", "Mail room", "Quality"]


def names(count: int) -> list[str]:
    """Long and short ones in turn; the long ones have 34 or 35 characters."""
    rounds = itertools.chain.from_iterable(zip(itertools.cycle(LONG), itertools.cycle(SHORT), strict=True))
    chosen = list(itertools.islice(rounds, count))
    return [name if chosen.index(name) == at else f"{name[:31]} {at}" for at, name in enumerate(chosen)]


def organisation(count: int, seed: int = 1) -> dict[str, pd.DataFrame]:
    """A made-up organisation in blocks of about six departments, as the plots want it."""
    rng = np.random.default_rng(seed)
    index = pd.Index(names(count), name="department")
    block = rng.permutation(np.arange(count) // 6)
    same = block[:, None] == block[None]
    ratio = np.exp(rng.normal(np.where(same, 0.7, -0.7), 0.6))
    ratio = np.sqrt(ratio * ratio.T)
    if count > 2:
        ratio[0, 1] = ratio[1, 0] = np.nan
        ratio[2, 1] = ratio[1, 2] = 0.0
    np.fill_diagonal(ratio, np.exp(rng.normal(1.8, 0.5, count)))
    square = pd.DataFrame(ratio, index=index, columns=index)
    value = rng.normal(1.2, 0.5, count)
    spread = rng.uniform(0.1, 0.8, count)
    departments = pd.DataFrame(
        {
            "people": rng.integers(5, 140, count),
            "value": value,
            "low": value - spread,
            "high": value + spread,
            "verdict": np.where(value - spread > 1.2, "silo", np.where(value + spread < 1.2, "open", "typical")),
        },
        index=index,
    )
    departments.loc[departments.index[-1], ["value", "low", "high", "verdict"]] = [np.nan, np.nan, np.nan, None]
    departments.loc[departments.index[count // 2], "verdict"] = "uncertain"
    score = np.sort(rng.uniform(0, 0.2, count))[::-1]
    first = np.exp(-3.0 * np.arange(count))
    candidates = pd.DataFrame(
        {
            "score": score,
            "probability_first": first / first.sum(),
            "bind": score * 1.5,
            "reach": 0.6,
            "substantive_share": 0.4,
            "service": np.arange(count) == 1,
            "eligible": ~np.isin(np.arange(count), [1, 4]),
        },
        index=index,
    )
    communities = rng.dirichlet(np.full(max(count // 3, 2), 0.2), count)
    return {
        "ratio": square,
        "significant": (square < 0.5) | (square > 2.5),
        "departments": departments,
        "candidates": candidates,
        "shares": pd.DataFrame(communities, index=index),
        "communities": pd.DataFrame(
            {
                "community": [f"team-{name.lower()}"[:60] for name in index],
                "members": rng.integers(5, 1500, count),
                "shared": rng.integers(0, 5, count),
                "verdict": np.resize(["silo 2.0", "bridge", "uncertain", "typical"], count),
            }
        ),
        "members": pd.DataFrame(rng.dirichlet(np.full(count, 0.2), count), columns=index),
    }


TREND = pd.DataFrame(
    {
        "window": [f"2025-W{week:02d}" for week in range(1, 31)] * 2,
        "measure": ["ei_index"] * 30 + ["modularity"] * 30,
        "value": np.linspace(-0.4, 0.2, 60),
        "low": np.linspace(-0.5, 0.1, 60),
        "high": np.linspace(-0.3, 0.3, 60),
    }
)


SETTINGS = pd.DataFrame(
    {
        "setting": ["layer", "weeks", "max_recipients", "period"],
        "value": ["two-way", "4", "5", "first half"],
        "first": ["Human Resources Business Partnering", "Finance", None, "Finance"],
        "stays": [False, True, False, True],
    }
)


CURVE = pd.DataFrame(
    {"month": range(-6, 6), "months": 1, "others_old": 0.4, "others_new": 0.05}
    | {name: np.linspace(first, last, 12) for name, first, last in (("old", 0.45, 0.02), ("new", 0.01, 0.4))}
    | {f"{name}_low": np.linspace(first, last, 12) for name, first, last in (("old", 0.4, 0.0), ("new", 0.0, 0.3))}
    | {f"{name}_high": np.linspace(first, last, 12) for name, first, last in (("old", 0.5, 0.1), ("new", 0.05, 0.5))}
)


CHANGES = pd.DataFrame(
    {
        "label": "Reorganisation of the regional offices and of everything that belongs to them",
        "measure": ["ei_index", "insularity_contrast", "insularity", "insularity"],
        "department": ["", "", "Human Resources Business Partnering", "R&D $x$"],
        "change": [0.02, -0.6, -0.4, 0.1],
        "change_low": [-0.02, -0.8, -0.6, -0.1],
        "change_high": [0.06, -0.4, -0.2, 0.3],
        "weeks_low": [-0.03, -0.9, -0.5, -0.05],
        "weeks_high": [0.07, -0.3, -0.3, 0.25],
        "verdict": ["not seen", "fell", "fell", "not seen"],
    }
)


def draw(plot: str, count: int, language: str = "en", ax: Axes | None = None) -> Axes:
    """One of the plots, of the made-up organisation."""
    made = organisation(count)
    options = {"ax": ax, "language": language}
    match plot:
        case "mixing_heatmap":
            return plots.mixing_heatmap(made["ratio"], significant=made["significant"], **options)
        case "department_graph":
            connector = str(made["ratio"].index[min(3, count - 1)])
            return plots.department_graph(made["departments"], made["ratio"], connector=connector, **options)
        case "insularity_forest":
            return plots.insularity_forest(made["departments"], median=1.2, **options)
        case "connector_ranking":
            return plots.connector_ranking(made["candidates"], verdict="clear", **options)
        case "communities_heatmap":
            return plots.communities_heatmap(made["shares"], **options)
        case "community_map":
            return plots.community_map(made["communities"], made["members"], **options)
        case "estimates":
            table = made["departments"].fillna({"value": 1.0}).assign(null_mean=1.2)
            return plots.estimates(table, title="estimates_external", **options)
        case "settings":
            return plots.settings(SETTINGS, **options)
        case "department_slopes":
            moved = np.resize(["unchanged", "fell", "cannot say", "rose"], count)
            value = np.nan_to_num(made["departments"]["value"])
            return plots.department_slopes(
                pd.DataFrame({"before": value, "after": value[::-1], "verdict": moved}, made["ratio"].index), **options
            )
        case "team_change":
            return plots.team_change(CURVE, **options)
        case "event_changes":
            return plots.event_changes(CHANGES, **options)
        case "trend":
            return plots.trend(TREND, measure="ei_index", **options)
        case _:
            raise AssertionError(plot)


ALL = [
    "department_slopes",
    "mixing_heatmap",
    "department_graph",
    "insularity_forest",
    "connector_ranking",
    "communities_heatmap",
    "community_map",
    "estimates",
    "settings",
    "event_changes",
    "team_change",
    "trend",
]


def figure_of(axes: Axes) -> Figure:
    figure = axes.get_figure(root=True)
    assert isinstance(figure, Figure)
    return figure


def written(axes: Axes) -> list[Text]:
    """Every text that is drawn."""
    figure = figure_of(axes)
    figure.draw_without_rendering()
    texts: list[Text] = []
    for one in figure.findobj(Axes):
        for axis in (one.xaxis, one.yaxis):
            low, high = sorted(axis.get_view_interval())
            ticks = zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=False)
            texts += [label for at, label in ticks if low - 1e-9 <= at <= high + 1e-9]
            texts.append(axis.label)
        texts += [child for child in one.get_children() if isinstance(child, Text)]
        if legend := one.get_legend():
            texts += legend.get_texts()
    return [text for text in texts if text.get_visible() and text.get_text().strip()]


@pytest.mark.parametrize(
    ("count", "language"), [(1, "en"), (2, "en"), (2, "fr"), (6, "en"), (12, "fr"), (42, "en"), (42, "fr")]
)
@pytest.mark.parametrize("plot", ALL)
def test_no_text_is_clipped_or_overlaps_another(plot: str, count: int, language: str) -> None:
    axes = draw(plot, count, language)
    frame = figure_of(axes).bbox
    boxes = [(text.get_text(), text.get_window_extent()) for text in written(axes)]
    assert len(boxes) > 3
    for text, box in boxes:
        inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= frame.x1 and box.y1 <= frame.y1
        assert inside, f"{text!r} leaves the figure"
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        along = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across <= 0.5 or along <= 0.5, f"{one!r} and {other!r} overlap by {across:.1f} x {along:.1f} pixels"


@pytest.mark.parametrize("plot", ALL)
def test_dollars_in_names_are_no_mathematics(plot: str) -> None:
    assert not any(text.get_parse_math() for text in written(draw(plot, 6)))


@pytest.mark.parametrize("plot", ALL)
def test_same_bytes_each_time(plot: str, tmp_path) -> None:
    axes = draw(plot, 12)
    first = plots.save(axes, tmp_path / "a.b")
    again = plots.save(axes, tmp_path / "again")
    other = plots.save(draw(plot, 12), tmp_path / "other")
    assert [file.name for file in first] == ["a.b.svg", "a.b.png"]
    for files in zip(first, again, other, strict=True):
        one, two, three = (file.read_bytes() for file in files)
        assert one == two == three
    assert b"<dc:date>" not in first[0].read_bytes()
    assert b"Matplotlib" not in first[0].read_bytes()
    assert b"Matplotlib" not in first[1].read_bytes()


@pytest.mark.parametrize("plot", ALL)
def test_draws_into_axes_that_are_given_and_leaves_settings_alone(plot: str) -> None:
    before = dict(mpl.rcParams)
    axes = Figure(figsize=(9, 9), layout="constrained").add_subplot()
    assert draw(plot, 6, ax=axes) is axes
    assert tuple(figure_of(axes).get_size_inches()) == (9, 9)
    assert dict(mpl.rcParams) == before


def test_heatmap_holds_the_log_ratio_of_every_pair() -> None:
    made = organisation(12)
    axes = plots.mixing_heatmap(made["ratio"], significant=made["significant"])
    rows = [label.get_text().replace("\n", " ") for label in axes.get_yticklabels()]
    columns = [label.get_text().replace("\n", " ") for label in axes.get_xticklabels()]
    assert rows == columns
    assert sorted(rows) == sorted(made["ratio"].index)
    ratio = made["ratio"].loc[rows, columns].to_numpy()
    shown = axes.collections[0].get_array()
    np.testing.assert_array_equal(np.ma.getmaskarray(shown), np.isnan(ratio))
    known = np.isfinite(ratio) & (ratio > 0)
    np.testing.assert_allclose(shown[known], np.log2(ratio[known]))
    assert (shown[ratio == 0] < axes.collections[0].norm.vmin).all()
    assert axes.collections[0].norm.vmin == -axes.collections[0].norm.vmax

    dots = {(int(y), int(x)) for x, y in axes.collections[1].get_offsets()}
    significant = made["significant"].loc[rows, columns].to_numpy() & np.isfinite(ratio)
    assert dots == {(int(row), int(column)) for row, column in np.argwhere(significant)}
    assert 0 < len(dots) < 144


def test_heatmap_puts_blocks_together() -> None:
    block = np.array([0, 1, 2, 0, 1, 2, 0, 1, 2])
    ratio = pd.DataFrame(np.where(block[:, None] == block[None], 3.0, 0.3))
    ordered = block[block_order(ratio)]
    assert (np.diff(ordered) != 0).sum() == 2


def test_heatmap_without_a_significant_pair() -> None:
    made = organisation(6)
    axes = plots.mixing_heatmap(made["ratio"], significant=made["ratio"] < 0)
    assert len(axes.collections[1].get_offsets()) == 0


def test_heatmap_refuses_what_is_not_square() -> None:
    with pytest.raises(SilosError, match="square"):
        plots.mixing_heatmap(pd.DataFrame([[1.0, 2.0]]), significant=pd.DataFrame([[True, False]]))


def test_graph_areas_are_people_silos_are_coloured_and_the_connector_is_ringed() -> None:
    made = organisation(12)
    connector = made["ratio"].index[3]
    axes = plots.department_graph(made["departments"], made["ratio"], connector=connector)
    discs = next(artist for artist in axes.collections if artist.get_gid() == "discs")
    ring = next(artist for artist in axes.collections if artist.get_gid() == "ring")
    areas = discs.get_sizes() / made["departments"]["people"].to_numpy()
    np.testing.assert_allclose(areas, areas[0])
    np.testing.assert_allclose(ring.get_offsets()[0], discs.get_offsets()[3])
    silo = mpl.colors.to_rgba(VERDICTS["silo"][0])
    coloured = [tuple(colour) == silo for colour in discs.get_facecolors()]
    assert coloured == list(made["departments"]["verdict"] == "silo")
    assert any(coloured)
    lines = next(artist for artist in axes.collections if artist.get_gid() == "lines")
    ends = {tuple(sorted(map(tuple, np.round(segment[[0, -1]], 6)))) for segment in lines.get_segments()}
    at = np.round(np.asarray(discs.get_offsets()), 6)
    wanted = {
        tuple(sorted((tuple(at[a]), tuple(at[b])))) for a, b in strongest_pairs(made["ratio"], connector=connector)
    }
    assert ends == wanted


@pytest.mark.parametrize("narrow", [False, True])
def test_graph_of_many_departments_of_which_nothing_is_said_names_the_largest(narrow: bool) -> None:
    made = organisation(40)
    quiet = made["departments"].assign(verdict="cannot say")
    axes = plots.department_graph(quiet, made["ratio"], connector=None, narrow=narrow)
    # Long names are broken or shortened; their numbers stay.
    written = {text.get_text().split()[-1] for text in axes.texts if text.get_text()}
    largest = quiet["people"].sort_values(ascending=False, kind="stable").index[:5]
    assert {str(name).split()[-1] for name in largest} <= written
    assert not written & {str(name).split()[-1] for name in quiet.index.difference(largest)}


def artist(axes: Axes, gid: str) -> Any:
    return next((one for one in axes.collections if one.get_gid() == gid), None)


def test_the_connector_stands_between_the_others_desks_are_hollow_and_missing_ties_are_broken_lines() -> None:
    index = ["Hub", "Lab", "Mail room", *(f"d{at}" for at in range(6))]
    table = pd.DataFrame({"people": 20, "verdict": "typical", "desk": False}, index=index)
    table.loc["Lab", "verdict"], table.loc["Mail room", "desk"] = "silo", True
    affinity = pd.DataFrame(0.2, index=index, columns=index)
    affinity.loc["Hub", index[3:]] = affinity.loc[index[3:], "Hub"] = 2.0
    axes = plots.department_graph(table, affinity, connector="Hub", walls=[("d0", "d3")])
    discs = artist(axes, "discs").get_offsets()
    low, high = discs.min(axis=0), discs.max(axis=0)
    assert ((discs[0] > low) & (discs[0] < high)).all()
    paper = mpl.colors.to_rgba("#ffffff")
    assert [tuple(colour) == paper for colour in artist(axes, "discs").get_facecolors()] == [
        name == "Mail room" for name in index
    ]
    # towards the hub and the six others, not towards the desk
    assert len(artist(axes, "missing").get_segments()) == 7
    [wall] = artist(axes, "walls").get_segments()
    np.testing.assert_allclose(wall[[0, -1]], discs[[3, 6]])
    said = [text.get_text() for text in axes.get_legend().get_texts()]
    assert phrases("en")["plots"]["graph_desk"] in said
    calm = plots.department_graph(table.assign(verdict="typical", desk=False), affinity, connector=None)
    assert artist(calm, "missing") is artist(calm, "walls") is artist(calm, "ring") is None
    assert len(calm.get_legend().get_texts()) == 2


@pytest.mark.parametrize("radius", [5.0, 20.0])
def test_a_line_bends_around_a_disc_it_does_not_join(radius: float) -> None:
    start, end, disc = np.array([0.0, 0.0]), np.array([200.0, 0.0]), np.array([[90.0, 3.0]])
    line = routed(start, end, disc, np.array([radius]))
    np.testing.assert_array_equal(line[[0, -1]], [start, end])
    assert np.hypot(*(line - disc[0]).T).min() > radius
    inside = routed(start, end, disc, np.array([radius]), (np.array([0.0, -2.0]), np.array([200.0, 90.0])))
    assert inside[:, 1].min() >= -2


def test_of_many_departments_those_are_named_that_something_is_said_of() -> None:
    index = [f"Regional office {at:02d}" for at in range(60)]
    table = pd.DataFrame({"people": 20, "verdict": "typical"}, index=index)
    table.loc[index[7], "verdict"] = "silo"
    affinity = pd.DataFrame(1.5, index=index, columns=index)
    axes = plots.department_graph(table, affinity, connector=index[3], walls=[(index[9], index[1])])
    assert [text.get_text() for text in axes.texts] == [wrapped(index[at], 20) for at in (1, 3, 7, 9)]
    assert len(artist(axes, "rest").get_offsets()) == 56


@pytest.mark.parametrize("count", [2, 6, 12, 42, 70])
def test_graph_keeps_names_clear_of_discs(count: int) -> None:
    axes = draw("department_graph", count)
    figure = figure_of(axes)
    figure.draw_without_rendering()
    discs = next(artist for artist in axes.collections if artist.get_gid() == "discs")
    centres = axes.transData.transform(discs.get_offsets())
    radii = np.sqrt(discs.get_sizes()) / 2 * figure.dpi / 72
    for text in [*axes.texts, *axes.get_legend().get_texts()]:
        box = text.get_window_extent()
        nearest = np.column_stack([np.clip(centres[:, 0], box.x0, box.x1), np.clip(centres[:, 1], box.y0, box.y1)])
        assert (np.hypot(*(nearest - centres).T) >= radii).all(), text.get_text()
    assert ((centres - radii[:, None] >= 0) & (centres + radii[:, None] <= figure.bbox.max)).all()
    apart = np.hypot(*(centres[:, None] - centres[None]).transpose(2, 0, 1)) - radii[:, None] - radii[None]
    assert (apart[~np.eye(len(centres), dtype=bool)] >= 0).all()
    names_apart = [text.get_window_extent() for text in axes.texts]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(names_apart, 2))


def test_graph_draws_a_line_only_for_what_exceeds_the_expected_and_all_of_the_connector() -> None:
    count = 42
    index = [f"d{at:02d}" for at in range(count)]
    affinity = pd.DataFrame(np.full((count, count), 1.5), index=index, columns=index)
    affinity.loc["d07", "d09"] = affinity.loc["d09", "d07"] = 0.9
    pairs = strongest_pairs(affinity, connector="d07")
    assert sum(7 in pair for pair in pairs) == 40
    assert (7, 9) not in pairs
    assert len(pairs) < 42 * 4


def test_forest_is_sorted_and_every_artist_has_its_number() -> None:
    made = organisation(12)["departments"]
    axes = plots.insularity_forest(made, median=1.2)
    order = made["value"].sort_values(ascending=False, na_position="last").index
    assert [label.get_text() for label in axes.get_yticklabels()] == list(order)
    values = [line for line in axes.lines if str(line.get_gid()).startswith("value")]
    intervals = [line for line in axes.lines if str(line.get_gid()).startswith("interval")]
    median = next(line for line in axes.lines if line.get_gid() == "median")
    assert list(median.get_xdata()) == [1.2, 1.2]
    assert len(values) == len(intervals) == 11
    for row, (value, interval) in enumerate(zip(values, intervals, strict=True)):
        line = made.loc[order[row]]
        assert list(value.get_xdata()) == [line["value"]]
        assert list(value.get_ydata()) == [row]
        assert list(interval.get_xdata()) == [line["low"], line["high"]]
        assert value.get_marker() == VERDICTS[line["verdict"]][2]
        assert value.get_markeredgecolor() == VERDICTS[line["verdict"]][1]
    counts = [text.get_text() for text in axes.texts if text.get_text().isdigit()]
    assert counts == [str(made.loc[name, "people"]) for name in order]
    assert {"silo", "uncertain"} <= set(made["verdict"].dropna())
    assert len({shape for _, _, shape in VERDICTS.values()}) == 3


def test_ranking_shows_the_fifteen_best_and_hatches_service_desks() -> None:
    made = organisation(42)["candidates"]
    axes = plots.connector_ranking(made.sample(frac=1, random_state=1), verdict="clear")
    bars = list(axes.patches)
    assert [bar.get_width() for bar in bars] == list(made["score"].head(15))
    assert [bool(bar.get_hatch()) for bar in bars] == [at in (1, 4) for at in range(15)]
    assert axes.texts[0].get_text() == "95%"
    assert "service desk" in axes.texts[1].get_text()
    assert "service desk" not in axes.texts[4].get_text()
    lead = mpl.colors.to_rgba(VERDICTS["open"][0])
    assert [bar.get_facecolor() == lead for bar in bars] == [True] + [False] * 14


def test_a_candidate_without_a_score_says_so_and_has_no_bar_of_zero() -> None:
    made = organisation(4)["candidates"].assign(eligible=True)
    made.loc[made.index[1], "score"] = np.nan
    axes = plots.connector_ranking(made, verdict="clear")
    told = [text.get_text() for text in axes.texts]
    assert [phrases("en")["plots"]["no_score"] in text for text in told] == [False, False, False, True]
    assert axes.get_yticklabels()[-1].get_text() == str(made.index[1])


@pytest.mark.parametrize(("verdict", "coloured"), [("tied", [0, 2]), ("none", [])])
def test_ranking_colours_those_that_may_be_first(verdict: str, coloured: list[int]) -> None:
    made = organisation(6)["candidates"].assign(probability_first=[0.5, 0.2, 0.3, 0.0, 0.0, 0.0])
    axes = plots.connector_ranking(made, verdict=verdict)
    lead = mpl.colors.to_rgba(VERDICTS["open"][0])
    assert [at for at, bar in enumerate(axes.patches) if bar.get_facecolor() == lead] == coloured


def test_the_map_of_communities_holds_their_members_verdicts_and_what_they_share() -> None:
    made = organisation(42)
    axes = plots.community_map(made["communities"], made["members"])
    shown = made["communities"].head(24)
    np.testing.assert_array_equal(axes.collections[0].get_array(), made["members"].head(24).to_numpy())
    assert [label.get_text() for label in axes.get_yticklabels()] == [short(name) for name in shown["community"]]
    drawn = {"silo 2.0": "silo", "bridge": "open", "uncertain": "uncertain", "typical": "typical"}
    assert [line.get_marker() for line in axes.lines] == [VERDICTS[drawn[one]][2] for one in shown["verdict"]]
    said = [text.get_text() for text in axes.texts if " of " in text.get_text()]
    assert said == [f"{row.shared:,} of {row.members:,}" for row in shown.itertuples()]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["silo 2.0", "bridge", "typical", "uncertain"]


@pytest.mark.parametrize(("language", "said"), [("en", "of"), ("fr", "sur"), ("de", "von")])
def test_a_count_that_is_kept_back_is_said_to_be_below_its_step(language: str, said: str) -> None:
    shares = pd.DataFrame(np.eye(3), index=["labs", "chess", "lunch"])
    table = pd.DataFrame(
        {"community": shares.index, "members": 10, "shared": [None, None, 7], "shared_few": [True, False, False],
         "verdict": "typical"}
    )  # fmt: skip
    drawn = [text.get_text() for text in plots.community_map(table, shares, language=language).texts]
    assert [text for text in drawn if f" {said} " in text] == [f"<\u202f5 {said} 10", f"– {said} 10", f"7 {said} 10"]
    forest = organisation(3)["departments"].assign(people=[20, None, None], people_few=[False, True, False])
    counts = [text.get_text() for text in plots.insularity_forest(forest, median=1.2, language=language).texts]
    assert {"20", "<\u202f5"} < set(counts)
    assert sum("<" in count for count in counts) == 1


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_share_that_may_not_be_shown_is_a_dot_that_is_explained(language: str) -> None:
    shares = pd.DataFrame([[0.7, np.nan, 0.0], [0.0, 0.5, 0.5]], index=["labs", "chess"], columns=["R&D", "HR", "IT"])
    table = pd.DataFrame({"community": shares.index, "members": 12, "shared": 0, "verdict": ["silo 2.0", "bridge"]})
    mark = phrases(language)["plots"]["few_mark"]
    for draw in (
        lambda given: plots.community_map(table, given, language=language),
        lambda given: plots.communities_heatmap(given, language=language),
    ):
        axes = draw(shares)
        cells, dots = axes.collections
        [(x, y)] = dots.get_offsets()
        assert np.ma.getmaskarray(cells.get_array())[int(y), int(x)]
        assert np.ma.count_masked(cells.get_array()) == 1
        assert mark in axes.child_axes[0].get_xlabel()
        axes = draw(shares.fillna(0.3))
        assert len(axes.collections) == 1
        assert mark not in axes.child_axes[0].get_xlabel()


def test_communities_show_their_diagonal_and_sum_what_is_left() -> None:
    shares = pd.DataFrame(np.eye(5)[[3, 1, 4, 0, 2]], index=list("abcde"))
    shown = plots.communities_heatmap(shares).collections[0].get_array()
    np.testing.assert_array_equal(shown, np.eye(5))
    many = pd.DataFrame(np.full((4, 40), 1 / 40), index=list("abcd"))
    shown = plots.communities_heatmap(many).collections[0].get_array()
    assert shown.shape == (4, 24)
    np.testing.assert_allclose(shown.sum(axis=1), 1)
    # a few in a community of the rest, and nobody in the others of it
    many.iloc[0, 23:] = [np.nan, *[0] * 16]
    shown = plots.communities_heatmap(many).collections[0].get_array()
    assert np.ma.count_masked(shown) == 1


def lines_of(axes: Axes, kind: str) -> list[list[float]]:
    return [list(line.get_xdata()) for line in axes.lines if str(line.get_gid()).startswith(kind)]


def test_estimates_have_their_value_interval_and_null_model() -> None:
    table = pd.DataFrame(
        {"value": [-0.3, np.nan, 0.6], "low": [-0.4, 0.0, np.nan], "high": [-0.2, 1.0, np.nan], "null_mean": [0.5] * 3},
        index=["ei_index", "modularity", "Sales"],
    )
    axes = plots.estimates(table, title="estimates_organisation")
    assert [label.get_text() for label in axes.get_yticklabels()] == ["E-I index, by ties", "Sales"]
    assert lines_of(axes, "value") == [[-0.3], [0.6]]
    assert lines_of(axes, "interval")[0] == [-0.4, -0.2]
    assert np.isnan(lines_of(axes, "interval")[1]).all()
    assert lines_of(axes, "null") == [[0.5], [0.5]]
    assert [text.get_text() for text in axes.texts] == ["−0.30", "0.60"]
    counts = plots.estimates(pd.DataFrame({"value": [1200]}, index=["self"]), title="estimates_inputs", form="count")
    assert [text.get_text() for text in counts.texts] == ["1,200"]
    assert [label.get_text() for label in counts.get_yticklabels()] == ["to oneself"]


def test_settings_are_filled_where_the_first_stays() -> None:
    axes = plots.settings(SETTINGS)
    assert [line.get_markerfacecolor() == line.get_markeredgecolor() for line in axes.lines] == list(SETTINGS["stays"])
    assert [text.get_text() for text in axes.texts] == [
        "Human Resources Business Partnering", "Finance", "nobody", "Finance",
    ]  # fmt: skip
    assert axes.get_yticklabels()[1].get_text() == "weeks of contact: 4"


def test_changes_are_drawn_with_both_intervals_and_coloured_if_they_are_said() -> None:
    axes = plots.event_changes(CHANGES)
    lines = {line.get_gid(): line for line in axes.lines}
    assert list(lines["people-1"].get_xdata()) == [-0.8, -0.4]
    assert list(lines["weeks-1"].get_xdata()) == [-0.9, -0.3]
    assert lines["change-1"].get_color() != lines["change-0"].get_color() == lines["change-3"].get_color()
    with pytest.raises(SilosError, match="at least one"):
        plots.event_changes(CHANGES.iloc[:0])


def test_a_change_of_team_is_drawn_at_the_middles_of_months_beside_those_who_stayed() -> None:
    axes = plots.team_change(CURVE)
    lines = {line.get_gid(): line for line in axes.lines}
    np.testing.assert_allclose(lines["old"].get_ydata(), CURVE["old"])
    np.testing.assert_allclose(lines["new"].get_xdata(), np.arange(-5.5, 6))
    np.testing.assert_allclose(lines["others-new"].get_ydata(), 0.05)


def test_trend_draws_one_measure_with_its_band() -> None:
    axes = plots.trend(TREND, measure="modularity")
    course = TREND[TREND["measure"] == "modularity"]
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), course["value"])
    band = axes.collections[0].get_paths()[0].get_extents()
    assert (band.y0, band.y1) == (course["low"].min(), course["high"].max())


@pytest.mark.parametrize("plot", [name for name in ALL if name != "trend"])
def test_nothing_to_draw_is_said(plot: str) -> None:
    empty = pd.DataFrame()
    calls = {
        "mixing_heatmap": lambda: plots.mixing_heatmap(empty, significant=empty),
        "department_graph": lambda: plots.department_graph(empty, empty, connector=None),
        "insularity_forest": lambda: plots.insularity_forest(empty, median=0.0),
        "connector_ranking": lambda: plots.connector_ranking(empty, verdict="none"),
        "community_map": lambda: plots.community_map(empty, empty),
        "communities_heatmap": lambda: plots.communities_heatmap(empty),
        "estimates": lambda: plots.estimates(empty, title="estimates_inputs"),
        "settings": lambda: plots.settings(empty),
        "department_slopes": lambda: plots.department_slopes(empty),
        "event_changes": lambda: plots.event_changes(empty),
        "team_change": lambda: plots.team_change(empty),
    }
    with pytest.raises(SilosError, match=r"at least one|square"):
        calls[plot]()


def test_names_that_are_cut_or_broken() -> None:
    assert short("a" * 60) == f"{'a' * 22}…{'a' * 21}"
    offices = [f"Regional Office and Field Service of the North, team {at}" for at in range(3)]
    assert len({short(name) for name in offices}) == 3
    assert wrapped("Human Resources Business Partnering", 20) == "Human Resources\nBusiness Partnering"


def test_a_map_of_many_departments_holds_its_cells_as_a_picture(tmp_path):
    shares = pd.DataFrame(np.full((60, 20), np.nan), columns=range(1, 21)).map(lambda _: 0.0)
    shares.iloc[::2] = np.nan
    few = plots.save(plots.communities_heatmap(shares.head(20)), tmp_path / "few")[0].read_text("utf-8")
    many = plots.save(plots.communities_heatmap(shares), tmp_path / "many")[0].read_text("utf-8")
    assert few.count("<path") > 400
    assert many.count("<path") < 250
    assert "<image" in many
    assert "<image" not in few


def test_graph_draws_no_line_where_ties_are_as_expected_or_not_known_and_says_that_there_is_none() -> None:
    index = [f"d{at}" for at in range(6)]
    table = pd.DataFrame({"people": 20, "verdict": "typical"}, index=index)
    affinity = pd.DataFrame(1.0, index=index, columns=index)
    axes = plots.department_graph(table, affinity, connector=None)
    said = [text.get_text() for text in axes.get_legend().get_texts()]
    assert len(artist(axes, "lines").get_segments()) == 0
    assert phrases("en")["plots"]["graph_no_line"] in said
    affinity.loc["d0", "d1"] = affinity.loc["d1", "d0"] = 3.0
    joined = plots.department_graph(table, affinity.where(affinity > 1), connector=None, ties="two_way")
    said = [text.get_text() for text in joined.get_legend().get_texts()]
    assert len(artist(joined, "lines").get_segments()) == 1
    assert phrases("en")["plots"]["graph_line_two_way"] in said
    assert phrases("en")["plots"]["graph_no_line"] not in said


def test_missing_ties_are_those_that_make_a_silo_not_those_of_the_lines() -> None:
    index = ["Lab", *(f"d{at}" for at in range(5))]
    table = pd.DataFrame({"people": 20, "verdict": ["silo", *["typical"] * 5]}, index=index)
    affinity, contact = (pd.DataFrame(0.2, index=index, columns=index) for _ in range(2))
    contact.loc["Lab", ["d0", "d1", "d2"]] = 4.0, np.nan, 0.95
    axes = plots.department_graph(table, affinity, connector=None, contact=contact)
    assert len(artist(axes, "missing").get_segments()) == 2


def test_of_many_departments_those_are_named_that_the_text_beside_is_about() -> None:
    index = [f"d{at:02d}" for at in range(40)]
    table = pd.DataFrame({"people": 20, "verdict": ["silo"] * 20 + ["typical"] * 20}, index=index)
    affinity = pd.DataFrame(1.5, index=index, columns=index)
    axes = plots.department_graph(table, affinity, connector=None, spoken_of=["d36", "d28"])
    named = {text.get_text() for text in axes.texts}
    assert {"d00", "d28", "d36"} <= named
    assert len(named) == 14
