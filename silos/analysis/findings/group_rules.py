"""The rules behind the findings on a log of groups: they describe, and judge nobody."""

from collections.abc import Iterator

from silos.analysis.findings.finding import Finding, FindingRule, Voice
from silos.analysis.results import Results


def _basis(_: Results, voice: Voice) -> Iterator[Finding]:
    yield voice.finding("groups_basis", "context", ("cross_department_share",))


def _across(results: Results, voice: Voice) -> Iterator[Finding]:
    table, share = results.departments.table, results.organisation.estimates["cross_department_share"]
    known = table.loc[table["verdict"].notna(), "external_share"].dropna()
    if share.value is not None and len(known) > 1:
        numerals = voice.numerals
        yield voice.finding(
            "groups_across",
            "context",
            ("cross_department_share", "external_share"),
            share=numerals.percent(share.value),
            least=str(known.index[0]),
            least_share=numerals.percent(known.iloc[0]),
            most=str(known.index[-1]),
            most_share=numerals.percent(known.iloc[-1]),
        )


def _extremes(results: Results, voice: Voice) -> Iterator[Finding]:
    table = results.pairs.table
    known = table[table["ratio"].notna()]
    if len(known) > 1:
        least, most = known.iloc[0], known.iloc[-1]
        yield voice.finding(
            "groups_pairs",
            "context",
            ("gravity_ratio",),
            most=voice.say("pairs", "bridge", a=most["a"], b=most["b"], times=voice.numerals.times(most["ratio"])),
            least=voice.say("pairs", "bridge", a=least["a"], b=least["b"], times=voice.numerals.times(least["ratio"])),
        )


def _first(results: Results, voice: Voice) -> Iterator[Finding]:
    candidates = results.connector.candidates
    eligible = candidates[candidates["eligible"]]
    if len(eligible):
        row = eligible.iloc[0]
        yield voice.finding(
            "groups_first",
            "context",
            ("bind", "reach"),
            department=str(row.name),
            bind=voice.numerals.percent(float(row["bind"])),
            reach=voice.numerals.percent(float(row["reach"])),
        )


GROUP_RULES: tuple[FindingRule, ...] = (_basis, _across, _extremes, _first)
