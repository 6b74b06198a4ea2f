"""Cases for the tests of the store: the bot's own and a moderator's."""

from dataclasses import replace

from data.store import Store
from moderation.cases import Case, CaseHit, CaseKind, HandMade, NewCase
from moderation.consequence import DELETE, Consequence
from moderation.events import Surface
from moderation.intents import DEADLINE_MS, Decision
from moderation.records import Actor
from moderation.verdict import DeleteMessage
from tests.store.clock import Clock

GUILD, OTHER = 10, 11
ANN, BEN, MIA = 20, 21, 30
BY_MIA = Actor(MIA, "mia")
CHANNEL = 40
NOW = Clock().now

HIT = CaseHit("main", "idiot", Surface.MESSAGE, 4, 9, ("leetspeak",), DELETE)


def found(
    message_id: int,
    *,
    at: int = NOW,
    user_id: int = ANN,
    guild_id: int = GUILD,
    text: str | None = "you 1diot",
    consequence: Consequence = DELETE,
    entry: str = "idiot",
) -> Decision:
    """A decision of the bot's on a message, with its case."""
    hit = replace(HIT, entry=entry, consequence=consequence)
    return Decision(
        guild_id=guild_id,
        cause=f"message:{message_id}",
        at=at,
        deadline=at + DEADLINE_MS,
        surface=Surface.MESSAGE,
        list_name="main",
        entry=entry,
        actions=(DeleteMessage(guild_id, CHANNEL, message_id, "because"),),
        channel_id=CHANNEL,
        user_id=user_id,
        message_id=message_id,
        case=NewCase("ann", consequence, (hit,), text=text, attachments=("https://cdn/a.png",)),
    )


async def decide(store: Store, decision: Decision) -> int:
    """Write a decision; the number of its case."""
    number = (await store.intents.decided(decision)).case_number
    assert number is not None
    return number


def by_hand(
    kind: CaseKind = CaseKind.NOTE,
    *,
    user_id: int = ANN,
    by: Actor = BY_MIA,
    reason: str = "spam",
    at: int = NOW,
    consequence: Consequence = DELETE,
    expires_at: int | None = None,
    cause: str | None = None,
) -> HandMade:
    """A moderator's case."""
    return HandMade(kind, user_id, "ann", by, reason, consequence, at, cause, expires_at)


async def opened(store: Store, new: HandMade, guild_id: int = GUILD) -> Case:
    """Make a moderator's case."""
    case = await store.cases.open_case(guild_id, new)
    assert case is not None
    return case
