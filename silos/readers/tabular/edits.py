"""Edits of texts by patterns that Python and DuckDB read alike: what a value is made, a query makes of a column."""

import re
from dataclasses import dataclass
from functools import cached_property

from silos.engines.quoting import literal
from silos.readers.tabular.ids_sql import re2


@dataclass(frozen=True)
class Edits:
    r"""Patterns and what stands for each, one after the other.

    Attributes:
        pairs: pattern -> replacement, with groups as `\1`; RE2 knows those of one digit alone.

    Examples:
        >>> hyphens = Edits(((r"([0-9])/([0-9])", r"\1-\2"), (" +", " ")))
        >>> hyphens.of("1/2   3"), hyphens.sql("t")[:31]
        ('1-2 3', 'regexp_replace(regexp_replace(t')
    """

    pairs: tuple[tuple[str, str], ...]

    @cached_property
    def _compiled(self) -> list[tuple[re.Pattern[str], str]]:
        # A digit that follows a group would be read as part of its number.
        return [(re.compile(pattern), re.sub(r"\\(\d)", r"\\g<\1>", by)) for pattern, by in self.pairs]

    def of(self, text: str) -> str:
        """A text, edited."""
        for pattern, by in self._compiled:
            text = pattern.sub(by, text)
        return text

    def sql(self, text: str) -> str:
        """SQL of the same."""
        for pattern, by in self.pairs:
            text = f"regexp_replace({text}, {re2(pattern)}, {literal(by)}, 'g')"
        return text
