"""Which organisations are made, for each size of the validation."""

import numpy as np

from validation.coverage import Drawn
from validation.runs import DECOYS, GRADES, Task

GENERATORS = ("blocks", "latent")
#: Strengths planted: of connectors (3 is the default of the simulation), of silos (1 plants nothing).
CONNECTORS = (1.5, 2.0, 3.0, 4.5)
SILOS = (0.25, 0.5, 0.75, 1.0)
WEEKS, WEEKS_SHARE = (8, 12, 26, 52), (0.3, 0.3, 0.25, 0.15)
#: Organisations per generator with all decoys and a connector, without one, with a mail room alone, with each decoy
#: alone; organisations per generator whose people are drawn anew for the coverage, and how often.
SIZES = {
    "smoke": {"planted": 2, "none": 1, "mail room": 1, "alone": 0, "drawn": 1, "draws": 2},
    "medium": {"planted": 32, "none": 16, "mail room": 6, "alone": 2, "drawn": 3, "draws": 8},
    "full": {"planted": 128, "none": 64, "mail room": 24, "alone": 8, "drawn": 8, "draws": 16},
}


def tasks(size: str) -> list[Task]:
    """The organisations of a size, the costliest kinds first. Even seeds are the tuning half, odd ones the report's."""
    counts, made = SIZES[size], []
    for number, generator in enumerate(GENERATORS):
        for seed in range(counts["planted"]):
            # strengths run through their values within each half
            made.append(
                task(
                    "planted",
                    generator,
                    1000 * (1 + number) + seed,
                    size,
                    connector=3.0 if size == "smoke" else CONNECTORS[seed // 2 % 4],
                    silo=0.5 if size == "smoke" else SILOS[(seed // 2 + seed // 8) % 4],
                    # the poorer logs of every second row of strengths: each is a log to count anew
                    grades=GRADES if seed // 8 % 2 == 0 else GRADES[:1],
                    shuffled=True,
                )
            )
        for seed in range(counts["none"]):
            made.append(task("none", generator, 3000 + 1000 * number + seed, size, silo=SILOS[seed // 2 % 4]))
        for seed in range(counts["mail room"]):
            made.append(task("mail room", generator, 5000 + 1000 * number + seed, size, silos=0, decoys=("mail_room",)))
        for place, decoy in enumerate(DECOYS):
            for seed in range(counts["alone"]):
                planted = 3.0 if seed // 2 % 2 else None
                first = 7000 + 1000 * number + 100 * place
                made.append(task("alone", generator, first + seed, size, connector=planted, silos=0, decoys=(decoy,)))
    return made


def task(
    kind: str,
    generator: str,
    seed: int,
    size: str,
    *,
    connector: float | None = None,
    silos: int = 2,
    silo: float = 0.5,
    decoys: tuple[str, ...] = DECOYS,
    grades: tuple[str, ...] = GRADES[:1],
    shuffled: bool = False,
) -> Task:
    """An organisation of random size and length, from its seed."""
    rng = np.random.default_rng([seed, 77])
    small = size == "smoke"
    departments = 11 if small else int(rng.integers(11, 21))
    people = 220 if small else max(int(rng.integers(150, 601)), (16 if kind == "mail room" else 10) * departments)
    return Task(
        kind=kind,
        generator=generator,
        seed=seed,
        people=people,
        departments=departments,
        weeks=8 if small else int(rng.choice(WEEKS, p=WEEKS_SHARE)),
        half="report" if seed % 2 else "tuning",
        connector=connector,
        silos=silos,
        silo=silo,
        decoys=decoys,
        bootstrap=40 if small else 200,
        grades=grades,
        shuffled=shuffled,
    )


def draws(size: str) -> list[Drawn]:
    """The organisations whose people are drawn again and again: silos of half the affinity, all decoys on."""
    counts = SIZES[size]
    return [
        Drawn(task("drawn", generator, 9000 + 1000 * number + seed, size, connector=3.0), draw)
        for number, generator in enumerate(GENERATORS)
        for seed in range(counts["drawn"])
        for draw in range(counts["draws"])
    ]
