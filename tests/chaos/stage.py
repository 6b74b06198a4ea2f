"""Where the chaos takes place: a server of the local Discord with its channels and people, what is
to be said there, and what of it is a violation."""

from dataclasses import dataclass, field
from random import Random

from sandbox import App, Channel, Guild, LocalDiscord, Member, Message, Permissions
from tests.e2e.harness import NEEDED

TRAITOR = "traitor"
ENTRIES = ("idiot", "walrus*", "free*nitro", TRAITOR)
"""Whoever writes the last one is timed out."""

RIGHTS = NEEDED | Permissions.MODERATE_MEMBERS

BAD = ("you idiot, number {}", "Walruses! {}", "IDIOT {}", "free steam nitro, offer {}")
CLEAN = (
    "good morning, this is number {}",
    "did anybody see the match? {}",
    "idiotic is another word {}",
    "nitro costs money, freedom does not, {}",
    "see you at {} then",
)
TURNED_BAD = 0.2
"""The part of the violations that are innocent when they are posted and edited later."""

NAMES_PER_MESSAGES = 250
"""One bad nickname for so many messages."""

TRAITORS_PER_MESSAGES = 40
"""One member who is to be timed out for so many messages."""

TRAITORS = 15
"""No more than so many: all of them may be found at once, and past 20 the brake holds them."""


@dataclass
class Said:
    """What was said: each message with whether it may stand."""

    bad: dict[int, Message] = field(default_factory=dict)
    clean: dict[int, Message] = field(default_factory=dict)

    def standing(self) -> list[Message]:
        """The violations that are still there."""
        return [message for message in self.bad.values() if not message.deleted]

    def wronged(self) -> list[Message]:
        """The innocent messages that are gone."""
        return [message for message in self.clean.values() if message.deleted]


@dataclass
class Stage:
    """The server, and who is in it."""

    discord: LocalDiscord
    app: App
    guild: Guild
    channels: list[Channel]
    people: list[Member]
    renamed: list[Member]
    """Those who take a bad nickname, each once."""
    traitors: list[Member] = field(default_factory=list)
    """Those who write once what people are timed out for."""
    said: Said = field(default_factory=Said)

    @classmethod
    def furnish(cls, discord: LocalDiscord, *, channels: int, messages: int) -> "Stage":
        """A server with so many channels; the number of names depends on that of messages."""
        app = discord.add_application("Palisade")
        guild = discord.add_guild("Harbour", owner=discord.add_user("ada"))
        guild.install(app, permissions=RIGHTS, position=1)
        places = [guild.general]
        places += [guild.add_channel(f"channel-{number}") for number in range(1, channels)]
        people = [guild.join(discord.add_user(f"person{number}")) for number in range(8)]
        renamed = [
            guild.join(discord.add_user(f"newcomer{number}"))
            for number in range(max(1, messages // NAMES_PER_MESSAGES))
        ]
        traitors = [
            guild.join(discord.add_user(f"traitor{number}"))
            for number in range(min(TRAITORS, max(1, messages // TRAITORS_PER_MESSAGES)))
        ]
        return cls(discord, app, guild, places, people, renamed, traitors)


@dataclass(frozen=True, slots=True)
class Line:
    """One message to be written; ``edited`` is what it says later, None where it stays."""

    channel: int
    person: int
    content: str
    bad: bool
    edited: str | None = None


def script(random: Random, *, messages: int, violations: int, channels: int) -> list[Line]:
    """What is to be said, in order: so many messages, of which so many violate."""
    chosen = set(random.sample(range(messages), violations))
    lines = []
    for number in range(messages):
        bad = number in chosen
        text = random.choice(BAD if bad else CLEAN).format(number)
        before = random.choice(CLEAN).format(number) if random.random() < TURNED_BAD else None
        content, edited = (before, text) if bad and before else (text, None)
        lines.append(Line(random.randrange(channels), random.randrange(8), content, bad, edited))
    return lines
