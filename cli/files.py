"""Reading the files that are named on the command line: their text, or one clear answer about what
is wrong with them."""

import codecs
from pathlib import Path

from moderation.errors import PalisadeError

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""How a file in UTF-16 begins, if it says so."""


class FileRefused(PalisadeError):
    """A file cannot be used. The text names it, says what is wrong with it, and what to do."""


def read_utf8(path: Path, most_bytes: int, too_large: str) -> str:
    """The text of a file in UTF-8, without its byte-order mark. ``too_large`` says what to do about
    one of more than ``most_bytes``. Raises FileRefused."""
    try:
        if path.stat().st_size > most_bytes:
            raise FileRefused(f"{path}: {too_large}")
        content = path.read_bytes()
    except OSError as error:
        raise FileRefused(explain_os_error(path, error)) from None
    return decoded(path, content)


def decoded(named: Path | str, content: bytes) -> str:
    """The text of what is in UTF-8, without its byte-order mark. Raises FileRefused."""
    # UTF-16 need not say what it is; but its ASCII characters have a NUL each, and no text has.
    if content.startswith(UTF_16) or b"\x00" in content[:4]:
        raise FileRefused(f"{named}: this file is UTF-16. Save it as UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FileRefused(
            f"{named}:{line}: this line is not UTF-8. Save the file as UTF-8."
        ) from None


def explain_os_error(path: Path | str, error: OSError) -> str:
    """One sentence about a file that could not be opened or read."""
    match error:
        case FileNotFoundError():
            return f"{path}: there is no such file."
        case IsADirectoryError():
            return f"{path}: this is a folder. Name a file in it."
        case PermissionError():
            return f"{path}: this file may not be read. Change its permissions."
    return f"{path}: this file cannot be read ({error.strerror or error})."
