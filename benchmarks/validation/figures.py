"""The figures of docs/validation.md, as SVG whose bytes do not change from run to run."""

from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt

from validation.tables import people

STYLE = {"svg.hashsalt": "silos", "font.size": 10, "axes.spines.top": False, "axes.spines.right": False}
#: Colours that are told apart without red and green.
BLUE, ORANGE, GREY, SKY = "#0072B2", "#D55E00", "#777777", "#56B4E9"
LINES = {"tuning": "--", "report": "-"}


def write(summary: dict[str, Any], directory: Path) -> None:
    """validation_clear.svg, validation_silos.svg, validation_calibration.svg, validation_coverage.svg."""
    directory.mkdir(parents=True, exist_ok=True)
    with plt.rc_context(STYLE):
        for name, draw in {
            "clear": _clear,
            "silos": _silos,
            "calibration": _calibration,
            "coverage": _coverage,
        }.items():
            figure, axes = plt.subplots(figsize=(6.4, 3.8), layout="constrained")
            draw(summary, axes)
            figure.savefig(directory / f"validation_{name}.svg", metadata={"Date": None})
            plt.close(figure)


def _line(axes: Any, rows: list[dict[str, Any]], across: str, up: str, **style: Any) -> None:
    known = [(row[across], row[up]["share"]) for row in rows if row[up]["share"] is not None]
    axes.plot([x for x, _ in known], [100 * y for _, y in known], **style)


def _clear(summary: dict[str, Any], axes: Any) -> None:
    for half, rows in summary["clear_curve"].items():
        style = {"linestyle": LINES[half], "marker": "."}
        _line(axes, rows, "threshold", "right", color=BLUE, label=f"clear and right ({half})", **style)
        _line(axes, rows, "threshold", "wrong", color=ORANGE, label=f"clear and wrong ({half})", **style)
        _line(axes, rows, "threshold", "false", color=GREY, label=f"clear, nobody planted ({half})", **style)
    axes.axvline(0.9, color="black", linewidth=0.8, linestyle=":")
    axes.set(xlabel="P(first) from which a connector is proclaimed", ylabel="% of organisations", ylim=(-2, 102))
    axes.legend(frameon=False, fontsize=8, loc="center left")


def _silos(summary: dict[str, Any], axes: Any) -> None:
    for half, rows in summary["silo_curve"].items():
        for strength, color in ((0.25, BLUE), (0.5, SKY), (0.75, GREY)):
            known = [
                (row["false_all"]["share"], row[f"found_{strength}"]["share"])
                for row in rows
                if row[f"found_{strength}"]["share"] is not None and row["false_all"]["share"] is not None
            ]
            axes.plot(
                [100 * x for x, _ in known],
                [100 * y for _, y in known],
                color=color,
                linestyle=LINES[half],
                marker=".",
                label=f"affinity × {strength} ({half})",
            )
    axes.axvline(5, color="black", linewidth=0.8, linestyle=":")
    axes.set(
        xlabel="% of other departments called silos, decoys among them (σ − median from 0 to 0.7)",
        ylabel="% of silos found",
        ylim=(-2, 102),
    )
    axes.legend(frameon=False, fontsize=8)


def _calibration(summary: dict[str, Any], axes: Any) -> None:
    rows = [row for row in summary["calibration"] if row["hit"]["of"]]
    claimed = [row["probability"]["mean"] for row in rows]
    reached = [row["hit"]["share"] for row in rows]
    below = [max(0.0, y - row["hit"]["low"]) for y, row in zip(reached, rows, strict=True)]
    above = [max(0.0, row["hit"]["high"] - y) for y, row in zip(reached, rows, strict=True)]
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, linestyle=":", label="as claimed")
    axes.errorbar(claimed, reached, yerr=[below, above], color=BLUE, marker="o", capsize=3, label="with a connector")
    axes.set(
        xlabel="P(first) of the first", ylabel="share in which it is the connector", xlim=(0, 1.02), ylim=(0, 1.05)
    )
    axes.legend(frameon=False, loc="lower right")


def _coverage(summary: dict[str, Any], axes: Any) -> None:
    colours = {"insularity": BLUE, "insiders_odds": ORANGE, "narrowed": GREY}
    for measure, color in colours.items():
        for generator, line in (("blocks", "-"), ("latent", "--")):
            rows = [
                row
                for row in summary["coverage"]
                if row["measure"] == measure and row["generator"] == generator and row["people"] != [8, 1_000]
            ]
            labels = [people(row["people"]) for row in rows]
            axes.plot(
                labels,
                [100 * row["covered"] for row in rows],
                color=color,
                linestyle=line,
                marker=".",
                label=f"{measure.replace('_', ' ')} ({generator})",
            )
    axes.axhspan(93, 99, color="#EEEEEE")
    axes.set(xlabel="people in the department", ylabel="% of intervals that hold", ylim=(70, 101))
    axes.legend(frameon=False, fontsize=8, loc="lower right")
