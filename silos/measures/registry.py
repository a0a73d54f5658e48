"""The registry of measures, which documentation, notebooks and property tests read."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal, TypeVar, cast

from silos.errors import SilosError
from silos.network import Network

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


#: Name -> measure.
REGISTRY: dict[str, Measure] = {}


def measure(
    *, levels: tuple[Level, ...], directed: bool, weighted: bool, range: str, high: str, low: str, source: str
) -> Callable[[Function], Function]:
    """Decorator that enters a function into `REGISTRY` under its own name, and refuses what is no network for it."""

    def enter(function: Function) -> Function:
        name = function.__name__

        @wraps(function)
        def of_network(network: Network, *given: Any, **options: Any) -> Any:
            if not isinstance(network, Network):
                raise SilosError(
                    f"{name} is a measure of a Network of persons, not of {type(network).__name__}. An analysis has "
                    "one as .network, a log of groups has none, and a graph of networkx becomes one by "
                    "Network.from_networkx(graph)."
                )
            return function(network, *given, **options)

        entered = cast(Function, of_network)
        REGISTRY[name] = Measure(name, entered, levels, directed, weighted, range, high, low, source)
        return entered

    return enter
