"""Oracles of the reasons and notes beside the connector verdict, and of departments that depend on few people."""

from sentences_battery.on_connector import BLIND, chance_of, is_desk, leads, near
from sentences_battery.oracle import Case, Complaints, all_named, equals, measured, oracle, phrase_key, planted
from sentences_battery.printed import MISSING, Said, either, listed, number, phrases

#: Effective spanners below which a department depends on single persons, and ties for that to be said.
ONE, TIES = 1.5, 8


@oracle("reasons.first")
def because_first(said: Said, case: Case) -> Complaints:
    """It comes first so often, on contacts as substantive as those of others."""
    yield from chance_of(said, case)
    yield from leads(said["department"], case)


@oracle("reasons.first_turns")
def because_first_by_turns(said: Said, case: Case) -> Complaints:
    """It comes first so often, in a log that knows no conversations."""
    yield from because_first(said, case)
    if case.facts.grade == "substantive":
        yield measured("substantive ties show how deep contacts are")


@oracle("reasons.first_declared")
def because_first_of_those_left(said: Said, case: Case) -> Complaints:
    """It comes first so often, desks were declared, and ties of this grade show none."""
    yield from because_first(said, case)
    if not case.raw.asked.get("service_departments"):
        yield measured("no service desk was declared")
    if case.facts.grade not in BLIND:
        yield measured(f"{case.facts.grade} ties tell a desk from a connector")


@oracle("reasons.not_separated", free=("needed",))
def because_not_separated(said: Said, case: Case) -> Complaints:
    """It comes first less often than is needed, and the others are near."""
    yield from chance_of(said, case)
    yield from near(said, case)
    if said["chance"] != MISSING and number(said["chance"]).low > number(said["needed"]).high:
        yield measured(f"{said['chance']} is more than {said['needed']}")


@oracle("reasons.evidence", "reasons.evidence_other", "reasons.turn_taking")
def because_of_evidence(said: Said, case: Case) -> Complaints:
    """It comes first so often, and the log knows no conversations."""
    yield from chance_of(said, case)
    if case.facts.grade == "substantive":
        yield measured("conversations tell a desk from a connector")


@oracle("reasons.service_only")
def because_service_only(said: Said, case: Case) -> Complaints:
    """The busiest is a desk."""
    yield from is_desk(said["busiest"], case)


@oracle("notes.binds")
def binds(said: Said, case: Case) -> Complaints:
    """These pairs would lose most without the department, and so much at most."""
    if said["department"] not in case.raw.alone:
        yield measured(f"there is no department {said['department']}")
        return
    found = listed(said["pairs"], case.raw.rows_shown, rf" – ({either(case.raw.rows_shown)})")
    yield from all_named(found, said, "pairs")
    losses = case.facts.contest.losses(case.facts, said["department"])
    shown = [pair for pair in losses.index if set(pair) <= set(case.raw.rows_shown)]
    losses = losses[shown].sort_values(ascending=False)
    yield from equals(said, "loss", float(losses.iloc[0]), 0.005)
    least = float(losses.iloc[min(len(found or []), len(losses)) - 1])
    for pair in found or []:
        if losses.get(pair, losses.get(pair[::-1], 0.0)) < least - 1e-6:
            yield measured(f"{' and '.join(pair)} are not among those that would lose most")


@oracle("notes.spanners")
def spanners(said: Said, case: Case) -> Complaints:
    """Over so many of its so many people its ties to others are spread."""
    told = case.tells("findings.connector_clear", "findings.connector_tied", "findings.connector_unproven")
    if not told:
        yield measured("no finding says whose contacts these are")
        return
    department = told[0]["department"]
    yield from equals(said, "spanners", float(case.facts.spanners().get(department, 0.0)))
    yield from equals(said, "people", int(case.raw.sizes[department]))


#: Kinds of settings that can be tried where the log has no times, or does not say who wrote.
_TIMED = {"weeks", "period"}


def _tried(said: Said, case: Case) -> Complaints:
    """Only settings are named that could be tried on such a log."""
    keys = [phrase_key("tried", text) for text in said["kinds"].replace(" and ", ", ").split(", ")]
    if None in keys:
        yield measured(f"nobody knows the settings {said['kinds']}")
    if not case.raw.dated and _TIMED & set(keys):
        yield measured("the log has no times")
    most = {"layer": 3, "weeks": 4, "max_recipients": 2, "period": 2}
    tried = sum(most.get(str(key), 0) for key in keys)
    if not len(keys) <= number(said["count"]).middle <= tried:
        yield measured(f"{said['count']} settings of {len(keys)} kinds")


@oracle("notes.stable")
def stable(said: Said, case: Case) -> Complaints:
    """It stays first in all settings that were tried."""
    yield from _tried(said, case)
    yield from _verdict_names(said["department"], case)


def _verdict_names(department: str, case: Case) -> Complaints:
    told = case.tells("findings.connector_clear", "findings.connector_tied", "findings.connector_unproven")
    if department not in [one["department"] for one in told]:
        yield measured(f"no finding says that {department} comes first")


@oracle("notes.unstable", free=("overturned",))
def unstable(said: Said, case: Case) -> Complaints:
    """It stays first in fewer settings than were tried; as many are named as overturn it."""
    yield from _tried(said, case)
    yield from _verdict_names(said["department"], case)
    stays, count = (number(said[name]).middle for name in ("stays", "count"))
    if round(count - stays) != said["overturned"].count("(first: "):
        yield measured(f"{said['count']} less {said['stays']} is not the number of settings that are named")


# ---- few people


@oracle("findings.one_person_bridge")
def one_person_bridge(said: Said, case: Case) -> Complaints:
    """Nearly all substantive ties of these are held by one or two people, and there are ties enough to say so."""
    found = listed(said["departments"], case.raw.alone, rf" \(([\d,]+) people with ([\d,]+) {said['ties']} to others\)")
    yield from all_named(found, said, "departments")
    held = case.facts.spanners()
    ties = case.raw.mixing(case.facts.evident(case.facts.grade))
    for name, people, such in found or []:
        if not number(people).holds(int(case.raw.sizes[name])):
            yield measured(f"{name} has {case.raw.sizes[name]} people, not {people}")
        if held.get(name, 99.0) >= ONE:
            yield measured(f"the ties of {name} are spread over {held.get(name, 99.0):.2g} people")
        across = ties.loc[name].sum() - ties.loc[name, name]
        if not number(such).holds(across):
            yield measured(f"{name} has {across:.0f} such ties, not {such}")
        if across < TIES:
            yield measured(f"{name} has {across:.0f} substantive ties to others")
        if case.truth.known and name != case.truth.bridge:
            yield planted(f"{name} was not planted as depending on one person")
    yield from of_grade_in_words(said["ties"], case)


def of_grade_in_words(text: str, case: Case) -> Complaints:
    """Ties are called what they are."""
    if phrases()["ties"].get(case.facts.grade) != text:
        yield measured(f"the log shows {case.facts.grade} ties, not {text}")
