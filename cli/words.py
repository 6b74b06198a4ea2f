"""``bot.py words``: the operator's way to move lists in and out, while the bot is stopped."""

import argparse
import asyncio
import os.path
import sys
from collections.abc import Sequence
from pathlib import Path

from cli.files import FileRefused, decoded, explain_os_error
from cli.status import Exit
from cli.targets import refused
from cli.wordfiles import describe_refusals, read_text
from config.settings import Settings
from data.store import Store
from moderation.errors import PalisadeError
from moderation.limits import MAX_ENTRIES
from moderation.list_names import folded
from moderation.records import MAIN_LIST, OPERATOR, LimitReached, UnknownList
from moderation.words import BannedWord, export, parse_list

_STREAM = "-"

_STATUSES = (
    "exit status: 0 done, 1 the file cannot be written, 2 wrong usage, 6 database, "
    "7 the database is in use, most likely by the bot"
)

_MOST_NAMED = 10
"""How many servers a refusal names."""

# Discord's ids are 64-bit numbers of which the upper 42 bits are a time; the smallest real ones
# have 17 digits, but ids of a local Discord may be short.
_MAX_ID = 2**63 - 1


class _UnknownServer(PalisadeError):
    """The database knows nothing of a server; ``known`` are those that the bot is in."""

    def __init__(self, guild_id: int, database: Path, known: Sequence[int]) -> None:
        if known:
            more = f" and {len(known) - _MOST_NAMED:,} more" if len(known) > _MOST_NAMED else ""
            cure = f"It has these: {', '.join(map(str, known[:_MOST_NAMED]))}{more}."
        else:
            cure = "It has none yet: a server is there once the bot has been in it."
        super().__init__(f"The database {database} has no server {guild_id}. {cure}")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Offer ``words import`` and ``words export`` on the command line."""
    words = subparsers.add_parser(
        "words",
        help="move a server's list in or out of a file",
        allow_abbrev=False,
        description="Move a server's list of banned words in or out of a file. The bot must be "
        "stopped: one process alone may hold the database.",
    )
    which = words.add_subparsers(dest="direction", required=True, metavar="import | export")
    importing = which.add_parser(
        "import",
        allow_abbrev=False,
        help="add the entries of a file to a list",
        description="Add the entries of a file, one a line, to a server's list. If any line "
        "cannot be understood, nothing is added.",
        epilog=_STATUSES,
    )
    exporting = which.add_parser(
        "export",
        allow_abbrev=False,
        help="write a list to a file",
        description="Write a server's list to a file, one entry a line.",
        epilog=_STATUSES,
    )
    for parser in (importing, exporting):
        parser.add_argument(
            "--guild", type=_guild_id, required=True, metavar="ID", help="the server's ID"
        )
        parser.add_argument(
            "--list", dest="list_name", default=MAIN_LIST, metavar="NAME", help="default: main"
        )
    importing.add_argument("file", metavar="FILE", help="the file, or - for standard input")
    exporting.add_argument("file", metavar="FILE", help="the file, or - for standard output")
    exporting.add_argument(
        "--force", action="store_true", help="overwrite the file if there is one already"
    )
    importing.set_defaults(handler=run)
    exporting.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """0 done, 1 the file could not be written, 2 wrong usage or a file that cannot be taken.
    Raises SettingsError and StoreError."""
    path = Settings.load().database_path
    try:
        if args.direction == "import":
            return _import(path, args.guild, args.list_name, args.file)
        return _export(path, args.guild, args.list_name, args.file, force=args.force)
    except (FileRefused, UnknownList, _UnknownServer, LimitReached) as error:
        return _refuse(Exit.USAGE, error)


def _import(database: Path, guild_id: int, list_name: str, file: str) -> int:
    entries, left_out = _read(file)

    async def add() -> tuple[int, int]:
        store = await Store.open(database)
        try:
            done = await store.add_words(guild_id, entries, by=OPERATOR, list_name=list_name)
            return len(done.added), len(done.already)
        finally:
            await store.close()

    added, already = asyncio.run(add())
    said = f"{_counted(added)} added to the list {list_name} of server {guild_id}"
    if already + left_out:
        said += f"; {already + left_out:,} were there already or twice in the file"
    print(f"{said}.", file=sys.stderr)
    return Exit.DONE


def _export(database: Path, guild_id: int, list_name: str, file: str, *, force: bool) -> int:
    if file != _STREAM and (why := refused(Path(file), force=force)) is not None:
        return _refuse(Exit.USAGE, why)

    async def read() -> tuple[BannedWord, ...]:
        store = await Store.open(database)
        try:
            words = await store.words(guild_id)
            known = await store.guild_ids()
        finally:
            await store.close()
        if not words.revision:
            raise _UnknownServer(guild_id, database, known)
        for name, entries in words.lists.items():
            if folded(name) == folded(list_name):
                return entries
        raise UnknownList(list_name, tuple(words.lists))

    if not os.path.exists(database):  # noqa: PTH110  # Path.exists raises for an impossible name
        return _refuse(Exit.DATABASE, f"There is no database {database} yet, so nothing to export.")
    entries = asyncio.run(read())
    content = export(entries).encode()
    try:
        if file == _STREAM:
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        else:
            with Path(file).open("wb" if force else "xb") as target:
                target.write(content)
    except BrokenPipeError:
        raise
    except OSError as error:
        named = "standard output" if file == _STREAM else file
        reason = error.strerror or error
        return _refuse(Exit.FAILED, f"{named}: this file cannot be written ({reason}).")
    print(
        f"{_counted(len(entries))} exported from the list {list_name} of server {guild_id}.",
        file=sys.stderr,
    )
    return Exit.DONE


def _read(file: str) -> tuple[tuple[BannedWord, ...], int]:
    """The entries of the file, and how many lines repeated one. Raises FileRefused."""
    named = Path("standard input" if file == _STREAM else file)
    parsed = parse_list(_standard_input() if file == _STREAM else read_text(named))
    if parsed.refused:
        refusals = describe_refusals(named, parsed.refused)
        raise FileRefused(f"{refusals}\nNothing was imported: correct these lines first.")
    if len(parsed.entries) > MAX_ENTRIES:
        raise FileRefused(
            f"{named}: this file has {len(parsed.entries):,} entries; a server can hold "
            f"{MAX_ENTRIES:,}. Nothing was imported."
        )
    return parsed.entries, parsed.duplicates


def _standard_input() -> str:
    try:
        return decoded("standard input", sys.stdin.buffer.read())
    except OSError as error:
        raise FileRefused(explain_os_error("standard input", error)) from None


def _guild_id(text: str) -> int:
    digits = text.isascii() and text.isdigit() and len(text) < 20
    if not digits or not 0 < int(text) <= _MAX_ID:
        raise argparse.ArgumentTypeError(
            f"{text[:40]!r} is not a server's ID. Switch on Developer Mode in Discord (Settings, "
            "Advanced), right-click the server and choose Copy Server ID."
        )
    return int(text)


def _counted(entries: int) -> str:
    return "1 entry was" if entries == 1 else f"{entries:,} entries were"


def _refuse(status: Exit, error: object) -> int:
    print(error, file=sys.stderr)
    return status
