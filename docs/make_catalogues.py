"""Brings the catalogue of every language up to date with the English texts, `silos/locales/silos.pot`.

    python docs/make_catalogues.py

A new text is added to every catalogue, untranslated. A translation whose English text changed is kept and marked
`fuzzy`: the package speaks English there until somebody has looked at it and removed the mark. A text that is gone is
removed. All files are written in the same form, one text a line, so that a change of one text is a change of one line.
`tests/docs/test_made_pages.py` fails where a catalogue is not what this makes.
"""

import io
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

LOCALES = Path(__file__).parents[1] / "silos" / "locales"
ENGLISH = LOCALES / "silos.pot"


def up_to_date(catalogue: Path) -> str:
    """What should stand in a catalogue, or in the English texts."""
    with ENGLISH.open("rb") as file:
        english = read_po(file)
    with catalogue.open("rb") as file:
        there = {message.context: message for message in read_po(file)}
    head, _, _ = catalogue.read_text(encoding="utf-8").partition("\n\n")
    made = Catalog()
    for text in english:
        if text.id:
            made[text.id] = _translated(text, None if catalogue == ENGLISH else there.get(text.context))
    body = io.BytesIO()
    write_po(body, made, width=0, omit_header=True)
    return f"{head}\n\n{body.getvalue().decode().strip()}\n"


def _translated(text: Message, known: Message | None) -> Message:
    """An English text with the translation that there is of it."""
    made = Message(text.id, context=text.context, auto_comments=text.auto_comments, flags=known.flags if known else ())
    # "95% interval" is no placeholder.
    made.flags -= {"python-format"}
    if known is None:
        return made
    made.string, made.user_comments = known.string, known.user_comments
    if known.id != text.id and any(known.string):
        made.flags.add("fuzzy")
    return made


def made() -> dict[Path, str]:
    return {path: up_to_date(path) for path in (ENGLISH, *sorted(LOCALES.glob("*.po")))}


if __name__ == "__main__":
    for path, content in made().items():
        path.write_text(content, encoding="utf-8")
