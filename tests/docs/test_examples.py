"""The blocks of code in the tutorial and the how-to pages run as they are written, in the order of the page."""

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

import silos
from silos.cli import main
from tests.support.chat_exports import as_zip, said
from tests.support.places import DOCS, ROOT

PAGES = [DOCS / "tutorial.md", *sorted((DOCS / "howto").glob("*.md"))]
#: A block, and the line before it that says why it is not run.
BLOCK = re.compile(r"^(?:<!-- not run: (.+) -->\n)?```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> list[tuple[str, str, str]]:
    """Of each block the reason not to run it (empty: it runs), the language and the code."""
    return BLOCK.findall(page.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """Files called as on the pages: a company that is small, so that a page takes seconds."""
    folder = tmp_path_factory.mktemp("company")
    made = silos.simulate.organisation(people=120, departments=9, weeks=10, silos=1, seed=4)
    made.write(folder)
    (folder / "interactions.csv").rename(folder / "log.csv")
    (folder / "roster.csv").rename(folder / "hr.csv")
    people = silos.read_roster(folder / "hr.csv").people.index[:30]
    users = [{"id": f"U{n}", "profile": {"email": address}} for n, address in enumerate(people)]
    talk = [said(f"U{n % 30}", 60 * n, f"<@U{(7 * n + 1) % 30}> good morning") for n in range(300)]
    as_zip(
        folder / "slack.zip",
        {"users.json": users, "channels.json": [{"id": "C1", "name": "general"}], "general/2025-01-06.json": talk},
    )
    return folder


@pytest.fixture
def beside(company, tmp_path):
    """A folder of a reader's own, and an environment in which `silos` and `python` are those that are tested."""
    for path in company.iterdir():
        if path.is_file():
            (tmp_path / path.name).symlink_to(path)
    commands = tmp_path / ".bin"
    commands.mkdir()
    (commands / "silos").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m silos "$@"\n')
    (commands / "silos").chmod(0o755)
    path = os.pathsep.join([str(commands), os.environ["PATH"]])
    return tmp_path, os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)}


@pytest.mark.long
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_blocks_of_a_page_run(page, beside):
    folder, environment = beside
    python = ""
    for reason, language, code in blocks(page):
        if reason:
            continue
        if language == "sh":
            words = ["bash", "-euc", code]
        else:
            assert language == "python", f"{page.name}: a block of {language!r} needs a reason not to run it"
            # Blocks of Python stand on one another, as cells of a notebook do.
            python += code
            words = [sys.executable, "-c", python]
        done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{page.name}:\n{code}\n{done.stderr}"


#: What stands in backticks, and an option in it with what stands behind.
QUOTED, OPTION = re.compile(r"`([^`\n]+)`"), re.compile(r"(?<!\S)(--[a-z][a-z-]+)(?:[ =]([\w-]+))?")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_options_that_a_page_names_exist_and_take_the_values_that_it_gives(page):
    every = [option for command in main.commands.values() for option in command.params]
    known = {name: option for option in every for name in (*option.opts, *option.secondary_opts)}
    for text in QUOTED.findall(page.read_text(encoding="utf-8")):
        for name, value in OPTION.findall(text):
            assert name in known, f"{page.name}: {text}"
            kind = known[name].type
            # A name in capitals stands for a value.
            if isinstance(kind, click.Choice) and value and not value.isupper():
                assert value in kind.choices, f"{page.name}: {text}"
