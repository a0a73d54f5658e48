"""Makes the tables of columns in output.md from the text that the workbook shows.

    python docs/make_output.py

`tests/docs/test_made_pages.py` fails where the page is not what this makes.
"""

import re
from pathlib import Path

from silos.report.workbook import described

PAGE = Path(__file__).parent / "output.md"
HEADINGS = "| column | type | meaning |\n| --- | --- | --- |\n"


def page() -> str:
    """The page, as it should stand."""
    text = PAGE.read_text(encoding="utf-8")
    for name, table in described().items():
        section = re.search(rf"^## `tables/{name}\.csv`\n.*?(?=^## )", text, re.MULTILINE | re.DOTALL)
        assert section, f"docs/output.md has no section on tables/{name}.csv"
        rows = [f"| `{column.name}` | {column.type} | {column.meaning} |\n" for column in table.columns]
        made = re.sub(
            rf"{re.escape(HEADINGS)}(?:\|.*\n)*",
            lambda _, rows=rows: HEADINGS + "".join(rows),  # type: ignore[misc]
            section[0],
            count=1,
        )
        text = text[: section.start()] + made + text[section.end() :]
    return text


def made() -> dict[Path, str]:
    return {PAGE: page()}


if __name__ == "__main__":
    for path, content in made().items():
        path.write_text(content, encoding="utf-8")
