"""The documentation says what is there: nothing documented that does not exist, nothing that exists undocumented."""

import contextlib
import doctest
import json
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import networkx as nx
import pandas as pd
import pytest
from click.testing import CliRunner

import silos
from silos.cli import main
from tests.support.places import DOCS, ROOT

PAGES = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in [
    ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.glob("*.md"))
]}  # fmt: skip
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

Row = dict[str, str]


# ---- reading a page


def section(page: str, heading: str) -> str:
    """What stands under a heading of a page, up to the next of its level or above."""
    text = PAGES[page]
    found = re.search(rf"^(#+) {re.escape(heading)}$", text, re.MULTILINE)
    assert found, f"{page} has no section {heading!r}"
    rest = text[found.end() :]
    end = re.search(rf"^#{{1,{len(found.group(1))}}} ", _without_fences(rest), re.MULTILINE)
    return rest[: end.start()] if end else rest


def _without_fences(text: str) -> str:
    """The same text, as long as before, with nothing that looks like a heading in its fenced blocks."""
    return re.sub(r"^```.*?^```", lambda block: block.group().replace("#", " "), text, flags=re.MULTILINE | re.DOTALL)


def rows(text: str) -> list[Row]:
    """The rows of all tables of a text, by column heading; a vertical line in a cell is written with a backslash."""
    found: list[Row] = []
    for table in re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE):
        lines = [
            [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            for line in table.splitlines()
        ]
        headings, rule, *body = lines
        assert all(set(cell) <= set("-: ") for cell in rule), f"no table: {table}"
        for line in body:
            assert len(line) == len(headings), f"a row of {len(line)} cells under {headings}: {line}"
            found.append(dict(zip(headings, line, strict=True)))
    return found


def code(cell: str) -> str:
    """The first words of a cell that are set as code."""
    found = re.match(r"`([^`]+)`", cell)
    assert found, f"{cell!r} does not start with `code`"
    return found.group(1)


def unique(names: list[str]) -> set[str]:
    assert len(names) == len(set(names)), (
        f"documented twice: {sorted({name for name in names if names.count(name) > 1})}"
    )
    return set(names)


def fences(page: str) -> Iterator[tuple[str, str]]:
    """The fenced blocks of a page: language and content."""
    yield from re.findall(r"^```(\w*)\n(.*?)^```$", PAGES[page], re.MULTILINE | re.DOTALL)


def prose(page: str) -> str:
    """A page without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", PAGES[page], flags=re.MULTILINE | re.DOTALL)


# ---- the command line


COMMANDS = dict(main.commands)


def as_written(command: click.Command) -> dict[str, tuple[str, str]]:
    """Of each option of a command, as `docs/cli.md` writes it: help and default."""
    written = {}
    with click.Context(command, info_name=command.name, help_option_names=["-h", "--help"]) as context:
        for option in command.get_params(context):
            if isinstance(option, click.Option):
                names = ", ".join([*option.opts, *option.secondary_opts])
                value = "" if option.is_flag else f" {option.make_metavar(context)}"
                written[names + value] = option.help or "", _default(option)
    return written


def _default(option: click.Option) -> str:
    if option.required:
        return "required"
    if option.is_flag:
        return ("on" if option.default else "off") if option.secondary_opts else ""
    # click has objects of its own for what is not set
    return f"`{option.default}`" if isinstance(option.default, str | int | float) else ""


@pytest.mark.parametrize("name", ["silos", *(f"silos {name}" for name in COMMANDS)])
def test_every_option_is_documented_with_its_help_and_default(name):
    documented = [row for row in rows(section("docs/cli.md", f"`{name}`")) if "option" in row]
    real = as_written(COMMANDS[name.removeprefix("silos ")] if name != "silos" else main)
    assert unique([code(row["option"]) for row in documented]) == set(real)
    for row in documented:
        text, default = real[code(row["option"])]
        assert (row["help"], row["default"]) == (text, default), row["option"]
        assert row["help"] or row["more"], f"nothing is said of {row['option']}"


def test_every_command_has_a_section_and_no_other():
    documented = re.findall(r"^## `silos ([\w-]+)`$", PAGES["docs/cli.md"], re.MULTILINE)
    assert unique(documented) == set(COMMANDS)
    for name, command in COMMANDS.items():
        said = " ".join(section("docs/cli.md", f"`silos {name}`").split())
        assert command.help is not None
        assert " ".join(command.help.split("\n\n")[0].split()) in said, name


def test_exit_codes_are_those_documented(tmp_path):
    documented = {int(code(row["exit code"])) for row in rows(section("docs/cli.md", "Exit codes"))}
    calls = (["formats"], ["check", str(tmp_path / "no.csv"), "--roster", str(tmp_path / "no.csv")], ["analyze"])
    assert documented == {CliRunner().invoke(main, call).exit_code for call in calls}


def commands(page: str) -> Iterator[str]:
    """The command lines of a page's fenced blocks."""
    for language, block in fences(page):
        if language in ("", "sh", "console"):
            for line in block.replace("\\\n", " ").splitlines():
                if re.match(r"(\$ )?silos\b", line):
                    yield line.removeprefix("$ ")


def fault_of(words: list[str], *, whole: bool) -> str | None:
    """What click has against a command line; where it is not whole, only a command or an option that does not exist."""
    with click.Context(main, info_name="silos") as context:
        if not words or words[0].startswith("-"):
            command, rest = main, words
        elif words[0] in COMMANDS:
            command, rest = COMMANDS[words[0]], words[1:]
        else:
            return f"no command {words[0]!r}"
        if not whole or command is main:
            strange = [word for word in rest if word.startswith("-") and word.split("=")[0] not in _names(command)]
            return f"no option {strange[0]!r} of silos {command.name}" if strange else None
        try:
            command.make_context(words[0], rest, parent=context)
        except click.UsageError as fault:
            return fault.format_message()
    return None


def _names(command: click.Command) -> set[str]:
    """The options of a command, short and long."""
    return {"-h", "--help", *(name for option in command.params for name in [*option.opts, *option.secondary_opts])}


@pytest.mark.parametrize("page", PAGES)
def test_commands_in_fenced_blocks_are_right(page):
    wrong = {line: fault_of(shlex.split(line, comments=True)[1:], whole=True) for line in commands(page)}
    assert not {line: fault for line, fault in wrong.items() if fault}


@pytest.mark.parametrize("page", PAGES)
def test_commands_and_options_in_the_text_exist(page):
    named = re.findall(r"`silos ([^`]+)`", prose(page))
    wrong = {words: fault_of(words.split(), whole=False) for words in named}
    assert not {words: fault for words, fault in wrong.items() if fault}
    known = {name for command in [main, *COMMANDS.values()] for name in _names(command)}
    assert not set(re.findall(r"`(--[a-z-]+)", prose(page))) - known


def test_the_checks_of_commands_see_what_is_wrong():
    assert fault_of(["analyse"], whole=True) == "no command 'analyse'"
    assert "--rooster" in (fault_of(["check", "log.csv", "--rooster", "hr.csv"], whole=True) or "")
    assert "--roster" in (fault_of(["check", "log.csv"], whole=True) or "")
    assert fault_of(["analyze", "--windows"], whole=False) == "no option '--windows' of silos analyze"
    assert fault_of(["analyze", "--window", "week"], whole=False) is None


# ---- what runs as it is written


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """A directory that looks like the repository to an example, and may be written to."""
    directory = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "data", directory / "data")
    return directory


@pytest.fixture(scope="module")
def session(copy) -> list[tuple[str, str, str]]:
    """The console sessions of `docs/cli.md`, run from top to bottom: command, what is documented, what it says."""
    said = []
    with contextlib.chdir(copy):
        for language, block in fences("docs/cli.md"):
            if language != "console":
                continue
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                line, _, documented = part.replace("\\\n", " ").partition("\n")
                result = CliRunner().invoke(main, shlex.split(line, comments=True)[1:])
                assert result.exit_code == 0, result.output
                said.append((line, documented, result.stdout))
    return said


@pytest.mark.long
def test_examples_of_the_command_line_say_what_is_written(session):
    assert len(session) >= 3
    checker, flags = doctest.OutputChecker(), doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    for line, documented, said in session:
        assert checker.check_output(documented, said, flags), f"{line}\n{documented}\n--- but\n{said}"


def test_the_python_of_the_readme_runs(tmp_path, copy):
    blocks = [block for language, block in fences("README.md") if language == "python"]
    assert len(blocks) == 1
    shutil.copytree(copy / "data", tmp_path / "data")
    with contextlib.chdir(tmp_path):
        exec(compile(blocks[0], "README.md", "exec"), {})
    assert files_in(tmp_path / "out") == documented_files("")


@pytest.mark.parametrize("page", PAGES)
def test_python_in_the_pages_is_python(page):
    for language, block in fences(page):
        if language == "python":
            compile(block, page, "exec")


# ---- the output


def documented_files(options: str) -> set[str]:
    """The files of an output directory, as documented, with these options."""
    table = rows(section("docs/output.md", "Files"))
    names = [
        f"figures/{code(row['figure'])}.{kind}" if "figure" in row else code(row["file"])
        for row in table
        if all(word in options for word in re.findall(r"--[a-z-]+", row["when"]))
        # The roster of the sample has none.
        and "if the roster has dates" not in row["when"]
        for kind in (("svg", "png") if "figure" in row else ("",))
    ]
    return unique(names)


def files_in(directory: Path) -> set[str]:
    return {path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def output(session, copy) -> Path:
    """A directory that was written with every option that adds to it."""
    [line] = [line for line, _, _ in session if "--window" in line and "--people" in line]
    words = shlex.split(line, comments=True)
    return copy / words[words.index("-o") + 1]


def test_every_file_is_documented_and_no_other(output):
    assert files_in(output) == documented_files("--window --event --people")


#: The tables with a section, which is the one list of them: `test_every_file_is_documented_and_no_other` holds it to
#: what is written, by way of the list of files.
TABLES = re.findall(r"^#+ `tables/(\w+)\.csv`$", PAGES["docs/output.md"], re.MULTILINE)


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_documented_and_no_other(output, name):
    table = pd.read_csv(output / "tables" / f"{name}.csv", dtype=str, keep_default_na=False)
    documented = rows(section("docs/output.md", f"`tables/{name}.csv`"))
    assert [code(row["column"]) for row in documented] == list(table.columns)
    for row in documented:
        column, kind = code(row["column"]), row["type"]
        # a name may look like a number
        values = [value or None if "text" in kind else _read(value) for value in table[column]]
        wrong = [value for value in values if not _is(kind, value)]
        assert not wrong, f"{column} is documented as {kind}, but holds {wrong[:3]}"
        assert row["meaning"], f"nothing is said of {column}"


def test_every_table_has_a_section_and_no_other():
    tables = {name for name in documented_files("--window --event --people") if name.endswith(".csv")}
    assert tables == {f"tables/{name}.csv" for name in unique(TABLES)}


def _read(cell: str) -> Any:
    """A cell of a CSV table as JSON would hold it."""
    if cell in ("True", "False"):
        return cell == "True"
    for number in (int, float):
        with contextlib.suppress(ValueError):
            return number(cell)
    return cell or None


ESTIMATE = {"value", "low", "high"}
TESTED = ESTIMATE | {"null_mean", "null_sd", "z", "p"}


def _is(kind: str, value: Any) -> bool:
    """Whether a value is of a type as `docs/output.md` names it."""
    if kind.endswith((" or null", " or empty")):
        return value is None or _is(kind.rsplit(" or ", 1)[0], value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    match kind:
        case "text":
            return isinstance(value, str)
        case "integer":
            return is_number and value == int(value)
        case "number":
            return is_number
        case "true or false":
            return isinstance(value, bool)
        case "list of text":
            return isinstance(value, list) and all(isinstance(item, str) for item in value)
        case "counts":
            return isinstance(value, dict) and all(isinstance(count, int) for count in value.values())
        case "texts":
            return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())
        case "empty object":
            return value == {}
        case "estimate":
            return _estimate(value, ESTIMATE)
        case "tested estimate":
            return _estimate(value, TESTED)
    raise AssertionError(f"docs/output.md does not explain the type {kind!r}")


def _estimate(value: Any, keys: set[str]) -> bool:
    return (
        isinstance(value, dict) and set(value) == keys and all(_is("number or null", part) for part in value.values())
    )


def leaves(value: Any, documented: set[str], path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a JSON document with its path: keys joined by dots, `[]` for the items of a list of objects."""
    if isinstance(value, dict) and value and path not in documented and set(value) not in (ESTIMATE, TESTED):
        for key, part in value.items():
            yield from leaves(part, documented, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for item in value:
            yield from leaves(item, documented, f"{path}[]")
    else:
        yield path, value


def test_every_key_of_the_summary_is_documented_and_no_other(output):
    summary = json.loads((output / "summary.json").read_text(encoding="utf-8"))
    table = rows(section("docs/output.md", "`summary.json`"))
    documented = {code(row["key"]): row for row in table}
    unique([code(row["key"]) for row in table])
    found: dict[str, list[Any]] = {}
    for path, value in leaves(summary, {key for key, row in documented.items() if row["type"] in ("counts", "texts")}):
        found.setdefault(path, []).append(value)
    # The sample's roster has no dates: tests/analysis/test_responsiveness.py looks at a curve.
    assert found.pop("responsiveness.curve") == [[]]
    # Nor is it long enough for a lasting change: tests/analysis/test_change_points.py.
    assert found.pop("change_points.points") == [[]]
    assert found.pop("turnover.curve") == [[]]
    unseen = ("responsiveness.curve[]", "change_points.points[]", "turnover.curve[]")
    documented = {key: row for key, row in documented.items() if not key.startswith(unseen)}
    undocumented, absent = sorted(set(found) - set(documented)), sorted(set(documented) - set(found))
    assert not undocumented, f"keys of summary.json without a row in docs/output.md: {', '.join(undocumented)}"
    assert not absent, f"rows of docs/output.md without a key in summary.json: {', '.join(absent)}"
    for path, values in found.items():
        kind = documented[path]["type"]
        wrong = [value for value in values if not _is(kind, value)]
        assert not wrong, f"{path} is documented as {kind}, but holds {wrong[:3]}"
        assert documented[path]["meaning"], f"nothing is said of {path}"
    assert list(documented) == sorted(documented, key=list(found).index), "the keys stand in the order of the file"


@pytest.mark.parametrize("of", ["node", "edge"])
def test_every_attribute_of_the_graph_is_documented_and_no_other(output, of):
    graph = nx.read_graphml(output / "departments.graphml")
    documented = [row for row in rows(section("docs/output.md", "`departments.graphml`")) if row["of"] == of]
    elements = [attributes for *_, attributes in (graph.nodes(data=True) if of == "node" else graph.edges(data=True))]
    assert unique([code(row["attribute"]) for row in documented]) == {name for part in elements for name in part}
    for row in documented:
        values = [part.get(code(row["attribute"])) for part in elements]
        assert all(_is(row["type"], value) for value in values), row


def test_the_checks_of_types_see_what_is_wrong():
    assert _is("number or null", None)
    assert not _is("number", None)
    assert not _is("integer", 1.5)
    assert not _is("number", True)
    assert not _is("estimate", {"value": 1.0, "low": 0.0})
    assert not _is("estimate", dict.fromkeys(TESTED, 0.0))
    assert not _is("list of text", ["a", 1])
    assert dict(leaves({"a": {"b": [{"c": 1}]}, "d": {}}, set())) == {"a.b[].c": 1, "d": {}}


# ---- dependencies, links


def test_every_dependency_is_documented_with_its_bound():
    project = PROJECT["project"]
    real = {
        "Runtime": project["dependencies"],
        "Extras": [one for name, extra in project["optional-dependencies"].items() if name != "dev" for one in extra],
        "Development": project["optional-dependencies"]["dev"],
        "Build": PROJECT["build-system"]["requires"],
    }
    for heading, requirements in real.items():
        table = rows(section("docs/dependencies.md", heading))
        documented = {code(row["package"]): row for row in table}
        unique([code(row["package"]) for row in table])
        assert {name: code(row["from"]) for name, row in documented.items()} == dict(map(_requirement, requirements))
        assert all(row["why"] for row in documented.values())
    assert f"Python {project['requires-python'].removeprefix('>=')}" in section("docs/dependencies.md", "Python")


def _requirement(text: str) -> tuple[str, str]:
    found = re.fullmatch(r"([A-Za-z0-9_.-]+)\s*>=\s*([0-9.]+)", text)
    assert found, f"{text!r} has no lower bound"
    return found.group(1), found.group(2)


def test_the_changelog_has_an_entry_for_this_version():
    headings = re.findall(r"^## \[([^\]]+)\]", PAGES["CHANGELOG.md"], re.MULTILINE)
    assert headings[0] == PROJECT["project"]["version"]
    assert len(headings) == len(set(headings))


def slug(heading: str) -> str:
    """The anchor that GitHub makes of a heading."""
    words = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower())
    return words.replace(" ", "-")


def anchors(path: Path) -> set[str]:
    text = _without_fences(path.read_text(encoding="utf-8"))
    return {slug(heading) for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        file, _, anchor = target.partition("#")
        path = ((ROOT / page).parent / file).resolve() if file else ROOT / page
        if re.match(r"[a-z]+:", target):
            continue
        if ROOT not in path.parents or not path.exists():
            broken.append(f"{target}: no such file in the repository")
        elif anchor and anchor not in anchors(path):
            broken.append(f"{target}: no such heading")
    assert not broken


def test_the_first_page_lists_all_others():
    listed = set(re.findall(r"\]\(([^)\s#]+\.md)\)", PAGES["docs/index.md"]))
    assert listed == {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")} - {"index.md"}


def test_what_the_output_is_in_python_is_there():
    asked = set(re.findall(r"In Python:\s`(analysis[^`]*)`", PAGES["docs/output.md"]))
    assert len(asked) > 10
    company = silos.simulate.organisation(people=60, departments=7, weeks=4, bilateral_pair=False)
    log, roster = company.interactions, company.roster
    analysis = silos.analyze(log, roster, bootstrap=2, window="week", events=["2025-01-20=Merger"])
    for path in sorted(asked):
        assert eval(path, {"analysis": analysis}) is not None, path


def test_every_key_of_a_comparison_is_documented_and_no_other():
    company = silos.simulate.organisation(people=60, departments=7, weeks=4, bilateral_pair=False)
    analysis = silos.analyze(company.interactions, company.roster, bootstrap=2)
    written = analysis.compare(analysis).to_dict() | {"generated": "", "version": ""}
    table = section("docs/compare.md", "`comparison.json`")
    documented = {
        name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`([^`]+)`", row)
    }
    nested = ("connector", "charts", "departments")
    keys = {f"{name}.{key}" for name in nested for key in written[name]} | (set(written) - set(nested))
    rows_of_tables = {"changes", "verdicts", "followed"}
    assert documented == keys - rows_of_tables
    for name in {*written["runs"][0], *rows_of_tables}:
        assert f"`{name}`" in table, name


def test_every_page_can_be_reached_from_the_readme():
    reached, waiting = set(), ["README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page not in PAGES:
            continue
        reached.add(page)
        for target in re.findall(r"\]\(([^)\s#]+)", PAGES[page]):
            path = ((ROOT / page).parent / target).resolve()
            if path.suffix == ".md" and ROOT in path.parents:
                waiting.append(path.relative_to(ROOT).as_posix())
    assert reached == set(PAGES)
