"""The command line: which command, and which exit status for what can go wrong anywhere."""

import argparse
import os
import sys
from collections.abc import Sequence

from cli import backup, check, invite, replay, run, sandbox, words
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    args = parser().parse_args(arguments)
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
        # Whoever read, as head does, has had enough. What is left must go nowhere, or Python
        # complains of it at the very end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(Exit.DONE)
    except KeyboardInterrupt:
        return say("Stopped.", Exit.FAILED)


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    root = argparse.ArgumentParser(
        prog="bot.py",
        description=DESCRIPTION,
        epilog=STATUSES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    root.set_defaults(handler=run.run)
    subparsers = root.add_subparsers(title="commands", metavar="COMMAND")
    for command in (sandbox, replay, check, words, backup, invite):
        command.add_parser(subparsers)
    return root


def say(message: str, status: Exit) -> int:
    """One clear sentence on standard error, without a traceback."""
    print(message, file=sys.stderr)
    return int(status)
