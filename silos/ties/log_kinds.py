"""Kinds of log: what a row is, medium by medium, and so what may be said of it.

- *messages*: somebody is addressed and may answer. Only of messages does one say that they are answered.
- *meetings*: people came together at an appointed time.
- *contacts*: two people were seen together, without a sender: badges, proximity, edges that stand in both directions.
- *acts*: somebody did something about the work of another: reviews, edits, commits, approvals.
- *survey*: somebody named another: advice, trust, friendship.

A reader mostly knows. Of plain tables the kind is guessed, from the name of the medium and from the rows, and the guess
is said; `--log-kind` overrides it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from silos.engines.quoting import literal
from silos.errors import SilosError
from silos.locales.said import Said
from silos.system.arguments import texts
from silos.tables import INTERACTION_FIELDS, Interactions

KINDS = ("messages", "meetings", "contacts", "acts", "survey")
#: Stands for every medium that is not asked for by name.
EVERY = "*"
#: Formats of plain tables and graphs: what their rows are, nobody says.
PLAIN = frozenset({"delimited", "parquet", "dataframe", "edges", "edgelist", "graphml", "gexf", "store"})
#: Pairs below which the rows of a medium say nothing of its kind.
FEWEST_PAIRS = 10
#: Share of the pairs that stand in both directions alike from which these are edges without direction.
MIRRORED = 0.99
#: Rows for each person who has any, at most, in the answers of a survey.
NOMINATIONS = 15.0
#: Messages beyond which a part of the pairs is looked at: of so many messages' worth.
LOOKED_AT = 2_000_000

#: Words of the names of media, by kind, as they stand alone or in a name of several words.
_WORDS = {
    kind: frozenset(words.split())
    for kind, words in {
        "acts": "review reviews codereview pullrequest commit commits edit edits approval approvals approve merge "
        "merges changeset changesets revision revisions signoff author coauthor",
        "survey": "survey surveys questionnaire advice friendship friend friends trust sociometric",
        "contacts": "contact contacts proximity badge badges sensor sensors bluetooth rfid wifi facetoface f2f "
        "copresence",
        "meetings": "meeting meetings calendar appointment appointments",
        "messages": "mail email emails mails message messages chat chats dm im sms call calls post posts slack teams "
        "viva engage yammer mattermost letter letters memo memos",
    }.items()
}
_SEPARATORS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class LogKinds:
    """What a row of each medium is.

    Attributes:
        kinds: medium -> kind.
        guessed: medium -> why it was guessed: `name`, `mirrored` (every pair stands in both directions alike),
            `one-way` (nobody ever answers), `nominations` (no times, each pair once, few for each person).
    """

    kinds: Mapping[str, str]
    guessed: Mapping[str, str]

    @property
    def directed(self) -> bool:
        """Whether any row says who addressed whom."""
        return bool(set(self.kinds.values()) - {"contacts", "meetings"}) or not self.kinds

    @property
    def dialogue(self) -> bool:
        """Whether any rows are messages, which may be answered."""
        return "messages" in self.kinds.values()

    @property
    def muted(self) -> str:
        """The media that are no messages, between bars: of these nothing is said of answers."""
        others = [medium for medium, kind in self.kinds.items() if kind not in ("messages", "meetings")]
        return f"|{'|'.join(others)}|" if others else ""


def asked_kinds(given: Iterable[str] | Mapping[str, str]) -> dict[str, str]:
    """The kinds that were asked for, as `KIND` or `MEDIUM=KIND`.

    Raises:
        SilosError: there is no such kind.

    Examples:
        >>> asked_kinds(["contacts", "Review=acts"])
        {'*': 'contacts', 'review': 'acts'}
    """
    if isinstance(given, Mapping):
        given = [f"{medium}={kind}" for medium, kind in given.items()]
    found = {}
    for one in texts(given, "log_kinds"):
        medium, separator, kind = one.rpartition("=")
        if kind not in KINDS:
            raise SilosError(f"a kind of log is one of {', '.join(KINDS)}, not {kind!r} (--log-kind).")
        found[medium.strip().lower() if separator else EVERY] = kind
    return found


def of_no_medium(asked: Mapping[str, str], media: Iterable[str]) -> tuple[Said, ...]:
    """What was said of media that no row has, one note for each: it changed nothing.

    Args:
        asked: medium, or `EVERY`, -> kind.
        media: those that there are.

    Examples:
        >>> of_no_medium({"emial": "contacts", "*": "messages"}, ["Email", "chat"])
        ("No row of the log has the medium 'emial', so --log-kind emial=contacts changed nothing. Media: Email, chat.",)
    """
    there = [medium for medium in media if medium]
    known = {EVERY, "", *(medium.lower() for medium in there)}
    return tuple(
        Said("read", "no_medium", medium=repr(medium), option=f"{medium}={kind}", media=there or ["-"])
        for medium, kind in asked.items()
        if medium not in known
    )


def with_kinds(interactions: Interactions, asked: Mapping[str, str]) -> Interactions:
    """The logs, in which what is said to be contacts or meetings has no sender, and what is said to be messages has."""
    stated = {"contacts": "contact", "meetings": "meeting", "messages": "direct"}
    changed = {medium: stated[kind] for medium, kind in asked.items() if kind in stated}
    if not changed:
        return interactions
    cases = [
        f"when lower(coalesce(medium, '')) = {literal(medium)} then {_stated(kind)}"
        for medium, kind in changed.items()
        if medium != EVERY
    ]
    # A medium that is asked for by name as acts or a survey stays as it is.
    cases += [
        f"when lower(coalesce(medium, '')) = {literal(medium)} then kind"
        for medium in asked
        if medium not in changed and EVERY in changed
    ]
    others = _stated(changed[EVERY]) if EVERY in changed else "kind"
    case = f"case {' '.join(cases)} else {others} end" if cases else others
    fields = ", ".join(f"{case} as kind" if name == "kind" else name for name in INTERACTION_FIELDS)
    sources = tuple(
        replace(source, query=f"select {fields} from ({source.query}) as asked") if source.query else source
        for source in interactions.sources
    )
    return replace(interactions, sources=sources)


def _stated(kind: str) -> str:
    """SQL of a row's kind where it is to be `kind`: replies and mentions are messages already."""
    if kind == "direct":
        return "case when kind in ('meeting', 'contact') then 'direct' else kind end"
    return literal(kind)


def kinds_of(
    rows: Sequence[Mapping[str, Any]],
    pairs: Sequence[Mapping[str, Any]],
    *,
    formats: Iterable[str],
    asked: Mapping[str, str],
) -> LogKinds:
    """The kind of each medium.

    Args:
        rows: of each medium the rows, those that have a sender (`sent`) and those of `meetings`.
        pairs: the rows of the step `directions`: of each medium how its pairs stand.
        formats: of the logs.
        asked: medium, or `EVERY`, -> kind.
    """
    shapes = {row["medium"]: row for row in pairs}
    plain = bool(PLAIN & set(formats))
    kinds, guessed = {}, {}
    for row in rows:
        medium = row["medium"]
        kind, why = _kind(medium, row, shapes.get(medium), plain=plain, asked=asked)
        kinds[medium] = kind
        if why:
            guessed[medium] = why
    return LogKinds(kinds, guessed)


def _kind(
    medium: str, row: Mapping[str, Any], shape: Mapping[str, Any] | None, *, plain: bool, asked: Mapping[str, str]
) -> tuple[str, str]:
    """The kind of a medium, and why it was guessed; "" where it is known."""
    if told := asked.get(medium.lower(), asked.get(EVERY)):
        return told, ""
    if not row["sent"]:
        return ("meetings" if row["meetings"] else "contacts"), ""
    if not plain:
        return "messages", ""
    named = kind_by_name(medium)
    if named and named != "messages":
        return named, "name"
    if shape is None or shape["pairs"] < FEWEST_PAIRS:
        return "messages", ""
    if shape["mirrored"] >= MIRRORED * shape["pairs"]:
        return "contacts", "mirrored"
    if not shape["both"]:
        return "contacts", "one-way"
    once = shape["lines"] == shape["arcs"] and shape["volume"] <= shape["arcs"]
    if not named and not shape["timed"] and once and shape["arcs"] <= NOMINATIONS * shape["people"]:
        return "survey", "nominations"
    return "messages", ""


def kind_by_name(medium: str) -> str:
    """The kind that the name of a medium stands for; "" where it stands for none.

    Examples:
        >>> kind_by_name("code review"), kind_by_name("Email"), kind_by_name("pigeon")
        ('acts', 'messages', '')
    """
    words = {word for word in _SEPARATORS.split(medium.lower()) if word}
    return next((kind for kind, names in _WORDS.items() if words & names), "")


def directions(messages: int) -> str:
    """SQL of how the pairs of each medium stand, from the step `messages`; of a large log a part of the pairs.

    Columns: `medium`; `pairs`; `both` (pairs of whom each has a row towards the other), `mirrored` (those whose rows
    either way are as many, and the first and the last at the same times); `arcs`, `lines`, `volume` (rows and weights);
    `people` who have any, `timed` rows with a time.
    """
    part = max(messages // LOOKED_AT, 0) + 1
    return f"""
        select
            n.medium,
            count(*) as pairs,
            count(case when there > 0 and back > 0 then 1 end) as both,
            count(case when there = back and coalesce(first_there = first_back, first_there is null)
                and coalesce(last_there = last_back, last_there is null) then 1 end) as mirrored,
            count(case when there > 0 then 1 end) + count(case when back > 0 then 1 end) as arcs,
            sum(lines) as lines, sum(there) + sum(back) as volume,
            count(distinct case when there > 0 then a else b end) as people,
            sum(timed) as timed
        from (
            select
                medium, a, b, count(*) as lines, count(moment) as timed,
                sum(case when by_a then weight else 0 end) as there,
                sum(case when by_a then 0 else weight end) as back,
                min(case when by_a then moment end) as first_there,
                min(case when by_a then null else moment end) as first_back,
                max(case when by_a then moment end) as last_there,
                max(case when by_a then null else moment end) as last_back
            from messages
            where sent and mod(a + b, {part}) = 0
            group by medium, a, b
        ) between_two
        join media n on between_two.medium = n.code
        group by n.medium
    """
