"""docs/formats.md: what can be read, from the registry and the pages in docs/formats. `python docs/make_formats.py`"""

from pathlib import Path

from silos.readers import FORMATS

DOCS = Path(__file__).parent


def page() -> str:
    """The page, as it should stand."""
    lines = [
        "# Formats that can be read",
        "",
        "Made by `python docs/make_formats.py` from the registry of readers. `silos formats` prints the same list.",
        "A log is recognised by its content; `--format NAME` forces one.",
        "",
        "| format | what it is |",
        "| --- | --- |",
    ]
    for name, reader in FORMATS.items():
        described = f"[{name}](formats/{name}.md)" if (DOCS / "formats" / f"{name}.md").is_file() else f"`{name}`"
        lines.append(f"| {described} | {reader.description} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (DOCS / "formats.md").write_text(page(), encoding="utf-8")
