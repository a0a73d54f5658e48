"""Reads what was printed: which phrase a sentence is, and its names and numbers, as exact as they were written.

The phrases are read as data from the package's catalogue; nothing of the package is imported here.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

from babel.messages.pofile import read_po

ENGLISH = Path(__file__).parents[2] / "silos" / "locales" / "silos.pot"
#: What is added to the key of a phrase where its form of one is another.
ONE = "_one"
#: What stands for a number that does not exist.
MISSING = "–"
#: Sections of which every phrase is a sentence.
WHOLE = ("findings", "recommendations", "reasons", "notes", "limits")
#: Phrases of these sections that are words within a sentence.
WORDS = {"unstated"}
#: Of the answer on the first screen, keys that are labels, not sentences.
LABELS = {"heading", "apart", "connects", "begin", "sure", "reading", "nobody"}
#: The leads of the report's sections, and the sentences beside them.
LEADS = {
    *(
        "silos_none",
        "silos",
        "silos_of_judged",
        "silos_of_judged_one",
        "silos_one",
        "pairs_intro",
        "pairs_probable",
        "pairs_none",
        "pairs_closest",
        *("pairs_unsaid", "pairs_unsaid_one", "pairs_apart", "pairs_apart_one"),
    ),
    *("connector_clear", "connector_tied", "connector_probable", "connector_unproven", "connector_none", "warning"),
    *("evidence_substantive", "evidence_turn-taking", "evidence_reciprocated", "evidence_volume"),
    *("joined_lead", "joined_carried", "joined_everybody", "joined_hidden", "joined_more"),
    *("joined_hidden_one", "joined_more_one"),
    *("dialogue_lead", "dialogue_lead_untimed", "dialogue_lasting", "leadership_intro", "layers_lead"),
    *("dialogue_lead_turns", "dialogue_lead_turns_untimed"),
    *("external_lead", "external_lead_contacts", "external_lead_acts", "external_lead_survey", "external_never"),
    "external_never_many",
    *("leadership_lead_listening", "leadership_lead_broadcasting", "leadership_lead_typical"),
    *("leadership_lead_unresponsive", "leadership_lead_uncertain"),
    *("communities_count", "communities_count_one", "findings_none"),
    *("silos_unsaid", "silos_sealed", "silos_sealed_large", "pairs_unsaid_all", "connector_unsaid"),
    *("evidence_substantive_messages", "evidence_substantive_meetings"),
    *("evidence_reciprocated_other", "evidence_volume_other", "evidence_turn-taking_scarce"),
    *("evidence_reciprocated_scarce", "evidence_volume_scarce", "help_involve", "help_involve_other"),
    *("points_none", "points_lead", "silos_judged", "events_lead", "events_none", "responsiveness_lead"),
    "events_bare",
    *("monday_number_silo", "monday_hint"),
}
#: Behind an interval of differences of shares.
POINTS = " percentage points"
#: Hours in what a duration is written in.
UNITS = {"\u202fmin": 1 / 60, "\u202fh": 1.0, " days": 24.0, "%": 0.01}
#: What some placeholders hold: no words, or an addition behind another one, or nothing.
HELD = {
    "begin": r"(?:Begin where|There is hardly).*?\.(?: The next widest door is .*?\.)?",
    "interval": r"[^A-Za-z]*(?: to [^A-Za-z]*(?:percentage points)?)?",
    "few": "(?:;.*?)?",
    "also": "(?:;.*?)?",
    "desk": "(?:, unless it is .*?)?",
    "desks": r"(?: Without service desks .*?\.)?",
    "community": "(?: People.*?)?",
    "traffic": "(?:,.*?)?",
    "spread": r"(?: \(.*?\))?",
    "beside": r"(?: \(.*?\))?",
    "taken": "(?:;.*?)?",
    "following": "(?:;.*?)?",
    "cut": "(?:;.*?)?",
}
_NUMBER = re.compile(r"[−-]?\d[\d,]*(?:\.\d+)?")


@cache
def phrases() -> Mapping[str, Mapping[str, str]]:
    """Section -> key -> text with {placeholders}, in English; the form of one is a phrase of its own."""
    found: dict[str, dict[str, str]] = {}
    with ENGLISH.open("rb") as file:
        for message in read_po(file):
            if message.id:
                section, _, key = message.context.partition(".")
                texts = found.setdefault(section, {})
                one, *many = [message.id] if isinstance(message.id, str) else message.id
                texts[key] = many[-1] if many else one
                if one != texts[key]:
                    texts[f"{key}{ONE}"] = one
    return found


@cache
def kinds() -> frozenset[str]:
    """Every kind of sentence, as section.key."""
    texts = phrases()
    found = {f"{section}.{key}" for section in WHOLE for key in texts[section] if key not in WORDS}
    found |= {f"answer.{key}" for key in texts["answer"] if key not in LABELS}
    return frozenset(found | {f"report.{key}" for key in texts["report"] if key in LEADS})


@dataclass(frozen=True)
class Said:
    """A sentence that was printed.

    Attributes:
        kind: section.key of its phrase.
        values: its placeholders as they were filled in.
        text: the whole.
    """

    kind: str
    values: Mapping[str, str]
    text: str

    def __getitem__(self, name: str) -> str:
        return self.values[name]


@cache
def pattern(template: str) -> re.Pattern[str]:
    """What a phrase looks like when it is filled in; a placeholder that stands twice holds the same.

    Of two placeholders side by side the second is an addition, or nothing (`HELD`).
    """
    parts: list[str] = []
    seen: set[str] = set()
    for literal, field, _, _ in Formatter().parse(template):
        parts.append(re.escape(literal))
        if field is not None:
            held = HELD.get(field, ".*?")
            parts.append(f"(?P={field})" if field in seen else f"(?P<{field}>{held})")
            seen.add(field)
    return re.compile("".join(parts), re.DOTALL)


def filled(section: str, key: str, text: str) -> Said | None:
    """A sentence as this phrase; None where it is another."""
    found = pattern(phrases()[section][key]).fullmatch(text)
    return Said(f"{section}.{key}", found.groupdict(), text) if found else None


def recognised(section: str, text: str, keys: Iterable[str] | None = None) -> Said:
    """The phrase of a section that a sentence is: of several, the one with most words of its own.

    Raises:
        LookupError: it is none of them.
    """
    texts = phrases()[section]
    found = [said for key in keys or texts if (said := filled(section, key, text))]
    if not found:
        raise LookupError(f"no phrase of [{section}] is: {text}")
    return min(found, key=lambda said: sum(map(len, said.values.values())))


def written(said: Said) -> str:
    """The sentence with its values, which may have been changed."""
    section, _, key = said.kind.partition(".")
    return phrases()[section][key].format(**said.values)


# ---- numbers


@dataclass(frozen=True)
class Span:
    """The numbers that are written the same."""

    low: float
    high: float

    def holds(self, value: float | None, slack: float = 0.0) -> bool:
        """Whether a number is written so, give or take `slack`."""
        return value is not None and self.low - slack - 1e-9 <= value <= self.high + slack + 1e-9

    @property
    def middle(self) -> float:
        """The number that stands there."""
        return (self.low + self.high) / 2


def number(text: str) -> Span:
    """The numbers that are written so: shares of 1 where it is a percentage, hours where it is a duration.

    Raises:
        ValueError: it is no number.

    Examples:
        >>> span = number("43%")
        >>> (round(span.low, 3), round(span.high, 3)), number("−0.14").holds(-0.1376), number("1,234").holds(1234)
        ((0.425, 0.435), True, True)
    """
    under, over = text.startswith("under "), text.startswith("over ")
    stem = text.removeprefix("under ").removeprefix("over ")
    scale = next((factor for unit, factor in UNITS.items() if stem.endswith(unit)), 1.0)
    stem = next((stem.removesuffix(unit) for unit in UNITS if stem.endswith(unit)), stem)
    plain = stem.replace("−", "-").replace(",", "")
    value, half = float(plain) * scale, 0.5 * 10.0 ** -len(plain.partition(".")[2]) * scale
    if under or over:
        return Span(-1.0, value) if under else Span(value, 1.0)
    return Span(value - half, value + half)


def between(text: str) -> tuple[Span, Span]:
    """The ends of an interval, shares of 1 where it is in percentage points.

    Examples:
        >>> low, high = between("31 to 45 percentage points")
        >>> low.holds(0.31), high.holds(0.45)
        (True, True)
    """
    plain = text.removesuffix(POINTS)
    low, _, high = plain.partition(" to ")
    unit = "" if plain == text else "%"
    return number(low + unit), number(high + unit)


# ---- names


def either(known: Iterable[str]) -> str:
    """What matches any of the names, the longer ones first."""
    return "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))


def names(text: str, known: Iterable[str]) -> list[str] | None:
    """The known names in a row, as a list writes them; None where there is anything else.

    Examples:
        >>> names("R&D, Sales and IT", ["IT", "R&D", "Sales"]), names("R&D, Nobody", ["R&D"])
        (['R&D', 'Sales', 'IT'], None)
    """
    every = either(known)
    if not every or not re.fullmatch(rf"(?:{every})(?:(?:, | and )(?:{every}))*", text):
        return None
    return re.findall(every, text)


def listed(text: str, known: Iterable[str], rest: str) -> list[tuple[str, ...]] | None:
    """A row of names, each followed by what `rest` captures; None where there is anything else.

    Examples:
        >>> listed("R&D (3), Sales (12)", ["R&D", "Sales"], r" \\((.+?)\\)")
        [('R&D', '3'), ('Sales', '12')]
    """
    every = either(known)
    one = rf"({every}){rest}"
    found = list(re.finditer(one, text))
    if not found or not re.fullmatch(r"(?:, |; | and )*", re.sub(one, "", text)):
        return None
    return [match.groups() for match in found]


# ---- falsehoods


def falsified(said: Said, field: str, known: Iterable[str]) -> list[Said]:
    """The sentence with one value made false: other numbers, or names put in the place of others."""
    value, every = said[field], list(known)
    there = [name for name in every if name in value]
    wrong = []
    if there:
        other = next((name for name in every if name not in value), "Nowhere")
        wrong = [value.replace(there[0], other, 1)]
    elif re.fullmatch(rf"{_NUMBER.pattern}%? to {_NUMBER.pattern}(?:%|{POINTS})?", value):
        wrong = [_shifted(value)]
    elif _NUMBER.search(value):
        first = _NUMBER.search(value)
        wrong = [_NUMBER.sub(_other(first.group(), shift), value, count=1) for shift in (0, 1) if first]
    return [Said(said.kind, {**said.values, field: text}, "") for text in wrong if text != value]


def _shifted(interval: str) -> str:
    """An interval three of its widths further up."""
    low, high = (float(end.replace("−", "-").replace(",", "")) for end in _NUMBER.findall(interval))
    far = max(3 * (high - low), 40.0 if "%" in interval or interval.endswith(POINTS) else 0.4)
    return _NUMBER.sub(lambda found: _plus(found.group(), far), interval)


def _plus(text: str, far: float) -> str:
    digits = len(text.partition(".")[2])
    return f"{float(text.replace('−', '-').replace(',', '')) + far:,.{digits}f}".replace("-", "−")


def _other(text: str, shift: int) -> str:
    """Another number, written like this one: far above it, or far below."""
    digits = len(text.partition(".")[2])
    value = float(text.replace("−", "-").replace(",", ""))
    unit = 10.0**-digits
    far = max(2 * abs(value), 40 * unit)
    below = value - far if value < 10 * unit else value / 3 - 3 * unit
    return f"{value + far if shift == 0 else below:,.{digits}f}".replace("-", "−")
