"""`bot.py replay`: a chat through the whole bot on a local Discord, to rehearse a list on it."""

import argparse
import json
import sys
from pathlib import Path
from time import monotonic

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cli.chats import ChatMessage, read_chat
from cli.files import FileRefused
from cli.local_bot import ShowBroken, bot_on, needed_permissions, run_local
from cli.playing import People, Play, Played
from cli.presets import STARTER, STARTER_ALLOWED
from cli.replay_summary import Summary, shown
from cli.showing import console
from cli.status import Exit
from cli.wordfiles import Words, load_words
from moderation.records import LimitReached
from sandbox import LocalDiscord

_DESCRIPTION = """\
Play a chat to the whole bot and say what it deletes. The bot runs against a Discord of its own on
this machine, so nothing is sent anywhere, no token is needed, and your database is not touched."""

_EPILOG = """\
FILE holds one JSON object a line: "author" and "content" and, where you like, "channel" and "bot"
(true for a bot's message, which is kept by rule). "timestamp" may be there and changes nothing:
the order of the file counts. Or it is the JSON export of DiscordChatExporter.

--json writes one object for each message, in the order of the file:
  n           its number, from 1
  author      as in the file
  content     as in the file
  outcome     kept, deleted, or failed (the bot wanted it away and it still stands)
  hits        what was found: entry, list, start, end, text, undone
  more        how many hits there are beyond those, where there are more than 20
  latency_ms  from the gateway's frame to the request to delete it or, for what was kept, to the
              bot's decision; null for what has no text and is not sent
A word that is split over several messages is told with the last of them; the bot deletes all.

exit status: 0 done (deletions are not errors), 1 a deletion failed, 2 wrong usage"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Offer the command on the command line."""
    parser = subparsers.add_parser(
        "replay",
        help="play a chat to the whole bot, to rehearse a list",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--words",
        type=Path,
        metavar="FILE",
        help="banned words, one a line; without it, the starter list",
    )
    parser.add_argument("--allow", type=Path, metavar="FILE", help="allowed phrases, one a line")
    parser.add_argument(
        "--json", action="store_true", help="write one JSON object for each message"
    )
    parser.add_argument("chat", type=Path, metavar="FILE", help="the chat")
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """0 done, 1 a deletion failed or the bot broke, 2 wrong usage."""
    try:
        words = _words(args.words, args.allow)
        chat = read_chat(args.chat)
        return run_local(_replay(chat, words, as_json=args.json))
    except (FileRefused, LimitReached) as error:
        print(error, file=sys.stderr)
        return Exit.USAGE
    except ShowBroken as error:
        print(error, file=sys.stderr)
        return Exit.FAILED


def _words(banned: Path | None, allowed: Path | None) -> Words:
    if banned is not None:
        return load_words(banned, allowed)
    print(f"No --words: the starter list is used ({STARTER}).", file=sys.stderr)
    return load_words(STARTER, allowed or STARTER_ALLOWED)


async def _replay(chat: list[ChatMessage], words: Words, *, as_json: bool) -> Exit:
    summary = Summary(words)
    # With --json, standard output is for the lines alone. A bar among them would help nobody.
    screen = console(stderr=as_json)
    visible = screen.is_terminal and not (as_json and sys.stdout.isatty())
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=screen,
        transient=True,
        redirect_stdout=False,  # which would send the lines to where the bar is
        disable=not visible,
    )
    bar = progress.add_task("Replaying", total=len(chat))

    def report(played: Played) -> None:
        summary.add(played)
        if as_json:
            sys.stdout.write(json.dumps(line(played)) + "\n")
        elif played.hits:
            progress.console.print(shown(played), soft_wrap=True)
        progress.advance(bar)

    async with LocalDiscord(journal_limit=1_000) as discord:
        app = discord.add_application("Palisade")
        guild = discord.add_guild("Replay", owner=discord.add_user("owner"))
        guild.install(app, permissions=needed_permissions())
        play = Play(discord, People(discord, guild, chat), report)
        with progress:
            async with bot_on(discord, app, guild, words, [play]) as running:
                began = monotonic()
                await play.feed(chat, running)
                summary.seconds = monotonic() - began
    sys.stdout.flush()
    if not as_json:
        screen.print(summary.text())
    return Exit.FAILED if summary.failed else Exit.DONE


def line(played: Played) -> dict[str, object]:
    """One message as --json writes it. Keys are only ever added."""
    answer: dict[str, object] = {
        "n": played.number,
        "author": played.said.author,
        "content": played.said.content,
        "outcome": played.fate,
        "hits": [hit.as_json() for hit in played.hits],
        "latency_ms": played.latency_ms,
    }
    if played.more:
        answer["more"] = played.more
    return answer
