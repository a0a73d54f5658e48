"""What an analysis refuses once the people are known: a single department, a department or column that is not there."""

import pandas as pd

from silos.analysis.parameters import Parameters
from silos.errors import ColumnError, EmptyError, SilosError
from silos.network import Network
from silos.privacy.suppression import Shown

#: Departments that are named where one was asked for that does not exist.
MOST_NAMED = 12


def refuse_one_department(every: Network, by: str) -> None:
    """Refuse an organisation of a single department: there is nothing to compare.

    Raises:
        EmptyError: it is one.
    """
    if len(every.departments) < 2:
        raise EmptyError(
            f"all {len(every):,} people are in a single {by}, {every.departments[0]!r}, so there is nothing to "
            "compare. Name a column with several units with --by."
        )


def refuse_unknown_services(departments: pd.Index, asked: Parameters, where: str = "roster") -> None:
    """Refuse a service department that nobody is in.

    Args:
        departments: those that there are.
        asked: what was asked for.
        where: what holds them.

    Raises:
        SilosError: it is none of them.
    """
    for name in asked.service_departments:
        if name not in departments:
            there = [str(one) for one in departments[:MOST_NAMED]]
            more = ["…"] if len(departments) > MOST_NAMED else []
            raise SilosError(
                f"no {asked.by} of the {where} is called {name!r} (--service-department). There are: "
                f"{', '.join([*there, *more])}."
            )


def refuse_unknown_limits(every: Network, shown: Shown, asked: Parameters) -> None:
    """Refuse limits of new ties that are about a department or a column that is not there.

    Raises:
        SilosError: a pair that is not to be joined names a department that may not be shown.
        ColumnError: the roster has no column of the sites.
    """
    limits = asked.join_limits
    unknown = [name for pair in limits.never for name in pair if name not in shown.candidates]
    if unknown:
        named = ", ".join(map(repr, shown.candidates[:MOST_NAMED]))
        raise SilosError(
            f"no department that may be shown is called {unknown[0]!r} (--never-join). There are: {named}."
        )
    if limits.within is not None and limits.within not in every.people.columns:
        raise ColumnError.unknown(limits.within, found=map(str, every.people.columns), where="the roster")
