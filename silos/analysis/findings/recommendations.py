"""A plan, not a list: at most five steps, those first that bind most for the effort; never about one person."""

from collections.abc import Iterator

from silos.analysis.connector.evidence import CANNOT_SAY, covered
from silos.analysis.findings.connector_words import of_kind
from silos.analysis.findings.exchange_rules import (
    answers_key,
    answers_less_across,
    leaders_are_absent,
    of_turns,
    outside_key,
    value_of,
)
from silos.analysis.findings.finding import Recommendation, RecommendationRule, Recommendations, Voice
from silos.analysis.findings.openings import join, open_silos, open_walls
from silos.analysis.findings.rules import HELD_BY_FEW, connector_key, held_by_few, silos_2_key
from silos.analysis.findings.to_watch import watchable
from silos.analysis.leadership import leaders_are_silent
from silos.analysis.results import Results
from silos.analysis.tool_communities import SILO
from silos.analysis.watched import watch_candidate
from silos.inference.estimate import Estimate

#: Steps of a plan, the last of which is to show these pages; a longer list is not done.
MOST = 5
#: Of these, whose effect can be forecast, where there are others: dialogue and leadership are not crowded out.
MOST_FORECAST = 3
#: Of each kind.
MOST_COMMUNITIES, MOST_NAMED = 3, 4
#: Reasons why nothing can be said of the connector that another input would remove.
SETTLED = ("coverage", "weeks", "few_departments", "few_ties", "contacts")
#: Answers across departments are slow where half of them take this many times as long as inside, and the intervals
#: do not overlap.
SLOW = 2.0
#: Steps about ties that very few people hold: of the connector, and of another department.
SPANNERS, ONE_SPANNER = "spanners", "one_spanner"
#: What will show whether communities share members.
DISJOINT = "communities.tools.disjoint_pairs"


def recommend(results: Results, rules: tuple[RecommendationRule, ...], language: str = "en") -> Recommendations:
    """The plan in a language, never empty: the steps that bind most per new contact, then the others by their rules."""
    voice = Voice(language, results.inputs.published)
    heard = [rule for rule in rules if covered(results.inputs.coverage) or rule is _connector]
    steps = [step for rule in heard for step in rule(results, voice)]
    others = [step for step in steps if step.worth < 0]
    forecast = sorted((step for step in steps if step.worth >= 0), key=lambda step: -step.worth)
    room = max(MOST_FORECAST, MOST - 1 - len(others))
    plan = watchable([*forecast[:room], *others][: MOST - 1], results)
    calm = "calm" if results.departments.mostly_judged else "calm_judged"
    return Recommendations([*(plan or [voice.recommend(calm)]), voice.recommend("show")])


def _binds(results: Results) -> str | None:
    """The department that clearly binds the organisation."""
    connector = results.connector
    return connector.department if connector.verdict == "clear" else None


def _mail_room(results: Results, voice: Voice) -> Iterator[Recommendation]:
    if results.connector.mail_room_warning:
        yield voice.recommend("mail_room", because=("mail_room_warning",))


def _communities(results: Results, voice: Voice) -> Iterator[Recommendation]:
    """Open what one department fills, and have the connector where departments meet."""
    found, binds = results.communities, _binds(results)
    if found is None:
        return
    apart = found.table[found.table["verdict"] == SILO]
    opened: dict[bool, list[tuple[str, str]]] = {}
    for row in apart.head(MOST_COMMUNITIES).to_dict("records"):
        of = (str(row["community"]), str(row["sponsor"]))
        opened.setdefault(binds not in (None, row["sponsor"]), []).append(of)
    for by_connector, names in opened.items():
        yield voice.recommend(
            "communities_with" if by_connector else "communities",
            *(community for community, _ in names),
            because=(silos_2_key(found),),
            watch=DISJOINT,
            communities=voice.numerals.listing(f"{community} ({sponsor})" for community, sponsor in names),
            connector=str(binds),
        )
    if apart.empty and found.verdicts.get(SILO):
        yield voice.recommend("community_unnamed", because=(silos_2_key(found),), watch=DISJOINT)
    carriers = [str(name) for name in found.sponsors.index[found.sponsors["bridges"] > 0]]
    if carriers and binds is not None and binds not in carriers:
        yield voice.recommend(
            "bridge",
            binds,
            because=("bridge_communities_without",),
            departments=voice.numerals.listing(carriers[:MOST_NAMED]),
        )


def _leaders(results: Results, voice: Voice) -> Iterator[Recommendation]:
    """Listen, answer and be there in person: of all who lead together, never of one."""
    held, number = results.leadership.estimates, voice.numerals
    if results.leadership.verdict == "broadcasting":
        turns = of_turns(results)
        yield voice.recommend(
            f"broadcasting{turns}",
            because=("leadership_broadcasting",),
            watch="leadership.broadcast_share" if turns else "leadership.reply_rate_below",
            below=number.percent(value_of(held.get("reply_rate_below"))),
            others=number.percent(value_of(held.get("reply_rate_others"))),
            broadcast=number.percent(value_of(held.get("broadcast_share"))),
            broadcast_others=number.percent(value_of(held.get("broadcast_share_others"))),
        )
    # In a log that knows no answers there is nothing to ask for but fewer broadcasts.
    if results.leadership.verdict == "unresponsive" and not of_turns(results):
        yield voice.recommend(
            "unresponsive",
            because=("leadership_unresponsive",),
            watch="leadership.reply_rate_below",
            below=number.percent(value_of(held.get("reply_rate_below"))),
            others=number.percent(value_of(held.get("reply_rate_others"))),
        )
    if leaders_are_silent(held):
        share = number.percent(held["silent_share"].value)
        yield voice.recommend("silent", because=("leaders_silent",), watch="leadership.silent_share", share=share)
    if leaders_are_absent(held):
        yield voice.recommend(
            "present",
            because=("communities_without_leader",),
            watch="leadership.communities_without_leader",
            share=number.percent(held["communities_without_leader"].value),
        )


def _single_spanners(results: Results, voice: Voice) -> Iterator[Recommendation]:
    """Departments whose substantive contact with others is nearly all one person's, but for the connector."""
    binds = _binds(results)
    for name in [str(name) for name in held_by_few(results).index if name != binds][:MOST_NAMED]:
        yield voice.recommend(
            ONE_SPANNER,
            name,
            because=(HELD_BY_FEW,),
            watch=watch_candidate(name, "effective_spanners"),
            ties=voice.say("ties", results.connector.evidence),
        )


def _answers(results: Results, voice: Voice) -> Iterator[Recommendation]:
    """Missing or slow answers across departments, and departments from which others hear back less.

    Of these only what is told: without conversations nobody knows what is a question, and what its answer.
    """
    held, number = results.dialogue.estimates, voice.numerals
    if of_turns(results):
        return
    across, within = held.get("answer_hours_across"), held.get("answer_hours_within")
    if answers_less_across(held):
        yield voice.recommend(
            "answers",
            because=(answers_key(results),),
            watch="dialogue.reply_rate_across",
            across=number.percent(value_of(held.get("reply_rate_across"))),
            within=number.percent(value_of(held.get("reply_rate_within"))),
        )
    elif _above(across, within) and (value_of(across) or 0) >= SLOW * (value_of(within) or 0):
        yield voice.recommend(
            "slow",
            because=(answers_key(results),),
            watch="dialogue.answer_hours_across",
            across=number.lasting(value_of(across)),
            within=number.lasting(value_of(within)),
        )
    table = results.dialogue.departments
    less = [str(name) for name in table.index[table["verdict"] == "less"]] if "verdict" in table else []
    if less:
        watch = "dialogue.reply_rate_across"
        yield voice.recommend("unanswered", *less[:MOST_NAMED], because=("answers_few",), watch=watch)


def _connector(results: Results, voice: Voice) -> Iterator[Recommendation]:
    """Keep the connector able to bind, or settle who it is."""
    connector, binds = results.connector, _binds(results)
    if binds is not None:
        yield _keep(results, voice, binds)
        if connector.resting_on_few:
            yield voice.recommend(
                SPANNERS,
                binds,
                because=("connector_clear",),
                watch=watch_candidate(binds, "effective_spanners"),
            )
    elif connector.mail_room_warning:
        # What to do about that is a step of its own.
        return
    elif connector.verdict == "tied":
        key = "tied_probable" if connector.probable else "tied"
        if connector.unproven:
            key = of_kind(voice, "recommendations", "unproven", results.inputs)
        about = (str(connector.department), *connector.tied)
        yield voice.recommend(
            key,
            *about,
            because=(connector_key(connector),),
            watch=watch_candidate(str(connector.department), "probability_first"),
        )
    elif connector.verdict == CANNOT_SAY:
        if connector.reason in SETTLED:
            key = of_kind(voice, "recommendations", f"settle_{connector.reason}", results.inputs)
            yield voice.recommend(key, because=(connector_key(connector),))
    else:
        yield voice.recommend("none", because=(connector_key(connector),))


def _keep(results: Results, voice: Voice, binds: str) -> Recommendation:
    """Keep the connector able to bind, with whoever would come next; first see whether it is a desk, if it may be."""
    because, watch, helped = ("connector_clear",), watch_candidate(binds, "bind"), results.what_would_help
    if results.connector.on_trust:
        return voice.recommend("clear_declared", binds, because=because, watch=watch)
    row = None if helped is None else helped.losses.of(binds)
    if row is None:
        return voice.recommend("clear", binds, because=because, watch=watch)
    return voice.recommend(
        "clear_next",
        binds,
        str(row["next_best"]),
        because=because,
        watch=watch,
        loss=voice.numerals.percent(row["loss"]),
        interval=voice.numerals.between(row["loss_low"], row["loss_high"], "percent"),
    )


def _outside(results: Results, voice: Voice) -> Iterator[Recommendation]:
    """Departments that hardly deal with the outside, and those through which they might."""
    table = results.external.table
    outward = [str(name) for name in table.index[table["verdict"] == "outward"]]
    # Where few people deal with outsiders, nobody in many departments does by chance.
    never = list(results.external.asked)
    because = outside_key(results.external)
    if never and because is not None:
        key = ("_many" if len(never) > MOST_NAMED else "") + ("_with" if outward else "")
        yield voice.recommend(
            f"outside{key}",
            *never[:MOST_NAMED],
            because=(because,),
            watch="external.share",
            count=voice.numerals.count(len(never)),
            outward=voice.numerals.listing(outward[:MOST_NAMED]),
        )


def _groups(_: Results, voice: Voice) -> Iterator[Recommendation]:
    """A log of groups gives no verdict: the first thing to do is to get one of persons."""
    yield voice.recommend("groups", because=("groups_basis",))


def _above(one: Estimate | None, other: Estimate | None) -> bool:
    """Whether the whole interval of an estimate lies above that of another."""
    if one is None or other is None or one.low is None or other.high is None:
        return False
    return one.low > other.high


#: In the order in which the steps stand in the report.
RECOMMENDATIONS: tuple[RecommendationRule, ...] = (
    _mail_room,
    open_silos,
    open_walls,
    join,
    _communities,
    _leaders,
    _single_spanners,
    _answers,
    _connector,
    _outside,
)
GROUP_RECOMMENDATIONS: tuple[RecommendationRule, ...] = (_groups,)
