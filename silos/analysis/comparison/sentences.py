"""A comparison in sentences, the plainest first."""

import re
from collections.abc import Iterator
from string import Formatter
from typing import Any

import numpy as np

from silos.analysis.comparison.figures import OF_DEPARTMENT, OF_PAIR, RATIOS, Figure, departments, same_units
from silos.analysis.comparison.result import Comparison
from silos.analysis.comparison.settings import identical
from silos.analysis.comparison.verdicts import measure_of
from silos.analysis.findings.finding import names_in
from silos.locales.numerals import Numerals
from silos.locales.phrases import Phrase, phrases
from silos.privacy.gate import STEP

#: Changed departments and changed pairs that have a sentence each.
MOST_TOLD = 5
#: Measures of which it is told how much they may have changed unseen: the first that has an interval.
TOLD_FIRST = ("cross_department_share", "two_way_share", "ei_index", "modularity")
#: Where the first part of a piece of advice ends.
PAUSE = re.compile(r"\s?[:;.](?=\s)")
#: What tells a language: shorter words are in several.
WORD = re.compile(r"\w{3}")
#: Verdicts of pairs, and pieces of advice, that have a sentence each.
MOST_VERDICTS = 6


def sentences(found: Comparison, language: str = "en") -> tuple[str, ...]:
    """What changed, in a language.

    Args:
        found: the comparison.
        language: as in `silos.locales.phrases.phrases`.
    """
    telling = Telling(found, language)
    if identical(found.first, found.second):
        return (telling.say["identical"],)
    return (
        *telling.overview(),
        *telling.changes(),
        *telling.verdicts(),
        *telling.connector(),
        *telling.charts(),
        *telling.unmatched(),
        *telling.advice(),
    )


def limit_sentences(found: Comparison, language: str = "en") -> tuple[str, ...]:
    """What the comparison cannot tell, in a language."""
    say, number = phrases(language)["comparison_limits"], Numerals(language)

    def written(name: str, value: object) -> str:
        if isinstance(value, float):
            return number.times(value)
        if name == "people" and found.is_published:
            return number.about(None if value is None else float(str(value)), STEP)
        return number.count(value) if isinstance(value, int) and name != "name" else str(value)

    return tuple(
        say[one.key].format(**{name: written(name, value) for name, value in one.values.items()})
        for one in found.limits
    )


def brief(sentence: str) -> str:
    """The beginning of a piece of advice, up to the first pause: what it was about.

    Examples:
        >>> brief("Bring R&D together with Sales: about 60 new contacts. Begin where the door is ajar.")
        'Bring R&D together with Sales …'
        >>> brief("Show these pages.")
        'Show these pages.'
    """
    begins = PAUSE.split(sentence, maxsplit=1)
    return sentence if len(begins) == 1 else f"{begins[0].rstrip()} …"


def spoken_as(sentence: str, advice: Phrase) -> bool:
    """Whether a sentence has the first words of a text, in any of its forms: whether it is in the same language.

    Examples:
        >>> advice = phrases("en")["recommendations"]["silo_open"]
        >>> spoken_as("Bring R&D together with Sales: about 60 new contacts.", advice)
        True
        >>> spoken_as("R&D mit Sales zusammenbringen: etwa 60 neue Kontakte.", advice)
        False
    """
    forms = ([literal for literal, *_ in Formatter().parse(form)] for form in advice.forms)
    first = (next((literal for literal in form if WORD.search(literal)), "") for form in forms)
    return any(words in sentence for words in first)


class Telling:
    """The sentences of one comparison in one language."""

    def __init__(self, found: Comparison, language: str) -> None:
        self.found = found
        self.words = phrases(language)
        self.say = self.words["comparison"]
        self.number = Numerals(language)

    def overview(self) -> Iterator[str]:
        """Whether anything changed."""
        counts = {"tested": self.found.tested, "changed": len(self.found.changed)}
        yield self.say[self.found.verdict.replace(" ", "_")].format(
            **{name: self.number.count(count) for name, count in counts.items()}
        )
        if self.found.verdict == "unchanged":
            yield from self._unseen()

    def _unseen(self) -> Iterator[str]:
        """How much one number of the organisation may have changed all the same: that none is seen is no proof."""
        rows = {row["measure"]: row for row in self.found.table.to_dict("records") if not row["department"]}
        told = (rows[measure] for measure in TOLD_FIRST if measure in rows)
        row = next((row for row in told if row["verdict"] == "unchanged" and self.interval(row)), None)
        if row is not None:
            before, after = (self.written(row["measure"], row[end]) for end in ("before", "after"))
            name = self.measure(row["measure"])
            yield self.say["unseen"].format(measure=name, before=before, after=after, interval=self.interval(row))

    def changes(self) -> Iterator[str]:
        """What did, the surest first."""
        told, told_of = 0, {OF_DEPARTMENT: 0, OF_PAIR: 0}
        for row in self.found.changed.to_dict("records"):
            measure = row["measure"]
            if measure in told_of:
                told_of[measure] += 1
                if told_of[measure] > MOST_TOLD:
                    continue
            told += 1
            yield self._change(row)
        left = len(self.found.changed) - told
        if left:
            yield self.say["more"].format(count=self.number.count(left))

    def _change(self, row: dict[Any, Any]) -> str:
        before, after = (self.written(row["measure"], row[end]) for end in ("before", "after"))
        interval = self.interval(row)
        if row["measure"] == OF_PAIR:
            ratio = self.number.times(row["change"])
            pair = {"a": row["department"], "b": row["other"]}
            return self.say["pair"].format(**pair, ratio=ratio, interval=interval, before=before, after=after)
        if row["measure"] == OF_DEPARTMENT:
            key, named = f"department_{row['verdict']}", {"department": row["department"]}
        else:
            key, named = row["verdict"], {"measure": self.measure(row["measure"])}
        told = self.say[key].format(**named, before=before, after=after, interval=interval)
        return " ".join([told, *self._likelier(row)]) if row["measure"] == OF_DEPARTMENT else told

    def _likelier(self, row: dict[Any, Any]) -> Iterator[str]:
        """The same of a department as the reports of both runs tell it: how many times likelier its people meet.

        Insularity is free of how large and lively a department is, this is not: where it moved the other way, it would
        only confuse.
        """
        runs = (self.found.first, self.found.second)
        first, second = (Figure.of(departments(run)[row["department"]].get("insiders_odds")).value for run in runs)
        if first is not None and second is not None and (second > first) == (row["verdict"] == "rose"):
            before, after = (self.number.times(float(np.exp(one))) for one in (first, second))
            if before != after:
                yield self.say["likelier"].format(before=before, after=after)

    def verdicts(self) -> Iterator[str]:
        """What is called something else, departments before pairs."""
        rows = self.found.verdicts.to_dict("records")
        # A pair that nothing could be said of before, or now, is no news.
        told = [row for row in rows if row["kind"] == "department"]
        told += [row for row in rows if row["kind"] == "pair" and "cannot say" not in (row["before"], row["after"])]
        for row in told[: MOST_TOLD + MOST_VERDICTS]:
            ends = {end: self.words["verdicts"][row[end] or "none"] for end in ("before", "after")}
            moved = self.words["comparison_moved"][row["measure_verdict"]]
            if row["kind"] == "department":
                yield self.say["verdict_department"].format(department=row["department"], moved=moved, **ends)
            else:
                yield self.say["verdict_pair"].format(a=row["department"], b=row["other"], moved=moved, **ends)

    def connector(self) -> Iterator[str]:
        """What became of the connector."""
        found = self.found.connector
        key = f"connector_unsaid_{found.reason}" if found.reason else f"connector_{found.change}"
        if found.reason == "missing" and found.before == found.after:
            key += "_both"
        clear = found.department_before if found.before == "clear" else found.department_after
        shares = [self.number.chance(share) for share in (found.first_before, found.first_after)]
        yield self.say[key].format(
            before=found.department_before,
            after=found.department_after,
            department=clear,
            share_before=shares[0],
            share_after=shares[1],
        )

    def charts(self) -> Iterator[str]:
        """Which chart contacts follow more closely."""
        found = self.found.charts
        if found.verdict == "cannot say":
            return
        first, second = (self.number.decimal(value) for value in found.modularity)
        interval = self.number.between(found.change.low, found.change.high)
        yield self.say[f"charts_{found.verdict}"].format(first=first, second=second, interval=interval)

    def unmatched(self) -> Iterator[str]:
        """Departments that are in one run alone; other units all are, which says nothing about them."""
        if not same_units(self.found.first, self.found.second):
            return
        for key, names in zip(("gone", "new"), self.found.unmatched, strict=True):
            if names:
                yield self.say[key].format(departments=self.number.listing(names))

    def advice(self) -> Iterator[str]:
        """What came of the advice that can be read."""
        for row in self.found.followed.head(MOST_VERDICTS).to_dict("records"):
            if f"followed_{row['outcome']}" in self.say:
                measure = measure_of(row["watch"])
                before, after = (self.written(measure, row[end]) for end in ("before", "after"))
                key = f"followed_{row['outcome']}"
                name = self.measure(measure)
                yield self.say[key].format(sentence=self._quoted(row), measure=name, before=before, after=after)

    def _quoted(self, row: dict[Any, Any]) -> str:
        """The beginning of a piece of advice; of one in another language, whom it is about."""
        action, *about = row["id"].split(":")
        advice = self.words["recommendations"].get(action)
        if advice is None or not about or spoken_as(row["sentence"], advice):
            return self.say["quoted"].format(sentence=brief(row["sentence"]))
        beginning, values = brief(str(advice)), names_in(action, about, self.number)
        named = {name for _, name, *_ in Formatter().parse(beginning) if name}
        if named and named <= values.keys():
            return self.say["quoted"].format(sentence=beginning.format(**values))
        return self.say["about"].format(departments=self.number.listing(about))

    # ---- numbers

    def measure(self, name: str) -> str:
        """What a measure is called."""
        return self.words["measures"].get(name, name.replace("_", " "))

    def written(self, measure: str, value: float | None) -> str:
        """A number as its measure is written."""
        if value is None or np.isnan(value):
            return self.number.decimal(None)
        if measure in (*RATIOS, "relative"):
            return self.number.times(value)
        if measure.startswith("answer_hours"):
            return self.number.lasting(value)
        shares = {"share", "rate", "pairs", "first", "leader"} & set(measure.split("_"))
        return self.number.percent(value) if shares else self.number.decimal(value)

    def interval(self, row: dict[Any, Any]) -> str:
        """The interval of a change: of shares in points of a hundred, of ratios as ratios."""
        low, high = row["change_low"], row["change_high"]
        if row["scale"] == "ratio":
            return self.number.between(low, high, "times")
        if "share" in row["measure"].split("_"):
            between = self.number.between(100 * low, 100 * high)
            return self.say["points"].format(interval=between) if between else ""
        return self.number.between(low, high)
