"""What the project says of itself in several files is one thing: name, version, licence, checks."""

import re
import tomllib

import pytest

from silos.system.distribution import DISTRIBUTION, PUBLISHED
from tests.support.places import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]


def test_the_name_of_the_distribution_is_that_of_the_project():
    assert PROJECT["name"] == DISTRIBUTION


def test_what_is_published_has_an_address():
    assert "urls" in PROJECT or not PUBLISHED, "the package index shows it: [project.urls]"


@pytest.mark.parametrize(("key", "value"), [("version", PROJECT["version"]), ("license", PROJECT["license"])])
def test_a_citation_has_the_version_and_the_licence_of_the_project(key, value):
    assert re.findall(rf"^{key}: (.*)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE) == [value]


def test_a_citation_has_the_keywords_of_the_project():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.findall(r"^  - (.*)$", citation.partition("\nkeywords:\n")[2], re.MULTILINE) == PROJECT["keywords"]


def test_the_hooks_before_a_commit_are_the_checks_of_make_lint():
    rule = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\nlint:")[2].partition("\n\n")[0]
    checks = re.findall(r"^\t\$\(BIN\)/(.*)$", rule, re.MULTILINE)
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert re.findall(r"^ +entry: \.venv/bin/(.*)$", hooks, re.MULTILINE) == checks
    assert "https:" not in hooks, "a hook from elsewhere would be fetched"


def test_every_pin_is_within_the_bounds_of_the_project():
    pins = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines())
    pins = {name.lower(): version for name, version in pins.items()}
    wanted = [*PROJECT["dependencies"], *(one for extra in PROJECT["optional-dependencies"].values() for one in extra)]
    for requirement in wanted:
        name, bound = requirement.split(">=")
        assert name in pins, f"{name} is not pinned in constraints.txt"
        assert _numbers(pins[name]) >= _numbers(bound), requirement


def _numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]
