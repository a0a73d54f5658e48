"""How the report says things: the phrases and numerals of a language, and what every section writes alike."""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import pandas as pd

from silos.analysis.inputs import UNSTATED
from silos.analysis.result_protocol import suppressed
from silos.inference.estimate import Estimate
from silos.locales.numerals import Numerals
from silos.locales.phrases import Phrases, phrases
from silos.privacy.gate import LEVELS, STEP
from silos.ties.losses import counted_up

#: Of the organisation: whole numbers.
COUNTED = ("people", "departments", "departments_shown", "ties")
#: Of the organisation: without an upper end. A published 13 has two digits, and is no 13.00.
BOUNDLESS = ("effective_resistance",)
#: Verdicts on departments that have a word and a colour of their own.
VERDICTS = ("silo", "open", "typical", "uncertain")
#: Logarithm beyond which a ratio is written as if it ended there.
LARGEST = 50.0


@dataclass(frozen=True)
class Wording:
    """The words of a report in a language.

    Attributes:
        language: as in `silos.locales.phrases.phrases`.
        groups: whether the log is of groups, for which some phrases have words of their own.
        published: whether counts are in steps.
    """

    language: str
    groups: bool = False
    published: bool = False

    @cached_property
    def words(self) -> Phrases:
        """All phrases, those of groups in place of the others where the log is of groups."""
        found = phrases(self.language)
        if not self.groups:
            return found
        own = {"report": "group_report", "meanings": "group_meanings"}
        return {**found, **{name: {**found[name], **found[theirs]} for name, theirs in own.items()}}

    @property
    def say(self) -> Mapping[str, str]:
        """The phrases of the page."""
        return self.words["report"]

    @property
    def number(self) -> Numerals:
        """Numbers as this language writes them."""
        return Numerals(self.language)

    def about(self, count: float | None) -> str:
        """A count of people or ties in a sentence: about so many where it is in steps."""
        return self.number.about(count, STEP) if self.published else self.number.count(count)

    def counted(self, count: float | None) -> str:
        """The same in a table: of few, that they are fewer than a step."""
        few = self.published and (count is None or not math.isfinite(count))
        return self.number.below(STEP) if few else self.number.count(count)

    def counted_in(self, row: Mapping[Any, Any], name: str) -> str:
        """A count of a row: few are fewer than a step; what is missing for another reason is not said to be few.

        Examples:
            >>> row = {"people": 20, "outsiders": None, "joiners": None, "suppressed": "outsiders"}
            >>> words = Wording("en", published=True)
            >>> [words.counted_in(row, name) for name in ("people", "outsiders", "joiners")]
            ['20', '<\u202f5', '–']
        """
        return self.counted(row[name]) if name in suppressed(row) else self.number.count(row[name])

    def names(self, names: Iterable[object]) -> str:
        """Several names in a row, or the word for none."""
        listed = list(names)
        return self.number.listing(listed) if listed else self.say["none"]

    def media(self, layers: Iterable[str]) -> str:
        """The media of a log in a row."""
        return self.names(
            [self.say["unstated_medium"] if name == UNSTATED else self.known("media", name) for name in layers]
        )

    def period(self, first: datetime, last: datetime, waived: Collection[str]) -> str:
        """From which day to which a log is; how many days, where nobody knows which ones they are."""
        return period(self.say, self.number, first, last, waived)

    def known(self, section: str, name: str) -> str:
        """What a name of ours (of a medium, a format, a column) is called; other names are as they are."""
        return self.words[section].get(name, name)

    def measure(self, name: str) -> str:
        """What a measure is called."""
        return self.words["measures"].get(name, name.replace("_", " "))

    def verdict(self, verdict: object, reason: object = None) -> dict[str, str]:
        """The verdict on a department: its key for the style sheet, its word, and the reason; a table may lack both."""
        named = verdict if isinstance(verdict, str) else "none"
        return {
            "key": named if named in VERDICTS else "none",
            "word": self.words["verdicts"][named],
            "reason": self.words["unsaid"][reason] if isinstance(reason, str) else "",
        }

    def estimate(self, found: Estimate | float | None, form: str) -> dict[str, str]:
        """A number with its interval and its test; `form` is the method of the numerals that writes it."""
        if not isinstance(found, Estimate):
            found = Estimate(found)
        write = getattr(self.number, form)
        like = {"like": found.value} if form == "times" else {}
        return {
            "value": write(found.value),
            "interval": self.number.between(found.low, found.high, form, **like),
            "chance": write(found.null_mean) if found.null_mean is not None else "",
            "p": self.p(found.p) if found.p is not None else "",
        }

    def change(self, value: float, low: float, high: float, form: str) -> tuple[str, str]:
        """A difference of two numbers and its interval; one of shares is small, and what it rounds to looks like none.

        Examples:
            >>> Wording("en").change(-0.0044, -0.045, 0.12, "percent")
            ('−0.4%', '−4.5% to 12%')
        """
        form = "change" if form == "percent" else form
        return getattr(self.number, form)(value), self.number.between(low, high, form)

    def p(self, value: float | None) -> str:
        """A p- or q-value; published, between which levels it lies."""
        return self.number.p(value, LEVELS if self.published else ())

    def between(self, found: Estimate, form: str = "percent") -> str:
        """The interval of an estimate."""
        return self.number.between(found.low, found.high, form)


def spread(row: Mapping[str, float], name: str) -> Estimate:
    """The estimate in the columns `name`, `name_low` and `name_high` of a row.

    Examples:
        >>> spread({"insularity": 1.5, "insularity_low": float("nan"), "insularity_high": 2.0}, "insularity")
        Estimate(value=1.5, low=None, high=2.0, null_mean=None, null_sd=None, z=None, p=None)
    """
    value, low, high = (known(row[f"{name}{end}"]) for end in ("", "_low", "_high"))
    return Estimate(value, low, high)


def capital(sentence: str) -> str:
    """The sentence with a capital letter, whatever it begins with."""
    return sentence[:1].upper() + sentence[1:]


def known(value: float | None) -> float | None:
    """The number, or None where it is missing or infinite."""
    return None if value is None or value is pd.NA or not math.isfinite(value) else float(value)


def exponential(value: float | None) -> float | None:
    """The ratio whose logarithm is given."""
    return None if value is None else math.exp(min(value, LARGEST))


def form_of(measure: str) -> str:
    """How a measure of the organisation is written: the name of a method of the numerals.

    Examples:
        >>> [form_of(name) for name in ("people", "two_way_share", "ei_index", "effective_resistance")]
        ['count', 'percent', 'decimal', 'times']
    """
    if measure in BOUNDLESS:
        return "times"
    return "count" if measure in COUNTED else "percent" if "share" in measure.split("_") else "decimal"


def period(say: Mapping[str, str], number: Numerals, first: datetime, last: datetime, waived: Collection[str]) -> str:
    """From which day to which a log is, by the phrases of a page (`period`, `period_counted`).

    Examples:
        >>> words, first, last = Wording("en"), datetime(1970, 1, 1), datetime(1970, 1, 12, 18)
        >>> words.period(first, last, ["weeks"]), words.period(first.replace(2025), last.replace(2025), ["weeks"])
        ('12 days, counted from the beginning of the log', '1 January 2025 to 12 January 2025')
    """
    if counted_up(last, waived):
        return say["period_counted"].format(count=number.count((last.date() - first.date()).days + 1))
    return say["period"].format(first=number.day(first), last=number.day(last))
