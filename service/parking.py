"""What waits for a permission: kept by what it would do, said once for each place, and told when it
may be worth another attempt."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from moderation.verdict import Action, Result, Verdict
from service.describing import describe
from service.ledger import Ticket

log = logging.getLogger(__name__)

LATELY_SECONDS = 30.0
"""A refusal so soon after a permission has changed may be an answer from before, or Discord may not
have carried the change everywhere: it is asked once more."""

PARKED_AT_MOST = 20_000
"""How many actions that wait for a permission are kept in memory; the log keeps all of them."""

type Key = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Parked:
    """An action that is written down and waits: for a permission, for its turn, or since an earlier
    run of the program."""

    verdict: Verdict
    action: Action
    ticket: Ticket


class Parking:
    """``park`` what was refused, ``pop`` what is about to be tried again."""

    def __init__(self) -> None:
        self._parked: OrderedDict[Key, Parked] = OrderedDict()
        self._refusals_said: set[tuple[int, str, int]] = set()
        self._changed_at: dict[int, float] = {}
        self.refused_lately: Callable[[int], None] = lambda _: None
        """Called with a guild in which something is refused soon after a permission has changed."""

    def of(self, guild_id: int) -> list[Parked]:
        """What waits in one server, longest first."""
        return [one for one in self._parked.values() if one.action.guild_id == guild_id]

    def keep(self, parked: Parked) -> None:
        """It waits, unless another about the same does already."""
        self._parked.setdefault(parked.action.key, parked)

    def pop(self, key: Key) -> Parked | None:
        """What waits under this key, which waits no more."""
        return self._parked.pop(key, None)

    def park(self, parked: Parked, result: Result) -> None:
        """It was refused: it waits, and that is said once."""
        action = parked.action
        self._parked[action.key] = parked
        if len(self._parked) > PARKED_AT_MOST:
            self._parked.popitem(last=False)
        place = (action.guild_id, *_where(action))
        if place not in self._refusals_said:
            self._refusals_said.add(place)
            log.error(
                "%s is refused: %s. This and what follows there waits for the permission.",
                describe(action),
                result.detail,
            )
        changed_at = self._changed_at.get(action.guild_id)
        if changed_at is not None:
            if asyncio.get_running_loop().time() - changed_at < LATELY_SECONDS:
                self.refused_lately(action.guild_id)
            else:
                del self._changed_at[action.guild_id]

    def permissions_changed(self, guild_id: int) -> None:
        """What is refused from now on in this server is worth saying again."""
        self._changed_at[guild_id] = asyncio.get_running_loop().time()
        self._refusals_said = {place for place in self._refusals_said if place[0] != guild_id}


def _where(action: Action) -> tuple[str, int]:
    kind, place, _ = action.key
    return ("", place) if kind in ("delete", "nickname", "title") else (kind, place)
