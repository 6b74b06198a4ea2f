"""The bytes of a word file become text, or one sentence says why not."""

import codecs

from moderation.errors import Refused

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class BadFile(Refused):
    """The bytes are no UTF-8 text; ``line`` is where that shows, from 1, or None for the whole."""

    def __init__(self, message: str, line: int | None = None) -> None:
        self.line = line
        super().__init__(message)


def decode(content: bytes) -> str:
    """UTF-8, with or without a byte-order mark. Raises BadFile."""
    if content.startswith(_UTF_16) or b"\x00" in content[:4]:
        raise BadFile("This file is UTF-16. Save it as UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadFile(f"Line {line} is not UTF-8. Save the file as UTF-8.", line) from None
