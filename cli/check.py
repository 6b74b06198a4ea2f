"""`bot.py check`: the matcher alone, offline, on one message a line."""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from rich.text import Text

from cli.files import FileRefused
from cli.messages import open_messages, read_messages
from cli.showing import console, counted, marked, nobody_reads, printable
from cli.status import Exit
from cli.wordfiles import load_words
from moderation.matcher import Detection, Matcher, compile_lists
from moderation.records import MAIN_LIST

_DESCRIPTION = """\
Say which messages a list of words would hit, where and why. Nothing is sent anywhere.
Messages are read one a line."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Offer the command on the command line."""
    parser = subparsers.add_parser(
        "check",
        help="try a list of words on messages, offline",
        description=_DESCRIPTION,
        epilog="exit status: 0 done (hits are not errors), 1 reading or writing failed, "
        "2 wrong usage",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--words", type=Path, required=True, metavar="FILE", help="banned words, one a line"
    )
    parser.add_argument("--allow", type=Path, metavar="FILE", help="allowed phrases, one a line")
    parser.add_argument(
        "--json", action="store_true", help="write one JSON object for each message"
    )
    parser.add_argument(
        "--jsonl", action="store_true", help='read JSON objects with "text", one a line'
    )
    parser.add_argument(
        "messages",
        nargs="?",
        metavar="FILE",
        help="messages, one a line; standard input if it is - or left out",
    )
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """0 done, with or without hits; 1 the messages could not be read to the end; 2 wrong usage."""
    try:
        words = load_words(args.words, args.allow)
        matcher = compile_lists({MAIN_LIST: words.banned}, words.allowed)
        with open_messages(args.messages) as lines:
            messages = read_messages(lines, as_json=args.jsonl)
            if args.json:
                _write_json(matcher, messages)
            else:
                _write_for_people(matcher, messages, len(words.banned))
    except FileRefused as error:
        print(error, file=sys.stderr)
        return Exit.USAGE
    except BrokenPipeError:
        nobody_reads()
        return Exit.DONE
    except OSError as error:
        print(f"Reading or writing failed: {error.strerror or error}.", file=sys.stderr)
        return Exit.FAILED
    return Exit.DONE


def _write_json(matcher: Matcher, messages: Iterable[str]) -> None:
    """One line a message, flushed at once, so that another program can ask and wait. ASCII, since
    a message may hold halves of surrogate pairs, which no encoding takes."""
    for number, message in enumerate(messages, 1):
        detection = matcher.detect(message)
        answer: dict[str, object] = {
            "n": number,
            "hits": [hit.as_json() for hit in detection.hits],
        }
        if detection.more:
            answer["more"] = detection.more
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _write_for_people(matcher: Matcher, messages: Iterable[str], entries: int) -> None:
    """The messages with hits, hits marked, and a summary."""
    screen = console()
    number = flagged = 0
    for number, message in enumerate(messages, 1):
        detection = matcher.detect(message)
        if detection:
            flagged += 1
            screen.print(_shown(number, message, detection), soft_wrap=True)
            sys.stdout.flush()
    summary = f"{counted(number, 'message')}, {flagged:,} with hits; {counted(entries, 'entry')}."
    screen.print(Text(summary, style="bold"), soft_wrap=True)


def _shown(number: int, message: str, detection: Detection) -> Text:
    # Lines of Windows end in a carriage return, which would be shown as a broken character.
    said = marked(message.removesuffix("\r"), detection.hits)
    shown = Text.assemble((f"{number:>6}  ", "dim"), said)
    for hit in detection.hits:
        undone = f", undone: {', '.join(hit.undone)}" if hit.undone else ""
        shown.append(
            f"\n        “{printable(hit.text)}” at {hit.start}-{hit.end} is {hit.entry}{undone}"
        )
    for one in detection.spared:
        shown.append(
            f"\n        “{printable(one.text)}” at {one.start}-{one.end} is not {one.entry}: "
            f"{one.reason}"
        )
    if detection.more:
        shown.append(f"\n        and {detection.more:,} more")
    return shown
