"""Inputs with damage, and a count of what came of them: a reader that refuses everything passes no test here."""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from silos.errors import SilosError

#: What can happen to bytes: (what, where as a share of the length, how much in 2048ths of it or which byte).
Edit = tuple[str, float, int]
EDITS: st.SearchStrategy[list[Edit]] = st.lists(
    st.tuples(st.sampled_from(("set", "cut", "double", "insert", "drop line", "double line")), st.floats(0, 0.999),
              st.integers(0, 255)),
    min_size=1, max_size=4,
)  # fmt: skip


def damaged(content: bytes, edits: Sequence[Edit]) -> bytes:
    """The content after the edits, one after the other."""
    found = bytearray(content)
    for what, where, value in edits:
        place, span = int(where * len(found)), 1 + value * len(found) // 2048
        match what:
            case "set" if found:
                found[place] = value
            case "cut":
                del found[place : place + span]
            case "double":
                found[place:place] = found[place : place + span]
            case "insert":
                found[place:place] = bytes([value])
            case "drop line" | "double line":
                lines = bytes(found).split(b"\n")
                row = int(where * len(lines))
                lines[row : row + 1] = [] if what == "drop line" else [lines[row], lines[row]]
                found = bytearray(b"\n".join(lines))
    return bytes(found)


class Outcomes:
    """How many inputs were read, how many refused in words, and how many rows came out as they should."""

    def __init__(self, rows: Collection[Hashable]) -> None:
        #: The rows of the input without damage.
        self.rows = Counter(rows)
        self.read = self.refused = self.kept = 0

    def of(self, read: Callable[[], tuple[Collection[Hashable], str]]) -> str:
        """What is said of an input: of one that was read beside its rows, else in the error."""
        try:
            rows, said = read()
        except SilosError as error:
            self.refused += 1
            return str(error)
        self.read += 1
        self.kept += (Counter(rows) & self.rows).total()
        return said

    def check(self, *, read: float, kept: float) -> None:
        """At least these shares of the inputs were read, and of the rows in those that were."""
        assert self.read >= read * (self.read + self.refused), f"{self.refused} refused, {self.read} read"
        assert self.kept >= kept * self.rows.total() * self.read, (
            f"{self.kept} rows of {self.read} × {self.rows.total()}"
        )


def survives(
    content: bytes,
    read: Callable[[bytes], tuple[Collection[Hashable], str]],
    *,
    examples: int,
    secret: str | None = None,
    least: float = 0.15,
    kept: float = 0.2,
) -> None:
    """An input with damage is read, or refused in words, and neither tells a secret; and it is not always refused.

    Args:
        content: the input as it should be.
        read: gives the rows, and all that is said beside them.
        examples: inputs with damage that are tried, always the same ones.
        secret: what stands in the input, if anything does, that must never be said.
        least: share of them that must be read.
        kept: share of the rows of the whole input that must come out of those that are read.
    """
    whole, said = read(content)
    assert whole
    assert secret is None or secret not in said
    outcomes = Outcomes(whole)

    @settings(max_examples=examples, derandomize=True, database=None)
    @given(edits=EDITS)
    def one(edits: list[Edit]) -> None:
        told = outcomes.of(lambda: read(damaged(content, edits)))
        assert secret is None or secret not in told

    one()
    outcomes.check(read=least, kept=kept)
