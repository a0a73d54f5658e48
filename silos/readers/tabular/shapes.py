"""Shapes of values: how they are written, without their content."""

from collections.abc import Iterable
from dataclasses import dataclass

#: Letters of a value that its shape goes by.
LONGEST = 48

_DIGITS = str.maketrans("0123456789", "9" * 10)


@dataclass(frozen=True)
class Shape:
    """Values that are written alike.

    Attributes:
        text: their digits as 9; of whole numbers "#" and how many digits they have.
        rows: how many there are.
        low, high: the least and the greatest, as text.
        tens: whether they are whole numbers that end in 0.
    """

    text: str
    rows: int
    low: str
    high: str
    tens: bool = False


def shapes_of(values: Iterable[str]) -> list[Shape]:
    """The shapes of values, in the order in which they come.

    Examples:
        >>> [(shape.text, shape.rows) for shape in shapes_of(["2024-05-03", "17", "2024-06-03", "", "18"])]
        [('9999-99-99', 2), ('#2', 2)]
    """
    groups: dict[tuple[str, bool], list[str]] = {}
    for value in values:
        plain = value.strip()
        if not plain:
            continue
        whole = plain.isascii() and plain.isdigit() and len(plain) < 20
        text = f"#{len(plain)}" if whole else plain[:LONGEST].translate(_DIGITS)
        groups.setdefault((text, whole and plain[-1] == "0"), []).append(plain)
    return [Shape(text, len(alike), min(alike), max(alike), tens) for (text, tens), alike in groups.items()]
