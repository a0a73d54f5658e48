"""The steps of the SQL, and one run of them on an engine: the tables that they start from, then step after step.

A number that may differ from one run to the next, or that a warehouse may change, is a column of the table `settings`.
All others that Python knows too are written `$name` in the SQL, and filled in here.
"""

from collections.abc import Container, Iterable, Iterator
from datetime import datetime
from importlib import resources
from itertools import pairwise
from string import Template
from typing import Any

import pandas as pd

from silos.engines import Engine
from silos.engines.quoting import literal
from silos.tables import EXTERNAL, NOT_PEOPLE, Interactions
from silos.ties.definitions import HORIZON, MESSAGES, SMALL_MEETING, TURN_GAP
from silos.ties.people import EARLIEST, LATEST, OUTSIDERS, STRANGERS, Population

#: Weeks that are counted as the bits of one number of 64 bits.
ERA = 62
#: The numbers and words that are filled in, by their names in the SQL.
NUMBERS: dict[str, object] = {
    "era": ERA,
    "horizon": HORIZON,
    "turn_gap": TURN_GAP,
    "messages": MESSAGES,
    "strangers": STRANGERS,
    "outsiders": OUTSIDERS,
    "no_employee": ", ".join(map(literal, (*NOT_PEOPLE, EXTERNAL))),
}
#: SQL types of the settings that are no integers.
TYPES = {
    **dict.fromkeys(("since", "until"), "timestamp"),
    **dict.fromkeys(("window_unit", "domains", "muted"), "varchar"),
    **dict.fromkeys(("strangers", "outsiders"), "bigint"),
}
#: By file, the steps with which its later stages begin: judging the rows, gathering the messages, counting the ties.
STAGES = {"ties.sql": ("respelled", "repeated", "windowed"), "exported.sql": ("known", "held", "arcs")}
#: Steps of the size of the log: those before its messages, and those from which everything that is fetched is made.
READ = ("coded", "respelled", "repeated", "reached", "crowds")
SPENT = ("messages", "attendance", "fragments")
#: Steps between the reading of a log and the number of people that each event reached.
REACH = ("respelled", "known", "usable", "repeated", "deliveries", "reached", "crowds")
#: Steps that group nearly all of the log: what they read, and the column whose values they never bring together.
APART = {
    "repeated": {"usable": "delivery"},
    "fragments": {"windowed": "thread"},
    "pairs": {"conversations": "a", "fragments": "a", "windowed": "a"},
}


def statements(file: str = "ties.sql") -> Iterator[tuple[str, bool, str]]:
    """The steps of `ties.sql`, or of another such file, in order: name, whether it is kept as a table, its SELECT."""
    text = resources.files("silos.ties.sql").joinpath(file).read_text(encoding="utf-8")
    for part in text.split("-- step: ")[1:]:
        heading, query = part.split("\n", 1)
        name, kept = heading.split(" ", 1)
        yield name, kept == "(table)", Template(query.strip()).substitute(NUMBERS)


class Steps:
    """One run of the steps on an engine. The four stages are called in this order; the last may be called again.

    Args:
        engine: runs the SQL.
        everybody: who is who.
        since, until: the period that is looked at, [since, until).
        max_recipients: what reached more people is a broadcast.
        file: `ties.sql` for a log, `exported.sql` for ties that a warehouse counted.

    Attributes:
        rows: about how many rows come together in a step; known once the log has been read.
    """

    def __init__(
        self,
        engine: Engine,
        everybody: Population,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        max_recipients: int = 20,
        file: str = "ties.sql",
    ) -> None:
        self.engine = engine
        self.everybody = everybody
        self.rows = 0
        self.settings: dict[str, Any] = {
            "since": since or EARLIEST,
            "until": until or LATEST,
            "max_recipients": max_recipients,
            "small_meeting": SMALL_MEETING,
            "window_unit": "",
            "domains": everybody.domains,
            "muted": "",
            "strangers": STRANGERS,
            "outsiders": OUTSIDERS,
        }
        self._steps = {name: (query, kept) for name, kept, query in statements(file)}
        names = list(self._steps)
        starts = [0, *(names.index(name) for name in STAGES[file]), len(names)]
        self._stages = [names[start:end] for start, end in pairwise(starts)]

    # ---- the stages

    def read(self, interactions: Interactions) -> None:
        """Read the logs; each row of them is kept, with integers for persons, events and threads."""
        self._give_people()
        self._give_settings()
        self.engine.step("interactions", interactions.query, kept=False)
        if interactions.ties:
            self.engine.step("exported", interactions.ties, kept=False)
        self.run(self._stages[0])
        if interactions.affiliations:
            self.engine.step("affiliations", interactions.affiliations, kept=False)
            self.run_file("affiliations.sql")

    def judge(self) -> None:
        """Tell the rows that stand for something said from those that are left out, and why."""
        self.run(self._stages[1])

    def gather(self, *, but: Container[str] = ()) -> None:
        """Bring together the messages that may make ties, and sum up what they are; `but`: steps made otherwise."""
        self.run(name for name in self._stages[2] if name not in but)

    def mute(self, media: str) -> None:
        """Say of which media, between bars, nobody answers anything."""
        if media:
            self.settings["muted"] = media
            self._give_settings()

    def count(self, *, but: Container[str] = (), **changed: Any) -> None:
        """Count the ties, under changed settings if any are given: the engine is left with these."""
        if changed:
            self._give_settings(**changed)
        self.run(name for name in self._stages[3] if name not in but)

    # ---- their parts

    def run(self, names: Iterable[str]) -> None:
        """Some of the steps, in the order given."""
        for name in names:
            self._step(name, *self._steps[name])

    def run_file(self, file: str, *, only: Container[str] | None = None) -> None:
        """The steps of another file."""
        for name, kept, query in statements(file):
            if only is None or name in only:
                self._step(name, query, kept)

    def _step(self, name: str, query: str, kept: bool) -> None:
        self.engine.step(name, query, kept=kept, apart=APART.get(name, {}), rows=self.rows)

    def _give_people(self) -> None:
        engine, everybody = self.engine, self.everybody
        engine.give("names", everybody.names, {"name": "varchar", "code": "bigint"})
        engine.step("aliases", "select fingerprint(name) as alias, code from names", kept=True)
        days = dict.fromkeys(("since", "until", "undated"), "timestamp")
        engine.give("spells", everybody.spells, {"code": "bigint", **days, "person": "bigint"})
        engine.give("accounts", everybody.accounts, {"code": "bigint", "reason": "varchar"})

    def _give_settings(self, **changed: Any) -> None:
        kinds = {name: TYPES.get(name, "integer") for name in self.settings}
        self.engine.give("settings", pd.DataFrame([self.settings | changed], dtype=object), kinds)
