"""What the privacy gate costs: are verdicts the same with it and without, and how far are published figures off?

python benchmarks/gate.py [--organisations 40] [--raw FILE] [--page docs/privacy.md]

Organisations of the validation, of both generators in turn, whole analyses of each. With --raw, records are kept in a
file as JSON lines, and a run that was stopped goes on from there. With --page, the table in the page is written anew.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from validation import tasks  # noqa: E402
from validation.runs import Task  # noqa: E402

import silos  # noqa: E402

#: People of the largest organisation that is taken: a whole analysis of each takes some ten seconds.
LARGEST = 400
#: Replicates: verdicts are those of either form, whatever there are.
REPLICATES = 60
#: What is measured: what it is called, its table, what a row is known by, the column, and whether by the difference
#: instead of by the ratio.
FIGURES: tuple[tuple[str, str, tuple[str, ...], str, bool], ...] = (
    ("ties of a pair", "pairs", ("a", "b"), "ties", False),
    ("ties expected of a pair", "pairs", ("a", "b"), "expected_ties", False),
    ("ties over the expected", "pairs", ("a", "b"), "relative", False),
    ("volume of a pair over the expected", "pairs", ("a", "b"), "ratio", False),
    ("share of a department's ties that go across", "departments", ("department",), "external_share", False),
    ("insularity", "departments", ("department",), "insularity", True),
    ("share of questions that a department answers", "answers", ("department",), "reply_rate", True),
    ("share of people in contact with the outside", "external", ("department",), "outside_share", True),
    ("score of a candidate for the connector", "connector", ("department",), "score", False),
    ("effective resistance", "bound", ("measure",), "value", False),
    ("what two departments would gain by new ties", "joins", ("a", "b"), "gain", False),
)
MARK = "gate: made by `python benchmarks/gate.py --page docs/privacy.md`"


def chosen(count: int) -> list[Task]:
    """So many organisations, of both generators in turn."""
    of = {name: [one for one in tasks.tasks("full") if one.generator == name] for name in tasks.GENERATORS}
    small = [[one for one in made if one.people <= LARGEST and one.kind in ("planted", "none")] for made in of.values()]
    # Spread over kinds and strengths.
    picked = [made[:: max(2 * len(made) // count, 1)] for made in small]
    return [one for pair in zip(*picked, strict=False) for one in pair][:count]


def told(found: silos.Analysis) -> dict[str, Any]:
    """Everything that is a word: verdicts, the connector, ids of sentences."""
    departments, pairs = found.departments, found.pairs
    return {
        "departments": dict(zip(map(str, departments.index), departments["verdict"].fillna(""), strict=True)),
        "pairs": {f"{a}|{b}": str(v) for a, b, v in zip(pairs["a"], pairs["b"], pairs["verdict"], strict=True)},
        "connector": [found.connector.verdict, found.connector.department],
        "findings": sorted(one.id for one in found.findings),
        # Candidates that are tied are named in the order of their scores: by published ones in published form.
        "recommendations": sorted(":".join(sorted(one.id.split(":"))) for one in found.recommendations),
    }


def table(found: silos.Analysis, name: str) -> pd.DataFrame:
    tables = {
        "pairs": found.pairs,
        "departments": found.departments.reset_index(),
        "answers": found.dialogue.departments.reset_index(),
        "external": found.external.table.reset_index(),
        "connector": found.connector.candidates.rename_axis("department").reset_index(),
        "bound": found.organisation.loc[["effective_resistance"]].reset_index(),
        "joins": pd.DataFrame() if found.results.what_would_help is None else found.results.what_would_help.table,
    }
    return tables[name]


def record(task: Task) -> dict[str, Any]:
    """One organisation, analysed once and told in both forms."""
    made = task.make()
    exact = silos.analyze(made.interactions, made.roster, bootstrap=REPLICATES)
    published = exact.published()
    words = told(exact), told(published)
    found: dict[str, Any] = {"generator": task.generator, "seed": task.seed, "people": task.people}
    found["differing"] = [name for name in words[0] if words[0][name] != words[1][name]]
    found["verdicts"] = sum(len(words[0][name]) for name in ("departments", "pairs"))
    for label, name, keys, column, difference in FIGURES:
        both = [table(one, name) for one in (exact, published)]
        if any(column not in one for one in both):
            continue
        one, other = (frame.set_index(list(keys))[column].astype("Float64").astype(float) for frame in both)
        other, known = other.reindex(one.index), one.notna()
        off = (other - one).abs() if difference else ((other - one) / one.where(one != 0)).abs()
        found[label] = {
            "off": [round(float(value), 6) for value in off.dropna()],
            "missing": int((known & other.isna()).sum()),
            "all": int(known.sum()),
        }
    return found


def records(count: int, raw: Path | None) -> Iterator[dict[str, Any]]:
    known: dict[tuple[str, int], dict[str, Any]] = {}
    if raw is not None and raw.exists():
        rows = [json.loads(line) for line in raw.read_text(encoding="utf-8").splitlines()]
        known = {(row["generator"], row["seed"]): row for row in rows}
    start = time.monotonic()
    for number, task in enumerate(chosen(count)):
        if (task.generator, task.seed) not in known:
            known[task.generator, task.seed] = made = record(task)
            if raw is not None:
                with raw.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(made) + "\n")
            print(f"{number + 1} of {count}, {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
        yield known[task.generator, task.seed]


def page(found: list[dict[str, Any]]) -> str:
    """What the docs say."""
    differing = [row for row in found if row["differing"]]
    generators = " and ".join(
        f"{sum(row['generator'] == name for row in found)} of `{name}`" for name in tasks.GENERATORS
    )
    lines = [
        f"{len(found)} organisations of the validation ({generators}; {min(row['people'] for row in found)} to "
        f"{max(row['people'] for row in found)} people), each analysed once and told in both forms: "
        f"{sum(row['verdicts'] for row in found):,} verdicts on departments and pairs, the connector, findings and "
        f"recommendations. They differ in {len(differing)} of {len(found)}"
        + (f" ({', '.join(sorted({name for row in differing for name in row['differing']}))})" if differing else "")
        + ". Figures do differ:",
        "",
        "| figure | half of them within | nine in ten within | most | not given |",
        "| --- | --- | --- | --- | --- |",
    ]
    for label, *_, difference in FIGURES:
        rows = [row[label] for row in found if label in row]
        off = np.concatenate([row["off"] for row in rows]) if rows else np.array([])
        if not len(off):
            continue
        ends = [written(float(np.quantile(off, share)), difference) for share in (0.5, 0.9, 1.0)]
        missing, every = (sum(row[name] for row in rows) for name in ("missing", "all"))
        lines.append(f"| {label} | {' | '.join(ends)} | {missing:,} of {every:,} |")
    return "\n".join(lines)


def written(off: float, difference: bool) -> str:
    return f"{off:.2g}" if difference else f"{100 * off:.2g} %" if off < 1 else f"{100 * off:,.0f} %"


def rewritten(whole: str, mark: str, text: str) -> str:
    """A page with this text after a mark, up to the end of what was made there."""
    begin, end = f"<!-- {mark} -->", f"<!-- end of {mark.partition(':')[0]} -->"
    before, after = whole.split(begin)[0], whole.split(end)[1]
    return f"{before}{begin}\n\n{text}\n\n{end}{after}"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--organisations", type=int, default=40)
    parser.add_argument("--raw", type=Path, help="keep the records here, and go on from what is there")
    parser.add_argument("--page", type=Path, help="write the table into this page")
    asked = parser.parse_args(arguments)
    text = page(list(records(asked.organisations, asked.raw)))
    print(text)
    if asked.page is not None:
        asked.page.write_text(rewritten(asked.page.read_text(encoding="utf-8"), MARK, text), encoding="utf-8")


if __name__ == "__main__":
    main()
