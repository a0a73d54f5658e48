"""Is a change found that was planted, with its half-life, and none where there is none?

python benchmarks/change.py [--halves 500] [--organisations 40] [--data DIR] [-o docs]

Half-lives: so many small organisations for each, in which thirty people change team. Alarms: so many simulated
organisations of a year in which a silo opens in the middle, and as many of each decoy. Figures go to
docs/data/change.json and from there to the marked parts of docs/change.md; a part that is not run (0 organisations)
stays what it was. With `--data`, a folder with `handbook_company` (a software firm's handbook), whose figures go there
too, and `compiler_reviews` (a compiler project's reviews), printed only, as far as it has them.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

import silos  # noqa: E402
from silos.analysis.over_time.changes import changed  # noqa: E402
from silos.analysis.over_time.responsiveness import Curve, follow_moves  # noqa: E402
from silos.analysis.over_time.team_moves import MONTH, REACH, Move  # noqa: E402
from silos.analysis.over_time.trend import Judged  # noqa: E402
from silos.analysis.parameters import Parameters  # noqa: E402
from silos.analysis.pipeline import prepare  # noqa: E402
from silos.inference.multiple_testing import FALSE_DISCOVERY  # noqa: E402
from silos.ties.count import tally  # noqa: E402

DOCS = Path(__file__).parent.parent / "docs"
sys.path.insert(0, str(DOCS))

from page_parts import replaced, table  # noqa: E402

#: Months; None: the network does not follow.
HALF_LIVES = (1.0, 2.0, 4.0, None)
#: Length of the logs, and the week in which something happens.
WEEKS, WEEK = 52, 26
#: The first day of that week; a month begins there too.
MIDDLE = "2024-07-01"
DECOYS = {
    "nothing": {},
    "a season": {"season": 0.5},
    "traffic halves": {"traffic_halves": WEEK},
    "a third replaced": {"leavers": 0.33, "joiners": 0.33},
}
#: Of the bootstrap of a half-life.
REPLICATES = 200
#: Teams of more people are no teams that one joins to work with all of them.
LARGEST_TEAM = 30


def movers(half_life: float | None, seed: int, *, count: int = 30, others: int = 60) -> Curve:
    """The curve of an organisation in which so many people change team, and so many beside them do not."""
    rng = np.random.default_rng(seed)
    people = count + others
    moves = np.arange(people) < count
    day = 19_000.0 + rng.integers(0, 90, people)
    old, new, rest = people, people + 1, people + 2
    listed = [
        Move(one, float(day[one]), np.array([old]), np.array([new]), -np.inf, np.inf, bool(moves[one]))
        for one in range(people)
    ]
    rate = rng.lognormal(sigma=0.5, size=people) * 20 * 7 / MONTH
    share = rng.beta(5, 5, people) * 0.9
    # Contacts are counted by the week of the calendar, wherever in it the day of the move lies: what is left in a week
    # is the mean over its days.
    thursday = np.arange(day.min() // 7 - 27, day.max() // 7 + 28) * 7 + 3.5
    days = thursday[:, None] + np.arange(7) - 3
    months = np.maximum((days - day[:, None, None]) / MONTH, 0)
    left = np.where(moves[:, None] & (half_life is not None), (2 ** (-months / (half_life or 1))).mean(axis=2), 1.0)
    parts = [share[:, None] * left, 0.04 + share[:, None] * (1 - left), (0.96 - share)[:, None] * np.ones_like(left)]
    sent = rng.poisson(rate[:, None] * np.stack(parts))
    side, person, week = np.nonzero(sent)
    contacts = pd.DataFrame(
        {
            "person": person,
            "other": np.array([old, new, rest])[side],
            "day": thursday[week],
            "messages": sent[side, person, week].astype(np.float64),
        }
    )
    found = follow_moves(contacts, listed, people + 3, months=1, periods=6, minimum=5, replicates=REPLICATES, seed=seed)
    assert found is not None
    return found


def half_lives(count: int) -> list[dict[str, Any]]:
    """How often the half-life lies within its interval, and how often the network is said to follow."""
    rows = []
    for planted in HALF_LIVES:
        curves = [movers(planted, seed) for seed in range(count)]
        row: dict[str, Any] = {
            "half_life": planted,
            "organisations": count,
            "follows": sum(curve.verdict == "follows" for curve in curves),
        }
        if planted is not None:
            found = [curve.half_life for curve in curves]
            ends = [(np.inf if one.low is None else one.low, one.high or np.inf) for one in found]
            row |= {
                "within": sum(low <= planted <= high for low, high in ends),
                "median": round(float(np.median([one.value or np.inf for one in found])), 3),
                "open": sum(one.high is None for one in found),
            }
        rows.append(row)
    return rows


def _half_lives_told(rows: list[dict[str, Any]]) -> str:
    """The part of the page on half-lives."""

    def share(row: dict[str, Any], name: str) -> str:
        return f"{100 * row[name] / row['organisations']:.1f} %" if name in row else "–"

    return (
        f"Small organisations in which 30 people change team and 60 beside them do not, {rows[0]['organisations']} of "
        f"each half-life,\n{REPLICATES} replicates:\n\n"
    ) + table(
        ("half-life, months", "within its interval", "median", "interval open above", "said to follow"),
        [
            (
                f"{row['half_life']:g}" if row["half_life"] else "nothing follows",
                share(row, "within"),
                f"{row['median']:.2f}" if "median" in row else "–",
                share(row, "open"),
                share(row, "follows"),
            )
            for row in rows
        ],
    )


def alarms(seed: int, **planted: object) -> dict[str, object]:
    """What is told of one simulated year: changes from month to month, lasting ones, and across the middle of it."""
    made = silos.simulate.organisation(
        people=120, departments=7, weeks=WEEKS, rows=15_000, silos=1, communities=0, mail_room=False, newsletter=False,
        bilateral_pair=False, one_person_bridge=False, biggest=False, unknown=0, start="2024-01-01",
        seed=seed, **planted,
    )  # fmt: skip
    interactions, roster = made.interactions, made.roster
    asked = Parameters.of(
        by="department", since=None, until=None, window="month", max_recipients=20, min_department=5,
        service_departments=(), bootstrap=100, seed=seed, events=[f"{MIDDLE}=Middle"],
        event_departments=list(made.truth["silos"]),
    )  # fmt: skip
    # Without other settings, which take another count each.
    counted = tally(silos.read_interactions(interactions), silos.read_roster(roster), window="month", by_week=True)
    ground = prepare(counted, asked)
    trend, points, events, *_ = changed(
        counted, ground.every, ground.shown, asked, roster=None, judge=lambda _: Judged()
    )
    [silo] = made.truth["silos"]
    told = trend.table[trend.table["change_q"] < FALSE_DISCOVERY]
    at = points.table[points.table["department"] == silo]["window"].tolist()
    own = events.seen[(events.seen["department"] == silo) | (events.seen["measure"] == "insularity_contrast")]
    return {
        "changes told": len(told) > 0,
        "rows told": len(told) / max(int(trend.table["change"].notna().sum()), 1),
        "asked": len(points.table) > 0,
        "asked of the silo": MIDDLE in at,
        "event told": len(events.seen) > 0,
        "the silo's": bool((own["verdict"] == "fell").any()),
        "wrong sign": bool((own["verdict"] == "rose").any()),
    }


def false_alarms(count: int) -> list[dict[str, Any]]:
    """In how many organisations anything is told, by what was planted."""
    rows = []
    for name, planted in {"a silo opens": {"silo_opens": WEEK}, **DECOYS}.items():
        told = pd.DataFrame([alarms(seed, **planted) for seed in range(count)])
        print(f"{name}: {told.sum().to_dict()}", file=sys.stderr, flush=True)
        rows.append({"planted": name, "organisations": count} | {key: float(told[key].sum()) for key in told})
    return rows


def _alarms_told(rows: list[dict[str, Any]]) -> str:
    """The part of the page on alarms."""

    def of(row: dict[str, Any], name: str) -> str:
        return f"{row[name]:.0f} of {row['organisations']}" if name in row else "–"

    return (
        f"Organisations of 120 people and 7 departments over {WEEKS} weeks, {rows[0]['organisations']} of each kind,\n"
        "by months and across the middle of the year, 100 replicates:\n\n"
    ) + table(
        ("planted", "any change told, month by month", "of changes tested", "asked about a lasting change",
         "asked about the silo's, then", "any change told across the event", "the silo's own fell", "it rose"),
        [
            (
                row["planted"],
                of(row, "changes told"),
                f"{100 * row['rows told'] / row['organisations']:.2f} %",
                of(row, "asked"),
                of(row, "asked of the silo"),
                of(row, "event told"),
                of(row, "the silo's"),
                of(row, "wrong sign"),
            )
            for row in rows
        ],
    )  # fmt: skip


def handbook(folder: Path) -> dict[str, Any]:
    """A software firm's handbook: who edits after whom, with a roster of every month."""
    found = silos.analyze(folder / "log.csv", folder / "roster.csv", log_kinds=["acts"], window="quarter")
    response = found.responsiveness
    for name, curve in response.curves.items():
        print(f"{name}: {curve.movers} movers, {curve.others} others, {curve.verdict}")
        print(f"  new, beyond the others {curve.new_gain}\n  old {curve.old_loss}\n  half-life {curve.half_life}")
        print(curve.table.round(2).to_string(index=False))
    for finding in found.findings:
        if finding.id.startswith(("follows", "trend")):
            print(finding.sentence)
    print(*[limit for limit in found.limits_in("en") if "change" in limit], sep="\n")
    curve = response.curves["manager"]
    return {
        "others": curve.others,
        "follows": curve.verdict == "follows",
        **{name: curve.table[name].tolist() for name in ("old", "new")},
        "movers": curve.movers,
        "gain": curve.new_gain.to_dict(),
        "half_life": curve.half_life.to_dict(),
    }


def _handbook_told(found: dict[str, Any]) -> str:
    """The part of the page on the handbook: exact numbers."""

    def quarters(name: str) -> list[str]:
        written = [f"{100 * share:.0f}" for share in found[name]]
        return [", ".join(some) for some in (written[: len(written) // 2], written[len(written) // 2 :])]

    (new, new_after), (old, old_after), gain, half = *map(quarters, ("new", "old")), found["gain"], found["half_life"]
    value, low, high = (f"{100 * gain[name]:.0f}" for name in ("value", "low", "high"))
    known = half["low"] is not None and half["high"] is not None
    return (
        f"Of {found['movers']} people whose manager changed and who have at least three contacts in a quarter, "
        f"the share with their new\ncolleagues was {new} % in the three quarters before and {new_after} % "
        f"in the three after. It rose by {value} points more than\namong {found['others']} people who did not move "
        f"({low} to {high}). With their old colleagues it went from {old} %\nto {old_after} %. "
        + (f"Half of that was gone after {half['value']:.1f} months." if known else "A half-life cannot be told.")
        + (" **The network follows the chart.**" if found["follows"] else "")
        + "\n"
    )


def reviews(folder: Path) -> None:
    """A compiler project's reviews: does who joins a team then deal with it more?"""
    log = pd.read_csv(folder / "log.csv.gz", parse_dates=["timestamp"])
    teams = pd.read_csv(folder / "memberships.csv", parse_dates=["effective_from", "effective_to"])
    names = pd.Index(sorted({*log["sender"], *log["recipient"]}))
    day = (log["timestamp"].dt.tz_localize(None) - pd.Timestamp(0)) / pd.Timedelta(days=1)
    a, b = names.get_indexer(log["sender"]), names.get_indexer(log["recipient"])
    contacts = pd.DataFrame({"person": np.r_[a, b], "other": np.r_[b, a], "day": np.r_[day, day], "messages": 1.0})
    contacts = contacts[contacts["person"] != contacts["other"]]
    teams = teams.assign(number=names.get_indexer(teams["person"]))
    teams = teams[teams["number"] >= 0]
    since, until = (
        ((teams[name] - pd.Timestamp(0)) / pd.Timedelta(days=1)).to_numpy()
        for name in ("effective_from", "effective_to")
    )
    until = np.where(np.isnan(until), np.inf, until)
    number, team = teams["number"].to_numpy(), teams["team"].to_numpy()
    reach, first, rng = REACH * MONTH, np.nanmin(since), np.random.default_rng(0)
    moves = []
    for person, name, at in zip(number, team, since, strict=True):
        there = (team == name) & (since <= max(at - reach, first)) & (until >= min(at + reach, contacts["day"].max()))
        mates = np.setdiff1d(number[there], [person])
        if at <= first or not 0 < len(mates) <= LARGEST_TEAM:
            continue
        moves.append(Move(person, float(at), np.zeros(0, dtype=np.intp), mates, -np.inf, np.inf, True))
        around = contacts[(contacts["day"] - at).abs() <= reach]["person"].unique()
        still = np.setdiff1d(around, [*number[np.abs(since - at) <= reach], *mates])
        for one in rng.permutation(still)[:3]:
            moves.append(Move(int(one), float(at), np.zeros(0, dtype=np.intp), mates, -np.inf, np.inf, False))
    for months, periods in ((1, 6), (3, 3)):
        curve = follow_moves(
            contacts, moves, len(names), months=months, periods=periods, minimum=5, replicates=500, seed=0
        )
        if curve is None:
            continue
        print(f"joins by periods of {months}: {curve.movers} people, {curve.others} beside them, {curve.verdict}")
        print(f"  with the team, beyond the others {curve.new_gain}")
        print(
            curve.table[["month", "movers", "new", "new_low", "new_high", "others_new"]].round(3).to_string(index=False)
        )


def written(found: dict[str, Any], output: Path) -> None:
    """Keep the figures beside those of other runs, and put them into the page."""
    kept = output / "data" / "change.json"
    figures = (json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}) | found
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    page = (output / "change.md").read_text(encoding="utf-8")
    for name, told in PARTS.items():
        if name in figures:
            page = replaced(page, name, told(figures[name]))
    (output / "change.md").write_text(page, encoding="utf-8")


PARTS = {"half-lives": _half_lives_told, "alarms": _alarms_told, "handbook": _handbook_told}


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--halves", type=int, default=500, help="organisations for each half-life")
    parser.add_argument("--organisations", type=int, default=40, help="simulated organisations of each kind")
    parser.add_argument("--data", type=Path, help="folder with handbook_company and compiler_reviews")
    parser.add_argument("-o", "--output", type=Path, default=DOCS, help="where the documents go")
    asked = parser.parse_args(arguments)
    if asked.halves:
        written({"half-lives": half_lives(asked.halves)}, asked.output)
    if asked.organisations:
        written({"alarms": false_alarms(asked.organisations)}, asked.output)
    if asked.data is not None:
        for name, look in (("handbook_company", handbook), ("compiler_reviews", reviews)):
            if (asked.data / name).is_dir():
                print(f"\n{name}")
                figures = look(asked.data / name)
                if figures:
                    written({"handbook": figures}, asked.output)


if __name__ == "__main__":
    main()
