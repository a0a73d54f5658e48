"""The site has every page, once."""

import re

from tests.support.places import DOCS, ROOT


def test_the_contents_name_every_page():
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    named = re.findall(r"([\w/]+\.md)$", text.split("\nnav:\n")[1], re.MULTILINE)
    assert len(named) == len(set(named))
    assert set(named) == {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
