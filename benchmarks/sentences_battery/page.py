"""docs/sentences.md from the records of the battery: no figure in it is typed by hand."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from validation.tables import share, table

from sentences_battery.oracle import ORACLES
from sentences_battery.running import Record
from sentences_battery.weaving import BUILDERS

#: Runs that a rate of 1 % takes.
FOR_ONE_PERCENT = 300
#: Examples of what is wrong, of each kind of sentence.
EXAMPLES = 1
#: Kinds of organisations that are samples of a planted log -> how they are called.
SAMPLES = {
    "large": "whole (420 people, 14 weeks)",
    "sample_half": "50 %",
    "sample_tenth": "10 %",
    "sample_hundredth": "1 %",
}
VERDICTS = ("silo", "typical", "open", "uncertain", "cannot say")


def told(record: Record) -> str:
    """What is wrong with one organisation, in lines."""
    lines = [f"{record.kind} {record.seed}: {sum(record.said.values())} sentences {record.error}"]
    lines += [f"    {kind}, {sort}: {what} -- {text}" for kind, sort, what, text in record.false]
    lines += [f"    {kind}: {what} is not said" for kind, what, was in record.owed if not was]
    return "\n".join(lines)


def summarised(records: Iterable[Record]) -> dict[str, Any]:
    """Everything that docs/sentences.md says, as plain data."""
    records = list(records)
    said: Counter[str] = Counter()
    runs: Counter[str] = Counter()
    false: dict[str, Counter[str]] = {"measured": Counter(), "planted": Counter()}
    owed: Counter[str] = Counter()
    missing: Counter[str] = Counter()
    examples: dict[str, list[dict[str, str]]] = {}
    for record in records:
        said.update(record.said)
        runs.update(record.said.keys())
        wrong: dict[str, set[tuple[str, str]]] = {"measured": set(), "planted": set()}
        for kind, sort, what, text in record.false:
            wrong[sort].add((kind, text))
            found = examples.setdefault(f"{kind} ({sort})", [])
            if len(found) < EXAMPLES:
                found.append({"organisation": f"{record.kind} {record.seed}", "what": what, "sentence": text})
        for sort, sentences in wrong.items():
            false[sort].update(kind for kind, _ in sentences)
        for kind, what, was in record.owed:
            owed[kind] += 1
            missing[kind] += not was
            found = examples.setdefault(f"{kind} (missing)", [])
            if not was and len(found) < EXAMPLES:
                found.append({"organisation": f"{record.kind} {record.seed}", "what": what, "sentence": ""})
    return {
        "organisations": len(records),
        "made": sorted(f"{record.kind} {record.seed}" for record in records),
        "kinds": len({record.kind for record in records}),
        "refused": sum(bool(record.error) for record in records),
        "sentences": [
            {
                "kind": kind,
                "said": said[kind],
                "runs": runs[kind],
                "measured": false["measured"][kind],
                "planted": false["planted"][kind],
                "owed": owed[kind],
                "missing": missing[kind],
            }
            for kind in sorted(ORACLES)
        ],
        "examples": {name: found for name, found in sorted(examples.items()) if found},
        "samples": [_sampled(kind, [one for one in records if one.kind == kind]) for kind in SAMPLES],
    }


def _sampled(kind: str, records: list[Record]) -> dict[str, Any]:
    """Verdicts on planted silos, on others and on the connector."""
    verdicts = [record.verdicts for record in records if record.verdicts]
    return {
        "kind": kind,
        "organisations": len(verdicts),
        "silos": dict(Counter(verdict for one in verdicts for verdict in one["silos"].values())),
        "plain": dict(Counter(verdict for one in verdicts for verdict in one["plain"].values())),
        "connector": dict(Counter(one["connector"] for one in verdicts)),
        "right": sum(one["right"] for one in verdicts),
        "no silo": sum(one["no silo"] for one in verdicts),
    }


def page(result: dict[str, Any]) -> str:
    """The whole page."""
    rows = result["sentences"]
    total, false = sum(row["said"] for row in rows), sum(row["measured"] for row in rows)
    owed, missing = sum(row["owed"] for row in rows), sum(row["missing"] for row in rows)
    silent = [row["kind"] for row in rows if not row["said"]]
    return f"""# Is every sentence true?

Made by `benchmarks/sentences.py` from {result["organisations"]} organisations of {result["kinds"]} kinds, which the end
of this page names: a small part of the battery. Each kind of sentence has an *oracle* that recomputes what it says
from the raw log with pandas, another way than the package and without a line of it. Of {total:,} sentences {false}
misstate the log: {share(false / max(total, 1))}. Of {owed:,} that had to be said {missing} were missing.
{result["refused"]} organisations were refused with a reason.

{FOR_ONE_PERCENT} runs would be needed to claim a rate of 1 %; the column *runs* says how many there are. Where nothing
went wrong in n runs, the rate is below 3/n with 95 % confidence.

- *misstates the log*: a number, a name or a comparison is not what the log holds.
- *not planted*: a verdict (silo, wall, clear connector, change, or that there is none) is not what was planted. Each
  sentence that repeats a verdict is counted.
- *missing*: it had to be said and was not. A verdict is owed where a whole log with ties enough was planted with it; a
  limit wherever it holds.

{_kinds(rows)}

Not said of any organisation of the battery, but tried with falsified values by the tests: {_listed(silent)}.

## What is wrong

One example of each.

{_examples(result["examples"])}

## Samples of a planted log

Verdicts fade with the log. *No silo said* counts organisations with planted silos of which it was said that no
department is one.

{_samples(result["samples"])}

## The battery

{_listed(sorted(BUILDERS))}.

Of these, with the number from which it was made: {_listed(result["made"])}.
"""


def _kinds(rows: list[dict[str, Any]]) -> str:
    return table(
        ("sentence", "said", "runs", "misstates the log", "not planted", "had to be said", "missing"),
        (
            (
                f"`{row['kind']}`",
                f"{row['said']:,}",
                str(row["runs"]),
                _rate(row["measured"], row["said"]),
                _rate(row["planted"], row["said"]),
                str(row["owed"] or "–"),
                _rate(row["missing"], row["owed"]),
            )
            for row in rows
            if row["said"] or row["owed"]
        ),
    )


def _rate(count: int, of: int) -> str:
    return f"{count}: {share(count / of)}" if count else "0" if of else "–"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def _examples(examples: dict[str, list[dict[str, str]]]) -> str:
    return table(
        ("sentence", "organisation", "what is wrong", "as it was said"),
        (
            (f"`{name}`", one["organisation"], _cell(one["what"]), _cell(one["sentence"]))
            for name, found in examples.items()
            for one in found
        ),
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*") or "–"


def _samples(rows: list[dict[str, Any]]) -> str:
    def counted(counts: dict[str, int], names: tuple[str, ...]) -> list[str]:
        total = sum(counts.values())
        return [_rate(counts.get(name, 0), total) for name in names]

    return table(
        (
            "share of the log", "organisations", "planted silos: silo", "typical", "open", "uncertain", "cannot say",
            "others: called silo", "clear and right", "clear and wrong", "tied", "none", "cannot say", "no silo said",
        ),
        (
            (
                SAMPLES[row["kind"]],
                str(row["organisations"]),
                *counted(row["silos"], VERDICTS),
                *counted(row["plain"], ("silo",)),
                _rate(row["right"], row["organisations"]),
                _rate(row["connector"].get("clear", 0) - row["right"], row["organisations"]),
                *counted(row["connector"], ("tied", "none", "cannot say")),
                _rate(row["no silo"], row["organisations"]),
            )
            for row in rows
        ),
    )  # fmt: skip
