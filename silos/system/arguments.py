"""Arguments of the Python interface, which people type: what cannot be meant is refused in one sentence."""

from collections.abc import Collection, Iterable, Mapping
from numbers import Integral, Real
from os import PathLike, fspath
from typing import Any

from silos.errors import SilosError


def whole(value: Any, name: str, *, least: int | None = None) -> int:
    """A whole number.

    Raises:
        SilosError: it is none, or below the least.

    Examples:
        >>> whole(20, "seeds", least=1)
        20
        >>> whole(2.5, "seeds", least=1)
        Traceback (most recent call last):
        silos.errors.SilosError: seeds is a whole number, 1 or more, not 2.5.
    """
    # True is a whole number to Python, and nobody means it.
    if isinstance(value, bool) or not isinstance(value, Integral) or (least is not None and value < least):
        raise SilosError(f"{name} is a whole number{'' if least is None else f', {least} or more'}, not {value!r}.")
    return int(value)


def number(value: Any, name: str) -> float:
    """A number.

    Raises:
        SilosError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise SilosError(f"{name} is a number, not {value!r}.")
    return float(value)


def text(value: Any, name: str) -> str:
    """A text.

    Raises:
        SilosError: it is none.
    """
    if not isinstance(value, str):
        raise SilosError(f"{name} is a text, not {value!r}.")
    return value


def path_of(value: Any, name: str) -> str:
    """A path, as text.

    Raises:
        SilosError: it is none.
    """
    if not isinstance(value, str | PathLike) or not isinstance(found := fspath(value), str):
        raise SilosError(f"{name} is a path, not {value!r}.")
    return found


def texts(values: Any, name: str) -> tuple[str, ...]:
    """Several texts; one alone is not taken for its letters.

    Raises:
        SilosError: they are none.

    Examples:
        >>> texts("Mail Room", "service_departments"), texts(["a", "b"], "keep")
        (('Mail Room',), ('a', 'b'))
        >>> texts(None, "keep")
        Traceback (most recent call last):
        silos.errors.SilosError: keep is a list of texts, not None.
    """
    several = (values,) if isinstance(values, str) else tuple(values) if isinstance(values, Iterable) else None
    if several is None or not all(isinstance(one, str) for one in several):
        raise SilosError(f"{name} is a list of texts, not {values!r}.")
    return several


def mapping(value: Any, name: str, *, of: str) -> dict[Any, Any]:
    """What names other things, as a dict; `of` says of what to what.

    Raises:
        SilosError: it names nothing.
    """
    if not isinstance(value, Mapping):
        raise SilosError(f"{name} is a dict of {of}, not {value!r}.")
    return dict(value)


def one_of(value: Any, choices: Collection[str], name: str) -> str:
    """`value`, if it is one of `choices`.

    Raises:
        SilosError: it is not; the message names the choices.
    """
    if not isinstance(value, str) or value not in choices:
        raise SilosError(f"{name} is one of {', '.join(map(repr, choices))}, not {value!r}.")
    return value
