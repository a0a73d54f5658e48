"""Two runs of one organisation side by side: what changed beyond chance."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from typing import Any, ClassVar

import pandas as pd

from silos.analysis.comparison import charts, pairing, published
from silos.analysis.comparison.changes import Change, between, both, incomparable, tabled
from silos.analysis.comparison.charts import Charts
from silos.analysis.comparison.figures import (
    OF_DEPARTMENT,
    Figure,
    Key,
    departments,
    figures,
    same_units,
    scale_of,
    spelt_alike,
)
from silos.analysis.comparison.pairing import People
from silos.analysis.comparison.settings import Limit, days, identical, limits
from silos.analysis.comparison.verdicts import ConnectorChange, connector_change, expected, followed, verdict_changes
from silos.analysis.result_protocol import Result, plain, records, whole
from silos.errors import SilosError
from silos.plots.drawing import Drawing
from silos.privacy.gate import Gate

#: Version of the form of `comparison.json`.
SCHEMA = 1
#: What gives each of both runs as it is published: analyses.
Published = tuple[Callable[[], Any], Callable[[], Any]]


@dataclass(frozen=True, eq=False)
class Comparison(Result):
    """What changed from one run to another.

    Attributes:
        first, second: the summaries of both runs.
        table: one row per number that is compared, those that changed most surely first: see
            `silos.analysis.comparison.changes.tabled`.
        charts: which of the two charts contacts follow more closely.
        in_both: people who are in both runs; None where only the summaries are known.
        paired: whether the persons of both were paired.
        connector: what became of the connector.
        followed: what became of the numbers that the recommendations of the first run ask to watch.
        as_published: what gives the analyses of both runs as they are published; None where these are not known.

    Examples:
        >>> import silos
        >>> from silos.simulate import organisation
        >>> company = organisation(120, 8, weeks=8, seed=1)
        >>> found = silos.analyze(company.interactions, company.roster, bootstrap=100)
        >>> for sentence in found.compare(found).sentences_in("en"):
        ...     print(sentence)
        The two runs found the same.
    """

    title: ClassVar[str] = "Comparison of two runs"

    first: Mapping[str, Any] = field(repr=False)
    second: Mapping[str, Any] = field(repr=False)
    table: pd.DataFrame
    charts: Charts
    in_both: int | None
    paired: bool
    connector: ConnectorChange
    followed: pd.DataFrame
    as_published: Published | None = field(default=None, repr=False)

    @property
    def is_published(self) -> bool:
        """Whether the numbers of both runs are those that may be published."""
        return all(bool(run["inputs"].get("published")) for run in (self.first, self.second))

    def published(self) -> "Comparison":
        """The same as files and displays give it: the numbers of both runs as these publish them.

        Verdicts are those of the exact numbers.

        Raises:
            SilosError: a run holds exact counts, and nothing else is known of it.
        """
        runs = (self.first, self.second)
        if not self.is_published:
            if self.as_published is None:
                raise SilosError(
                    "a run holds exact counts (silos analyze --exact), and its comparison would hold them too. Compare "
                    "runs made without --exact, or ask for exact counts here as well (--exact)."
                )
            told_first, told_second = (analysis().summary() for analysis in self.as_published)
            runs = (told_first, spelt_alike(told_first, told_second))
        gate = Gate()
        told = published.table(self.table, (figures(runs[0]), figures(runs[1])), gate)
        return replace(
            self,
            first=runs[0],
            second=runs[1],
            table=told,
            charts=published.charts(self.charts, gate),
            in_both=None if self.in_both is None else whole(gate.count(self.in_both)),
            connector=replace(connector_change(*runs), change=self.connector.change, reason=self.connector.reason),
            followed=published.followed(self.followed, followed(*runs, told), gate),
        )

    @property
    def changed(self) -> pd.DataFrame:
        """The rows of the table that changed beyond chance."""
        return self.table[self.table["verdict"].isin(["rose", "fell"])]

    @property
    def tested(self) -> int:
        """How many numbers were tested."""
        return int(self.table["p"].notna().sum())

    @property
    def verdict(self) -> str:
        """`changed`, `unchanged` (nothing beyond chance), or `cannot say` where nothing could be tested."""
        if identical(self.first, self.second):
            return "unchanged"
        return "cannot say" if not self.tested else "changed" if len(self.changed) else "unchanged"

    @cached_property
    def verdicts(self) -> pd.DataFrame:
        """Departments and pairs that are called something else in the second run."""
        return verdict_changes(self.first, self.second, self.table)

    @cached_property
    def limits(self) -> tuple[Limit, ...]:
        """What differs between the runs, and what the comparison cannot tell."""
        return limits(self.first, self.second, in_both=self.in_both, paired=self.paired)

    @cached_property
    def unmatched(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Departments of the first run alone, and of the second alone: new, gone, renamed, split or merged ones."""
        names = [set(departments(run)) for run in (self.first, self.second)]
        return tuple(sorted(names[0] - names[1])), tuple(sorted(names[1] - names[0]))

    @cached_property
    def departments(self) -> pd.DataFrame:
        """One row per department of both runs, those first whose insularity changed most surely."""
        rows = self.table[self.table["measure"] == OF_DEPARTMENT].set_index("department")
        runs = [departments(run) for run in (self.first, self.second)]
        found = rows[["before", "before_low", "before_high", "after", "after_low", "after_high"]].copy()
        for name, run in zip(("before", "after"), runs, strict=True):
            found[f"people_{name}"] = pd.Series(
                [run[one].get("people") for one in found.index], found.index, dtype="Float64"
            )
            found[f"verdict_{name}"] = [run[one]["verdict"] for one in found.index]
        return found.join(rows[["change", "change_low", "change_high", "q", "verdict"]])

    def said(self) -> str:
        """The verdict in a few words."""
        return f"{self.verdict} ({len(self.changed)} of {self.tested} numbers)"

    def drawing(self) -> Drawing | None:
        """The insularity of each department in both runs, as slopes."""
        found = self.departments
        known = found[found["before"].notna() & found["after"].notna()]
        if known.empty:
            return None
        slopes = known[["before", "after", "verdict", "verdict_before", "verdict_after"]]
        return Drawing("department_slopes", {"departments": slopes})

    def sentences_in(self, language: str = "en") -> tuple[str, ...]:
        """What changed, in sentences."""
        from silos.analysis.comparison.sentences import sentences

        return sentences(self, language)

    def limits_in(self, language: str = "en") -> tuple[str, ...]:
        """What the comparison cannot tell, in sentences."""
        from silos.analysis.comparison.sentences import limit_sentences

        return limit_sentences(self, language)

    @property
    def _displayed(self) -> "Comparison":
        """What a display shows: it is read over somebody's shoulder, and has what files have."""
        return self if self.is_published or self.as_published is None else self.published()

    def _repr_html_(self) -> str:
        if self._displayed is not self:
            return self._displayed._repr_html_()
        told = "".join(f"<li>{escape(sentence)}</li>" for sentence in self.sentences_in())
        limited = "".join(f"<li>{escape(sentence)}</li>" for sentence in self.limits_in())
        return f"<ul>{told}</ul>{super()._repr_html_()}<ul>{limited}</ul>"

    def __repr__(self) -> str:
        return "\n".join(f"- {sentence}" for sentence in self._displayed.sentences_in())

    def to_dict(self, language: str = "en") -> dict[str, Any]:
        """The content of `comparison.json`, with its sentences in a language."""
        return {
            "schema": SCHEMA,
            "published": self.is_published,
            "runs": [_run(run) for run in (self.first, self.second)],
            "people_in_both": plain(self.in_both),
            "paired": self.paired,
            "verdict": self.verdict,
            "tested": self.tested,
            "changed": len(self.changed),
            "changes": records(self.table),
            "verdicts": records(self.verdicts),
            "connector": self.connector.to_dict(),
            "charts": self.charts.to_dict(),
            "departments": {"first_only": list(self.unmatched[0]), "second_only": list(self.unmatched[1])},
            "followed": records(self.followed),
            "limits": [{"key": one.key, "values": {k: plain(v) for k, v in one.values.items()}} for one in self.limits],
            "sentences": list(self.sentences_in(language)),
            "limit_sentences": list(self.limits_in(language)),
        }


def _run(summary: Mapping[str, Any]) -> dict[str, Any]:
    """What a run was made of."""
    inputs = summary["inputs"]
    named = ("first", "last", "rows_used", "people", "evidence", "layers", "published")
    return {
        "generated": summary.get("generated"),
        "by": summary.get("parameters", {}).get("by"),
        "days": days(summary),
    } | {name: inputs.get(name) for name in named}


def of_summaries(
    first: Mapping[str, Any], second: Mapping[str, Any], as_published: Published | None = None
) -> Comparison:
    """Compare two runs of which only the summaries are known.

    Each number is an estimate with its interval; a change is tested as if the runs were independent, which is too
    careful where the same people are in both.

    Args:
        first, second: the contents of two `summary.json`.
        as_published: what gives the analyses as they are published, where these are not.

    Raises:
        SilosError: one run is of persons, the other of groups.
    """
    _refuse_levels(first, second)
    second = spelt_alike(first, second)
    found = figures(first), figures(second)
    changes = _careful(found, _shared(first, second, found))
    table = _table(first, second, found, changes)
    return Comparison(
        first=first,
        second=second,
        table=table,
        charts=charts.of_summaries(first, second, changes.get(("modularity", "", ""))),
        in_both=None,
        paired=False,
        connector=connector_change(first, second),
        followed=followed(first, second, table),
        as_published=as_published,
    )


def of_people(
    first: Mapping[str, Any],
    second: Mapping[str, Any],
    people: tuple[People, People],
    *,
    replicates: int,
    seed: int,
    as_published: Published | None = None,
) -> Comparison:
    """Compare two runs whose persons are known, paired on those who are in both.

    Args:
        first, second: the summaries.
        people: the networks of both runs.
        replicates, seed: of the bootstrap.
        as_published: what gives the analyses as they are published, where these are not.

    Raises:
        SilosError: one run is of persons, the other of groups.
    """
    _refuse_levels(first, second)
    if same_units(first, second):
        second, people = spelt_alike(first, second), (people[0], pairing.spelt_alike(*people))
    one, other, _ = pairing.numbered(*people)
    in_both = len(set(one.tolist()) & set(other.tolist()))
    if not in_both:
        return replace(of_summaries(first, second, as_published), charts=Charts(reason="few_people"), in_both=0)
    found_figures = figures(first), figures(second)
    shared = _shared(first, second, found_figures)
    careful = _careful(found_figures, shared)
    together = pairing.changes(people, found_figures, replicates=replicates, seed=seed)
    changes = {key: both(careful[key], together[key]) for key in shared}
    table = _table(first, second, found_figures, changes)
    return Comparison(
        first=first,
        second=second,
        table=table,
        charts=charts.followed(*people, replicates=replicates, seed=seed),
        in_both=in_both,
        paired=True,
        connector=connector_change(first, second),
        followed=followed(first, second, table),
        as_published=as_published,
    )


def _careful(found: tuple[Mapping[Key, Figure], Mapping[Key, Figure]], keys: Iterable[Key]) -> dict[Key, Change]:
    """The changes as if the runs were independent."""
    return {key: between(found[0][key], found[1][key], ratio=scale_of(key[0]) == "ratio") for key in keys}


def _table(
    first: Mapping[str, Any], second: Mapping[str, Any], found: tuple[Any, Any], changes: Mapping[Any, Change]
) -> pd.DataFrame:
    rows = (first["inputs"].get("rows_used"), second["inputs"].get("rows_used"))
    count = (first["organisation"].get("departments"), second["organisation"].get("departments"))
    return tabled(found, changes, incomparable=incomparable(rows, count), expected=expected(first))


def _shared(
    first: Mapping[str, Any], second: Mapping[str, Any], found: tuple[Mapping[Key, Figure], Mapping[Key, Figure]]
) -> list[Key]:
    """The numbers that both runs have: those of departments only where both call the same thing a department."""
    same = same_units(first, second)
    return [key for key in found[0] if key in found[1] and (same or not key[1])]


def _refuse_levels(first: Mapping[str, Any], second: Mapping[str, Any]) -> None:
    levels = [run["inputs"].get("level", "person") for run in (first, second)]
    if levels[0] != levels[1]:
        raise SilosError(
            "one run is of persons and the other of groups, whose numbers do not mean the same. "
            "Compare two runs of one kind."
        )
