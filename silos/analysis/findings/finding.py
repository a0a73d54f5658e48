"""A finding and a recommendation: one sentence each, worded from the phrases of a language."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

from silos.analysis.results import Results
from silos.inference.estimate import Estimate
from silos.locales.numerals import Numerals
from silos.locales.phrases import phrases
from silos.privacy.gate import STEP

Severity = Literal["serious", "notable", "good", "context"]
ORDER: tuple[Severity, ...] = ("serious", "notable", "good", "context")

#: Step -> the fields of its sentence that name the departments of its id, in order; a plural takes all that are left.
NAMED: dict[str, tuple[str, ...]] = {
    "silo_open": ("silo", "partners"),
    "silo_alone": ("silo",),
    "wall": ("a", "b"),
    "wall_via": ("a", "b"),
    "bridge": ("connector",),
    "clear": ("connector",),
    "clear_declared": ("connector",),
    "clear_next": ("connector", "next"),
    "spanners": ("connector",),
    "one_spanner": ("department",),
    "tied_probable": ("department",),
    "unproven": ("department",),
    "unproven_other": ("department",),
    "unanswered": ("departments",),
    "outside": ("departments",),
    "outside_with": ("departments",),
}
_PLURAL = ("partners", "departments")


def names_in(action: str, between: Sequence[str], numerals: Numerals) -> dict[str, str]:
    """The names of departments in the sentence of a step, by field.

    Args:
        action: the step.
        between: the departments in its id.
        numerals: of the language, for lists.

    Examples:
        >>> names_in("silo_open", ["R&D", "Sales", "Legal"], Numerals("en"))
        {'silo': 'R&D', 'partners': 'Sales and Legal'}
    """
    fields = enumerate(NAMED.get(action, ())[: len(between)])
    return {field: numerals.listing(between[place:]) if field in _PLURAL else between[place] for place, field in fields}


@dataclass(frozen=True)
class Finding:
    """One sentence, with the measures it rests on.

    Attributes:
        id: the rule, and the department or pair it is about ("silo:R&D").
        severity: serious, notable, good or context.
        sentence: in the language asked for.
        measures: names of the measures behind it.

    Examples:
        >>> Finding("silo:R&D", "serious", "R&D is a silo.", ("insularity",)).to_dict()
        {'id': 'silo:R&D', 'severity': 'serious', 'sentence': 'R&D is a silo.', 'measures': ['insularity']}
    """

    id: str
    severity: Severity
    sentence: str
    measures: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """As `summary.json` has it."""
        return {
            "id": self.id,
            "severity": self.severity,
            "sentence": self.sentence,
            "measures": list(self.measures),
        }


@dataclass(frozen=True)
class Recommendation:
    """One thing to do, and why.

    Attributes:
        id: the rule, and the departments it is about ("silo_open:R&D:Sales").
        action: the rule alone.
        between: the departments or communities that are to act.
        because: ids of the findings it follows from.
        effect: what it would change, where that can be said.
        watch: the number that will show it, as a path into the summary (`silos.analysis.watched`), where there is one.
        sentence: in the language asked for.
        ties: how many new contacts it takes: the effort, where it can be counted.
        binding: by which share of it the Kirchhoff index would fall: what steps are compared by.
        brief: the sentence in short, for the first screen; a short one is the same.
    """

    id: str
    action: str
    between: tuple[str, ...]
    because: tuple[str, ...]
    sentence: str
    effect: Estimate | None = None
    watch: str | None = None
    ties: float | None = None
    binding: Estimate | None = None
    brief: str = ""

    @property
    def worth(self) -> float:
        """Effect per effort: what a new contact binds; below 0 where nobody can forecast it."""
        if not self.ties or self.binding is None or self.binding.value is None:
            return -1.0
        return max(self.binding.value, 0.0) / self.ties

    def to_dict(self) -> dict[str, Any]:
        """As `summary.json` has it."""
        return {
            "id": self.id,
            "action": self.action,
            "between": list(self.between),
            "because": list(self.because),
            "effect": (self.effect or Estimate(None)).to_dict(),
            "ties": self.ties,
            "binding": (self.binding or Estimate(None)).to_dict(),
            "watch": self.watch,
            "sentence": self.sentence,
        }


class Findings(tuple[Finding, ...]):
    """Findings, most serious first."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "\n".join(f"{finding.severity:>8}  {finding.sentence}" for finding in self)

    def _repr_html_(self) -> str:
        rows = "".join(f"<li><b>{finding.severity}</b> {escape(finding.sentence)}</li>" for finding in self)
        return f"<ul>{rows}</ul>"


class Recommendations(tuple[Recommendation, ...]):
    """Recommendations, the most pressing first."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "\n".join(f"{place:>3}. {one.sentence}" for place, one in enumerate(self, start=1))

    def _repr_html_(self) -> str:
        return f"<ol>{''.join(f'<li>{escape(one.sentence)}</li>' for one in self)}</ol>"


@dataclass(frozen=True)
class Voice:
    """The sentences and numerals of a language.

    Attributes:
        language: as in `silos.locales.phrases`.
        published: whether counts are in steps.
    """

    language: str
    published: bool = False

    @property
    def numerals(self) -> Numerals:
        """Numbers as this language writes them."""
        return Numerals(self.language)

    def about(self, count: float | None) -> str:
        """A count of people or ties: about so many where it is in steps, and of few that they are fewer than a step."""
        return self.numerals.about(count, STEP) if self.published else self.numerals.count(count)

    def roughly(self, written: str) -> str:
        """A figure that follows from counts: about so much where these are in steps."""
        return self.say("numbers", "about", value=written) if self.published else written

    def why(self, reasons: Mapping[str, int]) -> str:
        """Why nothing can be said: one reason, or each with how many it is true of."""
        if len(reasons) == 1:
            return self.say("unsaid", next(iter(reasons)))
        return self.say("numbers", "semicolon").join(
            self.say("unsaid", "with_count", reason=self.say("unsaid", reason), count=self.numerals.count(count))
            for reason, count in reasons.items()
        )

    def say(self, section: str, key: str, **values: str) -> str:
        """The phrase `key` of a section, with its values."""
        return phrases(self.language)[section][key].format(**values)

    def known(self, section: str, name: str) -> str:
        """What a name of ours (of a medium, say) is called; other names are as they are."""
        return phrases(self.language)[section].get(name, name)

    def has(self, section: str, key: str) -> bool:
        """Whether there is a phrase `key` in a section."""
        return key in phrases(self.language)[section]

    def finding(self, key: str, severity: Severity, measures: tuple[str, ...], *about: str, **values: str) -> Finding:
        """A finding with the sentence `key`."""
        return Finding(":".join((key, *about)), severity, self.say("findings", key, **values), measures)

    def recommend(
        self,
        key: str,
        *between: str,
        because: tuple[str, ...] = (),
        watch: str | None = None,
        **values: str,
    ) -> Recommendation:
        """A recommendation with the sentence `key`: the names in `between` are in it, other values are given."""
        values |= names_in(key, between, self.numerals)
        sentence = self.say("recommendations", key, **values)
        brief = self.say("briefs", key, **values) if self.has("briefs", key) else sentence
        return Recommendation(":".join((key, *between)), key, between, because, sentence, watch=watch, brief=brief)


#: A rule looks at all results and says nothing, one thing or several.
FindingRule = Callable[[Results, Voice], Iterator[Finding]]
RecommendationRule = Callable[[Results, Voice], Iterator[Recommendation]]
