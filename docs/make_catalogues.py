"""Brings the catalogue of every language up to date with the English texts, `silos/locales/silos.pot`.

    python docs/make_catalogues.py

A new text is added to every catalogue, untranslated. A translation whose English text changed is kept and marked
`fuzzy`: the package speaks English there until somebody has looked at it and removed the mark. A text that is gone is
removed. All files are written in the same form, one text a line, so that a change of one text is a change of one line.
`tests/docs/test_made_pages.py` fails where a catalogue is not what this makes.
"""

import io
from pathlib import Path

from babel.messages.catalog import Message
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
    made = read_po(io.BytesIO(head.encode()))
    for text in english:
        if text.id:
            known = None if catalogue == ENGLISH else there.get(text.context)
            made[text.id] = _translated(text, known, made.num_plurals)
    body = io.BytesIO()
    write_po(body, made, width=0, omit_header=True)
    return f"{head}\n\n{body.getvalue().decode().strip()}\n"


def _translated(text: Message, known: Message | None, forms: int) -> Message:
    """An English text with the translation that there is of it; a text that depends on a count takes several forms."""
    made = Message(text.id, context=text.context, auto_comments=text.auto_comments, flags=known.flags if known else ())
    # "95% interval" is no placeholder.
    made.flags -= {"python-format"}
    old = known.string if known else ""
    if text.pluralizable:
        made.string = tuple(old) if isinstance(old, (list, tuple)) else ("",) * (forms - 1) + (old,)
    else:
        made.string = old if isinstance(old, str) else old[-1]
    if known is not None:
        made.user_comments = known.user_comments
        if known.id != text.id and any(made.string):
            made.flags.add("fuzzy")
    return made


def made() -> dict[Path, str]:
    return {path: up_to_date(path) for path in (ENGLISH, *sorted(LOCALES.glob("*.po")))}


if __name__ == "__main__":
    for path, content in made().items():
        path.write_text(content, encoding="utf-8")
