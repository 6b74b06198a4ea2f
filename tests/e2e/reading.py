"""Everything that people read of the bot, in the order in which it reached them: to be read aloud,
and for what has to hold for each text.

It is taken from the journal of the local Discord: messages, answers, forms, menus, suggestions, and
the reasons in the audit log."""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox import LocalDiscord
from sandbox.journal import Entry, RequestEntry

type Json = Mapping[str, Any]

MESSAGES = "/channels/{channel_id}/messages"
CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
ORIGINAL = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
ROUTES = {
    ("POST", MESSAGES): "writes",
    ("PATCH", MESSAGES + "/{message_id}"): "changes that to",
    ("POST", CALLBACK): "answers",
    ("PATCH", ORIGINAL): "answers",
}

ALIVE = re.compile(r"<(?:@&?|#)\d+>|<t:\d+:\w>|https://discord\.com/channels/[\d/]+")
"""What Discord shows as a name, a time or a link."""

ONE = "entry|case|strike|hit|message|day|hour|minute|note|action|phrase|list|punishment|line"
MANY = "|".join("entries" if one == "entry" else f"{one}s" for one in ONE.split("|"))
FAULTS: Mapping[str, re.Pattern[str]] = {
    "two full stops": re.compile(r"(?<!\.)\.\.(?!\.)|[.!?…]”?\.(?!\.)|[.:]:|\.,| [.,;]"),
    "two spaces": re.compile(r"\S  \S"),
    "an id where a name belongs": re.compile(r"(?<!\(id )(?<!such as )\b\d{15,}\b"),
    "many where it is one": re.compile(rf"(?<![\d,.#])\b1 (?:{MANY})\b"),
    "one where it is many": re.compile(rf"(?<![\d,.#])\b(?:[02-9]|\d\d+) (?:{ONE})\b"),
    "a word of the code's": re.compile(r"\b(?:guild|None|null|Step|snowflake)\b|\{\}"),
    "everyone is called": re.compile(r"@(?:everyone|here)\b"),
    "an empty name": re.compile(r"“”|` `|\*\*\*\*|\(\)"),
}
"""What is wrong with a text, wherever it stands."""


@dataclass(frozen=True)
class Text:
    """One thing that was read: by whom or where, and in public or not."""

    to: str
    what: str
    lines: tuple[str, ...]
    public: bool = False

    def __str__(self) -> str:
        shown = "\n".join(self.lines).replace("\n", "\n      ")
        return f"   → {self.what} ({self.to})\n      {shown}"

    def faults(self) -> list[str]:
        """What is wrong with it, by :data:`FAULTS`."""
        bare = ALIVE.sub("·", "\n".join(self.lines))
        return [
            f"{name}: “{found[0]}” in\n{self}"
            for name, fault in FAULTS.items()
            if (found := fault.search(bare))
        ]


@dataclass
class Reading:
    """Listens from its making on. ``aloud`` prints each text as it comes, and what people do."""

    discord: LocalDiscord
    hidden: str
    """The channel that not everybody reads."""
    aloud: bool = False
    texts: list[Text] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.discord.journal.listen(self._heard)

    def heading(self, title: str) -> None:
        """A part of the day begins."""
        self._say(f"\n\n{title}\n{'=' * len(title)}")

    def does(self, what: str) -> None:
        """Somebody does something."""
        self._say(f"\n{what}")

    def _say(self, text: str) -> None:
        if self.aloud:
            sys.stdout.write(f"{text}\n")

    def _heard(self, entry: Entry) -> None:
        if not isinstance(entry, RequestEntry) or entry.status not in (200, 201, 204):
            return
        if entry.reason:
            self._add(Text("the audit log", "gives as reason", (entry.reason,)))
        how = ROUTES.get((entry.method, entry.route))
        if how is None:
            return
        body = entry.json or {}
        data = body.get("data") or {} if entry.route == CALLBACK else body
        lines = tuple(_read(data))
        if lines:
            to, public = self._place(entry)
            self._add(Text(to, how, lines, public))

    def _add(self, text: Text) -> None:
        self.texts.append(text)
        self._say(str(text))

    def _place(self, entry: RequestEntry) -> tuple[str, bool]:
        token = entry.params.get("interaction_token") or entry.params.get("webhook_token")
        if token is not None:
            return f"to {self.discord.core.interactions[token].user.username}", False
        channel = self.discord.world.channels[int(entry.params["channel_id"])]
        if channel.guild is None:
            (name,) = (one.username for one in channel.recipients if not one.bot)
            return f"to {name} directly", False
        return f"in #{channel.name}", channel.name != self.hidden


def _read(data: Json) -> Iterator[str]:
    """All that is to be read in a message, a form or suggestions."""
    if data.get("title"):
        yield f"FORM {data['title']}"
    if data.get("content"):
        yield data["content"]
    for embed in data.get("embeds") or ():
        yield f"▌ {embed['title']}"
        if embed.get("description"):
            yield f"▌ {embed['description']}"
        for one in embed["fields"]:
            value = one["value"].replace("\n", "\n▌     ")
            yield f"▌ {one['name']}: {value}"
    for file in data.get("attachments") or ():
        yield f"FILE {file['filename']}"
    for choice in data.get("choices") or ():
        yield f"CHOICE {choice['name']}"
    for row in data.get("components") or ():
        yield from _components(row["components"])


def _components(components: Iterable[Json]) -> Iterator[str]:
    buttons = []
    for one in components:
        if one["type"] == 2:
            buttons.append(f"[{one['label']}]" + (" (off)" if one.get("disabled") else ""))
        elif one["type"] == 4:
            hint, value = one.get("placeholder", "no hint"), one.get("value", "empty")
            yield f"FIELD {one['label']} ({hint}): {value}"
        else:
            offered = ", ".join(option["label"] for option in one.get("options") or ())
            yield f"MENU {one.get('placeholder')} [{offered}]"
    if buttons:
        yield " ".join(buttons)
