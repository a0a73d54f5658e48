"""Which columns of a directory hold ids of the person, and under which ids a person may be in a log.

A tool calls a second address "Work Secondary Email", an account name `sAMAccountName`: headings are told by their
words, and ids by what they look like. A column that several people share, or that holds ids of other people (a manager,
a delegate), is not an id of the person.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from silos.locales.said import Said
from silos.readers.directory.headings import IDENTITIES, ROSTER_HEADINGS, words_of
from silos.readers.tabular.columns import folded, look_like_rows
from silos.readers.tabular.ids import ADDRESS, clean_id, lowered, people_in, separated, shape, visible

#: A column in which more than this share of the people have a value that others have too is no id of theirs.
SHARED = 0.05
#: Of a column that is known by its heading: it may hold a few ids that two people claim.
SHARED_BY_HEADING = 0.5
#: Share of the values of a column that must look like ids for it to be taken as one.
ID_LIKE = 0.95

#: Letters of an id.
LONGEST_ID = 64

#: Words of headings of ids.
_WORDS = frozenset(
    """
    id ids upn email emails mail mails alias aliases address addresses proxy smtp login logon account user username
    userid sam samaccountname uid guid oid objectid object sid employee employeeid employeenumber personnel staff worker
    number no nr num code principal distinguished dn handle nickname mailnickname slack teams entra azure viva gaia e
    courriel matricule identifiant adresse adresses compte utilisateur numéro mél kennung benutzer benutzername konto
    personalnummer mitarbeiternummer mitarbeiter personalnr anmeldename kürzel correo cuenta usuario legajo utente
    empleado empleada número nº n° código trabajador dipendente numero codice medewerker nummer funcionário
    matricola posta indirizzo gebruiker gebruikersnaam personeelsnummer usuário matrícula conta correio användare bruger
    bruker numer pracownika identyfikator
    """.split()  # noqa: SIM905 - a list of words reads better as words
)
#: Words of headings of what belongs to somebody else, to several, or is no id.
_OTHERS = frozenset(
    """
    manager managers supervisor boss lead leader head reports report approver delegate assistant secretary buddy mentor
    sponsor owner creator created modified partner hrbp team group department dept division unit company cost center
    centre location site office job title position role grade level phone mobile tel telephone fax street city
    country zip postal post date salary tenant license licence emergency contact vorgesetzter vorgesetzte führungskraft
    abteilung
    kostenstelle telefon straße responsable supérieur service département téléphone rue poste jefe departamento teléfono
    capo reparto telefono afdeling chef gestor enabled type class objectclass status parent
    """.split()  # noqa: SIM905
)
_ALIAS_HEADINGS = frozenset(folded(name) for name in ("aliases", *ROSTER_HEADINGS["aliases"]))

_PREFIX = re.compile(r"(?i)^(?:smtp|sip|upn|mailto|eum|email):\s*")
#: Addresses of other systems, which no log has: `X500:/o=Labs/cn=ann`.
_FOREIGN = re.compile(
    r"(?i)(?:x500|x400|eum|notes|ccmail|spo):.*?(?=\s+(?:smtp|sip|x500|x400|eum|spo):|[;,|\n\r\"\]]|$)"
)
_UNAMBIGUOUS = re.compile(
    r"(?i)cn=.+,\s*(?:ou|dc|o|cn)=.+|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[\w.-]+\\[\w.-]+"
)
_ADDRESS = re.compile(ADDRESS)
#: The name of a value in what a program printed: `"address":`.
_KEY = re.compile(r"""([{,]|^\s*\[\s*\{)\s*["']?[A-Za-z_]+["']?\s*[:=](?=\s*["'\d\[{tfnTFN])""")
#: The name of what follows: `mail=ann@acme.example`.
_FIELD_NAME = re.compile(r"(?<![^\s;,|])[A-Za-z]{2,20}=(?=[^\s@=;,|]+@)")
#: Words between two ids that are none.
_AND = frozenset(("and", "et", "und", "y", "e", "en", "och", "og", "or", "ou"))
_ANSWER = re.compile(r"(?i)true|false|yes|no|[01]")
_SIGNS = re.compile(r"->|_x000[AD]_|[¶§؛：/+&·•~=:\\^#／｜]")
#: One id without an address, a blank or a mark that could part it from another.
_ALONE = re.compile(r"[0-9A-Za-z._-]+")
_ID = re.compile(r"[\w.@#$+'-]*\d[\w.@#$+'-]*|[\w$#]+[._@+-][\w.@#$+'-]+")


@dataclass(frozen=True, eq=False)
class Cells:
    """A column of a directory.

    Attributes:
        heading: as in the file.
        raw: its values as text, as they stand; missing where they are blank or a placeholder.
        ids: the same, each cleaned as one id; missing where it is not one.
    """

    heading: str
    raw: "pd.Series[Any]"
    ids: "pd.Series[Any]"


def identity_columns(columns: Sequence[Cells], located: Mapping[str, int], names: "pd.Series[Any] | None") -> list[int]:
    """Positions of the columns that identify a person, the fittest for an id of the roster first.

    Args:
        columns: all of them, in order.
        located: field -> position, of what is known by its heading or the user's word.
        names: the people's names in full; None where there are none.
    """
    headings = [folded(column.heading) for column in columns]
    others = {position for name, position in located.items() if name not in ("person", "aliases")}
    order = list(dict.fromkeys(folded(name) for name in IDENTITIES))
    given = [located["person"]] if "person" in located else []
    known = [position for name in order for position, heading in enumerate(headings) if heading == name]
    found = [position for position in given if columns[position].ids.notna().any()]
    known = [at for at in known if at not in others and at not in found and columns[at].ids.notna().any()]
    for position in known:
        ids = columns[position].ids
        beside = [columns[other].ids for other in known if other != position]
        # The only id that a list without names has is that of its people, however many rows each has.
        only = not found and names is None and not beside
        if only or _shared(ids, _own(columns, found), names, beside) <= SHARED_BY_HEADING:
            found.append(position)
    if look_like_rows([column.heading for column in columns]):
        return found
    for position, column in enumerate(columns):
        if position in found or position in others or position in located.values():
            continue
        if headings[position] not in _ALIAS_HEADINGS and _is_identity(column, columns, found, names):
            found.append(position)
    return found


def alias_columns(columns: Sequence[Cells], located: Mapping[str, int], identities: Sequence[int]) -> list[int]:
    """Positions of the columns whose cells hold several other ids of the person."""
    named = {located["aliases"]} if "aliases" in located else set()
    taken = {*identities, *(position for name, position in located.items() if name != "aliases")}
    for position, column in enumerate(columns):
        if position in taken:
            continue
        if folded(column.heading) in _ALIAS_HEADINGS or (_names_ids(column.heading) and _lists_addresses(column.raw)):
            named.add(position)
    return sorted(named)


def _own(columns: Sequence[Cells], found: Sequence[int]) -> "pd.Series[Any] | None":
    """The ids of the first column that was found to identify a person; None where there is none yet."""
    return columns[found[0]].ids if found else None


def _shared(
    ids: "pd.Series[Any]",
    own: "pd.Series[Any] | None",
    names: "pd.Series[Any] | None",
    further: Sequence["pd.Series[Any]"] = (),
) -> float:
    """Share of the people with a value that another person has too.

    Where no id tells who the person of a row is, each row is a person, unless names or further ids tell that those
    with the same value are one: in a list with a row per month all are.

    Args:
        ids: the values.
        own: the person's own id, by row.
        names: the people's names.
        further: other columns known to hold ids.
    """
    if own is not None:
        return _shared_by(ids, own.str.lower())
    share = _shared_by(ids, ids.index.to_series())
    # Most lists have one row per person: no more is looked at.
    if share <= SHARED:
        return share
    by_names = share if names is None else _shared_by(ids, names.str.casefold())
    by_ids = max((_shared_by(ids, other.str.lower()) for other in further), default=share)
    return min(share, by_names, by_ids)


def _shared_by(ids: "pd.Series[Any]", person: "pd.Series[Any]") -> float:
    values = ids.dropna().str.lower()
    # Rows of one person, as of several periods, share what is that person's own.
    pairs = pd.DataFrame({"value": values, "person": person.reindex(values.index)}).drop_duplicates()
    return float(pairs["value"].duplicated(keep=False).mean()) if len(pairs) else 0.0


def _is_identity(column: Cells, columns: Sequence[Cells], found: Sequence[int], names: "pd.Series[Any] | None") -> bool:
    """Whether a column that nobody knows by name holds an id of each person."""
    values = column.ids.dropna()
    words = words_of(column.heading)
    if values.empty or words & _OTHERS:
        return False
    look = [bool(_UNAMBIGUOUS.fullmatch(value) or _ADDRESS.fullmatch(value)) for value in values]
    unmistakable = sum(look) >= ID_LIKE * len(look)
    if not unmistakable and not (words & _WORDS and _look_like_ids(values)):
        return False
    if _shared(column.ids, _own(columns, found), names) > SHARED:
        return False
    return not _names_others(column, columns, found)


def _names_others(column: Cells, columns: Sequence[Cells], found: Sequence[int]) -> bool:
    """Whether a column holds ids of other people of the directory: a manager's, say, whatever it is called."""
    if not found:
        return False
    owner: dict[str, Any] = {}
    for position in found:
        for row, value in _items(columns[position].ids):
            owner.setdefault(value.lower(), row)
    own = {row: value.lower() for row, value in _items(columns[found[0]].ids)}
    for row, value in _items(column.ids):
        other = owner.get(value.lower())
        if other is not None and other != row and (other not in own or own[other] != own.get(row)):
            return True
    return False


def _look_like_ids(values: "pd.Series[Any]") -> bool:
    plain = sum(" " not in value and len(value) <= LONGEST_ID and not _ANSWER.fullmatch(value) for value in values)
    return plain >= ID_LIKE * len(values) and values.nunique() > 1


def _names_ids(heading: str) -> bool:
    words = words_of(heading)
    return bool(words & _WORDS) and not words & _OTHERS


def _lists_addresses(values: "pd.Series[Any]") -> bool:
    """Whether a cell of a column may hold several addresses."""
    stated = values.dropna()
    return bool(len(stated)) and stated.str.count("@").max() > 1


# ---- from cells to aliases


def claims_of(
    own: "pd.Series[Any]", identities: Sequence[Cells], lists: Sequence[Cells], *, where: str
) -> tuple[pd.DataFrame, list[str]]:
    """Every id that a row claims.

    Args:
        own: the person's own id, by row.
        identities: columns of one id of the person.
        lists: columns whose cells hold several.
        where: the roster, for notes.

    Returns:
        columns `row`, `alias` (lower case) and `own` (whether it is one id of the person, and not one of a list), each
        row and alias once; and what is to be said of cells that can be read in two
        ways.
    """
    claimed = _items(own)
    notes: list[str] = []
    for column in identities:
        claimed += _items(column.ids)
        claimed += [(row, one) for row, cell in _items(column.raw) if cell.count("@") > 1 for one in people_in(cell)]
    own_ones = len(claimed)
    for column in lists:
        stated = _items(column.raw)
        parted, whole = _blanks_part(cell for _, cell in stated)
        claimed += [(row, alias) for row, cell in stated for alias in aliases_in(cell, blanks=parted)]
        if whole:
            notes.append(Said("read", "blanks", where=where, count=whole, column=repr(column.heading)))
    rows = [(row, lowered(alias.strip()), place < own_ones) for place, (row, alias) in enumerate(claimed)]
    table = pd.DataFrame([claim for claim in rows if claim[1]], columns=["row", "alias", "own"])
    return table.drop_duplicates(["row", "alias"], ignore_index=True), notes


def _items(cells: "pd.Series[Any]") -> list[tuple[Any, str]]:
    """The row and the text of each cell that is not missing: as lists, for pandas takes a microsecond to give one."""
    stated = cells.dropna()
    return list(zip(stated.index.tolist(), stated.tolist(), strict=True))


def _blanks_part(cells: Iterable[str]) -> tuple[bool, int]:
    """Whether blanks part ids where there are no addresses, judged on all cells; and of how many nobody can tell."""
    loose = []
    for cell in cells:
        if "@" not in cell and not _ALONE.fullmatch(cell):
            pieces = (_PREFIX.sub("", piece.strip()) for piece in re.split(r"[;,|\n\r]", visible(cell)))
            loose += [piece for piece in pieces if " " in piece]
    if not loose:
        return False, 0
    words = [word for piece in loose for word in piece.split()]
    parted = all(_ID.fullmatch(word) for word in words)
    return parted, 0 if parted else len(loose)


def aliases_in(cell: str, *, blanks: bool = False) -> list[str]:
    """The ids in a cell, whatever stands between them: blanks, commas, semicolons, line ends, bars, a JSON list.

    Args:
        cell: as it stands.
        blanks: whether a blank parts ids that are no addresses.

    Examples:
        >>> aliases_in("SMTP:ann@acme.example smtp:annie@acme.example X500:/o=My Labs/cn=ann")
        ['ann@acme.example', 'annie@acme.example']
        >>> aliases_in('["SMTP:ann@acme.example","U01"]'), aliases_in("U01|U02"), aliases_in("Ann Roux")
        (['ann@acme.example', 'u01'], ['u01|u02', 'u01', 'u02'], ['ann roux'])
    """
    if _ALONE.fullmatch(cell):
        return [] if (alone := clean_id(cell)) is None else [lowered(alone)]
    text = _FOREIGN.sub(" ", separated(cell))
    keyed = _KEY.search(text) is not None
    text = _FIELD_NAME.sub("", _KEY.sub(r"\1 ", text))
    # What PowerShell cut short ends in dots.
    addresses = [address.rstrip(".…") for address in _ADDRESS.findall(text)]
    found = [lowered(address) for address in addresses]
    rest = re.sub(r"(?i)(?:\b(?:smtp|sip|upn|mailto):\s*)?" + ADDRESS, "\n", text) if addresses else text
    # A bar parts ids, or is part of one (`auth0|17`): where it cannot be told, the person is known by both.
    barred = re.findall(r"(?<![^\s;,])[^\s;,|\"'\[\]{}]+\|[^\s;,|\"'\[\]{}]+(?![^\s;,])", rest)
    # So do other signs between two ids that look alike, "u01/u02": the person is known by both, and by all of it.
    barred += [whole for whole in re.split(r"[\s;,|]+", rest) if len(_alike(whole)) > 1]
    found += [one for whole in barred for one in (lowered(whole), *map(lowered, _alike(whole)))]
    for piece in re.split(r"[;,|\n\r\[\]{}()\"'<>]+", rest):
        bare = _PREFIX.sub("", piece.strip())
        # Several words beside addresses are names as often as ids: only what has a digit or a dot is taken for one.
        parted = " " in bare and (bool(addresses) or blanks)
        words = [word for word in bare.split() if blanks or _ID.fullmatch(word)] if parted else [bare]
        if (addresses and bare.casefold() in _AND) or (keyed and not _ID.fullmatch(bare)):
            continue
        found += [lowered(one) for word in words if (one := clean_id(word)) is not None]
    return list(dict.fromkeys(found))


def _alike(text: str) -> list[str]:
    """Ids with digits that look alike and have nothing but a sign between them, as they stand in one cell.

    Examples:
        >>> _alike("u01/u02"), _alike("1001&1002&1003"), _alike("ann+news"), _alike("auth0|17"), _alike("2024/17")
        (['u01', 'u02'], ['1001', '1002', '1003'], [], [], [])
    """
    parts = _SIGNS.split(text)
    alike = len({shape(part) for part in parts}) == 1 and any(sign.isdigit() for sign in parts[0])
    return parts if len(parts) > 1 and alike else []
