"""What stands in the mod log: posts, each for a case or for a burst of them. Times are UTC in
milliseconds."""

from collections.abc import Mapping
from dataclasses import dataclass

from moderation.cases import CaseKind
from moderation.states import State


@dataclass(frozen=True, slots=True)
class LogPost:
    """A post of the mod log and its cases, oldest first. ``message_id`` is None until it is
    known; ``gone`` says that somebody deleted it."""

    post_id: int
    channel_id: int
    message_id: int | None
    nonce: str
    made_at: int
    numbers: tuple[int, ...]
    gone: bool = False


@dataclass(frozen=True, slots=True)
class LogChannel:
    """A channel of the mod log, since when it is one, and what its server was told is wrong with
    it."""

    channel_id: int
    since: int
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Sketch:
    """As much of a case as decides where it is told of. ``punishes``: more than a deletion
    followed; ``pending``: the outcome of an action is not known yet; ``post_id`` is its post's."""

    number: int
    at: int
    kind: CaseKind
    by_id: int
    user_id: int | None
    channel_id: int | None
    punishes: bool
    pending: bool
    post_id: int | None


@dataclass(frozen=True, slots=True)
class Burst:
    """The cases of one post, counted. ``users`` and ``channels`` are how many different ones;
    ``channel_id`` is that of the first with one, ``entries`` the lists and entries that were found
    first in most of them with their numbers, ``outcomes`` how many actions of a kind are in a
    state; ``changed_at`` is the newest change of any of them."""

    first: int
    last: int
    count: int
    users: int
    channels: int
    channel_id: int | None
    undone: int
    entries: tuple[tuple[str, str, int], ...]
    outcomes: Mapping[tuple[str, State], int]
    changed_at: int
