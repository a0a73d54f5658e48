"""Makes layout.md, and the table of rooms in contributing.md, from the first lines of the modules and the contract.

    python docs/make_layout.py

`tests/docs/test_made_pages.py` fails where a page is not what this makes.
"""

import ast
import configparser
from pathlib import Path

from page_parts import replaced, table

DOCS = Path(__file__).parent
ROOT = DOCS.parent
PACKAGE = ROOT / "silos"

INTRODUCTION = """\
# What is where

<!-- Made by `python docs/make_layout.py` from the first line of every module: change that line, not this page. -->

Every module, room by room, from the top down: a room may import those below it, never those above
([contributing.md](contributing.md#layout)). What is said of a module is the first line of its docstring.
"""
#: The packages that hold more than modules of one kind: each has a table of its own.
PARTS = (
    "analysis/comparison",
    "analysis/connector",
    "analysis/findings",
    "analysis/input_check",
    "analysis/over_time",
    "analysis/published",
    "analysis/what_would_help",
    "readers/files",
    "readers/formats",
    "readers/tabular",
)


def rooms() -> list[str]:
    """The modules and packages of the top level, in the order of the import contract."""
    contract = configparser.ConfigParser()
    contract.read(ROOT / "setup.cfg", encoding="utf-8")
    return contract["importlinter:contract:layers"]["layers"].replace(":", " ").split()


def first_line(module: Path) -> str:
    """What a module says that it is.

    Raises:
        ValueError: it says nothing.
    """
    said = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))
    if not said:
        raise ValueError(f"{module.relative_to(ROOT)} has no docstring: its first line is its line in docs/layout.md")
    return said.partition("\n")[0]


def _file(name: str) -> Path:
    """The file that speaks for a module or a package."""
    return PACKAGE / name / "__init__.py" if (PACKAGE / name).is_dir() else PACKAGE / f"{name}.py"


def _modules(package: str) -> list[Path]:
    """The modules of a package, those of its parts left out."""
    parts = [PACKAGE / part for part in PARTS if part != package]
    return [
        path
        for path in sorted((PACKAGE / package).rglob("*.py"))
        if path != _file(package) and not any(path.is_relative_to(part) for part in parts)
    ]


def _section(package: str) -> str:
    rows = [[f"`{_name(path, package)}`", first_line(path)] for path in _modules(package)]
    return f"{first_line(_file(package))}\n\n{table(['module', 'does'], rows)}"


def _name(module: Path, package: str) -> str:
    name = module.relative_to(PACKAGE / package).with_suffix("").as_posix()
    return name.replace("/__init__", "/")


def page() -> str:
    """The whole of layout.md."""
    parts = [INTRODUCTION]
    for room in rooms():
        if (PACKAGE / room).is_dir():
            parts.append(f"## `{room}`\n\n{_section(room)}")
            parts += [f"### `{part}`\n\n{_section(part)}" for part in PARTS if part.startswith(f"{room}/")]
        else:
            parts.append(f"## `{room}`\n\n{first_line(_file(room))}\n")
    return "\n".join(parts)


def made() -> dict[Path, str]:
    contributing = DOCS / "contributing.md"
    rows = [[f"[`{room}`](layout.md#{room})", first_line(_file(room))] for room in rooms()]
    text = replaced(contributing.read_text(encoding="utf-8"), "rooms", table(["room", "does"], rows))
    return {DOCS / "layout.md": page(), contributing: text}


if __name__ == "__main__":
    for path, content in made().items():
        path.write_text(content, encoding="utf-8")
