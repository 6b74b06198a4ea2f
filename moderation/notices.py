"""The texts that authors are told, from templates with placeholders, and what must never stand in
public.

A template is an admin's and may hold markdown and links; what is put into it (names of servers,
channels and lists, reasons) comes in dead: nothing in it is a mention, a link or markdown. Nothing
that anyone wrote is ever a format string: placeholders are replaced once, in one pass, so that a
value that looks like one stays as it is."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from moderation.consequence import Consequence, Step
from moderation.errors import SettingRefused
from moderation.matcher import Detection
from moderation.occasions import Occasion
from moderation.policy import GuildPolicy

PLACEHOLDERS: Mapping[str, str] = {
    "server": "the server's name",
    "channel": "the channel's name",
    "list": "the list's name",
    "reason": "why the entry is banned, as you wrote it",
    "consequence": "what follows, as “a timeout of 1 hour”",
    "until": "when a timeout or ban ends",
    "case": "the number of the case",
}
"""What a template may hold in braces, and what stands for it."""

MAX_TEMPLATE = 500
"""Characters of a template."""

MAX_TEXT = 2000
"""Characters of a message (Discord, Message)."""

MAX_VALUE = 200
"""Characters of what is put into a template for one placeholder."""

type Detect = Callable[[str], Detection]

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_ALIVE = re.compile(r"[\\*_~`|<>\[\]()@#:]|(?<=\w)\.(?=\w)|^-", re.MULTILINE)
_KEPT = "\n\t\u200d"  # U+200D holds the parts of an emoji together
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Names:
    """What the places are called just now, "" where Discord has not told."""

    server: str = ""
    channel: str = ""


def checked(template: str, detect: Detect | None = None) -> str:
    """A template as it is kept: without the spaces around it; "" stays "", which means the built-in
    text. ``detect`` is the guild's matcher. Raises NoticeRefused."""
    text = template.strip()
    unknown = [name for name in _PLACEHOLDER.findall(text) if name not in PLACEHOLDERS]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise NoticeRefused(
            f"There is no placeholder {{{_short(unknown[0], 40)}}}. These are known: {known}."
        )
    if len(text) > MAX_TEMPLATE:
        raise NoticeRefused(
            f"A notice can have {MAX_TEMPLATE:,} characters, and this one has {len(text):,}. "
            "Please shorten it."
        )
    if detect is not None and detect(_PLACEHOLDER.sub(" ", text)):
        raise NoticeRefused(
            "This text holds a banned word itself, and a notice must not repeat it in public. "
            "Please write it without the word."
        )
    return text


def filled(template: str, occasion: Occasion, names: Names, *, alive: bool = False) -> str:
    """A template with its placeholders replaced, at most one message long. With ``alive`` the
    values stand in it as they are, which is for looking at and not for sending."""
    own = occasion
    reason = own.reason or (f"it is on the list “{own.list}”" if own.list else "none was given")
    values = {
        "server": names.server or "this server",
        "channel": f"#{names.channel}" if names.channel else "this server",
        "list": own.list or "none",
        "reason": reason,
    }
    ours = {
        "consequence": phrase(own.consequence),
        "until": end_of(own),
        "case": f"#{own.number}",
    }

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name in ours:
            return ours[name]
        if name not in values:
            return found[0]  # an old template, from before it was checked
        text = _short(_SPACES.sub(" ", values[name]).strip(), MAX_VALUE)
        return text if alive else dead(text)

    return _short(_PLACEHOLDER.sub(value, template), MAX_TEXT)


def template_of(occasion: Occasion, policy: GuildPolicy) -> str:
    """The text that an admin wrote for it, the list's own before the guild's; "" for none. It is
    about what was decided: none where that did not come about."""
    if not occasion.as_decided:
        return ""
    own = policy.of(occasion.list).notice if occasion.list else ""
    return own or policy.notices.text


def may_stand_in_public(plain: str, occasion: Occasion, detect: Detect) -> bool:
    """Whether a text holds nothing that is banned, neither what was written nor an entry. ``plain``
    is the text with its values as they are."""
    if detect(plain):
        return False
    folded = plain.casefold()
    return not any(text.casefold() in folded for text in occasion.unspeakable)


def dead(text: str) -> str:
    """A text in which no mention, link or markdown is alive, and nothing that cannot be seen turns
    the rest around. It reads as it did."""
    seen = "".join(one for one in text if unicodedata.category(one)[0] != "C" or one in _KEPT)
    return _ALIVE.sub(lambda found: "\\" + found[0], seen)


def phrase(consequence: Consequence) -> str:
    """A consequence as the end of a sentence: “a timeout of 1 hour”."""
    match consequence.step:
        case Step.TIMEOUT if consequence.ms is not None:
            return f"a timeout of {length(consequence.ms)}"
        case Step.BAN if consequence.ms is not None:
            return f"a ban of {length(consequence.ms)}"
    return _PHRASES[consequence.step]


_PHRASES = {
    Step.LOG: "nothing",
    Step.DELETE: "a removal",
    Step.WARN: "a warning",
    Step.TIMEOUT: "a timeout",
    Step.KICK: "a kick",
    Step.BAN: "a ban",
}

_UNITS = (("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000))


def length(ms: int) -> str:
    """A length of time in words, in the largest two units: “1 day and 2 hours”."""
    parts = []
    for name, size in _UNITS:
        number, ms = divmod(ms, size)
        if number:
            parts.append(f"{number:,} {name}" + ("" if number == 1 else "s"))
    return " and ".join(parts[:2]) or "less than a minute"


def end_of(occasion: Occasion) -> str:
    """When a timeout or ban ends, as Discord shows it to each reader in their own time (Discord,
    Timestamp Styles)."""
    if occasion.until is not None:
        return f"<t:{occasion.until // 1000}:f>"
    return "further notice" if occasion.consequence.step is Step.BAN else "now"


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


class NoticeRefused(SettingRefused):
    """A template that cannot be a notice; its text says why and what to do."""
