"""The texts of the package: one catalogue for each language."""

import os
from functools import cache

#: The language that all others are translated from, and its file.
ENGLISH, SOURCE = "en", "silos.pot"


@cache
def languages() -> tuple[str, ...]:
    """The languages there are, sorted.

    The command line asks before it says how it is used, so that nothing is loaded for this that it does without.

    Examples:
        >>> languages()
        ('de', 'en', 'fr')
    """
    return tuple(sorted([ENGLISH, *(name.removesuffix(".po") for name in _files() if name.endswith(".po"))]))


def _files() -> list[str]:
    [here] = __path__
    try:
        # pathlib would take longer to load than all else of the command line but click
        return os.listdir(here)  # noqa: PTH208
    except NotADirectoryError:
        # within a zip, as Spark takes packages
        from importlib import resources

        return [entry.name for entry in resources.files(__name__).iterdir()]
