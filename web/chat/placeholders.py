"""The chat's page in a reader's language: it is drawn once, with placeholders, which are filled whenever it is sent."""

import json
import re

from rag.messages import Catalogue

LANGUAGE = "@@language@@"
"""Stands for the code of the language itself."""
_PLACEHOLDER = re.compile(rb"@@(\w{1,40})((?::\w{1,40}=\d{1,9}){0,3})@@")


def placeholder(key: str, **values: int) -> str:
    """What stands for a message of the catalogue until the page is sent.

    Args:
        key: Of the catalogue.
        values: For the message's own placeholders.
    """
    return f"@@{key}{''.join(f':{name}={value}' for name, value in values.items())}@@"


def filled(page: bytes, words: Catalogue) -> bytes:
    """The page, or its configuration, with the messages in one language.

    They stand within JSON, which may stand within HTML: so quotation marks are escaped as there, and what HTML would
    read as its own as JSON can.
    """

    def text(match: re.Match[bytes]) -> bytes:
        key, given = match[1].decode(), match[2].decode()
        values = {name: int(value) for name, _, value in (each.partition("=") for each in given.split(":")[1:])}
        message = words.language if match[0].decode() == LANGUAGE else words(key, **values)
        written = json.dumps(message, ensure_ascii=False)[1:-1]
        return re.sub("[<>&']", lambda sign: f"\\u{ord(sign[0]):04x}", written).encode()

    return _PLACEHOLDER.sub(text, page)
