"""How interactions and affiliations are stored, and the SQL that merges rows of several logs into one table.

Rows that name an event are one for each (medium, event, sender, recipient), whatever number of exports they stand in,
as in `ties.sql`. Rows without one have nothing but themselves to be known by: of rows that are alike there are as many
as the log with most of them has. Both are unions: the same whatever the order, and however often a log is added.
"""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from silos.engines.quoting import literal
from silos.privacy.pseudonyms import DOMAIN_DIGITS, PSEUDONYM_DIGITS, Key
from silos.readers.formats.store import TABLES, UNDATED, table_of
from silos.store.forgotten_names import marked
from silos.tables import AFFILIATION_FIELDS, INTERACTION_FIELDS, KINDS, Source

#: Why a row is left out, by the month that it is counted in.
_NOBODY, _NEVER = "nobody", "never"
LEFT_OUT: Mapping[str, str] = {_NOBODY: "no sender or recipient", _NEVER: "undated"}

#: Hexadecimal digits of a pseudonym by which a community is called.
NAME_DIGITS = 8

#: What is kept of interactions that are the same event to the same person; of any other field the highest value.
_LOWEST = ("timestamp", "thread")
_SAME = ("sender", "recipient", "medium", "event")
#: Texts of rows that are no ids of people, and may hold somebody's name all the same.
_TEXTS: Mapping[str, tuple[str, ...]] = {"interactions": ("medium",), "affiliations": ("community", "name", "medium")}
#: The ids of people in rows.
_IDS: Mapping[str, tuple[str, ...]] = {"interactions": ("sender", "recipient"), "affiliations": ("person",)}

#: The pads of a key, variables of the connection: no query has the key in it. The number is the key's place among
#: several, one over the other.
_PADS = ("silos_inner_{}", "silos_outer_{}")
#: Pseudonyms of the people of the source at hand: columns `id`, `pseudonym`.
_PEOPLE = "silos_pseudonyms"
#: SQL of whether a medium is a pseudonym.
_IS_PSEUDONYM = f"regexp_full_match(medium, '[0-9a-f]{{{PSEUDONYM_DIGITS}}}')"
#: SQL of the ids of the people of the source at hand, where pseudonyms are made.
EVERYBODY = f"select id from {_PEOPLE}"


def prepare(connection: Any, source: Source, key: Key) -> None:
    """Let queries on this connection make the pseudonyms of a source: those of its people, once for each.

    Args:
        connection: on which `interactions` and `affiliations` of this source will run next.
        source: to be stored.
        key: makes the pseudonyms.
    """
    given = [(name, source.query) for name in ("sender", "recipient")]
    given += [("person", source.affiliations)] if source.affiliations else []
    everybody = " union ".join(f"select {_identity(name)} as id from ({query})" for name, query in given)
    pseudonyms(connection, everybody, key)


def pseudonyms(connection: Any, everybody: str, key: Key) -> None:
    """Make the table of pseudonyms: columns `id`, `pseudonym`.

    Args:
        connection: on which queries use it next.
        everybody: SQL of the ids, each once, in a column `id`.
        key: makes the pseudonyms.
    """
    for level, secret in enumerate(key.secrets):
        for variable, pad in zip(_PADS, Key(secret).pads, strict=True):
            connection.execute(f"set variable {variable.format(level)} = ?", [pad])
    made = f"select id, id as pseudonym from ({everybody}) where id is not null"
    for level in range(len(key.secrets)):
        domain = "split_part(pseudonym, '@', -1)"
        address = f"'@' || left({_hmac('domain', domain, level)}, {DOMAIN_DIGITS})"
        behind = f"case when contains(pseudonym, '@') and {domain} <> '' then {address} else '' end"
        made = f"select id, {_hmac('person', 'pseudonym', level)} || {behind} as pseudonym from ({made})"
    connection.execute(f"create or replace temp table {_PEOPLE} as {made}")


def interactions(source: Source, key: Key | None) -> str:
    """SQL of the rows of a source in the form of the store, with their month or why they are left out."""
    kinds = ", ".join(map(literal, KINDS))
    undated = _NEVER if source.dated else UNDATED
    stored = {
        "sender": "sender" if key is None else "a.pseudonym",
        "recipient": "recipient" if key is None else "b.pseudonym",
        "medium": "nullif(medium, '')",
        "event": _digest("event", key),
        "thread": _digest("thread", key),
        # A column that was mapped by mistake may hold anything.
        "kind": f"case when kind in ({kinds}) then kind end",
        "recipients": "case when recipients > 0 then recipients end",
        "weight": "coalesce(weight, 1.0)",
    }
    people = "" if key is None else f"left join {_PEOPLE} a on sender = a.id left join {_PEOPLE} b on recipient = b.id"
    ids = {name: f"{_identity(name)} as {name}" for name in ("sender", "recipient")}
    return (
        f"select case when sender is null or recipient is null then '{_NOBODY}' "
        f"when timestamp is null then '{undated}' else strftime(timestamp, '%Y-%m') end as month, "
        f"{', '.join(f'{stored.get(name, name)} as {name}' for name in INTERACTION_FIELDS)} "
        f"from (select {', '.join(ids.get(name, name) for name in INTERACTION_FIELDS)} from ({source.query})) {people}"
    )


def affiliations(source: Source, key: Key | None) -> str:
    """SQL of who is in which community according to a source, in the form of the store, with the month."""
    name, community = "nullif(trim(name), '')", "community"
    if key is not None:
        # What may be shown by its name may be shown by something else.
        community = _keyed("community", "community", key)
        name = f"case when {name} is not null then '#' || left({community}, {NAME_DIGITS}) end"
    stored = {
        "person": "person" if key is None else "a.pseudonym",
        "community": community,
        "name": name,
        "medium": "nullif(medium, '')",
        "posts": "coalesce(posts, 1)",
    }
    people = "" if key is None else f"left join {_PEOPLE} a on person = a.id"
    ids = {"person": f"{_identity('person')} as person", "community": "nullif(trim(community), '') as community"}
    return (
        f"select case when timestamp is null then '{UNDATED}' else strftime(timestamp, '%Y-%m') end as month, "
        f"{', '.join(f'{stored.get(name, name)} as {name}' for name in AFFILIATION_FIELDS)} "
        f"from (select {', '.join(ids.get(name, name) for name in AFFILIATION_FIELDS)} from ({source.affiliations})) "
        f"{people} where person is not null and community is not null"
    )


def _identity(name: str) -> str:
    """SQL of an id of a person as `ties.sql` and rosters compare it."""
    return f"nullif(lower(trim({name})), '')"


def _digest(name: str, key: Key | None) -> str:
    """SQL of what stands for the id of an event or a thread, which may hold an address."""
    return _keyed("event", name, key) if key is not None else f"left(sha256('event:' || {name}), {PSEUDONYM_DIGITS})"


def _keyed(kind: str, text: str, key: Key) -> str:
    """SQL of `Key.pseudonym`: by one key after the other."""
    for level in range(len(key.secrets)):
        text = _hmac(kind, text, level)
    return text


def _hmac(kind: str, text: str, level: int) -> str:
    """SQL of HMAC by its definition (RFC 2104), as DuckDB hashes but knows no key."""
    inner, outer = (f"getvariable('{pad.format(level)}')" for pad in _PADS)
    return f"left(sha256({outer} || unhex(sha256({inner} || encode('{kind}:' || {text})))), {PSEUDONYM_DIGITS})"


def rekeyed(table: str, rows: str, key: Key) -> str:
    """SQL of the rows of a store under a new key, which makes pseudonyms of their pseudonyms, ordered.

    Args:
        table: `interactions` or `affiliations`.
        rows: SQL of them in the form of the store.
        key: the new key alone; `pseudonyms` has made those of the people.
    """
    fields = TABLES[table]
    # Media that were called by somebody who was erased are pseudonyms, too.
    medium = f"case when {_IS_PSEUDONYM} then {_keyed('medium', 'medium', key)} else medium end"
    if table == "interactions":
        changed = {"sender": "a.pseudonym", "recipient": "b.pseudonym"}
        changed |= {name: _keyed("event", name, key) for name in ("event", "thread")}
        people = f"left join {_PEOPLE} a on sender = a.id left join {_PEOPLE} b on recipient = b.id"
    else:
        community = _keyed("community", "community", key)
        named = f"case when name is not null then '#' || left({community}, {NAME_DIGITS}) end"
        changed, people = {"person": "a.pseudonym", "community": community, "name": named}, ""
        people = f"left join {_PEOPLE} a on person = a.id"
    changed["medium"] = medium
    chosen = ", ".join(f"{changed.get(name, name)} as {name}" for name in fields)
    return f"select * from (select {chosen} from ({rows}) r {people}) order by {', '.join(fields)}"


def remaining(table: str, rows: str, forgotten: Collection[str], *, keyed: bool) -> str:
    """SQL of the rows of a store that are not of people who were forgotten.

    Args:
        table: `interactions` or `affiliations`.
        rows: SQL of them in the form of the store.
        forgotten: the marks of these people.
        keyed: whether the ids are pseudonyms: they are the marks then.
    """
    if not forgotten:
        return rows
    marks = ", ".join(map(literal, sorted(forgotten)))
    where = " and ".join(f"coalesce({one}, '') not in ({marks})" for one in _marks(table, keyed=keyed))
    return f"select * from ({rows}) r where {where}"


def forgotten_in(table: str, rows: str, forgotten: Collection[str], connection: Any, *, keyed: bool) -> set[str]:
    """Those marks, as of `remaining`, that rows of a store are of."""
    marks = ", ".join(map(literal, sorted(forgotten)))
    each = " union ".join(f"select {one} as mark from held" for one in _marks(table, keyed=keyed))
    found = connection.execute(f"with held as ({rows}) select mark from ({each}) where mark in ({marks})").fetchall()
    return {mark for (mark,) in found}


def naming(
    table: str, rows: str, connection: Any, forgotten: Collection[str], key: Key | None = None
) -> frozenset[str]:
    """Media, communities and names of these in rows of a store that hold a forgotten person's name.

    Args:
        table, rows, forgotten: as of `remaining`; the marks of names (`silos.store.forgotten_names`) are among them.
        connection: a DuckDB connection.
        key: of the store, where it has one: media alone are no pseudonyms then.
    """
    return marked(_distinct(rows, _TEXTS[table] if key is None else ("medium",), connection), forgotten, key)


def ids_in(table: str, rows: str, connection: Any) -> set[str]:
    """The ids of people in rows of a store, each once; arguments as of `naming`."""
    return _distinct(rows, _IDS[table], connection)


def _distinct(rows: str, fields: Sequence[str], connection: Any) -> set[str]:
    each = " union ".join(f"select {field} as text from held" for field in fields)
    texts = connection.execute(f"with held as ({rows}) select text from ({each}) where text <> ''").fetchall()
    return {text for (text,) in texts}


def _without(table: str, rows: str, texts: Collection[str], key: Key | None) -> str:
    """SQL of the rows with digests for these texts: what is called by one stays one, and apart from the others."""
    if not texts:
        return rows
    if key is not None:
        each = " ".join(
            f"when {literal(text)} then {literal(key.pseudonym('medium', text.lower()))}" for text in sorted(texts)
        )
        return f"select * replace (case medium {each} else medium end as medium) from ({rows})"
    listed = ", ".join(map(literal, sorted(texts)))
    digests = {
        "medium": f"left(sha256('medium:' || lower(medium)), {PSEUDONYM_DIGITS})",
        "community": f"left(sha256('community:' || community), {PSEUDONYM_DIGITS})",
        "name": f"'#' || left(sha256('community:' || community), {NAME_DIGITS})",
    }
    changed = (f"case when {one} in ({listed}) then {digests[one]} else {one} end as {one}" for one in _TEXTS[table])
    return f"select * replace ({', '.join(changed)}) from ({rows})"


def _marks(table: str, *, keyed: bool) -> list[str]:
    """SQL of the marks of whom a row is of."""
    return [name if keyed else f"left(sha256('forgotten:' || {name}), {PSEUDONYM_DIGITS})" for name in _IDS[table]]


def union(
    table: str,
    groups: Sequence[Sequence[Path]],
    connection: Any,
    name: str,
    *,
    forgotten: Collection[str] = (),
    key: Key | None = None,
) -> str:
    """SQL of one month of a table, ordered: what the store holds of it, and what each log does.

    Args:
        table: `interactions` or `affiliations`.
        groups: the files of the store, then those of each log, all in the form of the store.
        connection: a DuckDB connection.
        name: of the store, for messages.
        forgotten: as of `naming`.
        key: of the store, where it has one.
    """
    fields = TABLES[table]
    everything = " union all ".join(
        f"select *, {number} as log from ({table_of(files, fields, connection, name)})"
        for number, files in enumerate(groups)
        if files
    )
    if forgotten:
        everything = _without(table, everything, naming(table, everything, connection, forgotten, key), key)
    everything = remaining(table, everything, forgotten, keyed=key is not None)
    listed = ", ".join(fields)
    if table == "affiliations":
        return f"{_memberships(everything)} order by {listed}"
    kept = {field: f"{'min' if field in _LOWEST else 'max'}({field}) as {field}" for field in fields}
    kept |= {field: field for field in _SAME}
    events = (
        f"select {', '.join(kept.values())} from ({everything}) where event is not null "
        f"group by {', '.join(_SAME)}, coalesce(kind, '') = 'reaction'"
    )
    alike = (
        f"select {listed}, max(times) as times from (select {listed}, count(*) as times from ({everything}) "
        f"where event is null group by {listed}, log) group by {listed}"
    )
    repeated = f"select {listed} from (select *, unnest(range(times)) from ({alike}))"
    return f"select * from ({events} union all {repeated}) order by {listed}"


def _memberships(everything: str) -> str:
    """Of posts at one moment as many as the log with most of them has."""
    same = ", ".join(field for field in AFFILIATION_FIELDS if field not in ("name", "posts"))
    # A community may be called by its name in an output only if every row of it says so.
    name = "case when count(name) = count(*) then max(name) end as name"
    each = f"select {same}, {name}, sum(posts) as posts from ({everything}) group by {same}, log"
    most = (
        f"select {same}, {name}, cast(least(max(posts), 2147483647) as integer) as posts from ({each}) group by {same}"
    )
    return f"select {', '.join(AFFILIATION_FIELDS)} from ({most})"
