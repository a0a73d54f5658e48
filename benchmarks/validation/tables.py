"""docs/validation.md from the summary: no figure in it is typed by hand."""

from collections.abc import Iterable
from pathlib import Path
from string import Template
from typing import Any

HERE = Path(__file__).parent
MEASURES = {
    "insularity": "insularity",
    "insiders_odds": "insiders' odds",
    "relative": "insularity less the median",
    "narrowed": "the same, narrowed (tried)",
}


def write(summary: dict[str, Any], path: Path) -> None:
    """Fill template.md with the tables."""
    template = Template((HERE / "template.md").read_text(encoding="utf-8"))
    path.write_text(template.substitute(tables(summary)), encoding="utf-8")


def tables(summary: dict[str, Any]) -> dict[str, str]:
    """The tables by their name in the template."""
    return {
        "size": str(summary["size"]),
        "count": f"{sum(row['organisations'] for row in summary['organisations']):,}",
        "targets": _targets(summary),
        "organisations": _organisations(summary),
        "connector": _connector(summary),
        "false_clear": _false_clear(summary),
        "clear_curve": _clear_curve(summary),
        "calibration": _calibration(summary),
        "misses": _misses(summary),
        "mail_room": _mail_room(summary),
        "silos": _silos(summary),
        "false_silos": _false_silos(summary),
        "rules": _rules(summary),
        "spearman": _spearman(summary),
        "others": _others(summary),
        "coverage": _coverage(summary),
        "shuffled": _shuffled(summary),
    }


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown."""
    heads = list(heads)
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def percent(rate: dict[str, Any]) -> str:
    """A share as 12 of 40: 30 % (18–45)."""
    if rate["share"] is None:
        return "–"
    low, high = round(100 * rate["low"]), round(100 * rate["high"])
    return f"{rate['count']} of {rate['of']}: {share(rate['share'])} ({low}–{high})"


def short(rate: dict[str, Any]) -> str:
    """A share as 30 % of 40."""
    return "–" if rate["share"] is None else f"{share(rate['share'])} of {rate['of']}"


def share(value: float | None) -> str:
    """A share in per cent, with a decimal where it is near 0 or 1."""
    if value is None:
        return "–"
    decimals = 1 if 0 < value < 0.1 or 0.9 < value < 1 else 0
    return f"{100 * value:.{decimals}f} %"


def number(value: dict[str, Any]) -> str:
    """A mean ± its standard error."""
    if value["mean"] is None:
        return "–"
    error = "" if value["error"] is None else f" ± {value['error']:.2f}"
    return f"{value['mean']:.2f}{error}"


def people(bounds: list[int]) -> str:
    """A class of sizes in words."""
    low, high = bounds
    return f"{low}–{high}" if high < 1_000 else f"{low} and more"


def _targets(summary: dict[str, Any]) -> str:
    return table(
        ("claim", "target", "reached", "of", ""),
        (
            (
                row["what"],
                row["target"],
                "–"
                if row["reached"] is None
                else share(row["reached"])
                if not row["text"]
                else f"{row['reached']:.3f}",
                str(row["of"]),
                {True: "met", False: "**missed**", None: "not measured"}[row["met"]],
            )
            for row in summary["targets"]
        ),
    )


def _organisations(summary: dict[str, Any]) -> str:
    return table(
        ("kind", "generator", "half", "organisations"),
        ((row["kind"], row["generator"], row["half"], str(row["organisations"])) for row in summary["organisations"]),
    )


def _connector(summary: dict[str, Any]) -> str:
    return table(
        ("generator", "evidence", "strength", "hit@1", "MRR", "clear, right", "clear, wrong", "tied", "none"),
        (
            (
                row["generator"],
                row["grade"],
                f"{row['strength']:g}",
                percent(row["hit"]),
                number(row["mrr"]),
                short(row["clear_right"]),
                short(row["clear_wrong"]),
                short(row["tied"]),
                short(row["none"]),
            )
            for row in summary["connector"]
        ),
    )


def _false_clear(summary: dict[str, Any]) -> str:
    return table(
        ("organisations without a connector", "clear", "tied", "who was proclaimed"),
        (
            (
                row["organisations"],
                percent(row["clear"]),
                short(row["tied"]),
                ", ".join(f"{role.replace('_', ' ')} {count}" for role, count in row["proclaimed"].items()) or "–",
            )
            for row in summary["false_clear"]
        ),
    )


def _clear_curve(summary: dict[str, Any]) -> str:
    return table(
        ("half", "P(first) ≥", "clear, right", "clear, wrong", "clear, nobody planted"),
        (
            (half, f"{row['threshold']:g}", percent(row["right"]), percent(row["wrong"]), percent(row["false"]))
            for half, rows in summary["clear_curve"].items()
            for row in rows
        ),
    )


def _calibration(summary: dict[str, Any]) -> str:
    return table(
        ("P(first)", "mean of it", "it is the connector", "in organisations without one"),
        (
            (
                f"{row['low']:g}–{row['high']:g}",
                number(row["probability"]),
                percent(row["hit"]),
                str(row["without_connector"]),
            )
            for row in summary["calibration"]
        ),
    )


def _misses(summary: dict[str, Any]) -> str:
    return table(
        (
            "generator",
            "seed",
            "half",
            "people",
            "departments",
            "weeks",
            "strength",
            "first instead",
            "place of the connector",
            "P(first)",
            "verdict",
        ),
        (
            (
                row["generator"],
                str(row["seed"]),
                row["half"],
                str(row["people"]),
                str(row["number"]),
                str(row["weeks"]),
                f"{row['connector']:g}",
                row["first"].replace("_", " "),
                "–" if row["place"] is None else f"{row['place']:g}",
                f"{row['probability']:.2f}",
                row["verdict"],
            )
            for row in summary["misses"]
        ),
    )


def _mail_room(summary: dict[str, Any]) -> str:
    return table(
        ("generator", "warned, not declared", "warned, declared", "mail room proclaimed"),
        (
            (row["generator"], percent(row["undeclared"]), percent(row["declared"]), percent(row["proclaimed"]))
            for row in summary["mail_room"]
        ),
    )


def _silos(summary: dict[str, Any]) -> str:
    return table(
        (
            "generator",
            "affinity ×",
            "AUC, all others",
            "AUC, plain others",
            "precision@2",
            "found",
            "of 8 people and more",
            "of 15 and more",
        ),
        (
            (
                row["generator"],
                f"{row['strength']:g}",
                number(row["auc"]),
                number(row["auc_plain"]),
                number(row["precision"]),
                percent(row["found"]),
                short(row["found_8"]),
                short(row["found_15"]),
            )
            for row in summary["silos"]
        ),
    )


def _false_silos(summary: dict[str, Any]) -> str:
    return table(
        ("generator", "part", "called a silo", "their planted openness"),
        (
            (row["generator"], row["role"].replace("_", " "), percent(row["false"]), number(row["openness"]))
            for row in summary["false_silos"]
        ),
    )


def _rules(summary: dict[str, Any]) -> str:
    return table(
        (
            "half",
            "σ − median ≥",
            "lower bound >",
            "interval",
            "× 0.25 found",
            "× 0.5 found",
            "× 0.75 found",
            "plain, called silo",
            "decoys too",
        ),
        (
            (
                half,
                f"{row['least']:.2f}",
                f"{row['bound']:.2f}",
                "narrowed" if row["narrow"] else "as it is",
                *(short(row[f"found_{strength}"]) for strength in (0.25, 0.5, 0.75)),
                short(row["false_plain"]),
                short(row["false_all"]),
            )
            for half, rows in summary["rules"].items()
            for row in rows
        ),
    )


def _spearman(summary: dict[str, Any]) -> str:
    return table(
        ("generator", "measure", "among", "with log size", "with planted openness"),
        (
            (
                row["generator"],
                row["measure"].replace("_", " "),
                row["among"],
                number(row["log_size"]),
                number(row["openness"]),
            )
            for row in summary["spearman"]
        ),
    )


def _others(summary: dict[str, Any]) -> str:
    return table(
        (
            "generator",
            "ranking by",
            "connector hit@1",
            "MRR",
            "silo AUC, all others",
            "AUC, plain others",
            "precision@2",
        ),
        (
            (
                row["generator"],
                row["measure"],
                number(row["hit"]),
                number(row["reciprocal"]),
                number(row["auc"]),
                number(row["auc_plain"]),
                number(row["precision"]),
            )
            for row in summary["others"]
        ),
    )


def _coverage(summary: dict[str, Any]) -> str:
    return table(
        (
            "interval of",
            "generator",
            "people",
            "departments",
            "intervals",
            "covered",
            "too low",
            "too high",
            "width / needed",
        ),
        (
            (
                MEASURES[row["measure"]],
                row["generator"],
                people(row["people"]),
                str(row["departments"]),
                str(row["intervals"]),
                share(row["covered"]),
                share(row["too_low"]),
                share(row["too_high"]),
                f"{row['width_over_need']:.2f}",
            )
            for row in summary["coverage"]
        ),
    )


def _shuffled(summary: dict[str, Any]) -> str:
    return table(
        (
            "generator",
            "organisations",
            "silos",
            "open",
            "pairs",
            "with any pair called",
            "connector not `none`",
            "connector `clear`",
        ),
        (
            (
                row["generator"],
                str(row["organisations"]),
                percent(row["silos"]),
                percent(row["open"]),
                percent(row["pairs"]),
                percent(row["any_pair"]),
                percent(row["connector_not_none"]),
                percent(row["connector_clear"]),
            )
            for row in summary["shuffled"]
        ),
    )
