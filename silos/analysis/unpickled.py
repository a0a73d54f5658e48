"""Objects that hold the ids and contacts of people, and so are copied but not pickled."""

from typing import Any, NoReturn, Self, SupportsIndex

from silos.errors import SilosError


class Unpickled:
    """What never changes, may be copied, and refuses to be pickled."""

    def __copy__(self) -> Self:
        """Another with the same parts: `copy` would ask for what `pickle` is refused."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        return other

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Itself, as it never changes."""
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        """Refuse to be pickled: the file would hold every person's id and contacts, and nobody would see it.

        Raises:
            SilosError: always.
        """
        raise SilosError(
            "an analysis cannot be pickled, as the file would hold the ids and contacts of everybody. Keep "
            "analysis.summary() or analysis.report().write(...), or pickle analysis.tally if you mean to keep them."
        )
