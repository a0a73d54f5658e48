"""What an organisation is to be made of: every switch and number of `silos.simulate.organisation`, and its default."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Literal, TypedDict, get_args

from silos.errors import SilosError
from silos.simulate import rhythm as pace
from silos.simulate.manners import Leadership
from silos.simulate.rhythm import Rhythm
from silos.system.arguments import number, text, whole

#: The days of a log lie in between: times earlier or later are not taken for times.
EARLIEST, LATEST = date(1800, 1, 1), date(2200, 1, 1)
#: The least that may be asked for.
LEAST = {
    **{"people": 8, "departments": 2, "weeks": 1, "silos": 0, "unknown": 0, "seed": 0, "walls": 0},
    **{"communities": 0, "disjoint_communities": 0, "bridge_communities": 0, "externals": 0, "moved": 1},
}
#: Factors, which are positive.
FACTORS = ("silo_strength", "connector_strength", "slow_across", "half_life")
#: Weeks of the log in which something becomes different; None: it stays.
TURNS = ("silo_opens", "connector_dissolves", "reorganisation", "paper_reorganisation", "traffic_halves")
#: Shares of the people or of the traffic.
SHARES = ("season", "leavers", "joiners")
#: At most this share of the people leaves, or joins.
MOST_REPLACED = 0.4

Generator = Literal["blocks", "latent", "tasks"]
GENERATORS = ("blocks", "latent", "tasks")


@dataclass(frozen=True)
class Recipe:
    """What to plant.

    Attributes:
        people: in the roster.
        departments: how many; sizes are lognormal, of four people and more.
        weeks: length of the log.
        generator: "blocks", a degree-corrected block model, or "latent", which shares none of its assumptions: people
            in a space of places and topics, a chain of command, project teams that form and end, heavy-tailed activity;
            or "tasks", in which messages are what the work in people's queues makes of them, and a desk is a department
            that does its tickets alone.
        silos: how many departments are silos.
        silo_strength: factor of a silo's affinity with every other department; .5 halves it, 1 plants nothing.
        connector: name of the mid-size department that binds all others by substantive, two-way talk, or None.
        connector_strength: factor of its affinity with every other department.
        biggest: one department is far bigger than the others.
        mail_room: everybody writes to the mail room, which acknowledges; hardly any thread gets deep.
        newsletter: one account mails nearly everyone, and smaller lists of fewer than 20.
        bilateral_pair: two departments deal very much with one another.
        one_person_bridge: one department reaches the others through a single person.
        half_company: one department is as deep as a connector, with half of the company only.
        walls: how many pairs of departments, which play no other part, are walled off from one another.
        wall_left: the share of the ties between two such departments that is left.
        communities: of a tool, beside one that is everybody's; 0 for none. They change nothing in the interactions.
        disjoint_communities: how many of them are filled and carried by one department and share nobody with the
            others, as far as departments have ten people for it.
        bridge_communities: how many are carried by one department, the connector first, with people of all.
        leadership: "listening": leaders answer what comes from below; "unresponsive": they leave most of it;
            "broadcasting": and mail to crowds; None: they behave as everybody does.
        slow_across: factor of the time that an answer across departments takes.
        externals: customers in the roster, who deal with a few departments alone.
        unknown: people of the log whom the roster lacks.
        rows: rows of the log to aim at (within 10 %); by default what such a company writes.
        start: first day, as YYYY-MM-DD, of the years from 1800 to 2199, as the last day must be.
        silo_opens: week (from 0) from which the first silo is as open as any department.
        connector_dissolves: week from which the connector is as any department.
        reorganisation: week from which people are in other departments, and their ties follow.
        half_life: weeks until half of their old ties are gone, and half of the new ones there.
        paper_reorganisation: week from which other people are in other departments, and no tie follows.
        moved: how many people move in each of the two.
        season: share of the traffic of winter that is missing at the height of summer.
        traffic_halves: week from which everybody writes and meets half as much.
        leavers, joiners: shares of the people who leave, who join, one by one while the log runs.
        rhythm: at what pace people answer, how deep they go and how the mail room works; as it always was unless given.
        seed: same recipe, same organisation, to the byte.
    """

    people: int = 300
    departments: int = 12
    weeks: int = 12
    generator: Generator = "blocks"
    silos: int = 1
    silo_strength: float = 0.3
    connector: str | None = "Marketing"
    connector_strength: float = 3.0
    biggest: bool = True
    mail_room: bool = True
    newsletter: bool = True
    bilateral_pair: bool = True
    one_person_bridge: bool = True
    half_company: bool = False
    walls: int = 0
    wall_left: float = 0.0
    communities: int = 24
    disjoint_communities: int = 2
    bridge_communities: int = 2
    leadership: Leadership | None = None
    slow_across: float = 1.0
    externals: int = 0
    unknown: int = 8
    rows: int | None = None
    start: str = "2025-01-06"
    silo_opens: int | None = None
    connector_dissolves: int | None = None
    reorganisation: int | None = None
    half_life: float = 4.0
    paper_reorganisation: int | None = None
    moved: int = 20
    season: float = 0.0
    traffic_halves: int | None = None
    leavers: float = 0.0
    joiners: float = 0.0
    rhythm: Rhythm | Mapping[str, Any] | None = None
    seed: int = 0

    @property
    def manner(self) -> Rhythm:
        """At what pace people answer."""
        if isinstance(self.rhythm, Rhythm):
            return self.rhythm
        try:
            return Rhythm(**(self.rhythm or {}))
        except TypeError:
            known = ", ".join(field.name for field in fields(Rhythm))
            raise SilosError(f"rhythm is a dict of {known}, not {self.rhythm!r}.") from None

    @property
    def changes(self) -> bool:
        """Whether anything becomes different while the log runs."""
        return any(getattr(self, name) is not None for name in TURNS) or any(getattr(self, name) for name in SHARES)

    def parameters(self) -> dict[str, Any]:
        """As the truth has it: the rhythm only where it is not the usual one, changes only where there are any."""
        unsaid = {"rhythm"} if self.changes else {"rhythm", "half_life", "moved", *TURNS, *SHARES}
        asked = {field.name: getattr(self, field.name) for field in fields(self) if field.name not in unsaid}
        return asked if self.manner == pace.USUAL else asked | {"rhythm": self.manner.as_dict()}

    def first_day(self) -> date:
        """The first day of the log, once everything is in range.

        Raises:
            SilosError: something is not.
        """
        parameters = {field.name: getattr(self, field.name) for field in fields(self)}
        self._refuse_other_kinds(parameters)
        faults = [
            f"{name} is {parameters[name]!r}, at least {least} is needed"
            for name, least in LEAST.items()
            if parameters[name] < least
        ]
        faults += [
            f"{name} is {parameters[name]!r}, a positive factor is needed"
            for name in FACTORS
            if not 0 < parameters[name] < float("inf")
        ]
        if not 0 <= parameters["wall_left"] < 1:
            faults.append(f"wall_left is {parameters['wall_left']!r}, a share from 0 to below 1 is needed")
        if parameters["generator"] not in GENERATORS:
            faults.append(f"generator is {parameters['generator']!r}, one of {', '.join(GENERATORS)} is needed")
        if parameters["generator"] == "tasks" and parameters["rows"] is not None:
            faults.append("rows are what tasks make of them: ask for people and weeks, or for another generator")
        known = get_args(Leadership)
        if parameters["leadership"] not in (None, *known):
            faults.append(f"leadership is {parameters['leadership']!r}, one of {', '.join(known)} or None is needed")
        if parameters["rows"] is not None and parameters["rows"] < 1:
            faults.append(f"rows is {parameters['rows']!r}, at least 1 is needed")
        faults += self._faults_of_changes()
        first = None
        try:
            first = date.fromisoformat(parameters["start"])
        except ValueError:
            faults.append(f"start is {parameters['start']!r}, a day as YYYY-MM-DD is needed")
        if first and (first < EARLIEST or first.toordinal() + 7 * parameters["weeks"] > LATEST.toordinal()):
            faults.append(
                f"start is {parameters['start']!r} and weeks {parameters['weeks']}, a log within the years from "
                f"{EARLIEST.year} to {LATEST.year - 1} is needed"
            )
        if faults or first is None:
            raise SilosError(f"cannot simulate: {'; '.join(faults)}.")
        return first

    @staticmethod
    def _refuse_other_kinds(parameters: Mapping[str, Any]) -> None:
        """Refuse what is of another kind than is needed, before it is compared with anything.

        Raises:
            SilosError: something is.
        """
        kinds = dict.fromkeys([*LEAST, *TURNS, "rows"], whole) | dict.fromkeys([*FACTORS, *SHARES, "wall_left"], number)
        for name, kind in (kinds | {"start": text, "connector": text}).items():
            if parameters[name] is not None or name not in (*TURNS, "rows", "connector"):
                kind(parameters[name], name)

    def _faults_of_changes(self) -> list[str]:
        """What is out of range, or cannot be planted together."""
        faults = [
            f"{name} is {getattr(self, name)!r}, a week from 1 to {self.weeks - 1} is needed (the log has {self.weeks})"
            for name in TURNS
            if getattr(self, name) is not None and not 0 < getattr(self, name) < self.weeks
        ]
        if not 0 <= self.season < 1:
            faults.append(f"season is {self.season!r}, a share from 0 to below 1 is needed")
        faults += [
            f"{name} is {getattr(self, name)!r}, a share from 0 to {MOST_REPLACED} is needed"
            for name in ("leavers", "joiners")
            if not 0 <= getattr(self, name) <= MOST_REPLACED
        ]
        if (self.leavers or self.joiners) and self.weeks < 2:
            faults.append("people leave or join from the second week on: ask for more weeks")
        if self.silo_opens is not None and not self.silos:
            faults.append("silo_opens needs a silo: ask for at least 1 silo")
        if self.connector_dissolves is not None and self.connector is None:
            faults.append("connector_dissolves needs a connector: name one")
        if self.changes and self.generator == "tasks":
            faults.append("changes cannot be planted with the generator tasks: ask for blocks or latent")
        if self.changes and self.walls:
            faults.append("walls and changes cannot be planted together: leave one of them out")
        return faults


class Options(TypedDict, total=False):
    """The keywords of `silos.simulate.organisation`: the fields of `Recipe` after the first three."""

    generator: Generator
    silos: int
    silo_strength: float
    connector: str | None
    connector_strength: float
    biggest: bool
    mail_room: bool
    newsletter: bool
    bilateral_pair: bool
    one_person_bridge: bool
    half_company: bool
    walls: int
    wall_left: float
    communities: int
    disjoint_communities: int
    bridge_communities: int
    leadership: Leadership | None
    slow_across: float
    externals: int
    unknown: int
    rows: int | None
    start: str
    silo_opens: int | None
    connector_dissolves: int | None
    reorganisation: int | None
    half_life: float
    paper_reorganisation: int | None
    moved: int
    season: float
    traffic_halves: int | None
    leavers: float
    joiners: float
    rhythm: Rhythm | Mapping[str, Any] | None
    seed: int
