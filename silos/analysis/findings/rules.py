"""From estimates to sentences: what a manager should read, most serious first, and what it does not say.

A rule looks at estimates and gives an identity, a severity and the values of its sentence; the sentences themselves are
translations. No rule reads a point estimate alone where a verdict or an interval exists.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal

import numpy as np
import pandas as pd

from silos.analysis.connector import CLEAR, Connector
from silos.analysis.dialogue import Dialogue
from silos.analysis.external import External
from silos.analysis.findings.telling import Told, of_dialogue, of_layers, of_leadership, of_outside, untold
from silos.analysis.leadership import Leadership
from silos.analysis.sensitivity import Stability
from silos.analysis.tool_communities import BRIDGE, SILO, Communities
from silos.inference.estimate import Estimate
from silos.inference.multiple_testing import FALSE_DISCOVERY
from silos.locales.numerals import Numerals
from silos.locales.phrases import phrases
from silos.ties.count import Tally

Severity = Literal["serious", "notable", "good", "context"]
ORDER: tuple[Severity, ...] = ("serious", "notable", "good", "context")

#: Silos, walls and bridges that get a sentence each; the others are counted.
SPELLED_OUT = 3
#: Changes since the last window that get a sentence each, and sentences in all.
CHANGES = 2
#: Part of the last window that the log must cover for a change since the one before to be told.
FILLED = 0.5
CAVEAT = "cannot_rule_out"
MOST = 10
#: Effective spanners below which a department hangs on single persons.
FEW_SPANNERS = 1.5
#: Agreement of communities and departments, and homogeneity of communities, from which these are "largely the
#: departments".
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
    stability: Stability
    trend: pd.DataFrame
    minimum: int
    window: str | None = None
    communities: Communities | None = None
    dialogue: Dialogue = field(default_factory=Dialogue)
    leadership: Leadership = field(default_factory=Leadership)
    outside: External = field(default_factory=External)


def find(evidence: Evidence, language: str = "en") -> Findings:
    """The findings in a language, most serious first, at most `MOST`; what cannot be ruled out is always said."""
    told = [finding for rule in RULES for finding in rule(evidence, Voice(language))]
    told.sort(key=lambda finding: ORDER.index(finding.severity))
    kept, cut = told[:MOST], told[MOST:]
    caveats = [finding for finding in cut if finding.id.startswith(CAVEAT)]
    return Findings([*kept[: MOST - len(caveats)], *caveats])


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
            "connector_unproven" if connector.reason in ("evidence", "turn_taking") else "connector_tied",
            "notable",
            measures,
            department=str(connector.department),
            chance=numerals.chance(float(candidates.iloc[0]["probability_first"])),
            others=", ".join(others) or "–",
            evidence=grounds,
        )
    elif connector.reason == "no_ties":
        yield voice.finding("connector_no_ties", "notable", measures, evidence=grounds)
    elif connector.reason == "too_few" or connector.chance is None:
        yield voice.finding("connector_too_few", "notable", measures)
    else:
        yield voice.finding("connector_none", "notable", measures)
    if connector.evidence != "substantive":
        yield voice.finding(f"{CAVEAT}_{connector.evidence}", "context", ("substantive_share",))
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
    numerals, table = voice.numerals, evidence.pairs
    severities: dict[str, Severity] = {"wall": "notable", "bridge": "good"}
    for verdict, severity in severities.items():
        found = table[table["verdict"] == verdict]
        told = [
            voice.say("pairs", verdict, a=row["a"], b=row["b"], share=numerals.percent(row["relative"]),
                      times=numerals.times(row["relative"]))
            for row in found.head(SPELLED_OUT).to_dict("records")
        ]  # fmt: skip
        if told:
            yield voice.finding(
                f"{verdict}s",
                severity,
                ("gravity_ratio",),
                count=numerals.count(len(found)),
                all=numerals.count(len(table)),
                pairs=", ".join(told),
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
    ami, homogeneity = organisation["department_community_ami"], organisation["community_homogeneity"]
    if ami.value is not None and homogeneity.value is not None:
        # Groups that hold several whole departments agree with them too, but are no departments.
        key = "mixed" if ami.value < LARGELY else "bundled" if homogeneity.value < LARGELY else "fragmented"
        yield voice.finding(
            key,
            "notable" if key == "fragmented" else "context",
            ("department_community_ami", "community_homogeneity", "community_completeness", "modularity"),
            value=numerals.decimal(ami.value),
        )
    within, across = organisation["two_way_share_within"], organisation["two_way_share_across"]
    # where it is known who answers, that says it better
    answered = "reply_rate_across" in evidence.dialogue.estimates
    if within.value is not None and across.value is not None and not answered:
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
    if len(few):
        told = [
            voice.say("pairs", "spanners", department=str(department), people=voice.numerals.count(people[department]))
            for department in few.sort_values("effective_spanners", kind="stable").index[:SPELLED_OUT]
        ]
        yield voice.finding("one_person_bridge", "notable", ("effective_spanners",), departments=", ".join(told))


def _communities(evidence: Evidence, voice: Voice) -> Iterator[Finding]:
    found, numerals = evidence.communities, voice.numerals
    if found is None:
        return
    judged = sum(found.verdicts.values())
    silos, bridges = found.verdicts[SILO], found.verdicts[BRIDGE]
    pairs = found.organisation["disjoint_pairs"]
    chance = {"share": numerals.percent(pairs.value), "null": numerals.percent(pairs.null_mean)}
    if silos:
        told = [
            voice.say("pairs", "silo_2", community=str(row["community"]), department=str(row["sponsor"]),
                      shared=numerals.count(row["shared"]), members=numerals.count(row["members"]))
            for row in found.table[found.table["verdict"] == SILO].head(SPELLED_OUT).to_dict("records")
        ]  # fmt: skip
        key = "silos_2" if told else "silos_2_unnamed"
        yield voice.finding(
            key, "serious", ("community_mix", "shared_members"), count=numerals.count(silos),
            all=numerals.count(judged), communities=voice.say("numbers", "semicolon").join(told), **chance,
        )  # fmt: skip
    elif judged:
        yield voice.finding("no_silo_2", "good", ("disjoint_pairs",), all=numerals.count(judged), **chance)
    if bridges:
        carried = found.sponsors[found.sponsors["bridges"] > 0]["bridges"]
        told = [
            voice.say("pairs", "sponsor", department=str(department), count=numerals.count(count))
            for department, count in carried.head(SPELLED_OUT).items()
        ]
        connector = evidence.connector.department if evidence.connector.verdict == "clear" else None
        does = "" if connector is None else "_with" if connector in carried.index else "_without"
        yield voice.finding(
            f"bridge_communities{does}", "good", ("community_mix", "shared_members"), count=numerals.count(bridges),
            all=numerals.count(judged), departments=", ".join(told), connector=str(connector),
        )  # fmt: skip


def _changes(evidence: Evidence, voice: Voice) -> Iterator[Finding]:
    numerals, trend = voice.numerals, evidence.trend
    if trend.empty:
        return
    windows = sorted(trend["window"].unique())
    if len(windows) > 1 and evidence.tally.last is not None:
        start, end = (pd.Timestamp(window) for window in windows[-2:])
        # the first days of a month are no month
        if pd.Timestamp(evidence.tally.last) - end < FILLED * (end - start):
            windows.pop()
    if len(windows) < 2:
        return
    before, last = windows[-2:]
    changed = trend[(trend["window"] == last) & (trend["change_q"] < FALSE_DISCOVERY)]
    for row in changed.head(CHANGES).to_dict("records"):
        yield voice.finding(
            "trend",
            "notable",
            (row["measure"],),
            row["measure"],
            row["department"],
            measure=voice.say("changes", row["measure"], department=row["department"]),
            before=numerals.decimal(row["value"] - row["change"]),
            after=numerals.decimal(row["value"]),
            first=numerals.window(before, evidence.window),
            last=numerals.window(last, evidence.window),
            change=numerals.decimal(row["change"]),
            interval=numerals.between(row["change_low"], row["change_high"]),
        )


def _strangers(evidence: Evidence, voice: Voice) -> Iterator[Finding]:
    tally = evidence.tally
    share = tally.rejected.get("not in the roster", 0) / max(tally.rows_read, 1)
    if share >= STRANGERS:
        yield voice.finding("unmatched", "notable", ("people_unmatched",), share=voice.numerals.percent(share))


def _leadership(evidence: Evidence, voice: Voice) -> Iterator[Finding]:
    yield from _spoken(of_leadership(evidence.leadership, voice.numerals), voice)


def _dialogue(evidence: Evidence, voice: Voice) -> Iterator[Finding]:
    yield from _spoken(of_dialogue(evidence.dialogue, voice.numerals), voice)


def _beyond(evidence: Evidence, voice: Voice) -> Iterator[Finding]:
    yield from _spoken(of_outside(evidence.outside, voice.numerals), voice)
    yield from _spoken(of_layers(evidence.leadership, voice.numerals), voice)


def _spoken(told: Iterator[Told], voice: Voice) -> Iterator[Finding]:
    for one in told:
        yield voice.finding(one.key, one.severity, one.measures, **one.values)


def connector_notes(evidence: Evidence, language: str = "en") -> tuple[str, ...]:
    """What the connector is made of, and what its verdict hangs on: to be read next to the verdict."""
    voice, connector = Voice(language), evidence.connector
    numerals, department = voice.numerals, connector.department
    if department is None:
        return ()
    notes = []
    bound = connector.bound(evidence.departments.index).head(SPELLED_OUT)
    if len(bound):
        pairs = ", ".join(f"{row.a} – {row.b}" for row in bound.itertuples())
        loss = numerals.percent(float(bound["loss"].iloc[0]))
        notes.append(voice.say("notes", "binds", department=department, pairs=pairs, loss=loss))
    if department in evidence.departments.index:
        spanners = numerals.count(float(connector.candidates.loc[department, "effective_spanners"]))
        people = numerals.count(int(evidence.departments.loc[department, "people"]))
        notes.append(voice.say("notes", "spanners", department=department, spanners=spanners, people=people))
    tried, overturned = evidence.stability.settings, evidence.stability.overturned
    told = []
    for row in overturned.to_dict("records"):
        named = row["setting"] in ("layer", "period")
        value = voice.say("values", row["value"]) if named else row["value"]
        told.append(
            voice.say("settings", row["setting"], value=value, first=row["first"] or voice.say("settings", "nobody"))
        )
    count, stays = numerals.count(len(tried)), numerals.count(len(tried) - len(overturned))
    if len(tried):
        key = "unstable" if told else "stable"
        notes.append(
            voice.say("notes", key, department=department, count=count, stays=stays, overturned=", ".join(told))
        )
    return tuple(notes)


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


#: Of findings that are as serious, those of earlier rules come first, and those of the last are cut first.
RULES: tuple[Callable[[Evidence, Voice], Iterator[Finding]], ...] = (
    _silos,
    _connector,
    _communities,
    _leadership,
    _walls,
    _bridges_of_one,
    _changes,
    _strangers,
    _dialogue,
    _organisation,
    _beyond,
)


def limits(evidence: Evidence, language: str = "en") -> tuple[str, ...]:
    """What the findings do not say."""
    voice, tally = Voice(language), evidence.tally
    media = ", ".join(medium for medium in tally.media if medium)
    keys: list[tuple[str, dict[str, str]]] = [
        ("observed", {"media": media}) if media else ("observed_any", {}),
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
    if evidence.communities is None:
        keys.append(("no_communities", {}))
    elif not evidence.communities.readers:
        keys.append(("writers_only", {}))
    keys += [(key, {}) for key in untold(evidence.dialogue, evidence.leadership, evidence.outside)]
    table = evidence.departments
    doubtful = [str(name) for name in table.index[table["verdict"] == "uncertain"]]
    if doubtful:
        keys.append(("uncertain", {"departments": ", ".join(doubtful)}))
    return tuple(voice.say("limits", key, **values) for key, values in keys)
