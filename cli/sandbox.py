"""`bot.py sandbox`: the whole bot on a local Discord, with a conversation to watch and then one's
own lines to try."""

import argparse
import sys
from time import monotonic

from cli.conversation import CONVERSATION
from cli.files import FileRefused
from cli.local_bot import ShowBroken, bot_on, run_local
from cli.presets import starter_words
from cli.sandbox_screen import Screen
from cli.sandbox_world import build
from cli.showing import console, nobody_reads
from cli.stage import Stage
from cli.status import Exit
from cli.typed_loop import take_lines
from cli.watching import Watching
from sandbox import LocalDiscord, NotAllowedError, PortInUseError

_DESCRIPTION = """\
Show the bot at work without a Discord account: a small local Discord with a made-up server, the
bot connected to it, and a conversation with what the bot does about it. On a terminal you can then
type lines of your own. Nothing leaves this machine, no token is needed, and your database and
settings are not touched."""

_EPILOG = """\
exit status: 0 everything went as it should, 1 something did not, 2 wrong usage, 7 port in use"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Offer the command on the command line."""
    parser = subparsers.add_parser(
        "sandbox",
        help="show the bot at work on this machine; no token needed",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--demo",
        action="store_true",
        help="end after the conversation, as without a terminal",
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=0,
        metavar="N",
        help="the local Discord's port on 127.0.0.1; any free one if left out",
    )
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """0 all went as it should, 1 something did not, 2 the starter list was damaged, 7 port in
    use."""
    show = _Show(
        port=args.port, interactive=not args.demo and sys.stdin.isatty() and sys.stdout.isatty()
    )
    try:
        return run_local(show.run())
    except KeyboardInterrupt:
        if show.status is None:
            raise
        show.screen.end_of_line()
        return show.status
    except BrokenPipeError:
        nobody_reads()
        return Exit.FAILED if show.status is None else show.status
    except PortInUseError as error:
        return _refuse(Exit.IN_USE, f"The {error}. Choose another with --port, or leave it out.")
    except (PermissionError, OverflowError) as error:
        return _refuse(Exit.FAILED, f"Port {args.port} cannot be used: {error}.")
    except FileRefused as error:
        return _refuse(Exit.USAGE, str(error))
    except ShowBroken as error:
        return _refuse(Exit.FAILED, f"{error} Nothing after this was played.")


class _Show:
    """One run. ``status`` is None until the conversation is over."""

    def __init__(self, *, port: int, interactive: bool) -> None:
        self.screen = Screen(console())
        self.status: Exit | None = None
        self._port = port
        self._interactive = interactive

    async def run(self) -> Exit:
        words = starter_words()
        watching = Watching()
        async with LocalDiscord(port=self._port) as discord:
            world = await build(discord)
            async with bot_on(discord, world.app, world.guild, words, [watching]) as running:
                stage = Stage(discord, world, watching, running)
                self.screen.opening(world, discord.api_url, len(words.banned))
                self.status = await self._converse(stage)
                if self._interactive:
                    self.screen.invitation()
                    await take_lines(stage, self.screen, running)
        return self.status

    async def _converse(self, stage: Stage) -> Exit:
        """Play the conversation. Raises ShowBroken where the bot does not answer any more."""
        began, number, unmet = monotonic(), 0, list[int]()
        for scene in CONVERSATION:
            self.screen.title(scene.title)
            for step in scene.steps:
                number += 1
                self.screen.act(step.act, number)
                try:
                    seen = await stage.do(step.act)
                except NotAllowedError as error:
                    unmet.append(number)
                    self.screen.problem(f"Discord does not let that happen: {error}.")
                    continue
                self.screen.seen(seen)
                if not step.expected.met_by(seen):
                    unmet.append(number)
                    self.screen.unmet(step.expected)
        self.screen.summary(number, unmet, monotonic() - began)
        return Exit.FAILED if unmet else Exit.DONE


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:6]) <= 65_535):
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is not a port, which is 0 to 65535")
    return int(text)


def _refuse(status: Exit, sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return status
