"""The texts of the package: one folder of phrases for each language."""

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
    # pathlib would take longer to load than all else of the command line but click
    [here] = __path__
    folders = [name for name in os.listdir(here) if os.path.isfile(f"{here}/{name}/report.toml")]  # noqa: PTH113, PTH208
    return tuple(sorted(folders))
