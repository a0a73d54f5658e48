"""Steps whose effect can be forecast: open a silo, open a wall, bring departments together."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd

from silos.analysis.findings.exchange_rules import LEVEL
from silos.analysis.findings.finding import Recommendation, Voice
from silos.analysis.findings.rules import SPELLED_OUT
from silos.analysis.results import Results
from silos.analysis.watched import watch_department, watch_pair
from silos.analysis.what_would_help.doors import COMMUNITY
from silos.analysis.what_would_help.joins import Joining, Opening
from silos.inference.estimate import Estimate

#: Silos and walls that get a step.
MOST_SILOS, MOST_WALLS = 5, 3
#: Shares that have a word of their own.
SHARES = {
    "tenth": 0.1, "fifth": 0.2, "quarter": 0.25, "third": 1 / 3, "half": 0.5, "two_thirds": 2 / 3,
    "three_quarters": 0.75, "nearly_all": 0.92,
}  # fmt: skip
#: Shares beyond which none of these words comes near: below three quarters of a tenth, say.
BEYOND = (0.075, 0.96)
#: Numbers of new ties in a sentence are told to the nearest of these: it is an order of magnitude that matters.
ROUNDED = 10
#: Fewer ties than these are told as they are.
FEW = 20


def open_silos(results: Results, voice: Voice) -> Iterator[Recommendation]:
    """Bring each silo together with others, through the door that is ajar."""
    helped = results.what_would_help
    for place, silo in enumerate(results.departments.silos[:MOST_SILOS]):
        if helped is not None and silo in helped.gone:
            continue
        because = (f"silo:{silo}" if place < SPELLED_OUT else "silos_more",)
        watch = watch_department(silo, "insularity")
        plan = None if helped is None else helped.openings.get(silo)
        if helped is None or plan is None:
            yield voice.recommend("silo_alone", silo, because=because, watch=watch)
            continue
        step = voice.recommend(
            "silo_open",
            silo,
            *plan.ties,
            because=because,
            watch=watch,
            ties=about(voice, plan.total),
            today=_today(helped.doors.of(silo), voice),
            end=voice.say("openings", "ends" if _ends(plan) else "remains"),
            head=_each(results, voice, plan),
            begin=_begin(results, voice, silo),
            community=_community(results, voice, silo),
            others=_others(helped.doors.widest(silo), voice, plan),
            **_effect_on_silo(results, voice, plan),
        )
        yield replace(step, effect=plan.effect, ties=plan.total, binding=plan.binding)


def _ends(plan: Opening) -> bool:
    return str(plan.forecast.table.loc[plan.department, "verdict_after"]) != "silo"


def _begin(results: Results, voice: Voice, silo: str) -> str:
    """The two widest doors, in counts; that there is none where there is none."""
    helped = results.what_would_help
    doors = pd.DataFrame() if helped is None else helped.doors.of(silo)
    if doors.empty:
        return voice.say("openings", "no_door")
    first = doors.iloc[0]
    told = voice.say(
        "openings",
        "door",
        silo=silo,
        door=first["through"],
        share=roughly(voice, first["share"]),
        ties=voice.numerals.count(first["ties"]),
        outside=voice.about(first["outside"]),
    )
    if len(doors) > 1:
        told += " " + voice.say("openings", "second", door=doors.iloc[1]["through"])
    return told


def _today(doors: pd.DataFrame, voice: Voice) -> str:
    """The contacts outside that there are: what the new ones come on top of."""
    if doors.empty:
        return ""
    return " " + voice.say("openings", "today", outside=voice.about(doors["outside"].iloc[0]))


def _others(door: str | None, voice: Voice, plan: Opening) -> str:
    """Why the other partners: new contacts with them bind most."""
    others = [name for name in plan.ties if name != door]
    return " " + voice.say("openings", "others", others=voice.numerals.listing(others)) if others else ""


def _community(results: Results, voice: Voice, silo: str) -> str:
    """The community in which people of the silo already are together with others, if there is one."""
    helped = results.what_would_help
    found = pd.DataFrame() if helped is None else helped.doors.of(silo, COMMUNITY)
    if found.empty:
        return ""
    return " " + voice.say("openings", "community", community=found["through"].iloc[0], silo=silo)


def _each(results: Results, voice: Voice, plan: Opening) -> str:
    """How many of the new contacts there are for each person of the silo: whether that can be done."""
    people = float(results.departments.table.loc[plan.department, "people"])
    return voice.numerals.count(max(np.ceil(roughly_counted(plan.total) / people), 1))


def _effect_on_silo(results: Results, voice: Voice, plan: Opening) -> dict[str, str]:
    """How many times likelier its people would be in contact with each other, in the words of the finding."""
    after, number = plan.forecast.odds(plan.department), voice.numerals
    before = float(np.exp(results.departments.table.loc[plan.department, "insiders_odds"]))
    low, high = (None if end is None else float(np.exp(end)) for end in (after.low, after.high))
    return {
        "before": number.times(before),
        "after": number.times(None if after.value is None else float(np.exp(after.value))),
        "interval": number.between(low, high, "times"),
        "usual": number.times(results.departments.usual_times),
    }


def open_walls(results: Results, voice: Voice) -> Iterator[Recommendation]:
    """Open each wall, through a third department that has ties with both."""
    helped, number = results.what_would_help, voice.numerals
    plans = {} if helped is None else {frozenset((plan.a, plan.b)): plan for plan in helped.breaches}
    for wall in results.pairs.walls.head(MOST_WALLS).to_dict("records"):
        a, b = str(wall["a"]), str(wall["b"])
        if helped is not None and not helped.may_meet(a, b):
            continue
        watch, plan = watch_pair(a, b, "relative"), plans.get(frozenset((a, b)))
        third = None if helped is None else helped.doors.between(a, b)
        if plan is None or third is None:
            step = voice.recommend("wall", a, b, because=("walls",), watch=watch)
        else:
            via, least = third
            step = voice.recommend(
                "wall_via",
                a,
                b,
                because=("walls",),
                watch=watch,
                via=via,
                least=number.count(least),
                ties=about(voice, plan.ties),
                before=number.percent(wall["relative"]),
                after=number.percent(wall["relative"] + (plan.effect.value or 0)),
                interval=number.between(*_shifted(plan.effect, wall["relative"]), "percent"),
            )
        yield step if plan is None else replace(step, effect=plan.effect, ties=plan.ties, binding=plan.binding)


def _shifted(effect: Estimate, start: float) -> tuple[float | None, float | None]:
    ends = (effect.low, effect.high)
    return tuple(None if end is None else start + end for end in ends)  # type: ignore[return-value]


def join(results: Results, voice: Voice) -> Iterator[Recommendation]:
    """Bring departments together that are no silos, where that clearly binds more than anybody's guess."""
    helped, number = results.what_would_help, voice.numerals
    found: Joining | None = None if helped is None else helped.beside
    if found is None or found.verdict != "clear":
        return
    # They bind more in nearly all draws. Where the interval holds what others give, nobody could see it in a quarter.
    random = found.at_random.value
    if found.gain.low is None or random is None or found.gain.low <= random:
        return
    pairs, told = found.table, (found.gain.value, found.gain.low, found.gain.high, random, found.busiest.value)
    named = dict.fromkeys(str(name) for pair in pairs[["a", "b"]].itertuples(index=False) for name in pair)
    step = voice.recommend(
        "join",
        *named,
        because=("inward",) if _inward(results) else (),
        watch="organisation.effective_resistance",
        pairs=number.listing(
            voice.say("openings", "pair", a=a, b=b, ties=voice.about(results.pairs.ties_of(a, b)))
            for a, b in pairs[["a", "b"]].itertuples(index=False)
        ),
        ties=about(voice, float(pairs["ties"].iloc[0])),
        gain=number.percent(found.gain.value, beside=told),
        interval=number.between(found.gain.low, found.gain.high, "percent", beside=told),
        random=number.percent(random, beside=told),
        busiest=number.percent(found.busiest.value, beside=told),
    )
    yield replace(step, effect=found.effect, ties=float(pairs["ties"].sum()), binding=found.binding)


def _inward(results: Results) -> bool:
    """Whether it is told that contacts stay within departments: see `silos.analysis.findings.rules`."""
    ei = results.organisation.estimates["ei_index"]
    return not results.organisation.thin and ei.p is not None and ei.p < LEVEL and ei.beyond < 0


def roughly(voice: Voice, share: float) -> str:
    """A share in words: about a quarter; where no word comes near, in percent."""
    if not BEYOND[0] <= share <= BEYOND[1]:
        return voice.say("shares", "percent", share=voice.numerals.percent(share))
    return voice.say("shares", min(SHARES, key=lambda word: abs(SHARES[word] - share)))


def about(voice: Voice, number: float) -> str:
    """A number of new ties as it is told."""
    return voice.numerals.count(roughly_counted(number))


def roughly_counted(number: float) -> float:
    """A number of new ties to the nearest ten; small ones as they are.

    Examples:
        >>> roughly_counted(12), roughly_counted(45), roughly_counted(94)
        (12, 50, 90)
    """
    if number < FEW:
        return number
    return int((Decimal(number) / ROUNDED).to_integral_value(ROUND_HALF_UP)) * ROUNDED
