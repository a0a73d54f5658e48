"""What to watch next quarter: the number of a step as it stands on the page, and where it stands there."""

from collections.abc import Sequence
from typing import Any

from silos.analysis.findings.finding import Recommendation
from silos.analysis.findings.recommendations import ONE_SPANNER, SPANNERS
from silos.analysis.findings.to_watch import numbers_at
from silos.analysis.results import Results
from silos.analysis.watched import JOINT
from silos.report.sections.communities import COMMUNITY_MEASURES
from silos.report.sections.leadership import FORMS
from silos.report.wording import BOUNDLESS, Wording, exponential, form_of, known

#: How the numbers are written that are watched, as the page has them: the method of the numerals, and its decimals.
WRITTEN: dict[str, tuple[str, int | None]] = {
    "relative": ("percent", None),
    "bind": ("percent", None),
    "probability_first": ("chance", None),
    "effective_spanners": ("decimal", 1),
    "effective_resistance": (form_of("effective_resistance"), None),
    "disjoint_pairs": (COMMUNITY_MEASURES["disjoint_pairs"], None),
    "answer_hours_across": ("lasting", None),
}
#: Section of the summary -> the section of the page that has its numbers, where it is not called alike.
PLACES = {"departments": "silos"}


def still_few(step: Recommendation, words: Wording) -> dict[str, str]:
    """The same of a step about ties that very few people hold, where it is not told how many; else empty.

    The step says that they are very few: what is to be watched is whether the page still says so.
    """
    if step.watch is not None or step.action not in (SPANNERS, ONE_SPANNER):
        return {}
    return {
        "text": words.say["monday_number_of"].format(
            measure=words.measure("effective_spanners"), department=step.between[0], value=words.say["spanners_few"]
        ),
        "at": "connector",
    }


def watching(paths: Sequence[str | None], results: Results, words: Wording) -> list[dict[str, str]]:
    """For each path a sentence, and the id of the section of the page that has the number; empty where there is none.

    Args:
        paths: as `silos.analysis.watched` reads them; None for a step with nothing to watch.
        results, words: as for every section.
    """
    numbers = numbers_at([path for path in paths if path is not None], results)
    return [{} if path is None else _watching(path, numbers[path], results, words) for path in paths]


def _watching(path: str, value: Any, results: Results, words: Wording) -> dict[str, str]:
    if value is None:
        return {}
    section = path.partition(".")[0]
    name, measure = _named(path)
    at = PLACES.get(section, section)
    if measure == "insularity":
        return {"text": _of_silo(name, results, words), "at": at}
    form, digits = WRITTEN.get(measure, (FORMS.get(measure, "percent"), None))
    # In steps, a number of people is a whole one.
    options = {} if digits is None else {"digits": 0 if words.published else digits}
    key = "monday_number_index" if measure in BOUNDLESS else "monday_number_of" if name else "monday_number"
    text = words.say[key].format(
        measure=words.measure(measure),
        department=" – ".join(name.split(JOINT)),
        value=getattr(words.number, form)(value, **options),
    )
    return {"text": text, "at": at}


def _of_silo(name: str, results: Results, words: Wording) -> str:
    """In times, as the step above tells its effect: nobody can tell an insularity of 2.20 from 33 times."""
    odds = known(results.departments.table.loc[name, "insiders_odds"])
    return words.say["monday_number_silo"].format(
        department=name,
        times=words.number.times(exponential(odds)),
        usual=words.number.times(results.departments.usual_times),
    )


def _named(path: str) -> tuple[str, str]:
    """The department or the pair of a path, if it has one, and the measure."""
    section, _, rest = path.partition(".")
    name, _, measure = rest.rpartition(".")
    return (name if section in ("departments", "pairs", "connector") else "", measure)
