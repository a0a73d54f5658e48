"""Texts and names as SQL writes them."""


def literal(value: object) -> str:
    """A text or path as a literal of SQL.

    Examples:
        >>> literal("l'été")
        "'l''été'"
    """
    return "'" + str(value).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name as an identifier of SQL.

    Examples:
        >>> identifier('a"b')
        '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'
