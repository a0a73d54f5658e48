"""Made-up results: frozen objects that a test changes in a single respect, with `replace` or with `changed`."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from silos.analysis.connector.sensitivity import Sensitivity
from silos.analysis.connector.verdict import Connector
from silos.analysis.departments import ROLES, Departments
from silos.analysis.detected_communities import DetectedCommunities
from silos.analysis.dialogue import DEPARTMENT_COLUMNS, PAIR_COLUMNS, Dialogue
from silos.analysis.external import External
from silos.analysis.findings.recommendations import RECOMMENDATIONS
from silos.analysis.findings.rules import RULES
from silos.analysis.inputs import Inputs
from silos.analysis.leadership import Leadership
from silos.analysis.organisation import Organisation
from silos.analysis.over_time.trend import COLUMNS as TREND
from silos.analysis.over_time.trend import Trend
from silos.analysis.pairs import Pairs
from silos.analysis.parameters import Parameters
from silos.analysis.result import Analysis
from silos.analysis.results import Results
from silos.inference.estimate import Estimate

#: The five departments of `calm`.
NAMES = ("Sales", "Legal", "IT", "Finance", "Mail room")
#: A name that a page, a figure or a formula might take for something else.
NASTY = 'R&D <b>"Core"</b> $x$'
TWELVE = (
    *("Production", "Purchasing", "Logistics", "Quality", NASTY, "IT", "Finance", "Legal", "Human resources"),
    *("Marketing", "Sales", "Mail room"),
)
#: Small departments put together.
OTHER = "Other (small)"
#: Estimates of the organisation that rules ask for; without value unless a test gives them one.
ESTIMATES = (
    *("ei_index", "ei_index_volume", "modularity", "department_community_ami", "community_homogeneity"),
    *("two_way_share", "two_way_share_within", "two_way_share_across", "cross_department_share"),
    *("effective_resistance", "some_new_measure"),
)


@dataclass(frozen=True, eq=False)
class MadeUp(Analysis):
    """Made-up results with the findings and recommendations that follow from them."""

    rules = RULES
    recommendation_rules = RECOMMENDATIONS

    results: Results


def close(value: float, spread: float) -> Estimate:
    """An estimate with an interval of so much to either side."""
    return Estimate(value, value - spread, value + spread)


def changed(results: Results, question: str, rows: dict[str, Any] | None = None, **fields: Any) -> Results:
    """The results with fields of one question changed, and cells of its first table, by "row.column"."""
    answer = getattr(results, question)
    if rows is not None:
        name = {"connector": "candidates", "dialogue": "departments"}.get(question, "table")
        table = fields.get(name, getattr(answer, name)).copy()
        for at, value in rows.items():
            row, column = at.split(".")
            table.loc[row, column] = value
        fields[name] = table
    return replace(results, **{question: replace(answer, **fields)})


def candidates(names: list[str] | tuple[str, ...], first: list[float], **columns: Any) -> pd.DataFrame:
    """The candidates for the connector, with how often each comes first."""
    usual = {
        "score": 0.11 / (np.arange(len(names)) + 1), "bind": 0.15 / (np.arange(len(names)) + 1), "reach": 0.8,
        "probability_first": first, "tied": False, "substantive_share": 0.42, "ties": 90.0,
        "effective_spanners": 9.0, "effective_spanners_low": 7.0, "effective_spanners_high": 11.0,
        "service": [name == "Mail room" for name in names], "eligible": True, "answers": 0, "turn_taking": np.nan,
        "turn_taking_low": np.nan, "turn_taking_high": np.nan, "desk": False,
    }  # fmt: skip
    return pd.DataFrame(usual | columns, index=pd.Index(names, name="department"))


def pairs(found: dict[tuple[str, str], tuple[float, str]] | None = None, **columns: Any) -> Pairs:
    """Pairs of departments with their contact over the expected, and their verdict."""
    rows = [(*names, *told) for names, told in (found or {}).items()]
    table = pd.DataFrame(rows, columns=["a", "b", "ratio", "verdict"])
    table["ratio"] = table["ratio"].astype(float)
    spread = table["ratio"] / 4
    usual = {
        "ratio_low": table["ratio"] - spread, "ratio_high": table["ratio"] + spread, "relative": table["ratio"],
        "expected": 120.4, "observed": 120.4 * table["ratio"], "ties": 20 * table["ratio"], "expected_ties": 20.0,
        "p": 0.0004, "q": np.where(table["verdict"] == "typical", 0.4, 0.0009), "reason": None,
    }  # fmt: skip
    names = list(dict.fromkeys(name for names in found or () for name in names))
    ratios = pd.DataFrame(np.where(np.eye(len(names)), 5.0, np.nan), index=names, columns=names)
    for (a, b), (ratio, _) in (found or {}).items():
        ratios.loc[a, b] = ratios.loc[b, a] = ratio
    return Pairs(table.assign(**(usual | columns)), ratios, ratios)


def departments(names: tuple[str, ...], insularity: np.ndarray, verdicts: list[str], **columns: Any) -> Departments:
    """Departments by name, the most inward first; further columns are in the order given."""
    usual = {
        "people": 30, "insiders_odds": 1.8, "insularity": insularity, "inwardness": 0.1, "ei_index": -0.2,
        "external_share": 0.4, "reach": 0.6, "constraint": 0.21, **dict.fromkeys(ROLES, 40.0), "verdict": verdicts,
        "reason": None, "inwardness_nearby": 0.1,
    }  # fmt: skip
    table = pd.DataFrame(usual | columns, index=pd.Index(names, name="department"))
    for name, spread in (("insiders_odds", 0.35), ("insularity", 0.22), ("inwardness", 0.2)):
        table[f"{name}_low"], table[f"{name}_high"] = table[name] - spread, table[name] + spread
    table = table.sort_values("insularity", ascending=False, kind="stable")
    return Departments(table, float(np.median(insularity)), tuple(table.index))


def calm() -> Results:
    """Five departments of which nothing is to be told but that one of them clearly binds the others."""
    return Results(
        inputs=Inputs(
            level="person", rows_read=1000, rows_used=990, rejected={}, broadcasts=4, selves=6, people=150, matched=150,
            unmatched=0, first=datetime(2025, 1, 6, 7, 58, 11), last=datetime(2025, 3, 30, 18, 2), formats=("csv",),
            fields=("department", "person"), memberships=0, layers=("email", "chat", "meeting"),
            evidence="substantive", waived=(), dated=True, directed=True,
        ),
        organisation=Organisation(dict.fromkeys(ESTIMATES, Estimate(None)), 150, 5, 5, 900, 1.1, placed=150),
        departments=departments(NAMES, np.full(len(NAMES), 1.1), ["typical"] * len(NAMES)),
        pairs=pairs(),
        connector=Connector(
            verdict="clear", department="Sales", evidence="substantive", mail_room_warning=False, reason="first",
            candidates=candidates(NAMES, [0.95, 0.03, 0.01, 0.01, 0.0]), chance=0.001, busiest="Sales",
            binds=pd.DataFrame({"a": [], "b": [], "loss": []}),
        ),
        sensitivity=Sensitivity(pd.DataFrame(columns=["setting", "value", "first", "stays"])),
        detected=DetectedCommunities(
            table=pd.DataFrame(columns=["community", "people", "departments", "largest_department", "share"]),
            shares=pd.DataFrame(), modularity=float("nan"),
            agreement=dict.fromkeys(("ami", "homogeneity", "completeness"), Estimate(None)),
        ),
        communities=None,
        dialogue=Dialogue(
            departments=pd.DataFrame(columns=list(DEPARTMENT_COLUMNS)), pairs=pd.DataFrame(columns=list(PAIR_COLUMNS))
        ),
        leadership=Leadership(),
        external=External(),
        trend=Trend(pd.DataFrame(columns=list(TREND)), None),
        asked=Parameters(
            by="department", since=None, until=None, window=None, max_recipients=20, min_department=5,
            service_departments=("Mail room",), bootstrap=500, seed=0,
        ),
    )  # fmt: skip


def organisation(count: int = 12, names: tuple[str, ...] = ()) -> Results:
    """`count` departments with a silo, walls, bridges and a connector, and small ones put together."""
    rng = np.random.default_rng(count)
    names = names or (TWELVE + tuple(f"Regional office and field service {at:02d}" for at in range(count)))[:count]
    people, sigma = rng.integers(9, 80, count), rng.normal(1.1, 0.16, count)
    sigma[1 % count] = 2.6
    verdicts = ["typical" if abs(value - 1.1) < 0.25 else "open" if value < 1.1 else "uncertain" for value in sigma]
    verdicts[1 % count] = "silo"
    ratios = {
        (names[a], names[b]): float(np.exp(rng.normal(-0.1, 0.5))) for a in range(count) for b in range(a + 1, count)
    }
    called = {
        names: (ratio, "wall" if ratio < 0.45 else "bridge" if ratio > 2 else "typical")
        for names, ratio in ratios.items()
    }
    judged = departments(
        names, sigma, verdicts, people=people, insiders_odds=np.log(6) + sigma - 1.1,
        external_share=rng.uniform(0.2, 0.6, count), reach=rng.uniform(0.3, 0.9, count),
        liaison=rng.integers(900, size=count).astype(float),
    )  # fmt: skip
    small = pd.DataFrame([{"people": 7, "verdict": None}], index=[OTHER])
    table = pd.concat([judged.table.astype(object), small]).rename_axis("department")
    numbers = [name for name in table.columns if name not in ("verdict", "reason")]
    judged = replace(judged, table=table.astype(dict.fromkeys(numbers, np.float64)))
    order = list(dict.fromkeys(["Marketing", *names] if "Marketing" in names else names))
    first = np.exp(-2.9 * np.arange(count))
    quiet = calm()
    return replace(
        quiet,
        inputs=replace(
            quiet.inputs, rows_read=184223, rows_used=171020, people=331, matched=314, unmatched=17,
            rejected={"unreadable timestamp": 3, "no sender": 1200},
        ),
        organisation=replace(
            quiet.organisation, people=331, departments=count + 2, shown=count, estimates=estimates(),
        ),
        departments=judged,
        pairs=pairs(called),
        connector=replace(
            quiet.connector, department=order[0], candidates=candidates(order, list(first / first.sum())),
        ),
        detected=replace(
            quiet.detected,
            table=pd.DataFrame({"community": range(1, 9), "people": 40}),
            shares=pd.DataFrame(np.random.default_rng(3).dirichlet(np.full(8, 0.15), count), index=names),
        ),
        trend=Trend(course(), "month"),
    )  # fmt: skip


def estimates() -> dict[str, Estimate]:
    """Of the organisation: inward, and largely what the chart says."""
    return {
        "ei_index": Estimate(-0.303, -0.353, -0.253, 0.486, 0.02, -39.0, 0.0),
        "ei_index_volume": Estimate(-0.641, -0.701, -0.581, 0.486, 0.05, -22.0, 0.0001),
        "modularity": Estimate(0.373, 0.353, 0.393, 0.031, 0.004, 80.0, 0.0),
        "department_community_ami": close(0.71, 0.08),
        "community_homogeneity": close(0.8, 0.1),
        "two_way_share": close(0.62, 0.03),
        "two_way_share_within": close(0.66, 0.03),
        "two_way_share_across": close(0.58, 0.03),
        "cross_department_share": close(0.348, 0.02),
        "effective_resistance": close(3.21, 0.4),
        "some_new_measure": Estimate(None),
    }


def course(months: int = 3, **columns: Any) -> pd.DataFrame:
    """The E-I index of so many months."""
    value = -0.3 + np.arange(1, months + 1) / 50
    table = pd.DataFrame(
        {
            "window": [f"2025-{month:02d}-01" for month in range(1, months + 1)], "measure": "ei_index",
            "department": "", "value": value, "low": value - 0.06, "high": value + 0.06,
            "since": [None, *[f"2025-{month:02d}-01" for month in range(1, months)]],
            "before": [np.nan, *value[:-1]], "after": [np.nan, *value[1:]], "change": [np.nan, *np.diff(value)],
            "change_low": np.nan, "change_high": np.nan, "strength": np.nan, "change_q": np.nan, "traffic": 1.0,
        }
    )  # fmt: skip
    return table.assign(**columns)
