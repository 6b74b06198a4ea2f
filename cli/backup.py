"""``bot.py backup``: a copy of the database, whether the bot is running or not."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from cli.status import Exit
from cli.targets import refused
from config.settings import Settings
from data.backup import copy_database, expired_copies, has_date

DESCRIPTION = """\
Write a copy of the database to a file: all servers' lists, policies and cases, and the record of
changes. The bot may run meanwhile; it is not disturbed, and what it has written before is in the
copy. To go back to a copy, stop the bot, remove the files at DATABASE_PATH that end in -wal and
-shm, and put the copy in the database's place."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Offer the command on the command line."""
    parser = subparsers.add_parser(
        "backup",
        help="write a copy of the database to a file, also while the bot runs",
        description=DESCRIPTION,
        epilog="exit status: 0 done, 1 the copy cannot be written, 2 wrong usage, 6 database",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="where to write the copy")
    parser.add_argument(
        "--force", action="store_true", help="overwrite the file if there is one already"
    )
    parser.add_argument(
        "--keep-days",
        type=_days,
        metavar="N",
        help="delete older copies beside it whose names differ in the date alone",
    )
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """Raises SettingsError and StoreError."""
    database: Path = Settings.load().database_path
    target: Path = args.file
    if _is_part_of(target, database):
        return _say(f"{target}: this is the database itself. Name another file.", Exit.USAGE)
    if (why := refused(target, force=args.force)) is not None:
        return _say(why, Exit.USAGE)
    if args.keep_days is not None and not has_date(target):
        return _say(
            f"{target}: --keep-days needs a date in the name, as in palisade-2026-01-31.sqlite3.",
            Exit.USAGE,
        )
    try:
        size = copy_database(database, target)
    except OSError as error:
        reason = error.strerror or error
        return _say(f"{target}: this file cannot be written ({reason}).", Exit.FAILED)
    _say(f"Copied the database {database} to {target} ({size:,} bytes).", Exit.DONE)
    if args.keep_days is None:
        return int(Exit.DONE)
    old = expired_copies(target, args.keep_days)
    return _delete([copy for copy in old if not _is_part_of(copy, database)], args.keep_days)


def _delete(copies: Sequence[Path], days: int) -> int:
    for copy in copies:
        try:
            copy.unlink()
        except OSError as error:
            return _say(f"{copy}: this file cannot be deleted ({error.strerror}).", Exit.FAILED)
        _say(f"Deleted the copy {copy}, older than {days} days.", Exit.DONE)
    return int(Exit.DONE)


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 6 and int(text)):
        raise argparse.ArgumentTypeError(f"“{text}” is no number of days from 1 on")
    return int(text)


def _is_part_of(target: Path, database: Path) -> bool:
    """Whether the target is one of the files that make up the database, by whatever name."""
    resolved, own = target.resolve(), database.resolve()
    return resolved in {own, *(own.with_name(own.name + end) for end in ("-wal", "-shm", ".lock"))}


def _say(message: str, status: Exit) -> int:
    print(message, file=sys.stderr)
    return int(status)
