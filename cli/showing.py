"""What commands for people share: consoles, hits in words, text that is fit for a terminal."""

import io
import os
import sys

from rich.console import Console
from rich.text import Text

from moderation.matcher import Hit

_SIGNS = {ord("\n"): "⏎", ord("\t"): "⇥"}


class _Console(Console):
    """Tells its caller of a reader that has left, where rich would end the program."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def console(*, stderr: bool = False) -> Console:
    """A console on standard output or standard error. What its encoding lacks is shown as "?"
    there, since a letter that a terminal cannot show must not end the program.

    Printing raises BrokenPipeError when nobody reads any more; see ``nobody_reads``."""
    stream = sys.stderr if stderr else sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")
    return _Console(stderr=stderr, highlight=False, markup=False, emoji=False)


def nobody_reads() -> None:
    """Whoever read standard output has enough: have Python not complain again when it flushes at
    the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def printable(text: str) -> str:
    """As many characters, but none that could steer a terminal, and none without an encoding. A
    line break and a tab are shown as the signs for them."""
    return "".join(
        character if character.isprintable() or character == "\u200d" else "\ufffd"
        for character in text.translate(_SIGNS)
    )


def marked(text: str, hits: tuple[Hit, ...]) -> Text:
    """The text with its hits made bold."""
    shown = Text(printable(text))
    for hit in hits:
        shown.stylize("bold red", hit.start, hit.end)
    return shown


def explained(hit: Hit) -> str:
    """The hit in words: what stood there, which entry it is, what was undone."""
    undone = f", undone: {', '.join(hit.undone)}" if hit.undone else ""
    return f"“{printable(hit.text)}” is {printable(hit.entry)}{undone}"


def counted(number: int, noun: str) -> str:
    """“1 message”, “2,000 entries”."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun.removesuffix('y') + 'ies' if noun.endswith('y') else noun + 's'}"
