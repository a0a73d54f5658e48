"""The site has every page, once, and every public name."""

import inspect
import re

import silos
from tests.support.places import DOCS, ROOT


def test_the_contents_name_every_page():
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    named = re.findall(r"([\w/.]+\.md)$", text.split("\nnav:\n")[1], re.MULTILINE)
    assert len(named) == len(set(named))
    assert set(named) == {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}


def test_every_public_name_is_on_the_page_of_the_interface_with_an_example():
    """Modules are shown whole: what they offer is theirs to list."""
    shown = set(re.findall(r"^::: silos\.(\w+)$", (DOCS / "api.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert shown == set(silos.__all__)
    modules = {name: getattr(silos, name) for name in silos.__all__ if inspect.ismodule(getattr(silos, name))}
    names = {name: getattr(silos, name) for name in silos.__all__ if name not in modules}
    for module in modules.values():
        names |= {name: getattr(module, name) for name in module.__all__ if callable(getattr(module, name))}
    assert [name for name, value in names.items() if ">>>" not in (value.__doc__ or "")] == []
