"""No word of the package's is outside its catalogue: in a language whose every text is marked, all else is data."""

import html
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po

from silos.simulate import organisation
from tests.support.places import ROOT

#: What may stand outside of the marks, beside names of the data: numbers, units, and paths into `summary.json`.
NOT_TEXT = re.compile(r"[\w.&\- ]+\.(insularity|effective_\w+|disjoint_pairs|ratio)|[a-z_]+\.[a-z_.]+|\bmin\b|\bh\b")
WORD = re.compile(r"[^\W\d_]{2,}")


@pytest.fixture(scope="module", name="package")
def marked_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package with one more catalogue: qps, in which every text is English in brackets."""
    place = tmp_path_factory.mktemp("package")
    shutil.copytree(ROOT / "silos", place / "silos", ignore=shutil.ignore_patterns("__pycache__"))
    with (ROOT / "silos" / "locales" / "silos.pot").open("rb") as file:
        catalogue = read_po(file)
    for text in catalogue:
        if text.id:
            text.string = f"⟦{text.id}⟧" if isinstance(text.id, str) else tuple(f"⟦{form}⟧" for form in text.id)
    body = io.BytesIO()
    write_po(body, catalogue, omit_header=True)
    head = r"""msgid ""
msgstr "Language: en_GB\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"""
    (place / "silos" / "locales" / "qps.po").write_text(f"{head}\n{body.getvalue().decode()}", encoding="utf-8")
    return place


@pytest.fixture(scope="module", name="company")
def company_on_disk(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, frozenset[str]]:
    """A small company, and the words of its names."""
    place, made = tmp_path_factory.mktemp("company"), organisation(160, 8, 6, seed=3)
    made.interactions.to_csv(place / "log.csv", index=False)
    made.affiliations.to_csv(place / "affiliations.csv", index=False)
    made.roster.assign(team="x").to_csv(place / "roster.csv", index=False)
    names = [*made.roster["department"].unique(), *made.affiliations["community"].unique()]
    # Lists are written as the tables of Unicode have them.
    return place, frozenset({"and"}.union(*(WORD.findall(str(name)) for name in names)))


def silos(package: Path, *arguments: str | Path) -> str:
    """What a command of the marked package prints."""
    environment = {**os.environ, "PYTHONPATH": str(package), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "silos", *map(str, arguments), "--lang", "qps"]
    return subprocess.run(
        command, stdout=subprocess.PIPE, encoding="utf-8", cwd=package, env=environment, check=True
    ).stdout


def unmarked(texts: Iterable[str], names: frozenset[str]) -> list[str]:
    """The texts that have words outside of the marks, which are no names of the data."""
    found = []
    for text in texts:
        rest = text
        while rest != (rest := re.sub(r"⟦[^⟦⟧]*⟧", "", rest)):
            pass
        # A text of the page may be cut in two by an element, but its marks are not lost.
        rest = NOT_TEXT.sub("", re.sub(r"⟦.*|.*⟧", "", rest, flags=re.DOTALL))
        if set(WORD.findall(rest)) - names:
            found.append(text)
    return found


@pytest.mark.long
def test_the_report_and_its_figures_say_nothing_that_is_not_in_the_catalogue(package, company, tmp_path):
    place, names = company
    out = tmp_path / "out"
    said = silos(
        package, "analyze", place / "log.csv", place / "affiliations.csv", "--roster", place / "roster.csv", "-o", out,
        "--bootstrap", "20", "--figures", "svg", "--window", "month",
    )  # fmt: skip
    assert not unmarked([line for line in said.splitlines() if line.startswith("- ")], names)
    page = (out / "report.html").read_text(encoding="utf-8")
    page = re.sub(r"<style.*?</style>|<script.*?</script>|<svg.*?</svg>", "", page, flags=re.DOTALL)
    spoken = re.findall(r'(?:aria-label|alt|title|placeholder)="([^"]*)"', page)
    texts = [html.unescape(text) for text in [*spoken, *re.split(r"<[^>]+>", page)]]
    assert sum("⟦" in text for text in texts) > 200
    assert unmarked(texts, names) == []
    for figure in sorted((out / "figures").glob("*.svg")):
        written = re.findall(r"<text[^>]*>(.*?)</text>", figure.read_text(encoding="utf-8"), re.DOTALL)
        words = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)) for text in written)
        assert unmarked([words], names) == [], figure.name
        assert "⟦" in words


def test_check_says_nothing_that_is_not_in_the_catalogue(package, company):
    place, names = company
    said = silos(package, "check", place / "log.csv", place / "affiliations.csv", "--roster", place / "roster.csv")
    assert said.count("⟦") > 20
    assert unmarked(said.splitlines(), names) == []
