"""From estimates to sentences: what a manager should read, most serious first, and what it does not say.

A rule looks at estimates and gives an identity, a severity and the values of its sentence; the sentences themselves are
translations. No rule reads a point estimate alone where a verdict or an interval exists.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

import numpy as np
import pandas as pd

from silos.connector import CLEAR, Connector
from silos.inference import Estimate
from silos.ties import Tally
from silos.translations import Numerals, phrases

Severity = Literal["serious", "notable", "good", "context"]
ORDER: tuple[Severity, ...] = ("serious", "notable", "good", "context")

#: Silos, walls and bridges that get a sentence each; the others are counted.
SPELLED_OUT = 3
#: Effective spanners below which a department hangs on single persons.
FEW_SPANNERS = 1.5
#: Agreement of communities and departments from which communities are "largely the departments".
LARGELY = 0.5
#: Share of rows that name strangers from which the reader must know.
STRANGERS = 0.1


@dataclass(frozen=True)
class Finding:
    """One sentence, with the measures it rests on.

    Attributes:
        id: the rule, and the department or pair it is about ("silo:R&D").
        severity: serious, notable, good or context.
        sentence: in the language asked for.
        measures: names of the measures behind it.
    """

    id: str
    severity: Severity
    sentence: str
    measures: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """As `summary.json` has it."""
        return {
            "id": self.id,
            "severity": self.severity,
            "sentence": self.sentence,
            "measures": list(self.measures),
        }


class Findings(tuple[Finding, ...]):
    """Findings, most serious first."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "\n".join(f"{finding.severity:>8}  {finding.sentence}" for finding in self)

    def _repr_html_(self) -> str:
        rows = "".join(f"<li><b>{finding.severity}</b> {escape(finding.sentence)}</li>" for finding in self)
        return f"<ul>{rows}</ul>"


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the rules look at."""

    tally: Tally
    organisation: Mapping[str, Estimate]
    departments: pd.DataFrame
    pairs: pd.DataFrame
    connector: Connector
    trend: pd.DataFrame
    minimum: int


def find(evidence: Evidence, language: str = "en") -> Findings:
    """All findings in a language, most serious first."""
    told = [finding for rule in RULES for finding in rule(evidence, Voice(language))]
    return Findings(sorted(told, key=lambda finding: ORDER.index(finding.severity)))


@dataclass(frozen=True)
class Voice:
    """A language's sentences and numerals."""

    language: str

    @property
    def numerals(self) -> Numerals:
        """Numbers as this language writes them."""
        return Numerals(self.language)

    def say(self, section: str, key: str, **values: str) -> str:
        """The phrase `key` of a section, with its values."""
        return phrases(self.language)[section][key].format(**values)

    def finding(self, key: str, severity: Severity, measures: tuple[str, ...], *about: str, **values: str) -> Finding:
        """A finding with the sentence `key`."""
        return Finding(":".join((key, *about)), severity, self.say("findings", key, **values), measures)


def _silos(evidence: Evidence, voice: Voice) -> Iterator[Finding]:
    table = evidence.departments
    silos = table[table["verdict"] == "silo"]
    numerals = voice.numerals
    for department, row in silos.head(SPELLED_OUT).iterrows():
        yield voice.finding(
            "silo",
            "serious",
            ("insularity", "insiders_odds"),
            str(department),
            department=str(department),
            times=numerals.times(float(np.exp(row["insiders_odds"]))),
            interval=numerals.between(
                float(np.exp(row["insiders_odds_low"])), float(np.exp(row["insiders_odds_high"])), "times"
            ),
        )
    if len(silos) > SPELLED_OUT:
        rest = silos.index[SPELLED_OUT:]
        yield voice.finding(
            "silos_more",
            "serious",
            ("insularity",),
            count=numerals.count(len(rest)),
            departments=", ".join(map(str, rest)),
        )
    if silos.empty:
        yield voice.finding("no_silo", "good", ("insularity",))


def _connector(evidence: Evidence, voice: Voice) -> Iterator[Finding]:
    connector, numerals = evidence.connector, voice.numerals
    candidates = connector.candidates
    measures = ("bind", "reach", "probability_first")
    grounds = voice.say("evidence", connector.evidence)
    if connector.mail_room_warning:
        yield voice.finding("mail_room_warning", "serious", measures, busiest=str(connector.busiest))
    if connector.verdict == "clear":
        first = candidates.iloc[0]
        yield voice.finding(
            "connector_clear",
            "good",
            measures,
            department=str(connector.department),
            chance=numerals.chance(float(first["probability_first"])),
            bind=numerals.percent(float(first["bind"])),
            reach=numerals.percent(float(first["reach"])),
            evidence=grounds,
        )
    elif connector.verdict == "tied":
        others = [str(name) for name in candidates.index[candidates["tied"]] if name != connector.department]
        yield voice.finding(
            "connector_tied",
            "notable",
            measures,
            department=str(connector.department),
            chance=numerals.chance(float(candidates.iloc[0]["probability_first"])),
            others=", ".join(others) or "–",
            evidence=grounds,
        )
    elif connector.reason == "too_few" or connector.chance is None:
        yield voice.finding("connector_too_few", "notable", measures)
    else:
        yield voice.finding("connector_none", "notable", measures)
    if connector.evidence != "substantive":
        yield voice.finding(f"cannot_rule_out_{connector.evidence}", "context", ("substantive_share",))
    share = candidates["substantive_share"]
    busiest = connector.busiest
    if (
        busiest in candidates.index
        and not candidates.loc[busiest, "eligible"]
        and np.isfinite(share[busiest])
        and share[busiest] < share.median()
    ):
        yield voice.finding(
            "service_desk",
            "context",
            ("substantive_share",),
            str(busiest),
            department=str(busiest),
            share=numerals.percent(float(share[busiest])),
            median=numerals.percent(float(share.median())),
        )


def _walls(evidence: Evidence, voice: Voice) -> Iterator[Finding]:
    numerals = voice.numerals
    walls = evidence.pairs[evidence.pairs["verdict"] == "wall"]
    for row in walls.head(SPELLED_OUT).to_dict("records"):
        yield voice.finding(
            "wall",
            "notable",
            ("gravity_ratio",),
            str(row["a"]),
            str(row["b"]),
            a=str(row["a"]),
            b=str(row["b"]),
            times=numerals.percent(row["relative"]),
            q=numerals.p(row["q"]),
        )
    if len(walls) > SPELLED_OUT:
        yield voice.finding("walls_more", "notable", ("gravity_ratio",), count=numerals.count(len(walls) - SPELLED_OUT))
    bridges = evidence.pairs[evidence.pairs["verdict"] == "bridge"]
    for row in bridges.head(1).to_dict("records"):
        yield voice.finding(
            "bridge",
            "good",
            ("gravity_ratio",),
            str(row["a"]),
            str(row["b"]),
            a=str(row["a"]),
            b=str(row["b"]),
            times=numerals.times(row["relative"]),
        )


def _organisation(evidence: Evidence, voice: Voice) -> Iterator[Finding]:
    numerals, organisation = voice.numerals, evidence.organisation
    ei = organisation["ei_index"]
    if ei.value is not None and ei.null_mean is not None:
        inward = ei.high is not None and ei.high < ei.null_mean
        yield voice.finding(
            "inward" if inward else "outward",
            "context",
            ("ei_index",),
            value=numerals.decimal(ei.value),
            interval=numerals.between(ei.low, ei.high),
            null=numerals.decimal(ei.null_mean),
        )
    ami = organisation["department_community_ami"]
    if ami.value is not None:
        yield voice.finding(
            "fragmented" if ami.value >= LARGELY else "mixed",
            "notable" if ami.value >= LARGELY else "context",
            ("department_community_ami", "modularity"),
            value=numerals.decimal(ami.value),
        )
    within, across = organisation["two_way_share_within"], organisation["two_way_share_across"]
    if within.value is not None and across.value is not None:
        yield voice.finding(
            "one_way",
            "context",
            ("two_way_share",),
            within=numerals.percent(within.value),
            across=numerals.percent(across.value),
        )


def _bridges_of_one(evidence: Evidence, voice: Voice) -> Iterator[Finding]:
    candidates, people = evidence.connector.candidates, evidence.departments["people"]
    few = candidates[(candidates["effective_spanners"] > 0) & (candidates["effective_spanners"] < FEW_SPANNERS)]
    for department, row in few.sort_values("effective_spanners", kind="stable").head(SPELLED_OUT).iterrows():
        yield voice.finding(
            "one_person_bridge",
            "notable",
            ("effective_spanners",),
            str(department),
            department=str(department),
            spanners=voice.numerals.count(float(row["effective_spanners"])),
            people=voice.numerals.count(int(people[department])),
        )


def _changes(evidence: Evidence, voice: Voice) -> Iterator[Finding]:
    numerals, trend = voice.numerals, evidence.trend
    if trend.empty:
        return
    last = trend["window"].max()
    before = trend.loc[trend["window"] < last, "window"].max()
    changed = trend[(trend["window"] == last) & ((trend["change_low"] > 0) | (trend["change_high"] < 0))]
    for row in changed.head(SPELLED_OUT).to_dict("records"):
        yield voice.finding(
            "trend",
            "notable",
            (row["measure"],),
            row["measure"],
            row["department"],
            measure=voice.say("measures", row["measure"], department=row["department"]),
            before=numerals.decimal(row["value"] - row["change"]),
            after=numerals.decimal(row["value"]),
            first=numerals.day(before),
            last=numerals.day(last),
            change=numerals.decimal(row["change"]),
            interval=numerals.between(row["change_low"], row["change_high"]),
        )


def _strangers(evidence: Evidence, voice: Voice) -> Iterator[Finding]:
    tally = evidence.tally
    share = tally.rejected.get("not in the roster", 0) / max(tally.rows_read, 1)
    if share >= STRANGERS:
        yield voice.finding("unmatched", "notable", ("people_unmatched",), share=voice.numerals.percent(share))


def connector_reason(connector: Connector, language: str = "en") -> str:
    """Why the connector verdict is what it is, in one sentence."""
    voice, candidates = Voice(language), connector.candidates
    others = [str(name) for name in candidates.index[candidates["tied"]] if name != connector.department]
    first = float(candidates["probability_first"].iloc[0]) if len(candidates) else float("nan")
    return voice.say(
        "reasons",
        connector.reason,
        department=str(connector.department),
        busiest=str(connector.busiest),
        chance=voice.numerals.chance(first),
        needed=voice.numerals.percent(CLEAR),
        others=", ".join(others) or "–",
    )


RULES: tuple[Callable[[Evidence, Voice], Iterator[Finding]], ...] = (
    _silos,
    _connector,
    _walls,
    _bridges_of_one,
    _changes,
    _strangers,
    _organisation,
)


def limits(evidence: Evidence, language: str = "en") -> tuple[str, ...]:
    """What the findings do not say."""
    voice, tally = Voice(language), evidence.tally
    media = ", ".join(medium for medium in tally.media if medium) or "…"
    keys: list[tuple[str, dict[str, str]]] = [
        ("observed", {"media": media}),
        ("causal", {}),
        ("performance", {}),
        ("small", {"minimum": voice.numerals.count(evidence.minimum)}),
    ]
    if not tally.dated:
        keys.append(("undated", {}))
    elif "weeks" in tally.waived:
        keys.append(("short", {}))
    if not tally.directed:
        keys.append(("undirected", {}))
    if "conversations" in tally.waived and tally.directed:
        keys.append(("no_conversations", {}))
    table = evidence.departments
    doubtful = [str(name) for name in table.index[table["verdict"] == "uncertain"]]
    if doubtful:
        keys.append(("uncertain", {"departments": ", ".join(doubtful)}))
    return tuple(voice.say("limits", key, **values) for key, values in keys)
