"""The ids of the sample's people in all the forms in which an output could hold them, and a search for these."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from tests.support.places import SAMPLE

#: What text is made of where ids are looked for: nothing else stands in one.
_WORDS = re.compile(r"[^\s\"'<>(),;:|=\[\]{}&/\\]+")
_HASHES = ("md5", "sha1", "sha256")


def people() -> pd.DataFrame:
    """The roster of the sample, as text."""
    return pd.read_csv(SAMPLE / "roster.csv", dtype=str)


def identifiers(roster: pd.DataFrame) -> dict[str, str]:
    """Every form of every id, in lower case -> what it is: `id`, `local part`, `alias`, `name`, `reversed`, a hash."""
    found: dict[str, str] = {}
    for person, name, aliases in roster[["person", "name", "aliases"]].fillna("").itertuples(index=False):
        plain = {"id": person, "local part": person.split("@")[0], "name": name}
        plain |= {f"alias {place}": alias for place, alias in enumerate(aliases.split(";"))}
        for kind, text in plain.items():
            if not text:
                continue
            for form in {text, text.lower()}:
                found[form.lower()] = kind
                found[form[::-1].lower()] = f"reversed {kind}"
                for method in _HASHES:
                    digest = hashlib.new(method, form.encode()).hexdigest()
                    found |= {digest[:length]: f"{method} of {kind}" for length in (16, 32, len(digest))}
    return found


def found_in(text: str, wanted: dict[str, str]) -> set[str]:
    """Which kinds of identifiers stand in a text: as words, or as parts of words between dashes, dots and the like."""
    text = text.lower()
    words = set(_WORDS.findall(text))
    parts = {part for word in words for part in re.split(r"[^0-9a-zà-ÿ]+", word)}
    addresses = {one for word in words for one in re.findall(r"[\w.+]+@[\w.]+\w", word)}
    kinds = {wanted[one] for one in (words | parts | addresses) & wanted.keys()}
    return kinds | {kind for form, kind in wanted.items() if " " in form and form in text}


def texts(folder: Path) -> Iterable[tuple[Path, str]]:
    """Every file of a folder as text, zips (the workbook) unpacked, and bytes as they come."""
    import zipfile

    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            continue
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    yield path / name, archive.read(name).decode("utf-8", errors="replace")
        else:
            yield path, path.read_bytes().decode("utf-8", errors="replace")
