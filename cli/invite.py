"""`bot.py invite`: the link that lets the bot into a server, with no more than it uses."""

import argparse
import asyncio
import base64
import binascii
import sys
from collections.abc import Iterable
from urllib.parse import urlencode

import aiohttp
import nextcord

from cli.compose import all_cogs
from cli.status import Exit
from cogs.base import Cog
from cogs.helpers.checks import permission_name
from config.secret import Secret
from config.settings import Settings

# Links are opened by people, in a browser, wherever DISCORD_API_URL points.
_AUTHORIZE = "https://discord.com/oauth2/authorize"

SCOPES = {
    "bot": "to be a member of the server",
    "applications.commands": "to offer its slash commands there",
}
"""OAuth2 scopes, each with its reason."""

LEAST = (
    "What is there only for something that you do not use can be left out: untick it while you",
    "invite the bot, or take it from the bot's role. /status says what your settings lack.",
)
"""Least privilege, in the words of the page that the link opens."""

_MAX_ID = 2**63 - 1
_SECONDS = 20

_DESCRIPTION = """\
Print the link that invites the bot into a server, with exactly the scopes and permissions that it
uses and what each is for. Whoever opens it needs Manage Server in that server.

Without --application-id the ID is taken from the token (DISCORD_TOKEN or DISCORD_TOKEN_FILE); if
it cannot be read there, Discord is asked."""

_WHERE = "You find it at discord.com/developers/applications: your application, Application ID."


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Offer the command on the command line."""
    parser = subparsers.add_parser(
        "invite",
        help="print the link that invites the bot",
        description=_DESCRIPTION,
        epilog="exit status: 0 done, 1 Discord cannot be asked, 2 wrong usage, 3 no token and no "
        "ID, 4 token refused",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--application-id", type=_id, metavar="ID", help=f"the application's ID. {_WHERE}"
    )
    parser.set_defaults(handler=run)


def run(args: argparse.Namespace) -> int:
    """0 done, 1 Discord could not be asked, 4 it refused the token. Raises SettingsError, and
    TokenMissing where neither a token nor an ID is given."""
    application_id: int | None = args.application_id
    if application_id is None:
        settings = Settings.load()
        token = settings.require_token()
        application_id = id_in(token.reveal())
        if application_id is None:
            try:
                application_id = asyncio.run(_ask(settings.discord_api_url, token))
            except _CannotTell as error:
                print(error, file=sys.stderr)
                return error.status
    print(explained_link(application_id, all_cogs()))
    return Exit.DONE


def explained_link(application_id: int, cogs: Iterable[type[Cog]]) -> str:
    """The link, and a line for each scope and permission in it."""
    reasons = reasons_by_permission(cogs)
    names = {name: permission_name(name) for name in reasons}
    width = max(map(len, [*SCOPES, *names.values()]))
    lines = [link(application_id, reasons), "", "Scopes:"]
    lines += [f"  {scope:<{width}}  {reason}" for scope, reason in SCOPES.items()]
    lines += ["", "Permissions:"]
    lines += [
        f"  {names[name]:<{width}}  {reason}"
        for name, reason_list in reasons.items()
        for reason in reason_list
    ]
    lines += ["", *LEAST]
    return "\n".join(lines)


def reasons_by_permission(cogs: Iterable[type[Cog]]) -> dict[str, list[str]]:
    """What the cogs declare: by Discord's name of a permission, why it is needed."""
    reasons: dict[str, list[str]] = {}
    for cog in cogs:
        for name, reason in cog.permissions.items():
            known = reasons.setdefault(name, [])
            if reason not in known:
                known.append(reason)
    return reasons


def link(application_id: int, permissions: Iterable[str]) -> str:
    """The address that invites an application with these permissions."""
    value = nextcord.Permissions(**dict.fromkeys(permissions, True)).value
    query = {
        "client_id": str(application_id),
        "scope": " ".join(SCOPES),
        "permissions": str(value),
    }
    return f"{_AUTHORIZE}?{urlencode(query)}"


def id_in(token: str) -> int | None:
    """The application's id in a token, whose first part is the bot's id in base64; None where
    there is none."""
    first = token.split(".")[0]
    try:
        digits = base64.urlsafe_b64decode(first + "=" * (-len(first) % 4))
    except (binascii.Error, ValueError):
        return None
    return _parsed(digits.decode("ascii", "replace"))


class _CannotTell(Exception):
    def __init__(self, message: str, status: Exit) -> None:
        self.status = status
        super().__init__(message)


async def _ask(api_url: str, token: Secret) -> int:
    """Ask Discord which application the token belongs to. Raises _CannotTell."""
    headers = {"Authorization": f"Bot {token.reveal()}"}
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(headers=headers, timeout=timeout) as session,
            session.get(f"{api_url}/applications/@me") as response,
        ):
            if response.status == 401:
                raise _CannotTell(
                    "Discord refused the token. Correct DISCORD_TOKEN, or give --application-id.",
                    Exit.TOKEN_REFUSED,
                )
            answer = await response.json(content_type=None) if response.ok else None
            status = response.status
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        raise _CannotTell(
            f"Discord cannot be asked for the application's ID ({error or type(error).__name__}). "
            f"Give it with --application-id. {_WHERE}",
            Exit.FAILED,
        ) from None
    found = _parsed(str(answer.get("id"))) if isinstance(answer, dict) else None
    if found is None:
        raise _CannotTell(
            f"Discord did not tell the application's ID (status {status}). Give it with "
            f"--application-id. {_WHERE}",
            Exit.FAILED,
        )
    return found


def _id(text: str) -> int:
    found = _parsed(text.strip())
    if found is None:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is not an application's ID. {_WHERE}")
    return found


def _parsed(text: str) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        return None
    return int(text) if 0 < int(text) <= _MAX_ID else None
