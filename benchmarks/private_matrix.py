"""At which epsilon are planted silos still found under differential privacy, and what else is called inward?

python benchmarks/private_matrix.py [--organisations 10] [--page docs/privacy.md]

Organisations with one planted silo and all decoys, of both generators in turn; ties are counted once, and the matrix
is released at each epsilon. The noise is secret, so that figures differ a little from run to run. With --page, the
table in the page is written anew.
"""

import argparse
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

from gate import rewritten  # noqa: E402

import silos  # noqa: E402
from silos.analysis.parameters import Parameters  # noqa: E402
from silos.analysis.pipeline import count  # noqa: E402
from silos.analysis.private_matrix import INWARD, release  # noqa: E402
from silos.simulate import Organisation  # noqa: E402

#: People and departments.
SIZES = ((300, 12), (1000, 20))
EPSILONS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
#: Factor on the affinity of the silo with every other department.
STRENGTH = 0.3
#: Releases of each organisation at each epsilon.
RELEASES = 3
MARK = "private matrix: made by `python benchmarks/private_matrix.py --page docs/privacy.md`"


def made(number: int, people: int, departments: int) -> Organisation:
    """The organisation of a number."""
    return silos.simulate.organisation(
        people=people,
        departments=departments,
        weeks=8,
        communities=0,
        silo_strength=STRENGTH,
        generator=("blocks", "latent")[number % 2],
        seed=9000 + number,
    )


def releases(number: int, people: int, departments: int) -> Iterator[tuple[float, Counter[str]]]:
    """For each epsilon and release, what was found."""
    organisation = made(number, people, departments)
    asked = Parameters.of(
        by="department", since=None, until=None, window=None, max_recipients=20, min_department=5,
        service_departments=(), bootstrap=2, seed=0,
    )  # fmt: skip
    interactions = silos.read_interactions(organisation.interactions)
    counted = count(interactions, silos.read_roster(organisation.roster), asked)
    planted, bridge = set(organisation.truth["silos"]), {organisation.truth["bridge"]["department"]}
    for epsilon in EPSILONS:
        for _ in range(RELEASES):
            found = release(counted, asked, epsilon)
            inward = set(found.called(INWARD))
            yield (
                epsilon,
                Counter(
                    planted=len(planted),
                    found=len(inward & planted),
                    bridge=len(inward & bridge),
                    others=len(inward - planted - bridge),
                    departments=len(found.table) - len(planted | bridge),
                    releases=1,
                    accuracy=round(found.noisy.accuracy),
                ),
            )


def page(count_of: int) -> str:
    """What the docs say."""
    lines = [
        f"{count_of} organisations of each size, of both generators in turn, with one silo (affinity with all others "
        f"at {STRENGTH:g} of the usual) and all decoys, {RELEASES} releases of each at each epsilon:",
        "",
        "| people in departments | epsilon | a cell lies within | planted silos found | the department that one person "
        "connects, called inward | others called inward |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for people, departments in SIZES:
        found: dict[float, Counter[str]] = {epsilon: Counter() for epsilon in EPSILONS}
        for number in range(count_of):
            for epsilon, one in releases(number, people, departments):
                found[epsilon] += one
        for epsilon, all_ in found.items():
            lines.append(
                f"| {people:,} in {departments} | {epsilon:g} | ±{all_['accuracy'] / all_['releases']:.0f} | "
                f"{all_['found']} of {all_['planted']} | {all_['bridge']} of {all_['releases']} | "
                f"{all_['others']} of {all_['departments']:,} |"
            )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--organisations", type=int, default=10)
    parser.add_argument("--page", type=Path, help="write the table into this page")
    asked = parser.parse_args(arguments)
    text = page(asked.organisations)
    print(text)
    if asked.page is not None:
        asked.page.write_text(rewritten(asked.page.read_text(encoding="utf-8"), MARK, text), encoding="utf-8")


if __name__ == "__main__":
    main()
