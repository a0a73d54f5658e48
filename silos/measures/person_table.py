"""Measures of single people: one table by person, and the aggregates that may be shown by department."""

import pandas as pd

from silos.measures.basis import quotient
from silos.measures.brokerage import ROLES, brokerage_roles
from silos.measures.mixing import ei_index
from silos.measures.participation import cross_department_entropy, participation, reach, within_module_z
from silos.measures.structural_holes import contact_holes
from silos.network import DEPARTMENT, Network

#: Measures of people that a department is told the mean and the median of.
AVERAGED = ("constraint", "effective_size", "participation", "cross_department_entropy")
#: The most active people of a department are one in this many of its people, rounded up.
MOST_ACTIVE = 10


def person_measures(network: Network) -> pd.DataFrame:
    """The measures of every person, all by ties: a table that says something about each person by name or id.

    Args:
        network: persons and ties.

    Returns:
        DataFrame by person: `department`; `ties` and `ties_across` (people in contact with, and those of them in other
        departments), `departments` (other departments among them); `ei_index`, `constraint`, `effective_size`,
        `efficiency`, `participation`, `within_module_z`, `cross_department_entropy` (NaN where the measure of that name
        is); the five brokerage roles, as whole numbers.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.DiGraph([("ann", "bob"), ("bob", "cleo")])
        >>> graph.add_node("dan")
        >>> nx.set_node_attributes(graph, {"ann": "HR", "bob": "HR", "cleo": "IT", "dan": "IT"}, "department")
        >>> table = person_measures(Network.from_networkx(graph))
        >>> table[["ties", "ties_across", "constraint", "representative"]]
                ties  ties_across  constraint  representative
        person
        ann        1            0         1.0               0
        bob        2            1         0.5               1
        cleo       1            1         1.0               0
        dan        0            0         NaN               0
    """
    contacts, (constrained, size) = reach(network), contact_holes(network)
    return pd.DataFrame(
        {
            DEPARTMENT: network.people[DEPARTMENT],
            "ties": contacts["people"],
            "ties_across": contacts["people_across"],
            "departments": contacts["departments"],
            "ei_index": ei_index(network, level="person"),
            "constraint": constrained,
            "effective_size": size,
            # as `efficiency` does, without a second search for triangles
            "efficiency": quotient(size.to_numpy(), contacts["people"].to_numpy()),
            "participation": participation(network),
            "within_module_z": within_module_z(network),
            "cross_department_entropy": cross_department_entropy(network),
            **brokerage_roles(network)[list(ROLES)],
        }
    )


def department_summaries(people: pd.DataFrame, *, minimum: int) -> pd.DataFrame:
    """The table of `person_measures` by department, for departments that may be shown.

    - Mean (under the measure's own name) and median (`_median`) of constraint, effective size, participation and the
      entropy of ties across, over the people of the department who have a value.
    - The five brokerage roles, summed.
    - `brokerage_top_share`, `ties_across_top_share`: of all open paths through people of the department, of all their
      ties across, the share that its most active tenth carries: its ⌈n/10⌉ people with the most of just these, among
      all n, those without ties included. 1 where it all depends on them, ⌈n/10⌉/n where all carry the same. NaN up to
      ten people: it would be the share of one person.

    Args:
        people: by person, as `person_measures` gives it.
        minimum: departments of fewer people have no row, and the mean and median of fewer values are NaN: the mean over
            the one person with ties would be that person's own.

    Returns:
        DataFrame by department, sorted; the roles are whole numbers.

    Examples:
        >>> import networkx as nx
        >>> graph = nx.Graph([("ann", "bob"), ("ann", "cleo"), ("bob", "cleo"), ("ann", "eve")])
        >>> graph.add_node("dan")
        >>> departments = {"ann": "HR", "bob": "HR", "cleo": "HR", "dan": "HR", "eve": "IT"}
        >>> nx.set_node_attributes(graph, departments, "department")
        >>> table = person_measures(Network.from_networkx(graph))
        >>> summaries = department_summaries(table, minimum=3)
        >>> summaries.index.tolist()
        ['HR']
        >>> summaries.loc["HR", ["effective_size", "effective_size_median", "brokerage_top_share"]].round(3).to_dict()
        {'effective_size': 1.444, 'effective_size_median': 1.0, 'brokerage_top_share': nan}
    """
    sizes = people[DEPARTMENT].value_counts()
    people = people[people[DEPARTMENT].isin(sizes.index[sizes >= minimum])]
    grouped = people.groupby(DEPARTMENT)
    columns = {}
    for name in AVERAGED:
        enough = grouped[name].count() >= minimum
        columns[name] = grouped[name].mean().where(enough)
        columns[f"{name}_median"] = grouped[name].median().where(enough)
    roles = {role: grouped[role].sum() for role in ROLES}
    brokered = people[list(ROLES)].sum(axis=1)
    return pd.DataFrame(
        {
            **columns,
            **roles,
            "brokerage_top_share": _top_share(brokered, people[DEPARTMENT]),
            "ties_across_top_share": _top_share(people["ties_across"], people[DEPARTMENT]),
        }
    )


def valued_people(people: pd.DataFrame) -> pd.DataFrame:
    """How many people of each department have a value of what it is told the mean of.

    Args:
        people: by person, as `person_measures` gives it.

    Returns:
        DataFrame by department, one column per measure of `AVERAGED`.
    """
    return people.groupby(DEPARTMENT)[list(AVERAGED)].count()


def _top_share(amount: pd.Series, departments: pd.Series) -> pd.Series:
    """The share of each department's amount that its most active tenth has; NaN where that is one person, or none."""
    place = amount.groupby(departments).rank(method="first", ascending=False)
    tenth = -(-amount.groupby(departments).transform("size") // MOST_ACTIVE)
    total = amount.groupby(departments).sum()
    top = amount.where((place <= tenth) & (tenth > 1)).groupby(departments).sum(min_count=1)
    return pd.Series(quotient(top.to_numpy(), total.to_numpy()), index=total.index)
