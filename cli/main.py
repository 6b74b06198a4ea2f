"""The command line: which command, and which exit status for what can go wrong anywhere."""

import argparse
import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from cli.showing import nobody_reads
from cli.status import Exit
from config.errors import SettingsError, TokenMissing
from data.errors import StoreError, StoreInUse

DESCRIPTION = """\
Palisade, a moderation bot for Discord. Without a command it runs against Discord, with the token
from DISCORD_TOKEN or .env. No token yet? "bot.py sandbox" shows it at work on this machine."""

SANDBOX_HINT = 'No token yet? "bot.py sandbox" shows the bot at work without one.'

STATUSES = """\
exit status: 0 done, 1 failed, 2 wrong usage, 3 no token, 4 token refused,
             5 intents not switched on, 6 database, 7 already in use"""


COMMANDS = ("sandbox", "replay", "check", "words", "backup", "invite")
"""Each is a module of this folder, in the order of the help. It is imported only where it may be
needed: most of the time of a short command would go into the libraries of the others."""

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
"""Errors of writing that are the disk's, which no traceback explains better."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    _open_streams()
    words = sys.argv[1:] if arguments is None else list(arguments)
    args = parser(_needed(words)).parse_args(words)
    try:
        status = int(args.handler(args))
        sys.stdout.flush()
        return status
    except TokenMissing as error:
        return say(f"{error}\n{SANDBOX_HINT}", Exit.NO_TOKEN)
    except SettingsError as error:
        return say(str(error), Exit.USAGE)
    except StoreInUse as error:
        return say(str(error), Exit.IN_USE)
    except StoreError as error:
        return say(str(error), Exit.DATABASE)
    except BrokenPipeError:
        # Whoever read, as head does, has had enough.
        nobody_reads()
        return int(Exit.DONE)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        nobody_reads()
        return say(f"Writing failed: {error.strerror}.", Exit.FAILED)
    except KeyboardInterrupt:
        return say("Stopped.", Exit.FAILED)


def parser(commands: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """The command line with these commands."""
    root = argparse.ArgumentParser(
        prog="bot.py",
        description=DESCRIPTION,
        epilog=STATUSES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    root.set_defaults(handler=_run)
    subparsers = root.add_subparsers(title="commands", metavar="COMMAND")
    for command in commands:
        import_module(f"cli.{command}").add_parser(subparsers)
    return root


def _needed(words: Sequence[str]) -> Sequence[str]:
    """The commands without which these words cannot be understood."""
    return words[:1] if not words or words[0] in COMMANDS else COMMANDS


def _run(args: argparse.Namespace) -> int:
    """The bot itself, which no command needs."""
    from cli.run import run

    return run(args)


def _open_streams() -> None:
    """Let a standard stream that the caller has closed lead nowhere: Python has None in its place,
    and the next file to be opened would have its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115, PTH123  # open to the end


def say(message: str, status: Exit) -> int:
    """One clear sentence on standard error, without a traceback."""
    print(message, file=sys.stderr)
    return int(status)
