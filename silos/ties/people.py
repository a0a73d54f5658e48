"""Identifies people: the roster as the integers that `ties.sql` works with.

A person is a position in the network's people. One who changed department is several, one for each department: a
message counts for the one of its day. Everybody else in the roster (bots, rooms, people without a department) has a
code below zero, with the reason why it makes no ties.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import pandas as pd

from silos.network import DEPARTMENT
from silos.tables import EXTERNAL, Roster

EARLIEST, LATEST = datetime(1, 1, 1), datetime(9999, 12, 31)
#: Who a blank is.
NOBODY = -1
#: Codes of whom the roster lacks: from here down, and from there down if their address is at none of its domains.
STRANGERS, OUTSIDERS = -(2**32), -(2**62)


@dataclass(frozen=True, eq=False)
class Population:
    """The roster as integers.

    Attributes:
        people: one row per position: `person` (the roster's id), the roster's columns, `department` the unit asked for.
            The rows of one person stand together, the latest department first.
        names: columns `name` (a spelling of an alias) and `code`.
        spells: of people who changed: `code`, `since`, `until` (days as timestamps), `undated` (a moment in the latest
            spell) and `person`, who they are then.
        terms: by position, when that person `joined` that department and `left` it, as HR states it.
        accounts: `code` and `reason` of those who make no ties.
        domains: those of the addresses of its own people, between blanks; empty where it has none.
        begins: the first day of which the roster says who was where; None where it speaks of no days, or of all.
    """

    people: pd.DataFrame = field(repr=False)
    names: pd.DataFrame = field(repr=False)
    spells: pd.DataFrame
    terms: pd.DataFrame
    accounts: pd.DataFrame
    domains: str
    begins: datetime | None = None

    def absent(self, first: datetime | None, last: datetime | None) -> np.ndarray:
        """Positions of those who had left before `first`, or joined after `last`, as HR has it."""
        if first is None or last is None:
            return np.zeros(0, dtype=np.intp)
        return np.flatnonzero((self.terms["left"] <= first) | (self.terms["joined"] > last))

    def positions(
        self, first: datetime | None = None, last: datetime | None = None, *, absent: Collection[int] = ()
    ) -> np.ndarray | None:
        """New positions where nobody stays in a department that was left before `first` or joined after `last`.

        Args:
            first, last: of the log; None where it has no times: then the latest department is everybody's.
            absent: who else goes.

        Returns:
            by position the new one, -1 for who goes; None where everybody stays.
        """
        if self.spells.empty and not len(absent):
            return None
        held = self.spells[self.spells["person"] >= 0]
        if first is None or last is None:
            there = (held["since"] <= held["undated"]) & (held["undated"] < held["until"])
        else:
            there = (held["since"] <= last) & (held["until"] > first)
        gone = np.setdiff1d(held["person"], held.loc[there, "person"])
        kept = np.ones(len(self.people), dtype=bool)
        kept[gone] = kept[list(absent)] = False
        return np.where(kept, np.cumsum(kept) - 1, -1)

    def remaining(self, positions: np.ndarray | None) -> pd.DataFrame:
        """The people who stay, by their new positions."""
        return self.people if positions is None else self.people[positions >= 0].reset_index(drop=True)

    def remaining_terms(self, positions: np.ndarray | None) -> pd.DataFrame:
        """When each of those who stay `joined` and `left`, by their new positions."""
        terms = self.terms.reindex(range(len(self.people)))
        return terms if positions is None else terms[positions >= 0].reset_index(drop=True)


def population(roster: Roster, by: str) -> Population:
    """The people of the units `by`, and the codes of all names in the roster.

    Raises:
        ColumnError: the roster has no column `by`.

    Examples:
        >>> staff = pd.DataFrame({"department": ["HR", "IT", None], "kind": "employee"}, index=["Ann", "bob", "cleo"])
        >>> names = pd.DataFrame({"alias": ["ann", "bob", "cleo"], "person": ["Ann", "bob", "cleo"]})
        >>> everybody = population(Roster(staff.rename_axis("person"), names), "department")
        >>> dict(everybody.names.itertuples(index=False))
        {'': -1, 'ANN': 0, 'Ann': 0, 'BOB': 1, 'CLEO': -6, 'ann': 0, 'bob': 1, 'cleo': -6}
        >>> everybody.accounts.values.tolist()
        [[-1, 'no sender or recipient'], [-6, 'no department']]
    """
    spells = roster.spells(by)
    placed = spells[spells["unit"].notna()]
    nodes = placed.drop_duplicates(["person", "unit"], keep="last").assign(**{DEPARTMENT: lambda rows: rows["unit"]})
    people = nodes.iloc[::-1].sort_values("person", kind="stable", ignore_index=True)
    position = pd.Series(people.index, index=pd.MultiIndex.from_frame(people[["person", "unit"]]))
    columns = [name for name in dict.fromkeys(["person", *roster.people.columns, DEPARTMENT]) if name in people.columns]

    # Everybody has a number of their own below zero too: as an account, and as a person who changed.
    order = pd.Series(np.arange(len(roster.people)), index=roster.people.index)
    number = spells["person"].map(order)
    found = position.reindex(pd.MultiIndex.from_frame(spells[["person", "unit"]])).to_numpy()
    code = np.where(np.isnan(found), -2 - 2 * number, found).astype(np.int64)
    changed = spells["person"].duplicated(keep=False).to_numpy()
    accounts = pd.DataFrame({"code": code, "reason": spells["reason"]})[code < 0].drop_duplicates("code")
    nobody = pd.DataFrame({"code": [NOBODY], "reason": ["no sender or recipient"]})
    of_person = pd.Series(np.where(changed, -3 - 2 * number, code), index=spells["person"])
    of_person = of_person[~of_person.index.duplicated()]
    # Who is not said to have joined was always there, and who is not said to have left still is.
    stated = spells[["joined", "left"]].astype("datetime64[us]")
    terms = stated.assign(joined=stated["joined"].fillna(EARLIEST), left=stated["left"].fillna(LATEST))
    placed_at = ~np.isnan(found)
    terms = terms[placed_at].groupby(found[placed_at].astype(np.intp)).agg({"joined": "min", "left": "max"})
    moved = spells[changed]
    undated = moved.groupby("person")["since"].transform("max")
    return Population(
        people=people[columns],
        names=_names(roster, of_person),
        spells=pd.DataFrame(
            {
                "code": -3 - 2 * number[changed],
                "since": moved["since"].fillna(EARLIEST),
                "until": moved["until"].fillna(LATEST),
                "undated": undated,
                "person": code[changed],
            }
        ).astype({"code": np.int64, "person": np.int64}),
        terms=terms,
        accounts=pd.concat([nobody, accounts], ignore_index=True),
        domains=_domains(roster),
        begins=roster.begins,
    )


def labelled(people: pd.DataFrame) -> pd.DataFrame:
    """People under an id of their own each, as a network wants them.

    Args:
        people: as in `Population`.

    Returns:
        the same with the index `person`: the roster's id; behind that of a person in one of the departments before the
        latest, the department in brackets. That is for the eye: who somebody is says the column `person` of `people`.

    Examples:
        >>> labelled(pd.DataFrame({"person": ["ann", "ann", "bob"], "department": ["IT", "HR", "HR"]}))
                 department
        person
        ann              IT
        ann [HR]         HR
        bob              HR
    """
    persons = people["person"]
    before = persons.duplicated()
    labels = persons.mask(before, persons + " [" + people[DEPARTMENT] + "]") if before.any() else persons
    return people.drop(columns="person").set_axis(pd.Index(labels, name="person"))


def _names(roster: Roster, code: pd.Series) -> pd.DataFrame:
    """Every id as the roster spells it, in lower case, and ids of tools in capitals: as logs have them, mostly.

    Other spellings are found as well, only later.
    """
    of_person = dict(zip(code.index.tolist(), code.tolist(), strict=True))
    names = {"": NOBODY}
    for alias, person in zip(roster.aliases["alias"].tolist(), roster.aliases["person"].tolist(), strict=True):
        names[alias] = of_person[person]
        if "@" not in alias:
            names[alias.upper()] = of_person[person]
    for person in roster.people.index.tolist():
        # An id that several people claim is nobody's: it is no alias, and no spelling of one either.
        if person.lower() in names:
            names[person] = of_person[person]
    return pd.DataFrame(sorted(names.items()), columns=["name", "code"])


def _domains(roster: Roster) -> str:
    """Domains of the people's own addresses, between blanks and after two, so that no domain at all is among them."""
    own = set(roster.people.index[(roster.people["kind"] != EXTERNAL).to_numpy()].tolist())
    aliases = zip(roster.aliases["alias"].tolist(), roster.aliases["person"].tolist(), strict=True)
    found = {alias.rsplit("@", 1)[1] for alias, person in aliases if "@" in alias and person in own}
    return f"  {' '.join(sorted(found))} " if found else ""
