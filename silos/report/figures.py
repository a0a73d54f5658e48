"""Figures inside a page: SVG with a name, the full width available and ids of its own."""

import re

from markupsafe import Markup, escape

_PROLOG = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", re.DOTALL)
_ROOT = re.compile(r"<svg\b([^>]*)>", re.DOTALL)
_BOX = re.compile(r'viewBox="\s*\S+\s+\S+\s+(\S+)\s+(\S+)\s*"')
# Each begins with what is rare, so that megabytes of paths are passed over at once.
_ID = re.compile(r'id="(?<=\bid=")([^"]+)"')
_INDENT = re.compile(r"\s*\n\s*")
_REFERENCE = re.compile(r'#(?:(?<=\bhref="#)|(?<=url\(#))([^")]+)')


def inline(svg: str | bytes, *, name: str, label: str) -> Markup:
    """The SVG as a part of a page.

    Prolog, comments, metadata and fixed size go; ids are prefixed with `name`, as all figures of a page share one
    space of ids; assistive technology reads `label`. The natural width and its ratio to the height stay as custom
    properties, for the style sheet to limit enlargement, and the height on paper.

    Args:
        svg: a whole SVG file, from `silos.plots.save`.
        name: unique on the page.
        label: what a reader who does not see the figure should know.

    Raises:
        ValueError: this is not an SVG.

    Examples:
        >>> svg = '<svg width="72pt" viewBox="0 0 72 36"><g id="a"/><use href="#a"/></svg>'
        >>> print(inline(svg, name="f", label="A & B"))
        <svg viewBox="0 0 72 36" role="img" aria-label="A &amp; B" style="--natural:96px;--ratio:2"><g id="f-a"/>...
    """
    text = svg.decode("utf-8") if isinstance(svg, bytes) else svg
    text = _PROLOG.sub("", text).strip()
    root = _ROOT.search(text)
    box = _BOX.search(root.group(1)) if root else None
    if root is None or box is None:
        raise ValueError(f"the figure {name!r} is not an SVG with a viewBox.")
    text = _ID.sub(lambda found: f'id="{name}-{found.group(1)}"', text[root.end() :])
    text = _REFERENCE.sub(lambda found: f"#{name}-{found.group(1)}", text)
    text = _INDENT.sub("\n", text.replace("xlink:href=", "href="))
    width, height = map(float, box.groups())
    natural = round(width * 96 / 72)
    style = f"--natural:{natural}px;--ratio:{width / height:.3g}"
    opening = f'<svg {box.group(0)} role="img" aria-label="{escape(label)}" style="{style}">'
    return Markup(opening + text)
