"""Connectors and desks on poorer logs, at other paces and from a third generator: what turn-taking makes of them.

Each organisation is judged on its whole log (threads and meetings) and on sender, recipient and time alone. A desk that
opens and continues dialogues looks like any other department, whatever the log: it is counted apart.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pandas as pd

import silos
from silos.simulate import Organisation, organisation
from silos.ties.count import Evidence, Tally, tally
from silos.ties.layers import contacts
from validation.runs import DECOYS, Judged, degraded, judge, roles_of
from validation.tasks import WEEKS, WEEKS_SHARE

GENERATORS = ("blocks", "latent", "tasks")
#: Paces by name; people in "tasks" have queues, so that what doubles their work makes waits many times as long.
PACES: dict[str, dict[str, Any]] = {
    "usual": {},
    "quick and wide": {"reply_hours": 0.5, "reply_spread": 2.0},
    "wide, on one day": {"reply_hours": 1.5, "reply_spread": 2.0, "one_day": True},
    "slow": {"reply_hours": 4.0, "reply_spread": 1.3},
    "slower, on one day": {"reply_hours": 8.0, "reply_spread": 1.3, "one_day": True},
}
TASK_PACES: dict[str, dict[str, Any]] = {"usual": {}, "slow": {"reply_hours": 2.0}, "slower": {"reply_hours": 3.0}}
#: How the desk works, by name.
DESKS: dict[str, dict[str, Any]] = {
    "acknowledges": {},
    "follow-ups": {"follow_ups": 0.5},
    "tickets": {"desk": "tickets"},
    "questions": {"desk": "questions"},
    "questions and follow-ups": {"desk": "questions", "follow_ups": 0.5},
}
#: A desk that no log tells from a colleague.
BEYOND: dict[str, dict[str, Any]] = {"converses": {"desk": "converses"}}
#: Factor of deep conversations: as they are, and as shallow as in the mail of an American company.
DEPTHS = {"deep": 1.0, "between": 0.3, "shallow": 0.1}
KINDS = ("planted", "none", "mail room")
#: The log as different exports have it.
LOGS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "whole": lambda log: log,
    "threads": lambda log: log[log["kind"] != "meeting"],
    "bare": lambda log: degraded(log, "reciprocated"),
}


@dataclass(frozen=True)
class Bare:
    """One organisation to make and judge, on its whole log and on a bare one.

    Attributes:
        kind: `planted` (a connector and every decoy), `none` (the decoys alone), `mail room` (nothing but that).
        generator, seed, people, departments, weeks: of the organisation.
        pace, desk, depth: names of the above.
        connector: its strength; None plants none.
        rhythm: what they come to.
        bootstrap: replicates.
        logs: it is judged on, by name, with the grade where it is not the log's own: "threads as turn-taking".
    """

    kind: str
    generator: str
    seed: int
    people: int
    departments: int
    weeks: int
    pace: str
    desk: str
    depth: str
    connector: float | None
    rhythm: dict[str, Any] = field(hash=False)
    bootstrap: int = 200
    logs: tuple[str, ...] = ("whole", "bare")

    def make(self) -> Organisation:
        """The organisation."""
        decoys = ("mail_room",) if self.kind == "mail room" else DECOYS
        return organisation(
            self.people,
            self.departments,
            self.weeks,
            generator=self.generator,  # type: ignore[arg-type]
            silos=0 if self.kind == "mail room" else 2,
            silo_strength=0.5,
            connector="Marketing" if self.connector is not None else None,
            connector_strength=self.connector or 3.0,
            rhythm=self.rhythm,
            seed=self.seed,
            **{decoy: decoy in decoys for decoy in DECOYS},
        )


def tasks(
    count: int,
    *,
    generator: str,
    kind: str,
    depth: str = "deep",
    beyond: bool = False,
    first: int = 0,
    bootstrap: int = 200,
    logs: tuple[str, ...] = ("whole", "bare"),
) -> list[Bare]:
    """So many organisations of random size, length, pace and desk, each from its seed."""
    made = []
    for number in range(count):
        seed = 20_000 + 10_000 * GENERATORS.index(generator) + 2_000 * KINDS.index(kind) + first + number
        rng = np.random.default_rng([seed, 78])
        departments = int(rng.integers(11, 21))
        paces = TASK_PACES if generator == "tasks" else PACES
        desks = BEYOND if beyond else DESKS
        # Each pace with each desk in turn.
        pace, desk = list(paces)[number % len(paces)], list(desks)[number // len(paces) % len(desks)]
        busy = {"busy": 0.1} if rng.random() < 0.5 else {}
        made.append(
            Bare(
                kind=kind,
                generator=generator,
                seed=seed,
                people=max(int(rng.integers(150, 501)), (16 if kind == "mail room" else 10) * departments),
                departments=departments,
                weeks=int(rng.choice(WEEKS[:3], p=np.array(WEEKS_SHARE[:3]) / sum(WEEKS_SHARE[:3]))),
                pace=pace,
                desk=desk,
                depth=depth,
                connector=(3.0, 4.5)[number % 2] if kind == "planted" else None,
                rhythm=paces[pace] | desks[desk] | busy | ({} if depth == "deep" else {"depth": DEPTHS[depth]}),
                bootstrap=bootstrap,
                logs=logs,
            )
        )
    return made


def run(task: Bare) -> dict[str, Any]:
    """The verdicts on the task's organisation, by the log and the grade it is judged on, beside its truth."""
    made = task.make()
    log, roster, roles = made.interactions, silos.read_roster(made.roster), roles_of(made.truth)
    record: dict[str, Any] = asdict(task) | {"logs": {}}
    logs: dict[str, list[tuple[str, Evidence | None]]] = {}
    for name in task.logs:
        given, _, grade = name.partition(" as ")
        logs.setdefault(given, []).append((name, grade or None))  # type: ignore[arg-type]
    for given, names in logs.items():
        counted = tally(silos.read_interactions(LOGS[given](log)), roster)
        for name, grade in names:
            found = judge(counted, bootstrap=task.bootstrap, seed=task.seed, evidence=grade)
            record["logs"][name] = _verdict(found, roles) | {
                "ties": {layer: _across(counted, layer) for layer in ("any", "reciprocated", "substantive")}
            }
    return record


def _across(counted: Tally, name: str) -> int:
    """Ties between departments."""
    department = counted.people["department"].to_numpy()
    i, j = contacts(counted, name)
    return int((department[i] != department[j]).sum())


def _verdict(found: Judged, roles: Mapping[str, str]) -> dict[str, Any]:
    connector, table, departments = found.connector, found.connector.candidates, found.grouped.departments
    measured = ("score", "probability_first", "answers", "turn_taking", "turn_taking_low", "turn_taking_high")
    return {
        "evidence": connector.evidence,
        "verdict": connector.verdict,
        "reason": connector.reason,
        "warning": bool(connector.mail_room_warning),
        "first": roles[str(table.index[0])],
        "probability": float(table["probability_first"].iloc[0]),
        "departments": [
            {
                "role": roles[str(name)],
                "people": int(found.grouped.sizes[departments.get_loc(name)]),
                "desk": bool(row["desk"]),
            }
            | {key: float(row[key]) for key in measured}
            for name, row in table.iterrows()
        ],
    }
