"""What the slides of a deck say."""

from typing import Any


def texts_of(shapes: Any) -> list[str]:
    """All text of a slide, in tables and groups too."""
    from pptx.enum.shapes import MSO_SHAPE_TYPE

    found = []
    for shape in shapes:
        if shape.shape_type == MSO_SHAPE_TYPE.GROUP:
            found += texts_of(shape.shapes)
        elif shape.has_text_frame:
            found += [run.text for paragraph in shape.text_frame.paragraphs for run in paragraph.runs]
        elif shape.has_table:
            found += [cell.text_frame.text for row in shape.table.rows for cell in row.cells]
    return [text for text in found if text.strip()]
