"""Oracles of the sentences on the connector: verdict, evidence, reasons, notes."""

# ruff: noqa: ARG001 - every oracle takes the same arguments
from collections.abc import Generator, Iterator

import numpy as np
import pandas as pd

from sentences_battery.on_departments import covered, told_silos, weeks
from sentences_battery.oracle import (
    Case,
    Complaint,
    Complaints,
    all_named,
    equals,
    measured,
    oracle,
    phrase_key,
    planted,
)
from sentences_battery.printed import MISSING, Said, names, number, phrases, recognised

#: P(first) from which a connector is clear.
CLEAR = 0.9
#: How far a chance may lie from that of other redraws.
DRAWS = 0.15
#: Share of the draws in which a candidate outranks the first, at least, not to be separated from it.
SEPARATED = 0.05
#: P(first) from which the first of several is called probable.
PROBABLE = 0.75
#: Effective spanners below which few hold the ties of the first.
FEW = 3.0
#: Weeks of contact that a lasting tie takes.
LASTING = 3
#: Candidates, and ties between departments for each department, with which nothing need be said of a connector.
CANDIDATES, ENOUGH = 4, {"substantive": 8, "turn-taking": 16, "reciprocated": 12, "volume": np.inf}

#: Grades of ties by which nobody can tell a desk.
BLIND = ("reciprocated", "volume")
#: Endings of the words for a grade of evidence.
ENDINGS = ("_other", "_scarce", "_messages", "_meetings")


def _candidates(case: Case) -> pd.DataFrame:
    table = case.facts.contest.table
    return table[table["eligible"]].sort_values("score", ascending=False)


def chance_of(said: Said, case: Case, name: str = "department") -> Complaints:
    """How often the department came first, and that none came first more often."""
    department = said[name]
    if department not in case.raw.alone:
        yield measured(f"there is no department {department}")
        return
    share = float(case.facts.first_draws.get(department, 0.0))
    if said["chance"] != MISSING and not number(said["chance"]).holds(share, DRAWS):
        yield measured(f"{department} comes first in {share:.0%} of other redraws, not {said['chance']}")


def leads(department: str, case: Case) -> Complaints:
    table = _candidates(case)
    if len(table) and department != table.index[0] and department in table.index:
        yield measured(f"{table.index[0]} has the higher score")
    if department not in table.index:
        yield measured(f"{department} is no candidate")


def rests(said: Said, case: Case) -> Complaints:
    """The ties are of the grade that the log shows, in words for its kind; whether few hold them is said."""
    kind = case.raw.leading_kind
    if case.facts.grade == "substantive":
        if phrase_key("evidence", said["evidence"]) != _substantive(case):
            yield measured(f"the log has not these: {said['evidence']}")
    elif phrase_key("evidence", said["evidence"]) not in _graded_words(case, kind):
        yield measured(f"the log shows {case.facts.grade} ties, not: {said['evidence']}")
    if "few" in said.values:
        yield from _few(said, case)


def _graded_words(case: Case, kind: str) -> tuple[str, ...]:
    """The words for the grade: those of the kind of log where there are any."""
    own = f"{case.facts.grade}_{kind}"
    return (own,) if own in phrases()["evidence"] else (case.facts.grade, own)


def _substantive(case: Case) -> str:
    """Whether conversations, meetings or both can have made the ties: threads are a column of the log."""
    taken = set(case.raw.taken.values())
    threads = "thread" in case.raw.log and case.raw.log["thread"].notna().any()
    met, told = "meetings" in taken, "messages" in taken and bool(threads)
    return "substantive" if met == told else f"substantive_{'meetings' if met else 'messages'}"


def _few(said: Said, case: Case) -> Complaints:
    held = float(case.facts.spanners().get(said["department"], np.inf))
    if not said["few"]:
        if held < FEW - 0.05:
            yield measured(f"in effect {held:.1f} people hold its ties, and that is not said")
        return
    found = recognised("few", said["few"])
    yield from equals(found, "spanners", held)
    if held >= FEW:
        yield measured(f"in effect {held:.1f} people hold its ties")
    others = set(case.raw.alone) - {said["department"]}
    if "department" in found.values and found["department"] not in others:
        yield measured(f"{found['department']} is no other department")


def _also(said: Said, case: Case, *named: str) -> Complaints:
    """Whoever of those named is called a silo is called so here too, and nobody else."""
    silos = set(told_silos(case)) & set(named)
    told = names(recognised("also", said["also"])["departments"], case.raw.alone) if said["also"] else []
    if told is None or set(told) != silos:
        yield measured(f"silos among them are {', '.join(sorted(silos)) or 'none'}, not{said['also'] or ' said'}")


def _desk(said: Said, case: Case) -> Complaints:
    """That it may be a desk itself is said where the log shows no turns, and only there."""
    doubted = phrase_key("also", said["desk"]) == "desk"
    if doubted != (case.facts.grade in BLIND) or bool(said["desk"]) != doubted:
        yield measured(f"by {case.facts.grade} ties it is not so{said['desk'] or ', that it is surely no desk'}")


def _binds(said: Said, case: Case) -> Complaints:
    row = case.facts.contest.table.loc[said["department"]]
    yield from equals(said, "bind", row["bind"], 0.005)
    if "reach" in said.values:
        yield from equals(said, "reach", row["reach"], 0.005)


def _clear(department: str, case: Case) -> Complaints:
    if case.truth.known and department != case.truth.connector:
        yield planted(f"{case.truth.connector or 'nobody'} was planted as the connector, not {department}")


def _clear_owed(case: Case) -> Iterator[tuple[str, bool]]:
    """A planted connector, where conversations or meetings show it."""
    name = case.truth.connector
    if name in case.raw.alone and case.truth.share == 1 and case.facts.grade == "substantive":
        yield str(name), name in [said["department"] for said in case.tells("findings.connector_clear")]


@oracle("findings.connector_clear", owed=_clear_owed)
def clear(said: Said, case: Case) -> Complaints:
    """It was planted, comes first in most redraws, and binds and reaches so much."""
    yield from chance_of(said, case)
    if said["department"] not in case.raw.alone:
        return
    yield from leads(said["department"], case)
    yield from _binds(said, case)
    yield from rests(said, case)
    yield from _desk(said, case)
    yield from _clear(said["department"], case)
    if number(said["chance"]).high < CLEAR:
        yield measured(f"{said['chance']} is not clear")


@oracle("findings.connector_tied")
def tied(said: Said, case: Case) -> Complaints:
    """It comes first so often, and the others are not far behind."""
    yield from chance_of(said, case)
    yield from rests(said, case)
    yield from leads(said["department"], case)
    yield from near(said, case)
    yield from _also(said, case, said["department"], *(names(said["others"], case.raw.alone) or []))


def near(said: Said, case: Case) -> Complaints:
    """The others outrank the first in some redraws, and whoever does in many is among them."""
    if said["others"] in (MISSING, ""):
        return
    others = names(said["others"], case.raw.alone)
    yield from all_named(others, said, "others")
    if said["department"] in (others or []):
        yield measured(f"{said['department']} is not separated from itself")
    outranked = _outranks(case)
    for name in others or []:
        if outranked.get(name, 0.0) < SEPARATED / 3:
            yield measured(f"{name} outranks the first in {outranked.get(name, 0.0):.1%} of other redraws")
    for name, share in outranked.items():
        if share >= 3 * SEPARATED and name not in [*(others or []), said["department"]]:
            yield measured(f"{name} outranks the first in {share:.1%} of other redraws and is not named")


def _outranks(case: Case) -> dict[str, float]:
    contest, table = case.facts.contest, _candidates(case)
    if table.empty:
        return {}
    at = contest.names.index(table.index[0])
    draws = zip(case.facts.drawn(case.facts.evident(case.facts.grade)), case.facts.drawn_sizes, strict=True)
    scores = np.array([contest.scores(ties, sizes)[0] for ties, sizes in draws])
    scores = np.where(np.isfinite(scores) & contest.table["eligible"].to_numpy(), scores, -1.0)
    return dict(zip(contest.names, (scores >= scores[:, [at]]).mean(axis=0), strict=True))


@oracle("findings.connector_unproven")
def unproven(said: Said, case: Case) -> Complaints:
    """It comes first so often, on evidence that knows no conversations."""
    yield from chance_of(said, case)
    yield from rests(said, case)
    yield from leads(said["department"], case)
    if case.facts.grade == "substantive":
        yield measured("conversations tell a desk from a connector")


def _no_connector(case: Case) -> Complaints:
    if case.truth.connector in case.raw.alone:
        yield planted(f"{case.truth.connector} was planted as the connector")


@oracle("findings.connector_none", "report.connector_none", "answer.connects_none", "reasons.chance")
def none(said: Said, case: Case) -> Complaints:
    """No connector was planted that the log shows."""
    yield from _no_connector(case)


def _settled(case: Case) -> str | None:
    """Why nothing can be said of a connector, whatever its scores; None where something can."""
    if covered(case) < 0.2:
        return "coverage"
    if (weeks(case) or 2) < 2:
        return "weeks"
    if sum(name not in case.facts.desks for name in case.raw.alone) < CANDIDATES:
        return "few_departments"
    return None


def _unsaid_owed(case: Case) -> Iterator[tuple[str, bool]]:
    if _settled(case):
        yield str(_settled(case)), bool(case.tells("findings.connector_unsaid"))


@oracle("findings.connector_unsaid", "reasons.cannot say", owed=_unsaid_owed)
def unsaid(said: Said, case: Case) -> Complaints:
    """The reason holds, and what would settle it belongs to it."""
    key = yield from _why(said["why"], case)
    settles = [name for name, text in phrases()["settles"].items() if text == said["settle"]]
    if not any(name in (key, f"{key}_other") for name in settles):
        yield measured(f"that would not settle it: {said['settle']}")


def _why(text: str, case: Case) -> Generator[Complaint, None, str]:
    why = recognised("unsettled", text)
    key = why.kind.partition(".")[2]
    ties = _ties_across(case)
    desks = len(case.facts.desks)
    scarce = ties < ENOUGH[case.facts.grade] * max(len(case.raw.sizes) - desks, 1) or len(_candidates(case)) <= 1
    plain = key.removesuffix("_lasting")
    holds = {"few_ties": scarce, "contacts": case.facts.grade == "volume"}.get(plain, _settled(case) == plain)
    if not holds:
        yield measured(f"the reason does not hold: {text}")
    if "ties" in why.values:
        yield from equals(why, "ties", ties)
    if "evidence" in why.values:
        yield from rests(why, case)
    if "coverage" in why.values:
        yield from equals(why, "coverage", covered(case), 0.02)
    for name, least in (("weeks", 2), ("lasting", LASTING), ("candidates", CANDIDATES), ("least", 0.2)):
        if name in why.values:
            yield from equals(why, name, least)
    return plain


def _ties_across(case: Case) -> int:
    """Ties between departments of the grade, those of desks left out."""
    every = case.raw.mixing(case.facts.evident(case.facts.grade))
    ties, _ = case.facts.contest.judged(every.to_numpy(), case.raw.sizes[every.index].to_numpy(float))
    return round(float(ties.sum()) / 2)


@oracle("answer.connects_unsaid")
def connects_unsaid(said: Said, case: Case) -> Complaints:
    """The reason holds."""
    yield from _why(said["reason"], case)


@oracle("report.connector_unsaid")
def connector_unsaid(said: Said, case: Case) -> Complaints:
    """The finding says so too."""
    if not case.tells("findings.connector_unsaid"):
        yield measured("no finding says why")


@oracle("findings.mail_room_warning")
def mail_room_warning(said: Said, case: Case) -> Complaints:
    """The desk is one, and no connector was planted that such a log could show."""
    yield from is_desk(said["busiest"], case)
    if case.truth.connector in case.raw.alone:
        yield planted(f"{case.truth.connector} was planted as the connector: the evidence is thin, not the company")


@oracle("report.warning")
def warning(said: Said, case: Case) -> Complaints:
    """As the finding."""
    if case.truth.connector in case.raw.alone:
        yield planted(f"{case.truth.connector} was planted as the connector: the evidence is thin, not the company")
    if case.truth.known and case.truth.mail_room is None:
        yield planted("there is no service desk")


def is_desk(name: str, case: Case) -> Complaints:
    if name not in case.raw.alone:
        yield measured(f"there is no department {name}")
    elif case.truth.known and name != case.truth.mail_room and name not in case.facts.desks:
        yield planted(f"{name} is no service desk")


@oracle("findings.service_desk", "findings.service_desk_alone")
def service_desk(said: Said, case: Case) -> Complaints:
    """So much of its contact is substantive, and so much in the median."""
    yield from is_desk(said["department"], case)
    table = case.facts.contest.table.loc[case.raw.alone]
    if said["department"] in table.index:
        yield from equals(said, "share", table.loc[said["department"], "share"])
    yield from equals(said, "median", float(table["share"].median()))


def _caveat(grade: str) -> None:
    @oracle(f"findings.cannot_rule_out_{grade}", owed=lambda case: _graded(case, grade))
    def caveat(said: Said, case: Case) -> Complaints:
        """The evidence is of that grade, and the words are those of the kind of log."""
        yield from _of_grade(grade, case)
        if "evidence" in said.values:
            yield from rests(said, case)


def _of_grade(grade: str, case: Case) -> Complaints:
    spoken = case.raw.leading_kind in ("messages", "meetings")
    ending = next((end for end in ENDINGS if grade.endswith(end)), "")
    if case.facts.grade != grade.removesuffix(ending):
        yield measured(f"the log shows {case.facts.grade} ties")
    if grade.startswith("substantive") and grade != _substantive(case):
        yield measured("the log has not these")
    # Of turn-taking the finding has no words of its own for that.
    if grade.endswith("_scarce") and not case.facts.scarce:
        yield measured("the log has neither conversations nor meetings")
    if grade in ("reciprocated", "volume") and case.facts.scarce and spoken:
        yield measured("the log has conversations or meetings, but too few")
    if case.facts.grade in ("reciprocated", "volume") and grade.endswith("_other") == spoken:
        yield measured(f"the rows are {case.raw.leading_kind}")


def _graded(case: Case, grade: str) -> Iterator[tuple[str, bool]]:
    if not list(_of_grade(grade, case)) and not case.tells("findings.connector_unsaid"):
        yield grade, bool(case.tells(f"findings.cannot_rule_out_{grade}"))


for _grade in (
    *("turn-taking", "reciprocated", "volume", "reciprocated_other", "volume_other"),
    *("reciprocated_scarce", "volume_scarce"),
):
    _caveat(_grade)


def _evidence(grade: str) -> None:
    @oracle(f"report.evidence_{grade}")
    def stated(said: Said, case: Case) -> Complaints:
        """The evidence is of that grade."""
        yield from _of_grade(grade, case)


for _grade in (
    *("substantive", "turn-taking", "reciprocated", "volume", "reciprocated_other", "volume_other"),
    *("substantive_messages", "substantive_meetings"),
    *("turn-taking_scarce", "reciprocated_scarce", "volume_scarce"),
):
    _evidence(_grade)


# ---- the answer and the leads


@oracle("answer.connects_clear")
def connects_clear(said: Said, case: Case) -> Complaints:
    """It was planted, and binds more than is usual."""
    if said["department"] not in case.raw.alone:
        yield measured(f"there is no department {said['department']}")
        return
    yield from _binds(said, case)
    others = _candidates(case)["bind"].drop(said["department"], errors="ignore")
    yield from equals(said, "usual", float(others.median()), 0.005)
    yield from _desk(said, case)
    yield from _clear(said["department"], case)


@oracle("answer.connects_tied")
def connects_tied(said: Said, case: Case) -> Complaints:
    """None of those named is separated from the first."""
    found = names(said["departments"], case.raw.alone)
    yield from all_named(found, said, "departments")
    outranks = _outranks(case)
    for name in found or []:
        if outranks.get(name, 0.0) < SEPARATED / 3:
            yield measured(f"{name} outranks the first in {outranks.get(name, 0.0):.1%} of other redraws")
    yield from _also(said, case, *(found or []))


@oracle("answer.connects_probable")
def connects_probable(said: Said, case: Case) -> Complaints:
    """First in most draws, and in fewer than it takes; as sure as the finding says."""
    told = [one for one in case.tells("findings.connector_tied") if one["department"] == said["department"]]
    if not told or told[0]["chance"] != said["chance"]:
        yield measured(f"{said['department']} is not said to come first, {said['chance']} sure")
    if not PROBABLE - 0.05 <= number(said["chance"]).middle <= number(said["clear"]).middle + 0.005:
        yield measured(f"{said['chance']} is not probable")
    if number(said["clear"]).middle != 0.9:
        yield measured(f"a clear answer does not take {said['clear']}")
    yield from _also(said, case, *_of_tied(case))


def _of_tied(case: Case) -> list[str]:
    """Those whom the finding cannot separate."""
    told = case.tells("findings.connector_tied")
    return [told[0]["department"], *(names(told[0]["others"], case.raw.alone) or [])] if told else []


@oracle("answer.connects_many")
def connects_many(said: Said, case: Case) -> Complaints:
    """As many as the finding names, and no more than there are candidates."""
    told = case.tells("findings.connector_tied")
    if told:
        yield from equals(said, "count", 1 + len(names(told[0]["others"], case.raw.alone) or []))
    yield from _also(said, case, *_of_tied(case))
    if number(said["count"]).middle > len(_candidates(case)):
        yield measured(f"there are {len(_candidates(case))} candidates")


@oracle("answer.connects_unproven", "report.connector_unproven")
def connects_unproven(said: Said, case: Case) -> Complaints:
    """It comes first, on evidence that knows no conversations."""
    yield from leads(said["department"], case)
    if case.facts.grade == "substantive":
        yield measured("conversations tell a desk from a connector")


@oracle("answer.connects_service")
def connects_service(said: Said, case: Case) -> Complaints:
    """The desk is one, and no connector was planted."""
    yield from is_desk(said["department"], case)
    if case.truth.connector in case.raw.alone:
        yield planted(f"{case.truth.connector} was planted as the connector: the evidence is thin, not the company")


@oracle("answer.sure_first")
def sure_first(said: Said, case: Case) -> Complaints:
    """It came first so often, in so many redraws."""
    yield from chance_of(said, case)
    yield from equals(said, "draws", case.raw.asked.get("bootstrap", 500))


@oracle("report.connector_clear")
def connector_lead(said: Said, case: Case) -> Complaints:
    """It was planted."""
    yield from leads(said["department"], case)
    yield from _desk(said, case)
    yield from _clear(said["department"], case)


@oracle("report.connector_probable")
def connector_probable_lead(said: Said, case: Case) -> Complaints:
    """The same department as on the first screen."""
    if said["department"] not in [one["department"] for one in case.tells("answer.connects_probable")]:
        yield measured(f"{said['department']} is not said to connect the others probably")


@oracle("report.connector_tied")
def connector_tied_lead(said: Said, case: Case) -> Complaints:
    """Nobody comes first in nearly all redraws."""
    if float(case.facts.first_draws.max()) > 0.97:
        yield measured(f"{case.facts.first_draws.idxmax()} comes first in nearly all redraws")
