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
from silos.analysis.connector.verdict import Connector
from silos.analysis.pipeline import draw, judge_connector, prepare
from silos.network import Network
from silos.simulate import Organisation, organisation
from silos.ties.count import Tally, tally
from silos.ties.definitions import Evidence
from silos.ties.layers import contacts
from validation.runs import DECOYS, degraded, parameters, roles_of
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
    "bare": lambda log: degraded(log, "turn-taking"),
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
        manners = BEYOND if beyond else DESKS
        # Each pace with each desk in turn.
        pace, desk = list(paces)[number % len(paces)], list(manners)[number // len(paces) % len(manners)]
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
                rhythm=paces[pace] | manners[desk] | busy | ({} if depth == "deep" else {"depth": DEPTHS[depth]}),
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
            connector, grouped = connector_of(counted, grade, bootstrap=task.bootstrap, seed=task.seed)
            record["logs"][name] = _verdict(connector, grouped, roles) | {
                "ties": {layer: _across(counted, layer) for layer in ("any", "reciprocated", "substantive")}
            }
    return record


def connector_of(counted: Tally, grade: Evidence | None, *, bootstrap: int, seed: int) -> tuple[Connector, Network]:
    """The connector by the steps of `silos.analyze`, and the network."""
    asked = parameters(bootstrap=bootstrap, seed=seed)
    ground = prepare(counted, asked, grade=grade)
    return judge_connector(ground, draw(ground, asked), asked), ground.grouped


def _across(counted: Tally, name: str) -> int:
    """Ties between departments."""
    department = counted.people["department"].to_numpy()
    i, j = contacts(counted, name)
    return int((department[i] != department[j]).sum())


def _verdict(connector: Connector, grouped: Network, roles: Mapping[str, str]) -> dict[str, Any]:
    table, departments = connector.candidates, grouped.departments
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
                "people": int(grouped.sizes[departments.get_loc(name)]),
                "desk": bool(row["desk"]),
            }
            | {key: float(row[key]) for key in measured}
            for name, row in table.iterrows()
        ],
    }


def summary(records: list[dict[str, Any]]) -> pd.DataFrame:
    """One row per generator, depth, kind of organisation and log: how many, and the rates that the targets are about.

    `hit`, `clear_right`, `clear_wrong` of organisations with a connector, `clear_false` of those without, `mail_room`
    (it is first) and `desks` (mail rooms that are found) of all, `flagged` (others taken for desks) of their
    departments. A desk that converses has rows of its own.
    """
    rows = []
    for record in records:
        for log, found in record["logs"].items():
            planted = record["kind"] == "planted"
            clear, right = found["verdict"] == "clear", found["first"] == "connector"
            rooms = [one for one in found["departments"] if one["role"] == "mail_room"]
            others = [one for one in found["departments"] if one["role"] != "mail_room"]
            rows.append(
                {
                    "generator": record["generator"],
                    "depth": record["depth"],
                    "desk": "converses" if record["desk"] in BEYOND else "serves",
                    "kind": record["kind"],
                    "log": log,
                    "hit": float(right) if planted else np.nan,
                    "clear_right": float(clear and right) if planted else np.nan,
                    "clear_wrong": float(clear and not right) if planted else np.nan,
                    "clear_false": float(clear) if not planted else np.nan,
                    "mail_room": float(found["first"] == "mail_room"),
                    "warned": float(found["warning"]),
                    "desks": float(np.mean([one["desk"] for one in rooms])) if rooms else np.nan,
                    "flagged": float(np.mean([one["desk"] for one in others])) if others else np.nan,
                    "turn_taking": float(found["evidence"] == "turn-taking"),
                }
            )
    table = pd.DataFrame(rows).groupby(["depth", "desk", "kind", "log", "generator"], sort=False)
    return table.mean().round(3).assign(organisations=table.size())
