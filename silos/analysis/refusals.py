"""What an analysis refuses once the people are known: a single department, a service desk that does not exist."""

from silos.analysis.parameters import Parameters
from silos.errors import EmptyError, SilosError
from silos.network import Network

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


def refuse_unknown_services(every: Network, asked: Parameters) -> None:
    """Refuse a service department that nobody is in.

    Raises:
        SilosError: it is not a unit of the roster.
    """
    for name in asked.service_departments:
        if name not in every.departments:
            there = [str(one) for one in every.departments[:MOST_NAMED]]
            more = ["…"] if len(every.departments) > MOST_NAMED else []
            raise SilosError(
                f"no {asked.by} of the roster is called {name!r} (--service-department). There are: "
                f"{', '.join([*there, *more])}."
            )
