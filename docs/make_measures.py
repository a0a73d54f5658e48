"""Makes measures.md from the registry of measures and from the figures that the benchmark wrote.

    python docs/make_measures.py

`tests/docs/test_made_pages.py` fails where the page is not what this makes.
"""

import json
import sys
from itertools import groupby
from pathlib import Path
from typing import Any

from page_parts import table

from silos.measures import REGISTRY, Measure
from silos.measures.person_table import AVERAGED, MOST_ACTIVE

HERE = Path(__file__).parent
PAGE = HERE / "measures.md"
BENCHMARK = HERE / "data" / "measures_benchmark.json"

INTRODUCTION = """\
# Measures

<!-- Made by `python docs/make_measures.py` from the registry of `silos.measures`: change that, not this page. -->

Every measure in `silos.measures` is a pure function of a `Network`. Person- and department-level ones give a Series
or a DataFrame, organisation-level ones mostly a number. Formula, errors and an example are in the docstring of each
(`help(...)`); how `silos analyze` uses some of them, with which null model and interval, is in
[methods.md](methods.md).

```python
import silos

analysis = silos.analyze("data/sample/interactions.csv", "data/sample/roster.csv", seed=0)
silos.measures.brokerage_roles(analysis.network, level="department")
silos.measures.constraint(analysis.network)  # one value a person: mind who may see it
silos.measures.REGISTRY["constraint"].high  # what this page is made of
```

"Levels" is what `level=` can ask for where there are several; the first is the default. "Directed" says whether it
matters who wrote to whom, "weighted" whether it can be taken on the volume of ties as well as on their number
(`by="volume"`). Where a measure does not exist (the constraint of a person without ties), it is NaN.
"""

SUMMARIES = """\
## Summaries of departments

`analysis.departments` and `tables/departments.csv` hold no value of a person, but what people's values add up to, all
by ties:

- mean (under the measure's name) and median (`_median`) of {averaged}, over the people of the department who have a
  value. Where fewer than `--min-department` people have one, there is no mean and no median: the mean over the one
  person with ties would be that person's own;
- the five brokerage roles, summed;
- `brokerage_top_share` and `ties_across_top_share`: of all open paths through the people of the department, of all
  their ties to other departments, the share that its most active tenth carries. That is its ⌈n/{most_active}⌉ people
  with the most of just these, of all n, those without ties included. It is 1 where all hangs on them, and
  ⌈n/{most_active}⌉/n where everybody carries the same. Up to {most_active} people there is none: it would be the share
  of one person.

Departments of fewer than `--min-department` people have no row of their own. A table of people by these measures is
written only where `--people` asks for it, or in Python by `analysis.people()`; a notebook goes through it:
`notebooks/02_bridging.ipynb`.
"""

SPEED = """\
## Speed

On a made-up company of {people:,} people and {ties:,} ties ({kind}), on {processor}, {cores} cores, Python {python},
with igraph {igraph}, scipy {scipy} and numpy {numpy}; each measure in a process of its own, one after the other.
Memory is the peak of the process, the making of the network included.

{large}
Against networkx {networkx}, which takes too long on such a company, on {few_people:,} people and {few_ties:,} ties:

{small}
To repeat it and to write this page again:

```sh
python benchmarks/measures.py --people {people} --ties {ties} -o docs/data/measures_benchmark.json
python docs/make_measures.py
```
"""

#: What the benchmark calls by a name of its own.
TIMED = {"igraph constraint": "`constraint` of igraph", "all_three": "all three, one after the other"}


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION]
    measures = sorted(REGISTRY.values(), key=lambda measure: (measure.function.__module__, measure.name))
    for module, members in groupby(measures, key=lambda measure: measure.function.__module__):
        parts.append(f"## {_heading(module)}\n\n{_table(list(members))}")
    averaged = ", ".join(f"`{name}`" for name in AVERAGED)
    parts.append(SUMMARIES.format(averaged=averaged, most_active=MOST_ACTIVE))
    parts.append(_speed(json.loads(BENCHMARK.read_text(encoding="utf-8"))))
    return "\n".join(parts)


def _heading(module: str) -> str:
    """The title of a module's docstring."""
    return (sys.modules[module].__doc__ or module).partition("\n")[0].partition(":")[0].rstrip(".")


def _table(measures: list[Measure]) -> str:
    rows = [
        [
            f"`{measure.name}`",
            measure.says,
            ", ".join(measure.levels),
            "yes" if measure.directed else "no",
            "yes" if measure.weighted else "no",
            measure.range,
            measure.high,
            measure.low,
            measure.source,
        ]
        for measure in measures
    ]
    return table(["measure", "what it is", "levels", "directed", "weighted", "range", "high", "low", "source"], rows)


def _speed(found: dict[str, Any]) -> str:
    machine, large, small = found["machine"], found["large"], found["small"]
    return SPEED.format(
        **machine["packages"],
        **{name: machine[name] for name in ("processor", "cores", "python")},
        **{name: large[name] for name in ("people", "ties")},
        kind="directed" if large["directed"] else "undirected",
        large=table(
            ["measure", "seconds", "memory", "of the time of igraph's `constraint`"],
            (
                [
                    TIMED.get(row["function"], f"`{row['function']}`"),
                    f"{row['seconds']:.2f}",
                    f"{row['memory']:.2f} GiB",
                    f"{row['ratio']:.2f}",
                ]
                for row in large["rows"]
            ),
        ),
        few_people=small["people"],
        few_ties=small["ties"],
        small=table(
            ["measure", "seconds", "networkx: seconds", "of its time"],
            (
                [
                    f"`{row['function']}`",
                    f"{row['seconds']:.2g}",
                    f"{row['networkx_seconds']:.2g}",
                    f"{row['ratio']:.2g}",
                ]
                for row in small["rows"]
            ),
        ),
    )


def made() -> dict[Path, str]:
    return {PAGE: page()}


if __name__ == "__main__":
    for path, content in made().items():
        path.write_text(content, encoding="utf-8")
