"""Who a manager is, however the directory spells it: an id, a distinguished name, "Last, First", "Name (id)"."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from silos.locales.said import Said
from silos.readers.directory.full_names import name_key
from silos.readers.tabular.ids import ADDRESS, clean_id, clean_text, people_in, shape
from silos.tables import ManagersFound

#: Shapes of managers who were not found that are kept.
SHAPES = 3

#: Of so many managers at another domain, and this share of them known by their account, it is the same company's.
FEWEST, SAME_COMPANY = 3, 0.9
#: The share where all who are known go by full names, which two companies seldom share: the others may have left.
SAME_NAMES = 0.5
_FULL_NAME = re.compile(r"[^\W\d_]{2,}[._-][\w.-]*[^\W\d_]{2,}")

#: Ends of domains that a company has beside that of its addresses.
_INNER = (".onmicrosoft.com", ".local", ".lan", ".corp", ".internal", ".intern", ".ad")
#: What stands between the name of a company and the end of its domain: `acme.co.uk`.
_SECOND = frozenset(("co", "com", "org", "net", "ac", "gov", "edu", "ne", "or", "gob", "go"))
#: Providers that give one account to different people at different ends of their name.
_PROVIDERS = frozenset(
    """
    gmail googlemail yahoo ymail hotmail outlook live msn icloud me aol gmx web mail proton protonmail yandex free
    orange laposte libero virgilio wp onet interia seznam qq 163 126 naver hanmail daum rediffmail
    """.split()  # noqa: SIM905 - a list of words reads better as words
)
_ADDRESS = re.compile(ADDRESS)
#: A distinguished name of a directory or of Notes, in either order, and the person's own part of it.
_DN = re.compile(r"(?i)\s*(?:cn|uid|ou|o|dc)\s*=")
_RDN = re.compile(r"(?i)(?:^|[,/])\s*(?:cn|uid)\s*=\s*((?:\\.|[^,\\])+?)\s*(?=,|/\s*(?:ou|o|c)\s*=|$)")
#: Digits of a number beside words that may be anything.
_SHORT = 2
_WHOLE = re.compile(r"[0-9]+")
_HEX = re.compile(r"(?:\\[0-9A-Fa-f]{2})+")
_BRACKETS = re.compile(r"[(\[<{]\s*([^()\[\]<>{}]+?)\s*[)\]>}]")
_PARTS = re.compile(r"\s+[-–—|/:]\s+|\s*\|\s*|;#")


def _company(domain: str) -> str:
    """What a company calls itself in a domain; the whole domain where that is a provider's.

    Examples:
        >>> _company("mail.acme.co.uk"), _company("acme.com"), _company("yahoo.fr")
        ('acme', 'acme', 'yahoo.fr')
    """
    parts = domain.split(".")[:-1] or [domain]
    if len(parts) > 1 and parts[-1] in _SECOND:
        parts.pop()
    return domain if parts[-1] in _PROVIDERS else parts[-1]


class Directory:
    """Everybody by their ids, names and the local parts of their addresses, as far as those are one person's only.

    Args:
        aliases: columns `alias` (lower case) and `person`.
        named: columns `person` and `name`; a person may stand in several rows.
    """

    def __init__(self, aliases: pd.DataFrame, named: pd.DataFrame) -> None:
        self.ids: dict[str, str] = dict(zip(aliases["alias"].tolist(), aliases["person"].tolist(), strict=True))
        self._named = named["person"].tolist(), named["name"].tolist()

    # Most directories name managers by their ids: names and accounts are looked at where one does not.

    @cached_property
    def names(self) -> dict[tuple[str, ...], str]:
        """The person of each name, whatever numbers stand beside it."""
        names = ((name_key(name), person) for person, name in zip(*self._named, strict=True))
        return _unique((key, person) for key, person in names if key)

    @cached_property
    def numbered(self) -> dict[tuple[str, ...], str]:
        """The person of each name that has a number in it, as a part of the name."""
        pairs = zip(*self._named, strict=True)
        return _unique((name_key(name, numbers=True), person) for person, name in pairs if _WHOLE.search(name))

    @cached_property
    def numbers(self) -> dict[str, str]:
        """The person of each number without the zeros before it, which spreadsheets drop."""
        return _unique((id.lstrip("0"), person) for id, person in self.ids.items() if _WHOLE.fullmatch(id))

    @cached_property
    def accounts(self) -> dict[str, str]:
        """The person of each local part of an address, which is an account without its domain."""
        return _unique(
            (alias.split("@", 1)[0], person) for alias, person in self.ids.items() if "@" in alias and alias[0] != "@"
        )

    @cached_property
    def domains(self) -> frozenset[str]:
        """Those of all addresses."""
        return frozenset(alias.rsplit("@", 1)[1] for alias in self.ids if "@" in alias)

    def foreign(self, stated: Iterable[str]) -> frozenset[str]:
        """Domains of managers who are somebody else's: `ann.roux@parent.example` is not `ann.roux@acme.example`.

        A second domain of the same company is told by its name (`acme.com`, `acme.co.uk`), or by its managers, who
        are nearly all people of the directory, or half of them where they go by full names.
        """
        accounts: dict[str, set[str]] = {}
        for value in stated:
            for address in _ADDRESS.findall(value.lower()):
                account, domain = address.split("@", 1)
                accounts.setdefault(domain, set()).add(account)
        others = {domain: some for domain, some in accounts.items() if not self._is_ours(domain)}
        return frozenset(domain for domain, some in others.items() if not self._are_ours(some))

    def _are_ours(self, accounts: Collection[str]) -> bool:
        known = [account for account in accounts if account in self.accounts]
        full = all(map(_FULL_NAME.fullmatch, known))
        return len(known) >= max(FEWEST, (SAME_NAMES if full else SAME_COMPANY) * len(accounts))

    def _is_ours(self, domain: str) -> bool:
        inner = domain.endswith(_INNER)
        called = _company(domain)
        return (
            inner
            or called in map(_company, self.domains)
            or any(f".{domain}".endswith(f".{one}") or one.endswith(f".{domain}") for one in self.domains)
        )

    def person(self, stated: str, *, foreign: Collection[str] = ()) -> str | None:
        """The person whom a value means; None where that is nobody, or could be several.

        Args:
            stated: the value.
            foreign: domains at which an account is not that of the same name in the directory.

        Examples:
            >>> aliases = pd.DataFrame({"alias": ["1001", "ann.roux@acme.example"], "person": ["1001", "1001"]})
            >>> everybody = Directory(aliases, pd.DataFrame({"person": ["1001"], "name": ["Ann Roux"]}))
            >>> ways = ["1001.0", "01001", "Roux, Ann", "Ann Roux (7)", "CN=Roux\\\\, Ann,OU=Users", "ACME\\\\ann.roux"]
            >>> {everybody.person(stated) for stated in ways}, everybody.person("Ann Li")
            ({'1001'}, None)
        """
        spellings = []
        for spelling in _spellings(stated):
            if (found := self.ids.get(spelling.lower())) is not None:
                return found
            spellings.append(spelling)
        for spelling in spellings:
            if _WHOLE.search(spelling) and (found := self.numbered.get(name_key(spelling, numbers=True))) is not None:
                return found
        for spelling in spellings:
            if (found := self.names.get(name_key(spelling))) is not None:
                return found
        for spelling in spellings:
            # "Team 7" is not number 0007.
            number = _WHOLE.fullmatch(spelling) and (len(spelling) > _SHORT or spelling == clean_id(stated))
            if number and (found := self.numbers.get(spelling.lstrip("0"))) is not None:
                return found
        for spelling in spellings:
            account, _, domain = spelling.lower().partition("@")
            if domain not in foreign and (found := self.accounts.get(account)) is not None:
                return found
        return None


def _unique(pairs: "Iterator[tuple[Any, str]]") -> dict[Any, str]:
    found: dict[Any, str] = {}
    several: set[Any] = set()
    for key, person in pairs:
        if found.setdefault(key, person) != person:
            several.add(key)
    return {key: person for key, person in found.items() if key not in several}


def _spellings(stated: str) -> Iterator[str]:
    """Ways to read a value, the surest first."""
    text = clean_text(stated)
    yield text
    if (one := clean_id(text)) is not None and one != text:
        yield one
    if text[:1] in ("[", "{"):
        yield from people_in(text)
    if _DN.match(text) and (rdn := _RDN.search(text)):
        plain = _HEX.sub(lambda escaped: bytes.fromhex(escaped[0].replace("\\", "")).decode(errors="replace"), rdn[1])
        name = re.sub(r"\\(.)", r"\1", plain).strip()
        yield name
        yield from _inside(name)
        return
    yield from _inside(text)
    for mark in ("\\", "/"):
        if mark in text:
            yield text.rsplit(mark, 1)[1].strip()
    # "Ann Roux/Sales/Acme" as Notes has it, "Ann Roux, Head of Sales"
    yield from (text.split(mark, 1)[0].strip() for mark in "/," if " " in text.split(mark, 1)[0].strip())


def _inside(text: str) -> Iterator[str]:
    """What stands in brackets, and beside them; the parts before and after a dash."""
    for inner in _BRACKETS.findall(text):
        yield clean_id(inner) or inner
    without = clean_text(_BRACKETS.sub(" ", text))
    if without != text:
        yield without
    parts = [part for part in _PARTS.split(without) if part]
    if len(parts) > 1:
        yield from parts
    words = without.split()
    # "1001 Ann Roux", "Ann Roux 1001"
    if len(words) > 1:
        yield from (word for word in (words[0], words[-1]) if any(sign.isdigit() for sign in word))


def with_managers(rows: pd.DataFrame, directory: Directory) -> pd.DataFrame:
    """The rows with managers under their own id where they are people of the roster; others as they are stated."""
    if "manager" not in rows.columns:
        return rows
    stated = rows["manager"].dropna().unique().tolist()
    foreign = directory.foreign(map(str, stated))
    meant = {one: directory.person(str(one), foreign=foreign) or one for one in stated}
    return rows.assign(manager=rows["manager"].map(meant).astype(object).where(rows["manager"].notna(), None))


def managers_found(people: pd.DataFrame, directory: Directory) -> ManagersFound:
    """How many of the managers that people state are people of the roster.

    Args:
        people: rows as the roster states them, one per person.
        directory: everybody.
    """
    if "manager" not in people.columns:
        return ManagersFound()
    stated = Counter(str(manager) for manager in people["manager"].dropna())
    foreign = directory.foreign(stated)
    lacking = {
        manager: count for manager, count in stated.items() if directory.person(manager, foreign=foreign) is None
    }
    shapes = dict.fromkeys(shape(manager) for manager in sorted(lacking, key=lambda one: -lacking[one]))
    total = sum(stated.values())
    return ManagersFound(total, total - sum(lacking.values()), tuple(shapes)[:SHAPES])


def note_on_managers(found: ManagersFound, where: str, heading: str, alternatives: Mapping[str, Any]) -> list[str]:
    """What is to be said of managers who are nobody's id or name."""
    lacking = found.stated - found.found
    if not lacking:
        return []
    looks = ", ".join(repr(one) for one in found.shapes)
    key = "managers" if "name" in alternatives else "managers_names"
    return [Said("read", key, where=where, lacking=lacking, stated=found.stated, column=repr(heading), looks=looks)]
