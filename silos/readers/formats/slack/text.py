"""People named in the text of a Slack message, which may be in blocks or attachments instead of `text`."""

from collections.abc import Iterator
from typing import Any

#: Blocks within blocks that are followed, and texts of one message that are looked at.
_DEEPEST, _MOST = 12, 2_000
#: Parts of blocks that hold others.
_INSIDE = ("elements", "fields", "blocks", "accessory")
#: An attachment with one of these shows what stands elsewhere: who is named there was named by somebody else.
_QUOTATIONS = ("is_msg_unfurl", "is_share", "is_reply_unfurl", "message_blocks", "from_url", "original_url")


def text_of(message: dict[str, Any]) -> str:
    """All the texts of a message, with the people it names as `<@U…>` and calls to everybody as `<!here>`.

    Examples:
        >>> rich = {"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U1"}]}
        >>> text_of({"text": "", "blocks": [{"type": "rich_text", "elements": [rich]}]})
        '<@U1>'
        >>> text_of({"text": "hi", "attachments": [{"text": "<@U2>"}, {"text": "<@U3>", "is_share": True}]})
        'hi <@U2>'
    """
    texts = []
    for number, text in enumerate(_texts(message)):
        if number >= _MOST:
            break
        texts.append(text)
    return " ".join(texts)


def _texts(message: dict[str, Any]) -> Iterator[str]:
    if isinstance(text := message.get("text"), str) and text:
        yield text
    yield from _of_blocks(message.get("blocks"), 0)
    attachments = message.get("attachments")
    for attachment in attachments if isinstance(attachments, list) else ():
        if isinstance(attachment, dict) and not any(attachment.get(mark) for mark in _QUOTATIONS):
            for name in ("pretext", "text"):
                if isinstance(text := attachment.get(name), str) and text:
                    yield text
            yield from _of_blocks(attachment.get("blocks"), 0)


def _of_blocks(blocks: Any, depth: int) -> Iterator[str]:
    """The texts of blocks; code names nobody."""
    for block in blocks if isinstance(blocks, list) and depth < _DEEPEST else ():
        if not isinstance(block, dict) or block.get("type") == "rich_text_preformatted":
            continue
        kind, text = block.get("type"), block.get("text")
        if kind == "user" and isinstance(block.get("user_id"), str):
            yield f"<@{block['user_id']}>"
        elif kind == "usergroup":
            yield "<!subteam^>"
        elif kind == "broadcast":
            yield f"<!{block.get('range')}>"
        elif isinstance(text, str):
            yield text
        elif isinstance(text, dict) and isinstance(text.get("text"), str):
            yield text["text"]
        for name in _INSIDE:
            inner = block.get(name)
            yield from _of_blocks([inner] if isinstance(inner, dict) else inner, depth + 1)
