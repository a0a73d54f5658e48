"""Makes thresholds.md from the constants of the code: their names, values and the `#:` comments above them.

    python docs/make_thresholds.py

`tests/docs/test_thresholds.py` fails where the page is not what this makes, and where a constant has no comment.
"""

import ast
import importlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import Any

from page_parts import table

DOCS = Path(__file__).parent
PACKAGE = DOCS.parent / "silos"
#: The rooms whose numbers decide what is counted, how sure it is and what is said.
ROOMS = ("ties", "measures", "inference", "analysis", "privacy")

INTRODUCTION = """\
# Every number that was chosen

<!-- Made by `python docs/make_thresholds.py` from the code: change the constant or its comment, not this page. -->

Every constant with a number in the rooms that count, measure, judge and suppress, where it stands in the code, and what
it is. How they are used is in [methods.md](methods.md); those that an analysis may change (`--max-recipients`,
`--min-department`, `--bootstrap`, `--seed`) are in [cli.md](cli.md).
"""


@dataclass(frozen=True)
class Constant:
    """A number, or several, that a module names in capitals."""

    module: str
    name: str
    value: Any
    #: The expression that gives the value, where it is more than the number itself.
    expression: str
    #: The `#:` comment above; empty where there is none.
    meaning: str

    @property
    def path(self) -> str:
        return f"{self.module.removeprefix('silos.')}.{self.name}"


def constants(file: Path, package: Path = PACKAGE) -> Iterator[Constant]:
    """The constants of a module whose values are numbers, in the order of the file."""
    source = file.read_text(encoding="utf-8")
    module = ".".join(file.relative_to(package.parent).with_suffix("").parts).removesuffix(".__init__")
    loaded = importlib.import_module(module)
    lines = source.splitlines()
    for statement in ast.parse(source).body:
        for name in _named(statement):
            value = getattr(loaded, name)
            if _is_number(value):
                yield Constant(module, name, value, _expression(statement), _comment(lines, statement.lineno))


def _named(statement: ast.stmt) -> list[str]:
    """The names in capitals that a statement gives a value; an enumeration (`range`) names places, not numbers."""
    if isinstance(statement, ast.Assign):
        targets, value = statement.targets, statement.value
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        targets, value = [statement.target], statement.value
    else:
        return []
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "range":
        return []
    single = [part for target in targets for part in (target.elts if isinstance(target, ast.Tuple) else [target])]
    names = [target.id for target in single if isinstance(target, ast.Name)]
    return [name for name in names if name.isupper()]


def _is_number(value: Any) -> bool:
    """Whether a value is a number, or holds numbers and nothing else."""
    if isinstance(value, dict):
        return bool(value) and all(map(_is_number, value.values()))
    if isinstance(value, tuple | list | set | frozenset):
        return bool(value) and all(map(_is_number, value))
    return isinstance(value, Real) and not isinstance(value, bool)


def _expression(statement: ast.stmt) -> str:
    assert isinstance(statement, ast.Assign | ast.AnnAssign)
    value = statement.value
    return ast.unparse(value) if isinstance(value, ast.BinOp | ast.Call) else ""


def _comment(lines: list[str], number: int) -> str:
    """The `#:` lines above a line, as one."""
    found: list[str] = []
    for line in reversed(lines[: number - 1]):
        if not line.startswith("#:"):
            break
        found.insert(0, line.removeprefix("#:").strip())
    return " ".join(found)


def _written(value: Any) -> str:
    """A number as the page writes it: 300,000, 0.3, ∞; several of them in brackets."""
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_written(part)}" for key, part in value.items())
    if isinstance(value, tuple | list | set | frozenset):
        return f"({', '.join(map(_written, value))})"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{int(value):,}" if value == int(value) else f"{value:.6g}"


def everything() -> list[Constant]:
    """The constants of all rooms, room by room."""
    return [found for room in ROOMS for file in sorted((PACKAGE / room).rglob("*.py")) for found in constants(file)]


def page() -> str:
    """The whole page."""
    parts, found = [INTRODUCTION], everything()
    for room in ROOMS:
        rows = [
            [
                f"`{one.path.removeprefix(f'{room}.')}`",
                _written(one.value) + (f" (`{one.expression}`)" if one.expression else ""),
                one.meaning,
            ]
            for one in found
            if one.module.split(".")[1] == room
        ]
        parts.append(f"## {room}\n\n{table(['constant', 'value', 'is'], rows)}")
    return "\n".join(parts)


def made() -> dict[Path, str]:
    return {DOCS / "thresholds.md": page()}


if __name__ == "__main__":
    for path, content in made().items():
        path.write_text(content, encoding="utf-8")
