"""A second domain of the same company: whoever is ann@acme.example is ann@acme.io too."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from silos.errors import SilosError
from silos.tables import Roster

#: Domains of the roster that are named where one was asked for that it lacks.
MOST_NAMED = 5


def with_same_domains(roster: Roster, domains: Mapping[str, str]) -> Roster:
    """The roster, whose people are known at their second domains too.

    An address that the roster states for somebody stays theirs. One that two people would have is nobody's.

    Args:
        roster: who is who.
        domains: other domain -> domain of the roster.

    Raises:
        SilosError: the roster has no address at one of its own domains.

    Examples:
        >>> names = pd.DataFrame({"alias": ["ann@acme.example"], "person": ["ann@acme.example"]})
        >>> people = pd.DataFrame({"kind": ["employee"]}, index=pd.Index(["ann@acme.example"], name="person"))
        >>> with_same_domains(Roster(people, names), {"acme.io": "acme.example"}).aliases["alias"].tolist()
        ['ann@acme.example', 'ann@acme.io']
    """
    known = roster.aliases
    parts = known["alias"].str.rpartition("@")
    added = []
    for other, ours in domains.items():
        there = parts[2] == _plain(ours)
        if not there.any():
            found = parts.loc[parts[1] == "@", 2].value_counts().index[:MOST_NAMED]
            raise SilosError(
                f"no address of the roster is at {ours!r} (--same-domain {other}={ours}). Its addresses are at: "
                f"{', '.join(found) or 'no domain'}."
            )
        added.append(
            pd.DataFrame({"alias": parts.loc[there, 0] + "@" + _plain(other), "person": known["person"]}).dropna()
        )
    if not added:
        return roster
    more = pd.concat(added).drop_duplicates()
    more = more[~more["alias"].isin(known["alias"]) & ~more["alias"].duplicated(keep=False)]
    aliases = pd.concat([known, more]).sort_values("alias", ignore_index=True)
    return replace(roster, aliases=aliases.astype("str"))


def _plain(domain: str) -> str:
    return domain.strip().lstrip("@").lower()
