"""What people do in the sandbox, and what was seen to come of it: plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from moderation.matcher import Hit


@dataclass(frozen=True, slots=True)
class Says:
    """Somebody writes a message: a person, a webhook or another bot, by name."""

    who: str
    text: str
    channel: str = "general"

    def __str__(self) -> str:
        return f"{self.who} in #{self.channel}: {self.text}"


@dataclass(frozen=True, slots=True)
class Edits:
    """Somebody edits the last message they wrote."""

    who: str
    text: str

    def __str__(self) -> str:
        return f"{self.who} edits that to: {self.text}"


@dataclass(frozen=True, slots=True)
class TakesNick:
    """Somebody takes a nickname, or none."""

    who: str
    nick: str | None

    def __str__(self) -> str:
        return (
            f"{self.who} takes the nickname: {self.nick}"
            if self.nick
            else f"{self.who} drops the nickname"
        )


@dataclass(frozen=True, slots=True)
class Joins:
    """A new account joins the server."""

    username: str

    def __str__(self) -> str:
        return f"{self.username} joins the server"


@dataclass(frozen=True, slots=True)
class Uses:
    """Somebody uses a slash command. ``hidden``: although Discord would not offer it to them, as
    a changed client could."""

    who: str
    path: str
    options: Mapping[str, object] = field(default_factory=dict)
    hidden: bool = False

    def __str__(self) -> str:
        options = "".join(f" {name}: {_shown(value)}" for name, value in self.options.items())
        hidden = " (which Discord hides from them)" if self.hidden else ""
        return f"{self.who} uses {self.path}{options}{hidden}"


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody (``@``), a channel (``#``) or a role (``&``) of the server, by name."""

    sign: str
    name: str

    def __str__(self) -> str:
        return f"{'#' if self.sign == '#' else '@'}{self.name}"


@dataclass(frozen=True, slots=True)
class UsesOn:
    """Somebody uses a context menu command on somebody, or on the last message of theirs."""

    who: str
    menu: str
    whom: str

    def __str__(self) -> str:
        return f"{self.who} uses {self.menu} on {self.whom}"


@dataclass(frozen=True, slots=True)
class Chooses:
    """Somebody chooses in a menu of the last answer that they got: ``Menu: one, another``; without
    the menu's name, in the first."""

    text: str

    def __str__(self) -> str:
        return f"chooses {self.text}"


@dataclass(frozen=True, slots=True)
class FillsIn:
    """Somebody fills in the form that opened last, and sends it: ``Field: text``, as often as
    wanted."""

    text: str

    def __str__(self) -> str:
        return f"fills in {self.text}"


@dataclass(frozen=True, slots=True)
class Presses:
    """Somebody presses a button of what they have read last."""

    label: str

    def __str__(self) -> str:
        return f"presses [{self.label}]"


@dataclass(frozen=True, slots=True)
class Reads:
    """Somebody waits for what the bot writes about somebody, and reads it: in a channel or, without
    one, in a direct message to whom it is about."""

    who: str
    about: str
    channel: str | None = None

    def __str__(self) -> str:
        if self.channel is None:
            return f"{self.who} reads what the bot writes directly"
        return f"{self.who} reads in #{self.channel} what the bot writes about {self.about}"


type Act = Says | Edits | TakesNick | Joins | Uses | UsesOn | Presses | Chooses | FillsIn | Reads


class What(StrEnum):
    """What was seen to happen. The value is what people read."""

    KEPT = "kept"
    DELETED = "deleted"
    SKIPPED = "left alone"
    NAME_KEPT = "name kept"
    NICK_REMOVED = "nickname removed"
    NICK_SET = "neutral nickname set"
    HELD = "held back"
    FAILED = "the bot tried, and failed"
    ANSWERED = "answered"
    FORM = "a form opened"
    READ = "it says"


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of an act: ``why`` in words, the hits that the bot found, the buttons of an
    answer, its menus or the fields of a form, each with what it offers."""

    what: What
    why: str = ""
    hits: tuple[Hit, ...] = ()
    buttons: tuple[str, ...] = ()
    menus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """What should come of an act. ``entry`` is among the entries found, ``undone`` among what was
    undone for it, ``says`` is part of what was seen or answered."""

    what: What
    entry: str | None = None
    undone: tuple[str, ...] = ()
    says: str = ""

    def met_by(self, seen: Seen) -> bool:
        """Whether it came so."""
        if seen.what is not self.what or self.says not in seen.why:
            return False
        if self.entry is None:
            return True
        return any(
            hit.entry == self.entry and set(self.undone) <= set(hit.undone) for hit in seen.hits
        )

    def __str__(self) -> str:
        entry = f" for {self.entry}" if self.entry else ""
        undone = f", undone: {', '.join(self.undone)}" if self.undone else ""
        says = f", saying “{self.says}”" if self.says else ""
        return f"{self.what}{entry}{undone}{says}"


def _shown(value: object) -> str:
    return str(value[0]) if isinstance(value, tuple) else str(value)
