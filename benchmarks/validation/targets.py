"""What the issue asks for, beside what is reached."""

from collections.abc import Callable
from typing import Any

from validation.tasks import GENERATORS


def targets(summary: dict[str, Any]) -> list[dict[str, Any]]:
    """What issue 4 asks for, and what is reached on the half of the seeds on which nothing was chosen."""
    rows: list[dict[str, Any]] = []

    def add(
        what: str, target: str, reached: float | None, met: Callable[[float], bool], of: int, text: str = ""
    ) -> None:
        rows.append(
            {
                "what": what,
                "target": target,
                "reached": reached,
                "text": text,
                "of": of,
                "met": bool(met(reached)) if reached is not None else None,
            }
        )

    for generator in GENERATORS:
        usual = summary["connector_usual"]["report"][generator]
        for key, what, target, met in (
            ("hit", "hit@1 of the connector, all decoys on", "≥ 97 %", lambda share: share >= 0.97),
            ("clear_right", "`clear`, and right", "≥ 75 %", lambda share: share >= 0.75),
            ("clear_wrong", "`clear`, and wrong", "never", lambda share: share == 0),
        ):
            add(f"{what} ({generator})", target, usual[key]["share"], met, usual[key]["of"])
        false = [
            row for row in summary["false_clear"] if row["organisations"] == f"all decoys, {generator}, report half"
        ]
        for row in false:
            clear = row["clear"]
            add(
                f"false `clear` without a connector ({generator})",
                "≤ 2 %",
                clear["share"],
                lambda s: s <= 0.02,
                clear["of"],
            )
    for generator in GENERATORS:
        for row in summary["silos"]:
            if row["generator"] == generator and row["strength"] == 0.5:
                add(
                    f"AUC of halved silos, decoys among the others ({generator})",
                    "≥ .95",
                    row["auc"]["mean"],
                    lambda value: value >= 0.95,
                    row["auc"]["of"],
                    "number",
                )
                add(
                    f"halved silos found ({generator})",
                    "≥ 75 %",
                    row["found"]["share"],
                    lambda s: s >= 0.75,
                    row["found"]["of"],
                )
        for row in summary["spearman"]:
            if row["generator"] == generator and row["measure"] == "insularity" and row["among"] != "labels shuffled":
                add(
                    f"Spearman of insularity with log size, {row['among']} ({generator})",
                    "within ±.2",
                    row["log_size"]["mean"],
                    lambda value: abs(value) <= 0.2,
                    row["log_size"]["of"],
                    "number",
                )
        for row in summary["false_silos"]:
            if row["generator"] == generator and row["role"] in ("plain", "all"):
                label = "decoys among them" if row["role"] == "all" else "plain departments"
                add(
                    f"no silos, called one, {label} ({generator})",
                    "≤ 5 %",
                    row["false"]["share"],
                    lambda share: share <= 0.05,
                    row["false"]["of"],
                )
        for row in summary["coverage"]:
            if row["generator"] == generator and row["people"] == [8, 1_000] and row["measure"] != "narrowed":
                add(
                    f"coverage of {row['measure'].replace('_', ' ')}, 8 people and more ({generator})",
                    "93–99 %",
                    row["covered"],
                    lambda share: 0.93 <= share <= 0.99,
                    row["intervals"],
                )
    for row in summary["mail_room"]:
        for key in ("undeclared", "declared"):
            add(
                f"mail room alone warned of, {key} ({row['generator']})",
                "always",
                row[key]["share"],
                lambda share: share == 1,
                row[key]["of"],
            )
    return rows
