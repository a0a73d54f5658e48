"""Repairs that would make ids of a log match a roster: leading zeros, a domain, a prefix, another spelling.

Nothing is matched here: a repair is proposed, with the number of ids that it would match, for somebody to make it.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from silos.locales.said import Said

#: Ids that a repair must match to be proposed, and their share of those that lack a match.
FEWEST, LEAST = 2, 0.02

_NUMBER = re.compile(r"[0-9]+")
#: What may stand before an id: up to a mark, or letters before a number.
_PREFIX = re.compile(r"[^@]{1,20}?[\\/:_|-]|[a-z]{1,8}(?=[0-9]+$)")


@dataclass(frozen=True)
class Repair:
    """An edit of ids that would make them match.

    Attributes:
        kind: `pad` (leading zeros added to the log's ids), `trim` (taken away), `domain` (added to them), `local part`
            (the roster has what stands before the @), `same domain` (another domain stands for the roster's), `prefix`
            (taken away), `separators` (blanks, dots, commas, dashes and underscores are not compared).
        matched: ids of the log that it would match, each with one id of the roster.
        of: ids of the log that lack a match.
        detail: width of the padded number, domain, `OTHER=OURS`, or prefix; no id.
    """

    kind: str
    matched: int
    of: int
    detail: str = ""

    @property
    def said(self) -> Said:
        """What it would match."""
        detail = repr(self.detail) if self.kind == "prefix" else self.detail
        return Said("repairs", self.kind, matched=self.matched, of=self.of, detail=detail)

    def __str__(self) -> str:
        return self.said


def repairs(unmatched: Collection[str], known: Collection[str]) -> list[Repair]:
    """What would make ids match, the most helpful first.

    Args:
        unmatched: distinct ids of a log that are not in the roster.
        known: ids of the roster, aliases included.

    Examples:
        >>> for repair in repairs(["123", "456", "789"], ["000123", "000456", "ann@acme.example"]):
        ...     print(repair)
        2 of 3 ids match if leading zeros are added (to 6 digits)
        >>> for repair in repairs(["ann@acme.io", "bob@acme.io"], ["ann@acme.example", "bob@acme.example"]):
        ...     print(repair)
        2 of 2 ids match by what stands before the @: --same-domain acme.io=acme.example
    """
    lacking = {one.strip().lower() for one in unmatched} - {""}
    there = {one.strip().lower() for one in known} - {""}
    lacking -= there
    found = [
        repair
        for repair in (*_of_numbers(lacking, there), *_of_domains(lacking, there), *_of_spelling(lacking, there))
        if repair.matched >= max(FEWEST, LEAST * len(lacking))
    ]
    return sorted(found, key=lambda repair: (-repair.matched, repair.kind, repair.detail))


def _matched(changed: Mapping[str, str], there: Collection[str]) -> int:
    """How many ids become one of the roster when they are changed, no two of them the same."""
    targets = Counter(target for target in changed.values() if target in there)
    return sum(1 for count in targets.values() if count == 1)


def _of_numbers(lacking: set[str], there: set[str]) -> Iterator[Repair]:
    numbers = [one for one in lacking if _NUMBER.fullmatch(one)]
    widths = {len(one) for one in there if _NUMBER.fullmatch(one) and one.startswith("0")}
    for width in sorted(widths):
        padded = _matched({one: one.zfill(width) for one in numbers}, there)
        yield Repair("pad", padded, len(lacking), str(width))
    yield Repair("trim", _matched({one: one.lstrip("0") for one in numbers}, there), len(lacking))


def _of_domains(lacking: set[str], there: set[str]) -> Iterator[Repair]:
    domains = Counter(one.rpartition("@")[2] for one in there if "@" in one)
    bare = {one for one in lacking if "@" not in one}
    for domain, _ in domains.most_common(3):
        yield Repair("domain", _matched({one: f"{one}@{domain}" for one in bare}, there), len(lacking), domain)
    addresses = {one for one in lacking if "@" in one}
    yield Repair("local part", _matched({one: _local(one) for one in addresses}, there), len(lacking))
    for other, _ in Counter(one.rpartition("@")[2] for one in addresses).most_common(5):
        theirs = {one for one in addresses if one.endswith(f"@{other}")}
        for ours, _ in domains.most_common(3):
            if other != ours:
                count = _matched({one: f"{_local(one)}@{ours}" for one in theirs}, there)
                yield Repair("same domain", count, len(lacking), f"{other}={ours}")


def _of_spelling(lacking: set[str], there: set[str]) -> Iterator[Repair]:
    prefixes = Counter(found[0] for one in lacking if (found := _PREFIX.match(one)))
    for prefix, _ in prefixes.most_common(3):
        without = {one: one.removeprefix(prefix) for one in lacking if one.startswith(prefix)}
        yield Repair("prefix", _matched(without, there), len(lacking), prefix)
    plain = Counter(_joined(one) for one in there)
    alone = {one for one, count in plain.items() if count == 1}
    yield Repair("separators", _matched({one: _joined(one) for one in lacking}, alone), len(lacking))


def _local(address: str) -> str:
    return address.rpartition("@")[0]


def _joined(one: str) -> str:
    return re.sub(r"[\s.,'\u2019_-]+", "", one)
