"""docs/verdicts.md from the figures of `validation.verdicts`: none of them is typed by hand."""

from typing import Any

from validation.tables import share, table
from validation.verdicts import EXPECTED, PEOPLE, WEEKS

NAMES = {
    "walls": "ties left: ",
    "shuffled": "departments dealt out anew",
    "few departments": "departments: ",
    "distances": "share of silos: ",
    "distances, few departments": "departments: ",
    "sample": "share of the log: ",
    "roster": "share of the roster: ",
    "weeks": "weeks: ",
}


def page(result: dict[str, Any], number: int) -> str:
    """The whole page."""
    return f"""# Walls, silos and thin logs, where the truth is known

Made by `python benchmarks/verdicts.py --organisations {number}`: so many organisations of each setting, none of them
among those on which a threshold was chosen. Unless a row says otherwise they have {PEOPLE} people, 12 to 16
departments, {WEEKS} weeks, all decoys and two silos. Methods: [methods.md](methods.md).

## Walls

One pair of departments that plays no other part loses its ties, all or a share of them. *False* are pairs that nobody
planted; the last column is the false discovery rate, the mean over organisations of the false share of what was called
(0 where nothing was).

{_walls(result["walls"])}

By the ties that were expected of the pair, both generators together. A wall that halves the ties is not told from pairs
that nobody walled off, of whatever size: too many of those have as few.

{_curve(result["curve"])}

## Silos

*Found* by the factor of a silo's affinity with all others (.2 to .5 where people are at distances). Plain departments
play no part. *Most* is the largest share of an organisation's plain departments that were called silos.

{_silos(result["silos"])}
"""


def _setting(row: dict[str, Any]) -> str:
    value = row["value"]
    if row["kind"] == "shuffled":
        return NAMES["shuffled"]
    return NAMES[row["kind"]] + ("all" if value is None else f"{value:.2g}")


def _rate(count: int, of: int) -> str:
    return f"{count} of {of}: {share(count / of)}" if of else "–"


def _walls(rows: list[dict[str, Any]]) -> str:
    return table(
        ("generator", "setting", "organisations", "called", "found", "false, of all pairs", "false discovery rate"),
        (
            (
                row["generator"],
                _setting(row),
                str(row["organisations"]),
                row["verdict"],
                _rate(row["found"], row["planted"]),
                f"{row['false']} of {row['pairs']}",
                share(row["discovery"]),
            )
            for row in rows
        ),
    )


def _curve(rows: list[dict[str, Any]]) -> str:
    return table(
        ("ties expected", "share left", "walls", "called wall", "called probable wall"),
        (
            (
                f"{row['expected']} to {EXPECTED[EXPECTED.index(row['expected']) + 1]}",
                f"{row['left']:g}",
                str(row["walls"]),
                _rate(row["found"], row["walls"]),
                _rate(row["probable"], row["walls"]),
            )
            for row in rows
        ),
    )


def _silos(rows: list[dict[str, Any]]) -> str:
    return table(
        (
            "generator",
            "setting",
            "organisations",
            "× .25 found",
            "× .5 found",
            "× .75 found",
            "× .2 to .5 found",
            "plain called silo",
            "organisations with any",
            "most",
            "decoys called silo",
            "cannot say",
        ),
        (
            (
                row["generator"],
                _setting(row),
                str(row["organisations"]),
                *(_rate(*row[f"found_{strength}"]) for strength in (0.25, 0.5, 0.75, 0.35)),
                _rate(row["false"], row["plain"]),
                str(row["organisations_with_false"]),
                share(row["most"]),
                _rate(*row["decoys"]),
                share(row["cannot_say"]),
            )
            for row in rows
        ),
    )
