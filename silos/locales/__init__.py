"""What the package says to its readers, in their language: a folder of phrases for each language."""

import os
from functools import cache


@cache
def languages() -> tuple[str, ...]:
    """The languages there are, sorted.

    The command line asks before it says how it is used, so that nothing is loaded for this that it does without.

    Examples:
        >>> languages()
        ('en', 'fr')
    """
    folders = [entry for here in __path__ for entry in os.scandir(here) if entry.is_dir()]
    return tuple(sorted(one.name for one in folders if any(file.name == "report.toml" for file in os.scandir(one))))
