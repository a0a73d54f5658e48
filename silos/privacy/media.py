"""Media by their names: a column that is taken for the medium may hold names of channels, and these may name people.

A medium is shown by its name if it is well known, or named in `--log-kind`, or one of a few that look like nobody's id.
All others are taken together as one medium, `other`.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from silos.engines.quoting import literal
from silos.locales.said import Said
from silos.tables import AFFILIATION_FIELDS, INTERACTION_FIELDS, TIES_FIELDS, Source

#: The medium of all rows whose medium is not shown by its name.
OTHER_MEDIUM = "other"
#: Media without a well-known name that a log may have. Where it has more, they are channels, topics or people.
MOST_UNKNOWN = 12
#: Characters that the name of a medium has at most.
LONGEST_NAME = 24
#: Words that the name of a medium has at most.
MOST_WORDS = 3
#: Characters of a part of an id or a name from which it is looked for among the words of a medium.
SHORTEST_PART = 2
#: Characters of an id from which it is also looked for within words.
SHORTEST_WITHIN = 5

_KNOWN = """
    email emails mail mails smtp outlook exchange gmail chat chats im dm message messages messaging sms text texts
    slack teams msteams mattermost zulip discord whatsapp signal threema telegram irc xmpp matrix jabber skype zoom
    webex meet hangouts googlechat engage yammer viva insights workplace sharepoint onedrive jira confluence github
    gitlab bitbucket gerrit notion trello asana servicenow zendesk ticket tickets issue issues wiki intranet forum
    forums post posts comment comments reaction reactions meeting meetings calendar appointment appointments call
    calls phone telephone voice video conference letter letters memo memos fax paper face to f2f contact contacts
    proximity badge badges sensor sensors bluetooth rfid wifi copresence review reviews code codereview pull request
    requests pullrequest commit commits merge merges edit edits approval approvals document documents file files task
    tasks project projects workflow survey surveys questionnaire advice trust friendship collaboration direct group
    channel channels public private internal external and or of the other unknown none online offline
    courriel courriels messagerie réunion réunions appel appels téléphone nachricht nachrichten besprechung
    besprechungen anruf anrufe telefon brief briefe
"""
#: Words that well-known names of media are made of.
KNOWN_WORDS = frozenset(_KNOWN.split())

_SEPARATORS = re.compile(r"[\W_]+")
#: No name of a medium holds an address, three digits in a row, or a hexadecimal number.
_LIKE_IDS = re.compile(r"@|\d{3}|\b(?=[0-9a-f]*\d)[0-9a-f]{6,}\b")


def shown_media(
    media: Iterable[str], *, ids: Iterable[str] = (), names: Iterable[str] = (), asked: Collection[str] = ()
) -> frozenset[str]:
    """Those of all media that may be shown by their names.

    Args:
        media: all of a log.
        ids: of people: addresses, logins, numbers.
        names: of people.
        asked: media that the user named, in lower case.

    Examples:
        >>> sorted(shown_media(["email", "code review", "pigeon", "dm-ann@acme.example", "ann"], ids=["ann@acme.io"]))
        ['code review', 'email', 'pigeon']
        >>> shown_media(f"topic-{letter}" for letter in "abcdefghijklmnop")
        frozenset()
    """
    everything = {medium for medium in media if medium}
    known = {medium for medium in everything if (medium.lower() in asked and _is_plain(medium)) or _is_known(medium)}
    fit = {medium for medium in everything - known if not looks_like_an_id(medium)}
    if not fit or len(everything - known) > MOST_UNKNOWN:
        return frozenset(known)
    parts, whole = _parts(ids, names)
    return frozenset(known | {medium for medium in fit if not _names_somebody(medium, parts, whole)})


def looks_like_an_id(medium: str) -> bool:
    """Whether the name of a medium looks like an id, a channel of people, or a sentence.

    Examples:
        >>> [looks_like_an_id(name) for name in ("pigeon", "carrier pigeon", "C024BE91L", "#p0083", "3fa85f64")]
        [False, False, True, True, True]
    """
    text = medium.lower().strip()
    return bool(
        len(text) > LONGEST_NAME or len(_words(text)) > MOST_WORDS or _LIKE_IDS.search(text) or not _is_plain(text)
    )


def masked_medium(medium: str) -> str:
    """A medium as it may be shown where nothing is known of the others.

    Examples:
        >>> masked_medium("Email"), masked_medium("pigeon"), masked_medium("")
        ('Email', 'other', '')
    """
    return medium if not medium or _is_known(medium) else OTHER_MEDIUM


def only_media(source: Source, kept: Collection[str]) -> Source:
    """A source in which every medium but these is `other`. Events and threads of different media stay apart.

    Args:
        source: a log.
        kept: media, in lower case.
    """
    listed = ", ".join(map(literal, sorted(kept)))
    other = f"coalesce(medium, '') <> '' and lower(medium) not in ({listed})" if kept else "coalesce(medium, '') <> ''"
    changed = {
        "medium": f"case when {other} then {literal(OTHER_MEDIUM)} else medium end as medium",
        **{
            name: f"case when {other} then {name} || ' ' || medium else {name} end as {name}"
            for name in ("event", "thread", "community")
        },
    }

    def query(sql: str, fields: Collection[str]) -> str:
        return sql and f"select {', '.join(changed.get(field, field) for field in fields)} from ({sql}) as given"

    return replace(
        source,
        query=query(source.query, INTERACTION_FIELDS),
        affiliations=query(source.affiliations, AFFILIATION_FIELDS),
        ties=query(source.ties, TIES_FIELDS),
    )


def note_on_media(count: int) -> str:
    """What to say of media that are not shown by their names; never these names.

    Examples:
        >>> note_on_media(1)
        "1 medium is called 'other', as its name is not well known and might stand for a person."
    """
    return f"{said_of_media(count)}."


def said_of_media(count: int) -> Said:
    """The same in any language, without a full stop."""
    return Said("troubles", "media", count=count, other=repr(OTHER_MEDIUM))


def _is_known(medium: str) -> bool:
    return _is_plain(medium) and all(word in KNOWN_WORDS for word in _words(medium))


def _is_plain(medium: str) -> bool:
    """Whether a name has no signs that steer a terminal, or turn the direction of what is written after it.

    Examples:
        >>> [_is_plain(name) for name in ("e-mail", "Teams\u00a0chat", "mail\x1b[41m", "mail\u202e")]
        [True, True, False, False]
    """
    return " ".join(medium.split()).isprintable()


def _words(text: str) -> list[str]:
    return [word for word in _SEPARATORS.split(text.lower()) if word]


def _parts(ids: Iterable[str], names: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The words of ids (of addresses, of what is before the @) and of names; the ids without separators."""
    split = [_words(one.partition("@")[0]) for one in ids]
    parts = {word for words in [*split, *map(_words, names)] for word in words if len(word) >= SHORTEST_PART}
    return frozenset(parts), frozenset(text for words in split if len(text := "".join(words)) >= SHORTEST_WITHIN)


def _names_somebody(medium: str, parts: Collection[str], whole: Collection[str]) -> bool:
    words = _words(medium)
    joined = "".join(words)
    return any(word in parts for word in words) or any(one in joined for one in whole)
