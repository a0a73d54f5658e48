"""The result of `silos.analyze`: the one object behind the notebook, the files and the report."""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Self, overload

import pandas as pd

from silos.analysis.comparison.pairing import People
from silos.analysis.comparison.result import Comparison, of_people, of_summaries
from silos.analysis.connector.sensitivity import Sensitivity
from silos.analysis.connector.verdict import Connector
from silos.analysis.detected_communities import DetectedCommunities
from silos.analysis.dialogue import Dialogue
from silos.analysis.external import External
from silos.analysis.figures import Figures
from silos.analysis.findings.connector_words import connector_reason
from silos.analysis.findings.finding import FindingRule, Findings, RecommendationRule, Recommendations
from silos.analysis.findings.limits import limits, unanswered
from silos.analysis.findings.notes import connector_notes
from silos.analysis.findings.recommendations import RECOMMENDATIONS, recommend
from silos.analysis.findings.rules import RULES, find
from silos.analysis.leadership import Leadership
from silos.analysis.over_time.events import Events
from silos.analysis.over_time.responsiveness import Responsiveness
from silos.analysis.parameters import Parameters
from silos.analysis.published.results import publish
from silos.analysis.results import Results
from silos.analysis.summary import summarise
from silos.analysis.tool_communities import ToolCommunities
from silos.analysis.unpickled import Unpickled
from silos.analysis.what_would_help.help import WhatWouldHelp
from silos.analysis.what_would_help.what_if import Forecast
from silos.errors import SilosError
from silos.inference.estimate import Estimate
from silos.measures.person_table import person_measures
from silos.network import Network
from silos.privacy.suppression import Shown
from silos.readers.roster import read_roster
from silos.tables import Roster
from silos.ties.layers import layer
from silos.ties.results import Tally

if TYPE_CHECKING:
    import networkx as nx

    from silos.analysis.new_chart import NewChart
    from silos.report.writer import Report


class Analysis:
    """Everything that was found: the answers, the sentences, the report. In a notebook it shows its findings.

    A log of persons gives a `PersonAnalysis`, a log of groups a `GroupAnalysis`: each says which rules speak about it.

    Attributes:
        results: the answers, one attribute per question, as objects with `table`, `plot` and `to_dict`.
        shown: which departments may be shown.
        network: persons and all ties, departments as they are; of a log of groups its volumes.

    Examples:
        >>> import silos
        >>> company = silos.simulate.organisation(120, 8, weeks=8, seed=1)
        >>> silos.analyze(company.interactions, company.roster, bootstrap=100).connector.verdict
        'tied'
    """

    #: The rules behind the sentences.
    rules: ClassVar[tuple[FindingRule, ...]]
    recommendation_rules: ClassVar[tuple[RecommendationRule, ...]]

    results: Results
    shown: Shown

    if TYPE_CHECKING:
        # A field of one subclass and a property of the other: at run time a name here would be the field's default.
        @property
        def network(self) -> Network: ...

    # ---- the answers

    @property
    def parameters(self) -> Parameters:
        """The options it was made with."""
        return self.results.asked

    @property
    def departments(self) -> pd.DataFrame:
        """One row per department that may be shown, most inward first."""
        return self.results.departments.table

    @property
    def pairs(self) -> pd.DataFrame:
        """One row per unordered pair of departments, most telling first."""
        return self.results.pairs.table

    @property
    def connector(self) -> Connector:
        """Which department binds the organisation."""
        return self.results.connector

    @property
    def sensitivity(self) -> Sensitivity:
        """How the connector verdict fares under other settings."""
        return self.results.sensitivity

    @property
    def organisation(self) -> pd.DataFrame:
        """One row per measure: value, interval, and its null model where it was tested."""
        return self.results.organisation.table

    @property
    def estimates(self) -> Mapping[str, Estimate]:
        """The measures of the organisation by name."""
        return self.results.organisation.estimates

    @property
    def median_insularity(self) -> float | None:
        """The insularity that departments are judged against."""
        return self.results.departments.median

    @property
    def detected(self) -> DetectedCommunities:
        """Communities detected in the ties, compared with the departments."""
        return self.results.detected

    @property
    def communities(self) -> ToolCommunities | None:
        """Communities of the tools (channels, groups); None where the log knows none."""
        return self.results.communities

    @property
    def dialogue(self) -> Dialogue:
        """Who answers whom."""
        return self.results.dialogue

    @property
    def leadership(self) -> Leadership:
        """Whether leaders listen, and online ties beside meetings."""
        return self.results.leadership

    @property
    def external(self) -> "External":
        """Who deals with the outside."""
        return self.results.external

    @property
    def trend(self) -> pd.DataFrame:
        """One row per window and measure; empty without windows."""
        return self.results.trend.table

    @property
    def what_would_help(self) -> WhatWouldHelp:
        """Whom to bring together, through which door, whom to involve, and what depends on whom.

        Raises:
            SilosError: the log is one of groups, which has no answer to this.
        """
        found = self.results.what_would_help
        if found is None:
            raise SilosError("a log of groups cannot show what would help: that takes a log of persons.")
        return found

    @overload
    def what_if(self, *, ties: Mapping[tuple[str, str], float]) -> Forecast: ...
    @overload
    def what_if(self, *, without: str) -> pd.Series: ...
    @overload
    def what_if(self, *, roster: Any) -> "NewChart": ...
    def what_if(
        self, *, ties: Mapping[tuple[str, str], float] | None = None, without: str | None = None, roster: Any = None
    ) -> "Forecast | pd.Series | NewChart":
        """What would be if the organisation were another: as structure, never as cause. Name one of these.

        Args:
            ties: new ties by pair of departments, `{("R&D", "Sales"): 20}`.
            without: a department that would be gone.
            roster: the chart that it would have: the result of `read_roster`, or anything that it reads.

        Returns:
            With `ties` the `Forecast`; with `without` what would be lost, see
            `silos.analysis.what_would_help.losses.Losses.table`; with `roster` the same ties under that chart.

        Raises:
            SilosError: none of them is named, or more than one; or a department does not exist.
        """
        if sum(asked is not None for asked in (ties, without, roster)) != 1:
            raise SilosError("what_if() takes one of these: ties={(a, b): number}, without=NAME, or roster=ROSTER.")
        if roster is not None:
            return self._under(roster)
        if ties is not None:
            return self.what_would_help.with_ties(ties)
        return self.what_would_help.without(str(without))

    def _under(self, roster: Any) -> "NewChart":  # noqa: ARG002  a log of groups has no use for it
        raise SilosError("a log of groups knows no persons to put under another chart: that takes a log of persons.")

    @property
    def events(self) -> Events:
        """What changed across the events that were named: `.table` has one row per event and measure."""
        return self.results.events

    @property
    def responsiveness(self) -> Responsiveness:
        """Whether the contacts of people who changed team follow, and how fast."""
        return self.results.responsiveness

    @property
    def plot(self) -> Figures:
        """Every figure, ready to draw: `analysis.plot.department_graph(ax=None)`."""
        return Figures(self.results, self.recommendations[0].between)

    # ---- the sentences

    @property
    def findings(self) -> Findings:
        """The sentences a manager should read, most serious first, in English."""
        return self.findings_in("en")

    @property
    def recommendations(self) -> Recommendations:
        """What to do, the most pressing first, in English."""
        return self.recommendations_in("en")

    def findings_in(self, language: str) -> Findings:
        """The findings in a language: `en`, `fr` or `de`."""
        if language not in self._found:
            self._found[language] = find(self.results, self.rules, self.results.asked.speech(language))
        return self._found[language]

    def recommendations_in(self, language: str) -> Recommendations:
        """The recommendations in a language: `en`, `fr` or `de`."""
        if language not in self._advised:
            speech = self.results.asked.speech(language)
            self._advised[language] = recommend(self.results, self.recommendation_rules, speech)
        return self._advised[language]

    @cached_property
    def _found(self) -> dict[str, Findings]:
        """The findings by language, as far as they were asked for: summary, page and slides ask for the same."""
        return {}

    @cached_property
    def _advised(self) -> dict[str, Recommendations]:
        """The recommendations, in the same way."""
        return {}

    def limits_in(self, language: str) -> tuple[str, ...]:
        """What the findings do not say."""
        return limits(self.results, self.results.asked.speech(language))

    def unanswered_in(self, language: str) -> tuple[str, ...]:
        """Why a question got no answer that was asked by an option."""
        return unanswered(self.results, self.results.asked.speech(language))

    def notes_in(self, language: str) -> tuple[str, ...]:
        """What the connector verdict is made of, and what it depends on."""
        return connector_notes(self.results, self.results.asked.speech(language))

    # ---- the outputs

    def summary(self, language: str = "en") -> dict[str, Any]:
        """The content of `summary.json`: numbers or None, and sentences; no person."""
        return summarise(
            self.results,
            findings=self.findings_in(language),
            recommendations=self.recommendations_in(language),
            limits=self.limits_in(language),
            reason=connector_reason(self.results, self.results.asked.speech(language)),
            notes=self.notes_in(language),
        )

    def report(
        self,
        lang: str = "en",
        *,
        exact: bool = False,
        figures_as: str | Iterable[str] = ("svg", "png"),
        deck: bool = False,
    ) -> "Report":
        """The report in a language, to `.write(directory)`.

        Args:
            lang: `en`, `fr` or `de`.
            exact: counts as they are, and not in steps of five.
            figures_as: `svg`, `png`, `both` or `none`, or several of the first two; other words are refused.
            deck: also write slides, `report.pptx`.
        """
        from silos.report.writer import Report
        from silos.system.figure_kinds import figure_kinds

        return Report(self, lang, exact=exact, figures_as=figure_kinds(figures_as), deck=deck)

    def published(self) -> Self:
        """The same with every number about a group as files give it: see `silos.analysis.published.results`."""
        tried = [self]

        def told(results: Results) -> tuple[list[str], list[str]]:
            if results is not self.results:
                tried.append(self._with(results))
            said = tried[-1]
            return sorted(finding.id for finding in said.findings), sorted(
                {step.action for step in said.recommendations}
            )

        published = publish(self.results, told)
        # What was found of it is known to the one that was tried.
        return next((one for one in tried if one.results is published), None) or self._with(published)

    def _with(self, results: Results) -> Self:
        """The same with other results, of which everything is found anew."""
        other = copy(self)
        for known in ("_found", "_advised"):
            other.__dict__.pop(known, None)
        object.__setattr__(other, "results", results)
        return other

    def compare(self, other: "Analysis") -> Comparison:
        """What changed from this analysis to another of the same organisation: a later period, or another chart.

        Persons of both are paired: their estimates rise and fall together, so that the change is known better than
        either number. Two analyses with no person in common are compared by their summaries alone, as `silos compare`
        does, and so are logs of groups.

        Args:
            other: the later analysis, or the one under the other chart.

        Raises:
            SilosError: one is of persons, the other of groups.
        """
        if not isinstance(other, Analysis):
            raise SilosError(f"an analysis is compared with another analysis, not with {type(other).__name__}.")
        return of_summaries(self.summary(), other.summary(), (self.published, other.published))

    def layer(self, name: str) -> Network:
        """The network of one layer of ties, as `silos.ties.definitions` defines them.

        Args:
            name: `any`, `two-way`, `reciprocated`, `turn-taking`, `substantive` or `volume`.

        Raises:
            SilosError: there is no such layer, or the log is one of groups.
        """
        raise NotImplementedError

    def department_graph(self) -> "nx.Graph[Any]":
        """The departments as a graph of networkx, with `people` on nodes and `weight` on edges."""
        raise NotImplementedError

    def people(self) -> pd.DataFrame:
        """One row per person: asked for explicitly, never written by default."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        html: str = self.findings._repr_html_()
        return html


@dataclass(frozen=True, eq=False)
class PersonAnalysis(Unpickled, Analysis):
    """What was found in a log of persons.

    Attributes:
        results: the answers, one attribute per question, as objects with `table`, `plot` and `to_dict`.
        network: persons and all ties, departments as they are.
        shown: which departments may be shown.
        tally: what was counted in the log.
    """

    rules = RULES
    recommendation_rules = RECOMMENDATIONS

    results: Results
    network: Network
    shown: Shown
    tally: Tally

    @cached_property
    def grouped(self) -> Network:
        """Persons and all ties, small departments merged."""
        return self.network.regrouped(self.shown.departments)

    def compare(self, other: Analysis) -> Comparison:
        """What changed from this analysis to another of the same organisation; see `Analysis.compare`."""
        if not isinstance(other, PersonAnalysis):
            return super().compare(other)
        replicates = min(self.parameters.bootstrap, other.parameters.bootstrap)
        people = self._whose(), other._whose()
        of, published = (self.summary(), other.summary()), (self.published, other.published)
        return of_people(*of, people, replicates=replicates, seed=self.parameters.seed, as_published=published)

    def _whose(self) -> People:
        return People(self.network, self.tally.people["person"].to_numpy(), self.shown.departments, self.shown.minimum)

    def layer(self, name: str) -> Network:
        """The network of one layer of ties; see `Analysis.layer`."""
        return layer(self.tally, name)

    def _under(self, roster: Any) -> "NewChart":
        from silos.analysis.new_chart import under_chart

        staff = roster if isinstance(roster, Roster) else read_roster(roster)
        return under_chart(self.tally, self.parameters, staff, self.responsiveness)

    def department_graph(self) -> "nx.Graph[Any]":
        """The departments as a graph of networkx, small ones merged, with `people` on nodes and `weight` on edges."""
        return self.grouped.to_networkx("department")

    def people(self) -> pd.DataFrame:
        """One row per person: asked for explicitly, never written by default."""
        return person_measures(self.network)

    def __repr__(self) -> str:
        return f"Analysis of {self.network!r}\n{self.findings!r}"
