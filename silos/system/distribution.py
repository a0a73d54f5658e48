"""The name under which `silos` and its extras are installed.

The import and the command are called `silos`; on the package index that name is somebody else's package, so the
distribution has another. Whatever tells a user to install something takes the words from here.
"""

#: The name of the distribution, as in `pyproject.toml`.
DISTRIBUTION = "silos-ona"
#: Whether the package index has it. Until then it is installed from a checkout or from the wheel that it builds.
PUBLISHED = False


def version() -> str:
    """The version that is installed here."""
    from importlib.metadata import version as installed

    return installed(DISTRIBUTION)


def extra(name: str) -> str:
    """An extra of the distribution.

    Examples:
        >>> extra("calendar")
        'silos-ona[calendar]'
    """
    return f"{DISTRIBUTION}[{name}]"


def how_to_install(name: str) -> str:
    """The command that adds an extra, for a message or a page.

    Examples:
        >>> how_to_install("calendar")
        'pip install ".[calendar]" in the checkout, or pip install "FILE.whl[calendar]" with the wheel of silos-ona'
    """
    if PUBLISHED:
        return f'pip install "{extra(name)}"'
    return (
        f'pip install ".[{name}]" in the checkout, or pip install "FILE.whl[{name}]" with the wheel of {DISTRIBUTION}'
    )
