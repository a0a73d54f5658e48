"""No word of the package's is outside its catalogue: in a language whose every letter is marked, all else is data."""

import calendar
import html
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po

from silos.readers import FORMATS
from silos.readers.directory.headings import ROSTER_HEADINGS
from silos.simulate import organisation
from silos.tables import AFFILIATION_FIELDS, INTERACTION_FIELDS
from tests.support import one_company
from tests.support.places import ROOT

#: What may stand there unmarked, beside names of the data: numbers, units, and paths into `summary.json`.
NOT_TEXT = re.compile(r"[\w.&\- ]+\.(insularity|effective_\w+|disjoint_pairs|ratio)|[a-z_]+\.[a-z_.]+|\bmin\b|\bh\b")
WORD = re.compile(r"[A-Za-z]{2,}")
#: What an event is called.
EVENT = "Launch"
#: Each letter of the alphabet and its mark: one that people still read, and that no name of the data has.
MARKED = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "áƀćďéƒğĥíĵķľɱńóƥɋŕśťúʋŵẋýžÁɃĆĎÉƑĞĤÍĴĶĽṀŃÓƤɊŔŚŤÚƲŴẊÝŽ",
)


def marked(text: str) -> str:
    """A text with every letter marked, but for those of its placeholders."""
    return "".join(part if part.startswith("{") else part.translate(MARKED) for part in re.split(r"(\{[^}]*\})", text))


@pytest.fixture(scope="module", name="package")
def marked_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package with one more catalogue: qps, in which every text is English in marked letters."""
    place = tmp_path_factory.mktemp("package")
    shutil.copytree(ROOT / "silos", place / "silos", ignore=shutil.ignore_patterns("__pycache__"))
    with (ROOT / "silos" / "locales" / "silos.pot").open("rb") as file:
        catalogue = read_po(file)
    for text in catalogue:
        if text.id:
            text.string = marked(text.id) if isinstance(text.id, str) else tuple(map(marked, text.id))
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
    """A small company, another chart of it, and the words of its names."""
    place = tmp_path_factory.mktemp("company")
    made = organisation(160, 8, 16, seed=3, reorganisation=8, half_life=2.0, slow_across=3.0)
    made.interactions.to_csv(place / "log.csv", index=False)
    made.affiliations.to_csv(place / "affiliations.csv", index=False)
    roster = made.roster.assign(team="x")
    roster.to_csv(place / "roster.csv", index=False)
    now = roster[roster["effective_to"].isna()].drop(columns=["effective_from", "effective_to"])
    joined = now["department"].replace({"R&D": "Marketing"})
    now.assign(department=joined).to_csv(place / "new_roster.csv", index=False)
    names = [*made.roster["department"].unique(), *made.affiliations["community"].unique(), EVENT]
    # Lists and dates are written as the tables of Unicode have them.
    return place, frozenset({"and", *calendar.month_name}.union(*(WORD.findall(str(name)) for name in names)))


def silos(package: Path, *arguments: str | Path) -> str:
    """What a command of the marked package prints."""
    environment = {**os.environ, "PYTHONPATH": str(package), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "silos", *map(str, arguments), "--lang", "qps"]
    return subprocess.run(
        command, stdout=subprocess.PIPE, encoding="utf-8", cwd=package, env=environment, check=True
    ).stdout


def unmarked(texts: Iterable[str], names: frozenset[str]) -> list[str]:
    """The texts that have words without marks, which are no names of the data."""
    return [text for text in texts if set(WORD.findall(NOT_TEXT.sub("", text))) - names]


def of_page(file: Path) -> list[str]:
    """What a page says, to eyes and to ears."""
    page = file.read_text(encoding="utf-8")
    page = re.sub(r"<style.*?</style>|<script.*?</script>|<svg.*?</svg>", "", page, flags=re.DOTALL)
    spoken = re.findall(r'(?:aria-label|alt|title|placeholder)="([^"]*)"', page)
    return [html.unescape(text) for text in [*spoken, *re.split(r"<[^>]+>", page)]]


def of_figure(file: Path) -> str:
    """The words of a figure."""
    written = re.findall(r"<text[^>]*>(.*?)</text>", file.read_text(encoding="utf-8"), re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)) for text in written)


def of_deck(file: Path) -> list[str]:
    """What stands on the slides, and what is said of their pictures."""
    with zipfile.ZipFile(file) as deck:
        slides = [deck.read(name).decode() for name in deck.namelist() if re.fullmatch(r"ppt/slides/[^/]*\.xml", name)]
    found = re.findall(r'<a:t>(.*?)</a:t>| descr="([^"]*)"', "".join(slides), re.DOTALL)
    return [html.unescape(text or label) for text, label in found]


def printed(said: str) -> list[str]:
    """The sentences that a command prints: what is beside them is where it wrote to."""
    return [line for line in said.splitlines() if line.startswith(("- ", "  "))]


def is_marked(text: str) -> bool:
    return any(chr(letter) in text for letter in MARKED.values())


@pytest.mark.long
@pytest.mark.parametrize(
    "beyond", [(), ("--window", "month"), ("--window", "quarter", "--event", f"2025-03-03={EVENT}")]
)
def test_the_report_its_figures_and_its_deck_say_nothing_that_is_not_in_the_catalogue(
    package, company, tmp_path, beyond
):
    place, names = company
    out = tmp_path / "out"
    said = silos(
        package, "analyze", place / "log.csv", place / "affiliations.csv", "--roster", place / "roster.csv", "-o", out,
        "--bootstrap", "20", "--figures", "svg", "--deck", *beyond,
    )  # fmt: skip
    assert unmarked(printed(said), names) == []
    texts = of_page(out / "report.html")
    assert sum(map(is_marked, texts)) > 200
    assert unmarked(texts, names) == []
    figures = {file.name: of_figure(file) for file in sorted((out / "figures").glob("*.svg"))}
    assert all(map(is_marked, figures.values()))
    assert {name: text for name, text in figures.items() if unmarked([text], names)} == {}
    slides = of_deck(out / "report.pptx")
    assert sum(map(is_marked, slides)) > 20
    assert unmarked(slides, names) == []


@pytest.mark.long
def test_a_comparison_says_nothing_that_is_not_in_the_catalogue(package, company, tmp_path):
    place, names = company
    for period in ("--until", "--since"):
        silos(
            package, "analyze", place / "log.csv", "--roster", place / "roster.csv", "-o", tmp_path / period,
            "--bootstrap", "20", "--figures", "none", period, "2025-03-03",
        )  # fmt: skip
    out = tmp_path / "out"
    said = silos(package, "compare", tmp_path / "--until", tmp_path / "--since", "-o", out)
    assert unmarked(printed(said), names) == []
    texts = of_page(out / "comparison.html")
    assert sum(map(is_marked, texts)) > 50
    assert unmarked(texts, names) == []


@pytest.mark.long
@pytest.mark.parametrize("command", [("what-if", "--new-roster"), ("analyze", "--dp-epsilon")])
def test_another_chart_and_a_noisy_matrix_say_nothing_that_is_not_in_the_catalogue(package, company, tmp_path, command):
    place, names = company
    name, option = command
    given = place / "new_roster.csv" if name == "what-if" else "1"
    said = silos(
        package, name, place / "log.csv", "--roster", place / "roster.csv", option, given, "-o", tmp_path / "out",
        "--bootstrap", "20",
    )  # fmt: skip
    assert unmarked(printed(said), names) == []
    texts = of_page(tmp_path / "out" / "report.html")
    assert sum(map(is_marked, texts)) > 20
    assert unmarked(texts, names) == []


@pytest.mark.long
def test_check_says_nothing_that_is_not_in_the_catalogue(package, company):
    place, names = company
    said = silos(package, "check", place / "log.csv", place / "affiliations.csv", "--roster", place / "roster.csv")
    assert sum(map(is_marked, said.splitlines())) > 20
    assert not "\n".join(unmarked(of_check(said, place), names | KEYS))


#: What `check` names as it is written on the command line: fields, formats, and values of the roster.
KEYS = frozenset(
    WORD.findall(" ".join([*INTERACTION_FIELDS, *AFFILIATION_FIELDS, *ROSTER_HEADINGS, "aliases", *FORMATS]))
)


def of_check(said: str, place: Path) -> list[str]:
    """What `check` says, without options, the names of columns and files, and what the ids look like."""
    files = rf"{re.escape(str(place))}[^\s:;,]*(?:: [\w.-]+/[\w.-]+)?"
    names = rf"{files}|'[^']*'|\"[^\"]*\"|(?<!\w)a[a9@.]*(?!\w)|--[a-z-]+ \S+"
    return [re.sub(names, "", line) for line in said.splitlines()]


#: A table as it comes: lines that are no rows, cells that need mending, dates of which some are none.
MESSY = """Export du 2 juin

Expéditeur;Destinataires;Date d'envoi
\u200bann@acme.example;bob@acme.example, cleo@acme.example;13/05/2024 09:00
"Bob" <bob@acme.example>;ann@acme.example;13/05/2024 10:00
bob@acme.example;ann@acme.example;13/05/2024 10:00;one;two;three
cleo@acme.example;;13/05/2024 11:00
=""dan@acme.example"";&eacute;ve@acme.example;le 13 mai
dan@acme.example;bob@acme.example;14/05/2024 08:00
Total;6;
"""


@pytest.mark.long
def test_check_says_of_every_format_nothing_that_is_not_in_the_catalogue(package, tmp_path):
    writers = (
        *(one_company.canonical, one_company.french, one_company.mbox, one_company.eml, one_company.maildir),
        *(one_company.enron, one_company.slack, one_company.mattermost, one_company.engage, one_company.exchange),
        *(one_company.gmail, one_company.meetings_table, one_company.calendar, one_company.teams, one_company.zoom),
        *(one_company.purview, one_company.graphml, one_company.gexf),
    )
    logs = []
    for write in writers:
        folder = tmp_path / write.__name__
        folder.mkdir()
        logs.append(write(folder))
    messy = tmp_path / "messy.csv"
    messy.write_text(MESSY, encoding="utf-8")
    roster = tmp_path / "roster.csv"
    people = [(one_company.mail_of(one), name) for name, staff in one_company.DEPARTMENTS.items() for one in staff]
    roster.write_text("\n".join(map(",".join, [("person", "department"), *people])), encoding="utf-8")
    said = silos(package, "check", *logs, messy, "--roster", roster)
    assert not "\n".join(unmarked(of_check(said, tmp_path), KEYS))
