"""The bot's token: from a variable or a file, cleaned of what people paste along with it."""

import re
from collections.abc import Mapping
from pathlib import Path

from config.errors import SettingsError, TokenMissing
from config.secret import Secret

VARIABLE = "DISCORD_TOKEN"
FILE_VARIABLE = "DISCORD_TOKEN_FILE"

PLACEHOLDER = "paste-your-token-here"
"""What ``.env.example`` has in the token's place."""

_PORTAL = "https://discord.com/developers/applications"
_WHERE = f"Copy the token from {_PORTAL} (your application, Bot, Reset Token)"

# A token is a line of under 100 characters; whatever is larger than this is another file.
_MAX_FILE_BYTES = 4096


def read(variables: Mapping[str, str]) -> Secret:
    """The token. Raises TokenMissing where there is none, SettingsError where it is set twice or
    cannot be one. The token's shape is not checked: Discord has changed it before."""
    direct, file = variables.get(VARIABLE), variables.get(FILE_VARIABLE)
    if direct is not None and file is not None:
        raise SettingsError(
            FILE_VARIABLE, f"{VARIABLE} is set as well. Keep one of the two and remove the other."
        )
    if direct is not None:
        return _cleaned(VARIABLE, direct)
    if file is not None:
        return _cleaned(FILE_VARIABLE, _read_file(Path(file).expanduser()))
    raise TokenMissing(
        VARIABLE,
        f"there is no token. {_WHERE}, and put {VARIABLE}=... into a file called .env, "
        f"or name a file that holds it in {FILE_VARIABLE}.",
    )


def _cleaned(variable: str, text: str) -> Secret:
    # HTTP libraries and snippets want the word Bot before the token, so that it gets copied.
    token = re.sub(r"^bot(\s+|$)", "", text.strip(), flags=re.IGNORECASE)
    if not token or token == PLACEHOLDER:
        raise TokenMissing(variable, f"there is no token in it yet. {_WHERE}.")
    if any(character.isspace() for character in token):
        raise SettingsError(
            variable, f"there is white space inside the token. {_WHERE}, and nothing with it."
        )
    if "'" in token or '"' in token:
        raise SettingsError(variable, "there are quotation marks around the token. Remove them.")
    if not token.isascii() or not token.isprintable():
        raise SettingsError(
            variable, f"this is not a token: it has characters that no token has. {_WHERE}."
        )
    return Secret(token)


def _read_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_FILE_BYTES + 1)
        if len(content) > _MAX_FILE_BYTES:
            raise SettingsError(FILE_VARIABLE, f"{path} is too large to be the file of a token.")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SettingsError(FILE_VARIABLE, f"{path} is not UTF-8; save it as UTF-8.") from None
    except OSError as error:
        raise SettingsError(
            FILE_VARIABLE,
            f"{path} cannot be read ({error.strerror}). Correct the path or its rights.",
        ) from error
