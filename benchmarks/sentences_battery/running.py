"""Runs the package on organisations of the battery, collects what it said, and asks the oracles."""

import contextlib
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import silos
from sentences_battery import (  # noqa: F401 - each registers its oracles, or organisations
    battery_planted,
    battery_woven,
    on_advice,
    on_changes,
    on_connector,
    on_connector_notes,
    on_departments,
    on_exchange,
    on_groups,
    on_help,
    on_limits,
    on_organisation,
)
from sentences_battery.facts import Facts
from sentences_battery.on_groups import OWED_OF_GROUPS, Groups
from sentences_battery.oracle import ORACLES, Case, Complaint
from sentences_battery.printed import LEADS, ONE, Said, filled, pattern, phrases, recognised
from sentences_battery.rawlog import Raw
from sentences_battery.weaving import BUILDERS, Organisation
from silos.report.html import sections
from silos.report.wording import Wording

#: Redraws of the people in every analysis.
BOOTSTRAP = 200
#: Findings that say that there is no silo.
NO_SILO = ("findings.no_silo", "findings.no_silo_judged")
#: What stands in the section `sure` of the answer, between semicolons.
SURE = ("sure_silo", "sure_first", "sure_judged", "sure_groups")


def analysed(made: Organisation) -> Any:
    """The package's analysis."""
    with tempfile.TemporaryDirectory() as folder:
        log: Any = [made.log] if made.memberships is None else [made.log, made.memberships]
        if made.groups:
            path = Path(folder) / "groups.csv"
            made.log.to_csv(path, index=False)
            log = path
        elif "timestamp" not in made.log:
            log = silos.read_interactions(made.log, format="edges")
        return silos.analyze(log, made.roster, bootstrap=BOOTSTRAP, seed=0, **made.asked)


def collected(analysis: Any) -> tuple[Said, ...]:
    """Every sentence of an analysis: findings, advice, limits, reason, notes, the answer and the leads of sections."""
    groups = analysis.results.inputs.level == "department"
    summary = analysis.summary()
    page = sections(analysis, Wording("en", groups=groups))
    found = [_keyed("findings", one.id, one.sentence) for one in analysis.findings]
    found += [_keyed("recommendations", one.id, one.sentence) for one in analysis.recommendations]
    found += [recognised("limits", text) for text in summary["limits"]]
    found += [recognised("notes", text) for text in summary["connector"]["notes"]]
    found.append(recognised("reasons", summary["connector"]["reason"]))
    found += _answer(page["answer"])
    if not groups:
        found += [said for text in _leads(page) for said in split("report", text, LEADS)]
    return tuple(found)


def _keyed(section: str, id_: str, text: str) -> Said:
    key = id_.partition(":")[0]
    said = next(
        (said for form in (key, f"{key}{ONE}") if form in phrases()[section] and (said := filled(section, form, text))),
        None,
    )
    if said is None:
        raise LookupError(f"{section} {id_} is not its phrase: {text}")
    return said


def _answer(page: dict[str, Any]) -> Iterator[Said]:
    keys = [key for key in phrases()["answer"] if key.startswith(("apart_", "connects_"))]
    if page["hint"]:
        yield recognised("answer", page["hint"], ["hint"])
    for one in page["sentences"]:
        # Where to begin is the first recommendation.
        if one["key"] != "begin":
            yield recognised("answer", one["text"], keys)
        elif one["text"].endswith(first := phrases()["answer"]["begin_first"]):
            yield Said("answer.begin_first", {}, first)
    for part in page["sure"].split("; "):
        yield recognised("answer", part, SURE)


def _leads(page: dict[str, Any]) -> Iterator[str]:
    if not any(page["findings"].values()):
        yield phrases()["report"]["findings_none"]
    yield page["silos"]["lead"]
    yield page["walls"]["lead"]
    yield from (page["connector"][name] for name in ("lead", "evidence", "warning") if page["connector"][name])
    for section, names in (("dialogue", ("lead", "lasting")), ("leadership", ("lead", "intro", "layers"))):
        yield from (page[section][name] for name in names if page[section].get(name))
    yield from (page["external"][name] for name in ("lead", "never") if page["external"].get(name))
    if page["joined"]:
        yield from (page["joined"]["lead"], *page["joined"]["notes"])
    if page["monday_hint"]:
        yield page["monday_hint"]
    # Of the numbers to watch that of a silo is told in words.
    yield from (step["number"]["text"] for step in page["monday"] if str(step["watch"]).endswith(".insularity"))
    yield from page["help"]["lines"] if page.get("help") else ()
    if page["organisation"]["communities"]:
        yield page["organisation"]["communities"]


def split(section: str, text: str, keys: Iterable[str]) -> list[Said]:
    """Sentences that stand behind each other.

    Raises:
        LookupError: one of them is no phrase of the section.
    """
    texts, found = phrases()[section], []
    with contextlib.suppress(LookupError):
        found.append([recognised(section, text, keys)])
    for key in keys:
        start = pattern(texts[key]).match(text)
        if start and text[start.end() : start.end() + 1] == " ":
            with contextlib.suppress(LookupError):
                rest = split(section, text[start.end() + 1 :], keys)
                found.append([Said(f"{section}.{key}", start.groupdict(), start.group()), *rest])
    if not found:
        raise LookupError(f"no phrase of [{section}] is: {text}")
    return min(found, key=lambda parts: sum(len(value) for said in parts for value in said.values.values()))


def case_of(made: Organisation, said: tuple[Said, ...] = ()) -> Case:
    """What the oracles are asked with."""
    asked = {"bootstrap": BOOTSTRAP, **made.asked}
    raw = Raw(made.log, made.roster, made.kinds, made.memberships, asked)
    return Case(Facts(raw, made.truth), said, Groups(made.log) if made.groups else None)


@dataclass(frozen=True)
class Record:
    """What became of one organisation.

    Attributes:
        kind, seed: of the organisation.
        error: why the package said nothing at all.
        said: kind of sentence -> how often.
        false: kind of sentence, sort of complaint, what is wrong, and the sentence.
        owed: kind of sentence, what must be said, and whether it was.
        verdicts: what the samples are compared by.
    """

    kind: str
    seed: int
    error: str
    said: dict[str, int]
    false: list[tuple[str, str, str, str]]
    owed: list[tuple[str, str, bool]]
    verdicts: dict[str, Any]


def complaints(said: Said, case: Case) -> list[Complaint]:
    """What an oracle has against a sentence; a value that cannot be read is one complaint."""
    try:
        return list(ORACLES[said.kind].check(said, case))
    except (ValueError, LookupError) as error:
        return [Complaint("measured", f"it cannot be read: {error!r}")]


def run(kind: str, seed: int) -> Record:
    """One organisation of the battery."""
    made = BUILDERS[kind](seed)
    try:
        analysis = analysed(made)
    except silos.SilosError as error:
        return Record(kind, seed, str(error), {}, [], [], {})
    case = case_of(made, collected(analysis))
    counts: dict[str, int] = {}
    for said in case.said:
        counts[said.kind] = counts.get(said.kind, 0) + 1
    false = [(said.kind, one.sort, one.text, said.text) for said in case.said for one in complaints(said, case)]
    return Record(kind, seed, "", counts, false, owed(case), _verdicts(analysis, made, case.said))


def owed(case: Case) -> list[tuple[str, str, bool]]:
    """What must be said of an organisation: kind of sentence, of what, and whether it was."""
    found = []
    for name, oracle in ORACLES.items():
        if oracle.owed is not None and (case.groups is None or oracle.owed in OWED_OF_GROUPS):
            found += [(name, what, told) for what, told in oracle.owed(case)]
    return found


def _verdicts(analysis: Any, made: Organisation, said: tuple[Said, ...]) -> dict[str, Any]:
    """Verdicts beside the truth, for what fades in samples."""
    if made.groups:
        return {}
    table = analysis.results.departments.table
    connector = analysis.connector
    silos_ = dict(made.truth.silos or {})
    called = {str(name): verdict for name, verdict in table["verdict"].items() if isinstance(verdict, str)}
    return {
        "silos": {name: verdict for name, verdict in called.items() if name in silos_},
        "plain": {name: verdict for name, verdict in called.items() if name not in silos_},
        "connector": connector.verdict,
        "right": connector.verdict == "clear" and connector.department == made.truth.connector,
        "no silo": bool(silos_) and any(one.kind in NO_SILO for one in said),
    }
