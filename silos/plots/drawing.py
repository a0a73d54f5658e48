"""The numbers of a figure before it is drawn, in this process or another, into axes or into files."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from silos.locales.phrases import phrases
from silos.privacy.suppression import OTHER

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: The two files of a figure: SVG and PNG.
Picture = tuple[str, bytes]
#: Plots that can be drawn for a phone: matrices are as wide there as they are, and move under the finger.
NARROWED = ("department_graph", "insularity_forest", "connector_ranking", "leadership")


@dataclass(frozen=True, eq=False)
class Drawing:
    """A figure that is yet to be drawn. It loads matplotlib only when it is.

    Attributes:
        plot: the name of a function of `silos.plots`.
        numbers: its arguments.
        language: of every word in it.
        mark: what stands in its lower right corner.
        dots: whether its PNG is wanted too; otherwise that is empty.
        narrow: whether it is drawn for a phone, as the plots of `NARROWED` can be.
    """

    plot: str
    numbers: Mapping[str, Any]
    language: str = "en"
    mark: str = ""
    dots: bool = True
    narrow: bool = False

    def axes(self, ax: "Axes | None" = None) -> "Axes":
        """The figure, drawn here: into `ax`, or into a figure of its own."""
        from silos import plots
        from silos.plots.canvas import figure_of

        if ax is not None:
            figure_of(ax)  # which refuses what is none
        numbers = {name: _in_language(value, self.language) for name, value in self.numbers.items()}
        form = {"narrow": True} if self.narrow else {}
        axes: Axes = getattr(plots, self.plot)(**numbers, **form, ax=ax, language=self.language)
        figure = axes.get_figure(root=True)
        if self.mark and figure is not None:
            figure.text(0.995, 0.005, self.mark, ha="right", va="bottom", fontsize="x-small")
        return axes

    def picture(self) -> Picture:
        """Its files, drawn here."""
        from silos.plots.canvas import rendered

        return rendered(self.axes(), dots=self.dots)


def _in_language(value: Any, language: str) -> Any:
    """Numbers with the one name of ours among those of departments, "Other (small)", as a language says it."""
    said = str(phrases(language)["report"]["other_small"])
    if said == OTHER:
        return value
    if isinstance(value, str):
        return said if value == OTHER else value
    if type(value) in (list, tuple):
        return type(value)(_in_language(one, language) for one in value)
    if isinstance(value, dict):
        return {_in_language(key, language): _in_language(one, language) for key, one in value.items()}
    if hasattr(value, "columns"):
        return value.rename(index={OTHER: said}, columns={OTHER: said}).replace(OTHER, said)
    return value.rename(index={OTHER: said}).replace(OTHER, said) if hasattr(value, "to_frame") else value
