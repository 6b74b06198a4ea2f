"""Messages as a terminal can show them: mentions and times as Discord would show them, no markdown
that only Discord understands."""

import re
from datetime import UTC, datetime

from sandbox import Guild, Message

_MENTION = re.compile(r"<(@&?|#)(\d+)>")
_TIME = re.compile(r"<t:(\d+):\w>")
_LINK = re.compile(r"\[([^\]\n]+)\]\(https?://[^)\s]+\)")
_HIT = re.compile(r"__\*\*`([^`\n]*)`\*\*__")
_ESCAPED = re.compile(r"\\([^\w\s])")


def shown(message: Message, guild: Guild) -> str:
    """All that is to be read in a message, embeds and names of files included."""
    rows = [_ESCAPED.sub(r"\1", message.content)] if message.content else []
    for embed in message.embeds:
        rows.append(embed["title"])
        if "description" in embed:
            rows.append(_HIT.sub(r"[\1]", embed["description"]).replace("`", ""))
        for field in embed["fields"]:
            value = field["value"].replace("\n", "; ")
            rows.append(f"{field['name']}: {_LINK.sub(r'\1', value)}")
    rows += [f"[{name}]" for name in message.files]
    return _named("\n".join(rows), guild)


def buttons(message: Message) -> tuple[str, ...]:
    """The labels of its buttons that can be pressed."""
    rows = [row.get("components") or [] for row in message.components]
    there = [button for row in rows for button in row if not button.get("disabled")]
    return tuple(button["label"] for button in there if button.get("label"))


def _named(text: str, guild: Guild) -> str:
    state = guild.state
    names = {"#": {one.id: one.name for one in state.channels.values()}}
    names["@&"] = {one.id: one.name for one in state.roles.values()}
    names["@"] = {one.id: one.display_name for one in state.members.values()}

    def name(found: re.Match[str]) -> str:
        known = names[found[1]].get(int(found[2]))
        return found[0] if known is None else f"{found[1][0]}{known}"

    def moment(found: re.Match[str]) -> str:
        return f"{datetime.fromtimestamp(int(found[1]), UTC):%d %B %Y %H:%M} UTC"

    return _TIME.sub(moment, _MENTION.sub(name, text))
