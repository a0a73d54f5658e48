"""Text that goes into XML: GraphML and SVG."""

import re

#: Characters that no XML may hold, not even escaped.
_NO_XML = re.compile("[^\\t\\n\\r\\u0020-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def xml_text(text: str) -> str:
    """The text with a replacement character for each that no XML may hold: a control character, half a surrogate.

    Examples:
        >>> ascii(xml_text("R&D" + chr(11)))
        "'R&D\\\\ufffd'"
    """
    return _NO_XML.sub("\ufffd", text)
