"""The registry of measures, which documentation, notebooks and property tests read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

Level = Literal["person", "department", "pair", "organisation"]
Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Measure:
    """One entry: how a measure is to be read.

    Attributes:
        name: the function's name in `silos.measures`.
        function: the pure function of a `Network`.
        levels: what it can be asked for; the first is the default.
        directed: whether the direction of ties matters to it.
        weighted: whether the weight of ties matters to it (`by="volume"` where that is a choice).
        range: the values it can take, as text ("[-1, 1]").
        high: what a high value means.
        low: what a low value means.
        source: paper or definition.

    Examples:
        >>> import silos
        >>> silos.measures.REGISTRY["insularity"].high
        'more inward than its activity outside explains'
    """

    name: str
    function: Callable[..., Any]
    levels: tuple[Level, ...]
    directed: bool
    weighted: bool
    range: str
    high: str
    low: str
    source: str

    @property
    def says(self) -> str:
        """What it measures, in a sentence: the first line of the function's docstring."""
        return (self.function.__doc__ or "").strip().partition("\n")[0]


REGISTRY: dict[str, Measure] = {}


def measure(
    *, levels: tuple[Level, ...], directed: bool, weighted: bool, range: str, high: str, low: str, source: str
) -> Callable[[Function], Function]:
    """Decorator that enters a function into `REGISTRY` under its own name."""

    def enter(function: Function) -> Function:
        name = function.__name__
        REGISTRY[name] = Measure(name, function, levels, directed, weighted, range, high, low, source)
        return function

    return enter
