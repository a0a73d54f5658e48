"""As what a figure is written: the words that ask for it."""

from collections.abc import Iterable

from silos.errors import SilosError
from silos.system.arguments import texts

#: What a figure can be written as.
FIGURE_KINDS = ("svg", "png")


def figure_kinds(asked: str | Iterable[str]) -> tuple[str, ...]:
    """The kinds of files that a word, a list of words with commas, or several words ask for.

    Raises:
        SilosError: there is no such kind.

    Examples:
        >>> figure_kinds("both"), figure_kinds("none"), figure_kinds("png, svg"), figure_kinds(["png"])
        (('svg', 'png'), (), ('png', 'svg'), ('png',))
        >>> figure_kinds("both,none")
        Traceback (most recent call last):
        silos.errors.SilosError: 'both' says it all and stands alone, not in 'both,none'.
    """
    words = [word.strip() for one in texts(asked, "figures_as") for word in one.split(",") if word.strip()]
    # These two say it all, and stand alone.
    named = FIGURE_KINDS if words == ["both"] else () if words == ["none"] else tuple(dict.fromkeys(words))
    for word in named:
        if word in ("both", "none"):
            raise SilosError(f"{word!r} says it all and stands alone, not in {','.join(words)!r}.")
        if word not in FIGURE_KINDS:
            raise SilosError(f"{word!r} is not one of svg, png, both, none.")
    return named
