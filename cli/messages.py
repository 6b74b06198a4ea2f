"""Reading messages to check from a file or standard input, one a line."""

import codecs
import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO

from cli.files import UTF_16, FileRefused, explain_os_error


def open_messages(path: str | None) -> AbstractContextManager[BinaryIO]:
    """The file, or standard input for None and `-`. Raises FileRefused."""
    if path is None or path == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise FileRefused(explain_os_error(Path(path), error)) from None


def read_messages(lines: BinaryIO, *, as_json: bool) -> Iterator[str]:
    """Each message as soon as its line is there, split on \\n only; a final \\n begins no message.

    Bytes that are not UTF-8 become U+FFFD. With `as_json` each line is an object with `"text"`.
    Raises FileRefused.
    """
    for number, line in enumerate(lines, 1):
        if number == 1:
            if line.startswith(UTF_16):
                raise FileRefused("The messages are UTF-16. Save them as UTF-8.")
            line = line.removeprefix(codecs.BOM_UTF8)
        text = line.removesuffix(b"\n").decode(errors="replace")
        yield _text_of(number, text) if as_json else text


def _text_of(number: int, line: str) -> str:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise FileRefused(
            f'Line {number:,} is not JSON. Each line is an object such as {{"text": "hello"}}.'
        ) from None
    match value:
        case {"text": str(text)}:
            return text
    raise FileRefused(
        f'Line {number:,} has no "text". Each line is an object such as {{"text": "hello"}}.'
    )
