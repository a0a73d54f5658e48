"""Every number that decides something has a name, a comment, and with these its line in docs/thresholds.md."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.pages import script
from tests.support.places import ROOT

PACKAGE = ROOT / "silos"
#: Numbers that say that there is something, or nothing, or which end of a list is meant.
PLAIN = (0, 1, -1)
#: Of two or three things one can say something that one cannot say of fewer: no choice, where things are counted.
FEW = (2, 3)


def test_every_number_has_a_comment_that_says_what_it_is():
    missing = [found.path for found in script("make_thresholds").everything() if not found.meaning]
    assert missing == [], "write a `#:` comment above"


def inline(source: str, *, strict: bool) -> Iterator[tuple[int, str]]:
    """Numbers in comparisons, each with its line, that ought to be named constants of the module.

    Every number of a comparison counts, also where it is part of a sum or product, but for

    - 0, 1 and -1;
    - 2 and 3 beside a count: `len()`, `.sum()`, `.nunique()`, `.shape`, `.size`.

    Where `strict`, as in the rules that make findings, every number within a function counts, compared or not: so that
    `names[:5]` and `min(found, 5)` are choices as well. 0, 1, -1 are free there too, 2 in a comparison with a count,
    and in the index of an item or of the last items (`windows[-2:]`), which says where something is, not how many.
    """
    tree = ast.parse(source)
    free = {id(number) for node in ast.walk(tree) for number in _free(node)}
    roots: list[ast.AST] = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda if strict else ast.Compare)
    ]
    seen: set[int] = set()
    for root in roots:
        for number in ast.walk(root):
            if _is_number(number) and id(number) not in free and id(number) not in seen:
                seen.add(id(number))
                assert isinstance(number, ast.Constant)
                if number.value not in PLAIN:
                    yield number.lineno, ast.unparse(root) if not strict else source.splitlines()[number.lineno - 1]


def _is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool)


def _free(node: ast.AST) -> Iterator[ast.AST]:
    """The numbers that a node allows by what it does with them."""
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        if any(_counts(side) for side in sides):
            yield from (side for side in sides if isinstance(side, ast.Constant) and side.value in FEW)
    if isinstance(node, ast.Subscript):
        index = node.slice.lower if isinstance(node.slice, ast.Slice) and node.slice.upper is None else node.slice
        if isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.USub):
            index = index.operand
        if isinstance(index, ast.Constant) and index.value in FEW:
            yield index


def _counts(node: ast.AST) -> bool:
    """Whether a node is a number of things."""
    if isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Call):
        called = node.func
        named = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
        return named in ("len", "sum", "nunique")
    return isinstance(node, ast.Attribute) and node.attr in ("shape", "size")


def modules(*rooms: str) -> list[Path]:
    return [path for room in rooms for path in sorted((PACKAGE / room).rglob("*.py"))]


@pytest.mark.parametrize("path", modules("analysis", "privacy"), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_rule_compares_with_a_number_that_has_no_name(path):
    strict = path.is_relative_to(PACKAGE / "analysis" / "findings")
    found = dict(inline(path.read_text(encoding="utf-8"), strict=strict))
    assert found == {}, "name each number in a constant of the module, with a `#:` comment"


@pytest.mark.parametrize(
    ("rule", "compared", "anywhere"),
    [
        ("p < 0.05", True, True),
        ("weeks >= 3", True, True),
        ("len(found) / len(all) > 0.5", True, True),
        ("len(draws) < len(all) / 2", True, True),
        ("size * 3 > other", True, True),
        ("len(found) > 4", True, True),
        ("names[:5]", False, True),
        ("min(found, 5)", False, True),
        ("len(windows) < 2", False, False),
        ("known.sum() < 3", False, False),
        ("found.shape[-1] < 2", False, False),
        ("windows[-2:]", False, False),
        ("windows[2]", False, False),
        ("windows[:2]", False, True),
        ("share > LARGE", False, False),
        ("0 < found <= 1 or found == -1", False, False),
    ],
)
def test_the_check_sees_numbers_without_a_name(rule, compared, anywhere):
    source = f"LARGE = 0.5\ndef rule():\n    return {rule}\n"
    assert bool(list(inline(source, strict=False))) == compared
    assert bool(list(inline(source, strict=True))) == anywhere


def test_constants_are_found_with_their_values_and_comments(tmp_path, monkeypatch):
    (tmp_path / "planted_thresholds").mkdir()
    file = tmp_path / "planted_thresholds" / "rules.py"
    file.write_text(
        "#: Share from which it is much,\n#: as papers say.\nMUCH = 0.5\nLITTLE: int = 3\n# no doc\nWEEK = 7 * 86400\n"
        '#: Rounds by size.\nROUNDS = ((300_000, 3), (float("inf"), 2))\nNAMES = ("a",)\nFIRST, SECOND = range(2)\n'
        "ON = True\nlower = 3\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(tmp_path)
    maker = script("make_thresholds")
    found = {one.name: one for one in maker.constants(file, tmp_path / "planted_thresholds")}
    assert {name: one.meaning for name, one in found.items()} == {
        "MUCH": "Share from which it is much, as papers say.",
        "LITTLE": "",
        "WEEK": "",
        "ROUNDS": "Rounds by size.",
    }
    assert found["WEEK"].value == 7 * 86400
    assert found["WEEK"].expression == "7 * 86400"
    assert maker._written(found["ROUNDS"].value) == "((300,000, 3), (∞, 2))"
    assert maker._written(found["MUCH"].value) == "0.5"
    assert maker._written(12345.0) == "12,345"
