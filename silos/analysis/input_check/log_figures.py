"""What each log holds by itself, whatever the period that is looked at: for `silos check`."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from silos.engines import engine_on
from silos.locales.said import Said
from silos.readers import FORMATS, enough_room, scanning
from silos.tables import Interactions, Source
from silos.ties.definitions import Evidence, grade
from silos.ties.people import Population
from silos.ties.steps import REACH, Steps

#: Distinct ids of a log, at most, that are laid beside those of the roster: the ones with the most rows.
MOST_IDS = 200_000


@dataclass(frozen=True)
class Figures:
    """What one log holds, whatever the period that is looked at.

    Attributes:
        rows: interactions that the reader made of it.
        undated: of these without a time that is understood.
        first, last: times.
        broadcasts: rows that reached more people than the limit.
        ids: distinct ids of people.
        known: ids that the roster has.
        threads, meetings: rows that are in a conversation, or are of a meeting; broadcasts apart.
        private: rows that went to named people only.
        public: replies and mentions, which others could read.
        sent: rows that have a sender, as contacts have not.
        years: calendar year -> how many rows, and the times of the first and the last of them.
    """

    rows: int
    undated: int
    first: datetime | None
    last: datetime | None
    broadcasts: int
    ids: int
    known: int
    threads: int
    meetings: int
    private: int
    public: int
    sent: int
    years: Mapping[int, tuple[int, datetime, datetime]] = field(default_factory=dict)

    @property
    def evidence(self) -> Evidence:
        """The best kind of tie that this log alone can show."""
        directed = self.sent > 0
        turns = directed and self.first is not None
        return grade(threads=self.threads > 0, meetings=self.meetings > 0, directed=directed, turns=turns)

    def lacks(self, source: Source) -> str:
        """What to export besides, to see more of who is in contact; "" where nothing is known to lack."""
        only_public = self.public > 0 and not self.private
        lacking = self.rows > 0 and not source.groups and (self.evidence != "substantive" or only_public)
        reader = FORMATS.get(source.format)
        return Said("more", reader.more) if reader and reader.more and lacking else ""

    def to_dict(self) -> dict[str, Any]:
        """For scripts."""
        first, last = (time.isoformat() if time else None for time in (self.first, self.last))
        counts = {name: getattr(self, name) for name in ("rows", "undated", "broadcasts", "ids")}
        return {**counts, "ids_matched": self.known, "first": first, "last": last, "evidence": self.evidence}


def figures_of(
    interactions: Interactions, everybody: Population, max_recipients: int
) -> tuple[tuple[Figures, ...], list[str]]:
    """The figures of each log by itself, whatever the period, by the steps that count ties; and the ids in all of them.

    Ids come in lower case, those with the most rows first.
    """
    engine = engine_on(interactions.connection, size=interactions.size)
    steps = Steps(engine, everybody, max_recipients=max_recipients)
    found = []
    named: Counter[str] = Counter()
    try:
        with enough_room(), scanning(interactions):
            for source in interactions.sources:
                steps.read(replace(interactions, sources=(replace(source, affiliations="", ties=""),)))
                steps.run(REACH)
                engine.step("deliveries", _ROWS, kept=False)
                steps.run(["addressed"])
                [counts], [kinds], [ids] = (engine.rows(query) for query in (_COUNTS, _KINDS, _IDS))
                years = {int(row["year"]): (int(row["rows"]), row["first"], row["last"]) for row in engine.rows(_YEARS)}
                found.append(Figures(**counts, **kinds, **ids, years=years))
                named.update({row["id"]: int(row["lines"]) for row in engine.rows(_NAMED)})
    finally:
        engine.close()
    return tuple(found), [one for one, _ in named.most_common()]


def figures_of_groups(interactions: Interactions) -> tuple[Figures, ...]:
    """The figures of each log of groups."""
    found = []
    with interactions.connection.cursor() as cursor, scanning(interactions):
        for source in interactions.sources:
            [(rows, dated, first, last)] = cursor.execute(
                f"select count(*), count(timestamp), min(timestamp), max(timestamp) from ({source.groups}) as log"
            ).fetchall()
            found.append(
                Figures(rows, rows - dated, first, last, broadcasts=0, ids=0, known=0, threads=0, meetings=0, private=0,
                        public=0, sent=0)
            )  # fmt: skip
    return tuple(found)


#: Every row of a log, copies and those that make no ties included: each is asked how many people it reached.
_ROWS = """
    select moment, medium, event, thread, meeting, sent, recipients, weight, sender, recipient from known
"""
_COUNTS = """
    select
        count(*) as rows,
        count(case when moment is null then 1 end) as undated,
        min(moment) as first,
        max(moment) as last,
        count(case when people > max_recipients then 1 end) as broadcasts,
        count(case when people <= max_recipients then thread end) as threads,
        count(case when people <= max_recipients and meeting then 1 end) as meetings,
        count(case when sent or meeting then 1 end) as sent
    from addressed
    cross join settings
"""
_YEARS = """
    select extract(year from moment) as year, count(*) as rows, min(moment) as first, max(moment) as last
    from addressed
    where moment is not null
    group by extract(year from moment)
"""
_KINDS = """
    select
        count(case when kind in ('direct', 'group') then 1 end) as private,
        count(case when kind in ('reply', 'mention') then 1 end) as public
    from interactions
"""
_NAMED = f"""
    select id, count(*) as lines
    from (
        select lower(trim(sender)) as id from interactions
        union all
        select lower(trim(recipient)) as id from interactions
    ) named
    where id <> ''
    group by id
    order by lines desc, id
    limit {MOST_IDS}
"""
_IDS = """
    select count(*) as ids, count(code) as known
    from (
        select lower(trim(sender)) as id from interactions
        union
        select lower(trim(recipient)) as id from interactions
    ) named
    left join aliases on fingerprint(id) = alias
    where id <> ''
"""
