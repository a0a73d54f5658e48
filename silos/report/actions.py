"""What a reader can do on Monday: short, from structure alone, and never a promise of an effect."""

from collections.abc import Mapping, Sequence
from typing import Any

from silos.translations import Numerals

#: Of each kind: a list that is longer is not done on a Monday.
MOST_SILOS, MOST_WALLS = 5, 3
#: A connector carried by fewer people than this, in effect, hangs by a thread.
FEW_SPANNERS = 3.0

Entry = Mapping[str, Any]


def _ratios(summary: Entry) -> dict[str, dict[str, float]]:
    """Department -> other department -> contact over the expected, for pairs that have a ratio."""
    ratios: dict[str, dict[str, float]] = {}
    for pair in summary.get("pairs") or []:
        value = pair.get("ratio")
        value = value.get("value") if isinstance(value, Mapping) else value
        if value is not None:
            ratios.setdefault(str(pair["a"]), {})[str(pair["b"])] = float(value)
            ratios.setdefault(str(pair["b"]), {})[str(pair["a"])] = float(value)
    return ratios


def actions(
    summary: Entry, say: Mapping[str, str], number: Numerals, *, silos: Sequence[str], walls: Sequence[Entry]
) -> list[str]:
    """Steps that follow from the verdicts.

    Args:
        summary: the dict of summary.json.
        say: the section `report` of the phrases.
        number: how numbers are written.
        silos: departments with the verdict "silo", the most inward first.
        walls: pairs with the verdict "wall", the strongest first.

    Returns:
        Sentences, the most pressing first; never empty.
    """
    connector: Entry = summary.get("connector") or {}
    verdict = connector.get("verdict")
    binds = str(connector["department"]) if verdict == "clear" and connector.get("department") else None
    named = {str(one["department"]) for one in summary.get("departments") or [] if one.get("verdict") is not None}
    service = {str(one["department"]) for one in connector.get("candidates") or [] if one.get("service")}
    helpers = named - service
    ratios = _ratios(summary)
    steps = []

    if connector.get("mail_room_warning"):
        steps.append(say["monday_mail_room"])
    for silo in silos[:MOST_SILOS]:
        others = {other: ratio for other, ratio in ratios.get(silo, {}).items() if ratio > 0 and other in helpers}
        if binds is not None and binds != silo:
            steps.append(say["monday_silo_through"].format(silo=silo, connector=binds))
        elif others:
            nearest = min(others, key=lambda other: (-others[other], other))
            steps.append(say["monday_silo_pair"].format(silo=silo, via=nearest))
        else:
            steps.append(say["monday_silo_alone"].format(silo=silo))
    for wall in walls[:MOST_WALLS]:
        a, b = str(wall["a"]), str(wall["b"])
        # a third that has as much contact as expected with both
        both = {
            via: min(ratios[a][via], ratios[b][via])
            for via in ratios.get(a, {}).keys() & ratios.get(b, {}).keys() & helpers
            if min(ratios[a][via], ratios[b][via]) >= 1
        }
        if both:
            via = min(both, key=lambda name: (-both[name], name))
            steps.append(say["monday_wall_via"].format(a=a, b=b, via=via))
        else:
            steps.append(say["monday_wall"].format(a=a, b=b))
    if binds is not None:
        steps.append(say["monday_clear"].format(connector=binds))
        spanners = next(
            (
                one.get("effective_spanners")
                for one in connector.get("candidates") or []
                if str(one["department"]) == binds
            ),
            None,
        )
        if spanners is not None and spanners < FEW_SPANNERS:
            steps.append(say["monday_spanners"].format(connector=binds, count=number.decimal(spanners, 1)))
    elif verdict == "tied":
        steps.append(say["monday_tied"])
    elif verdict == "none" and not connector.get("mail_room_warning"):
        steps.append(say["monday_none"])
    return [*(steps or [say["monday_calm"]]), say["monday_show"]]
