"""What a reader can do on Monday: short, from structure alone, and never a promise of an effect."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from silos.analysis.findings.rules import FEW_SPANNERS as ONE_SPANNER
from silos.locales.numerals import Numerals

#: Of each kind: a list that is longer is not done on a Monday.
MOST_SILOS, MOST_WALLS, MOST_COMMUNITIES, MOST_NAMED = 5, 3, 3, 4
#: A connector carried by fewer people than this, in effect, hangs by a thread.
FEW_SPANNERS = 3.0
#: Answers across departments are slow where half of them take this many times as long as inside, and the intervals
#: do not overlap.
SLOW = 2.0
#: p-value below which leaders are missing in communities, and nobody in a department deals with the outside.
LEVEL = 0.05

Entry = Mapping[str, Any]


def unproven(connector: Entry) -> bool:
    """Whether one department alone comes first, but may be a service desk for all that the log can tell."""
    tied = [one for one in connector.get("candidates") or [] if one.get("tied")]
    return connector.get("verdict") == "tied" and connector.get("department") is not None and len(tied) == 1


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


def _part(entry: Any, key: str = "value") -> float | None:
    return entry.get(key) if isinstance(entry, Mapping) else None


def _above(entry: Any, other: Any) -> bool:
    """Whether the whole interval of an estimate lies above that of another."""
    low, high = _part(entry, "low"), _part(other, "high")
    return low is not None and high is not None and low > high


def _communities(summary: Entry, say: Mapping[str, str], binds: str | None) -> Iterator[str]:
    """Open what one department fills, and have the connector where departments meet."""
    held: Entry = (summary.get("communities") or {}).get("tools") or {}
    apart = [row for row in held.get("rows") or [] if row.get("verdict") == "silo 2.0"]
    opened: dict[bool, list[str]] = {}
    for row in apart[:MOST_COMMUNITIES]:
        opened.setdefault(binds not in (None, row["sponsor"]), []).append(f"{row['community']} ({row['sponsor']})")
    for by_connector, names in opened.items():
        key = "monday_communities_with" if by_connector else "monday_communities"
        yield say[key].format(communities=", ".join(names), connector=binds)
    if not apart and (held.get("verdicts") or {}).get("silo 2.0"):
        yield say["monday_community_unnamed"]
    carriers = [str(row["department"]) for row in held.get("sponsors") or [] if row.get("bridges")]
    if carriers and binds is not None and binds not in carriers:
        yield say["monday_bridge"].format(connector=binds, departments=", ".join(carriers[:MOST_NAMED]))


def _leaders(summary: Entry, say: Mapping[str, str], number: Numerals) -> Iterator[str]:
    """Listen, answer and be there in person: of all who lead together, never of one."""
    held: Entry = summary.get("leadership") or {}
    if held.get("verdict") == "broadcasting":
        yield say["monday_broadcasting"].format(
            below=number.percent(_part(held.get("reply_rate_below"))),
            others=number.percent(_part(held.get("reply_rate_others"))),
        )
    silent, others = held.get("silent_share"), _part(held.get("silent_share_others"))
    if (_part(silent, "low") or 0) > (others or 0):
        yield say["monday_silent"].format(share=number.percent(_part(silent)))
    missing = held.get("communities_without_leader")
    p, z = _part(missing, "p"), _part(missing, "z")
    if p is not None and p < LEVEL and (z or 0) > 0:
        yield say["monday_present"].format(share=number.percent(_part(missing)))


def _answers(summary: Entry, say: Mapping[str, str], number: Numerals) -> Iterator[str]:
    """Missing or slow answers across departments, and departments from which others hear back less."""
    held: Entry = summary.get("dialogue") or {}
    across, within = held.get("answer_hours_across"), held.get("answer_hours_within")
    if (_part(held.get("reply_rate_gap"), "low") or 0) > 0:
        yield say["monday_answers"].format(
            across=number.percent(_part(held.get("reply_rate_across"))),
            within=number.percent(_part(held.get("reply_rate_within"))),
        )
    elif _above(across, within) and (_part(across) or 0) >= SLOW * (_part(within) or 0):
        yield say["monday_slow"].format(across=number.lasting(_part(across)), within=number.lasting(_part(within)))
    less = [str(row["department"]) for row in held.get("departments") or [] if row.get("verdict") == "less"]
    if less:
        yield say["monday_unanswered"].format(departments=", ".join(less[:MOST_NAMED]))


def _outside(summary: Entry, say: Mapping[str, str], number: Numerals) -> Iterator[str]:
    """Departments that never deal with the outside, and those through which they might."""
    rows = (summary.get("external") or {}).get("departments") or []
    outward = [str(row["department"]) for row in rows if row.get("verdict") == "outward"]
    # where few people deal with outsiders, nobody in many departments does by chance
    never = [
        str(row["department"])
        for row in rows
        if row.get("verdict") == "never" and row.get("q") is not None and row["q"] < LEVEL
    ]
    if never:
        key = ("_many" if len(never) > MOST_NAMED else "") + ("_with" if outward else "")
        yield say[f"monday_outside{key}"].format(
            departments=", ".join(never), count=number.count(len(never)), outward=", ".join(outward[:MOST_NAMED])
        )


def _hanging(connector: Entry, binds: str | None) -> list[str]:
    """Departments whose substantive contact with others is nearly all one person's, but for the connector."""
    held = [
        (spanners, str(one["department"]))
        for one in connector.get("candidates") or []
        if (spanners := one.get("effective_spanners")) is not None and 0 < spanners < ONE_SPANNER
    ]
    return [name for _, name in sorted(held) if name != binds][:MOST_NAMED]


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
    steps += [*_communities(summary, say, binds), *_leaders(summary, say, number)]
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
    steps += [say["monday_one_spanner"].format(department=name) for name in _hanging(connector, binds)]
    steps += _answers(summary, say, number)
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
        steps.append(
            say["monday_unproven" if unproven(connector) else "monday_tied"].format(
                department=connector.get("department")
            )
        )
    elif verdict == "none" and not connector.get("mail_room_warning"):
        steps.append(say["monday_none"])
    steps += _outside(summary, say, number)
    return [*(steps or [say["monday_calm"]]), say["monday_show"]]
