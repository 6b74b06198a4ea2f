"""Taking typed lines in the sandbox, one after another, until quit or the end of input."""

import asyncio
import codecs
import contextlib
import os
import sys
import threading

from cli.local_bot import Running
from cli.sandbox_screen import Screen
from cli.stage import Stage
from cli.typed_lines import Control, understand
from cli.typed_options import NotUnderstood
from sandbox import NotAllowedError

_CHUNK = 65_536


async def take_lines(stage: Stage, screen: Screen, running: Running) -> None:
    """Do what each line says. Raises ShowBroken where the bot does not answer any more."""
    lines = _typed()
    while True:
        screen.prompt()
        line = await running.until(lines.get())
        if line is None:
            screen.end_of_line()
            return
        words = stage.world.vocabulary()
        try:
            act = understand(line, words)
            match act:
                case Control.NOTHING:
                    pass
                case Control.HELP:
                    screen.help(words)
                case Control.QUIT:
                    return
                case _:
                    screen.seen(await stage.do(act))
        except NotUnderstood as error:
            screen.problem(str(error))
        except NotAllowedError as error:
            screen.problem(f"Discord does not let that happen: {error}.")


def _typed() -> asyncio.Queue[str | None]:
    """A queue of the lines typed, None at the end. Read by a thread that lives no longer than the
    program: a thread in input() would keep the terminal, or the end of the program, waiting."""
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def hand_over(line: str | None) -> None:
        # The loop is closed when the program is ending, and then nobody asks any more.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(lines.put_nowait, line)

    def read() -> None:
        source = sys.stdin.fileno()
        decoder = codecs.getincrementaldecoder(sys.stdin.encoding or "utf-8")("replace")
        rest = ""
        while data := _read(source):
            *whole, rest = (rest + decoder.decode(data)).split("\n")
            for line in whole:
                hand_over(line)
        if rest:
            hand_over(rest)
        hand_over(None)

    threading.Thread(target=read, daemon=True, name="typed lines").start()
    return lines


def _read(source: int) -> bytes:
    """What was typed; nothing at the end, as when the terminal is gone."""
    try:
        return os.read(source, _CHUNK)
    except OSError:
        return b""
