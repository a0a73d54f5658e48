"""The words of the connector verdict for all places that say it, and of what the rows of a log are."""

from silos.analysis.connector.evidence import CANNOT_SAY, LEAST_CANDIDATES, LEAST_COVERAGE, LEAST_TIES, LEAST_WEEKS
from silos.analysis.connector.verdict import CLEAR, Connector
from silos.analysis.findings.finding import Voice
from silos.analysis.inputs import Inputs
from silos.analysis.results import Results
from silos.ties.definitions import WEEKS


def log_kind(inputs: Inputs) -> str:
    """What most is said of the rows of a log: `messages` if there are any, else the first kind that there is."""
    there = set(inputs.kinds.values())
    order = ("messages", "meetings", "acts", "survey", "contacts")
    return next((kind for kind in order if kind in there), "messages")


def of_kind(voice: Voice, section: str, key: str, inputs: Inputs) -> str:
    """The key of the phrase for logs of this kind, where there is one; `_other` is for all that are no messages."""
    kind = log_kind(inputs)
    endings = (f"_{kind}", "" if kind in ("messages", "meetings") else "_other")
    return next((f"{key}{end}" for end in endings if voice.has(section, f"{key}{end}")), key)


def as_far_as_seen(voice: Voice, section: str, key: str, inputs: Inputs) -> str:
    """The same, or the phrase for a log that has conversations or meetings, but too few: nobody is asked for them."""
    found = of_kind(voice, section, key, inputs)
    return f"{found}_scarce" if inputs.scarce and voice.has(section, f"{found}_scarce") else found


def grounds(results: Results, voice: Voice) -> str:
    """The ties that the verdict rests on, in words: of what the log holds, and no more."""
    grade = results.connector.evidence
    if grade == "substantive":
        return voice.say("evidence", substantive(results.inputs))
    return voice.say("evidence", of_kind(voice, "evidence", grade, results.inputs))


def substantive(inputs: Inputs) -> str:
    """The key of the words for substantive ties: of conversations, or of meetings, where these alone can make them."""
    kinds = set(inputs.kinds.values())
    met, told = "meetings" in kinds, "messages" in kinds and "conversations" not in inputs.waived
    return "substantive" if met == told else f"substantive_{'meetings' if met else 'messages'}"


def _too_few(results: Results) -> str:
    """The reason `few_ties`, which names the weeks of contact that a tie takes, where it takes any."""
    lasting = results.connector.evidence != "volume" and "weeks" not in results.inputs.waived
    return "few_ties_lasting" if lasting else "few_ties"


def unsaid(results: Results, voice: Voice) -> dict[str, str]:
    """Of a verdict `cannot say`, `why` it is that, and what would `settle` it."""
    connector, numerals = results.connector, voice.numerals
    values = {
        "ties": numerals.count(connector.ties),
        "needed": numerals.count(LEAST_TIES[connector.evidence]),
        "weeks": numerals.count(LEAST_WEEKS),
        "candidates": numerals.count(LEAST_CANDIDATES),
        "coverage": numerals.percent(results.inputs.coverage),
        "least": numerals.percent(LEAST_COVERAGE),
        "evidence": grounds(results, voice),
        "lasting": numerals.count(WEEKS),
    }
    reason = _too_few(results) if connector.reason == "few_ties" else connector.reason
    return {
        "why": voice.say("unsettled", reason, **values),
        "settle": voice.say("settles", of_kind(voice, "settles", connector.reason, results.inputs), **values),
    }


def resting_on_few(connector: Connector, voice: Voice) -> str:
    """The rest of a sentence, where the ties of the first are those of few members: what would be without one."""
    if not connector.resting_on_few or connector.without_one is None:
        return ""
    then = connector.without_one
    same = then.department == connector.department
    key = then.verdict if then.department is None else f"{then.verdict}_{'same' if same else 'other'}"
    return voice.say("few", key, department=str(then.department))


def also_silos(results: Results, voice: Voice) -> str:
    """The rest of a sentence, where departments that it names as possible connectors are silos."""
    named = (results.connector.department, *results.connector.tied)
    silos = [str(name) for name in named if name in results.departments.silos]
    if not silos:
        return ""
    return voice.say("also", "silo" if len(silos) == 1 else "silos", departments=voice.numerals.listing(silos))


def also_a_desk(results: Results, voice: Voice) -> str:
    """The rest of a sentence, where the connector is clear only if it is no service desk beside those declared."""
    return voice.say("also", "desk") if results.connector.on_trust else ""


def connector_reason(results: Results, language: str = "en") -> str:
    """Why the connector verdict is what it is, in one sentence or two."""
    voice, connector = Voice(language), results.connector
    if connector.verdict == CANNOT_SAY and connector.reason != "groups":
        return voice.say("reasons", CANNOT_SAY, **unsaid(results, voice))
    candidates = connector.candidates
    first = float(candidates["probability_first"].iloc[0]) if len(candidates) else float("nan")
    reason = "first_declared" if connector.on_trust else connector.reason
    if reason == "first" and connector.evidence != "substantive":
        # Of a log without conversations nobody knows how substantive contacts are.
        reason = "first_turns"
    return voice.say(
        "reasons",
        of_kind(voice, "reasons", reason, results.inputs),
        department=str(connector.department),
        busiest=str(connector.busiest),
        chance=voice.numerals.chance(first),
        needed=voice.numerals.percent(CLEAR),
        others=voice.numerals.listing(connector.tied),
    )
