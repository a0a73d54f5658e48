"""The figures of an analysis by name, drawn when they are asked for."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from silos.analysis.results import Results
from silos.errors import SilosError
from silos.plots.drawing import Drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Figures of results that the report shows as tables, drawn here alone: attributes of `Results`.
BESIDE = ("organisation", "sensitivity", "external", "inputs")


@dataclass(frozen=True, eq=False, repr=False)
class Figures:
    """The figures of an analysis: `analysis.plot.department_graph(ax=None)`, and so on for every plot.

    Attributes:
        results: what is drawn.
        spoken_of: departments that the first step of the advice is about.

    Raises:
        SilosError: by each of them, where the log cannot show it: without windows there is no trend, say.
    """

    results: Results
    spoken_of: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Figures of this analysis, each drawn by its name: {', '.join(f'.{name}()' for name in self._drawn())}"

    def _drawn(self) -> tuple[str, ...]:
        """The figures that this analysis has, those of the report first."""
        beside = (name for name in BESIDE if getattr(self.results, name).drawing() is not None)
        return (*self.results.drawings(self.spoken_of), *beside)

    def _draw(self, name: str, ax: "Axes | None", language: str) -> "Axes":
        found = self.results.drawings(self.spoken_of)
        if name not in found:
            raise SilosError(f"nothing to draw for {name!r} in this analysis. It has: {', '.join(self._drawn())}.")
        return Drawing(found[name].plot, found[name].numbers, self.results.asked.speech(language)).axes(ax)

    def department_graph(self, ax: "Axes | None" = None, *, language: str = "en") -> "Axes":
        """The departments as discs, contact beyond the expected as lines."""
        return self._draw("department_graph", ax, language)

    def insularity_forest(self, ax: "Axes | None" = None, *, language: str = "en") -> "Axes":
        """Insularity with its interval, one line per department."""
        return self._draw("insularity_forest", ax, language)

    def mixing_heatmap(self, ax: "Axes | None" = None, *, language: str = "en") -> "Axes":
        """Departments against departments: contact over the expected."""
        return self._draw("mixing_heatmap", ax, language)

    def connector_ranking(self, ax: "Axes | None" = None, *, language: str = "en") -> "Axes":
        """The candidates for the connector, best first."""
        return self._draw("connector_ranking", ax, language)

    def communities_heatmap(self, ax: "Axes | None" = None, *, language: str = "en") -> "Axes":
        """Departments against the communities that were detected in the ties."""
        return self._draw("communities_heatmap", ax, language)

    def community_map(self, ax: "Axes | None" = None, *, language: str = "en") -> "Axes":
        """Communities of the tools: who is in them, and what they share."""
        return self._draw("community_map", ax, language)

    def reply_matrix(self, ax: "Axes | None" = None, *, language: str = "en") -> "Axes":
        """Who answers whom, department by department."""
        return self._draw("reply_matrix", ax, language)

    def leadership(self, ax: "Axes | None" = None, *, language: str = "en") -> "Axes":
        """What leaders do beside what others do."""
        return self._draw("leadership", ax, language)

    def trend(self, ax: "Axes | None" = None, *, language: str = "en") -> "Axes":
        """The course of the E-I index over the windows."""
        return self._draw("trend", ax, language)

    def event_changes(self, ax: "Axes | None" = None, *, language: str = "en") -> "Axes":
        """What changed across the first event, with intervals."""
        return self._draw("event_changes", ax, language)

    def team_change(self, ax: "Axes | None" = None, *, language: str = "en") -> "Axes":
        """Contacts with the old and the new team around a change of team."""
        return self._draw("team_change", ax, language)

    def organisation(self, ax: "Axes | None" = None, *, language: str = "en") -> "Axes":
        """Shares and indices of the organisation, each with its interval and its null model."""
        return self.results.organisation.plot(ax, language=self.results.asked.speech(language))

    def sensitivity(self, ax: "Axes | None" = None, *, language: str = "en") -> "Axes":
        """Which department comes first under other settings."""
        return self.results.sensitivity.plot(ax, language=self.results.asked.speech(language))

    def external(self, ax: "Axes | None" = None, *, language: str = "en") -> "Axes":
        """The share of each department's people who deal with outsiders."""
        return self.results.external.plot(ax, language=self.results.asked.speech(language))

    def inputs(self, ax: "Axes | None" = None, *, language: str = "en") -> "Axes":
        """How many rows of the log were used, and how many were left out for which reason."""
        return self.results.inputs.plot(ax, language=self.results.asked.speech(language))
