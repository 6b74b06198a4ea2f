"""Two people who press at the same moment: the first one's press counts."""

from time import monotonic

from cogs.helpers.replies import code
from moderation.errors import Refused

SECONDS = 30.0

type What = tuple[object, ...]


class Lately:
    """What was begun within the last seconds, and by whom."""

    def __init__(self) -> None:
        self._begun: dict[What, tuple[float, str]] = {}

    def claim(self, what: What, who: str) -> None:
        """Begin something. Raises TooLate where somebody has just begun the same."""
        now = monotonic()
        self._begun = {one: by for one, by in self._begun.items() if now - by[0] < SECONDS}
        if what in self._begun:
            raise TooLate(self._begun[what][1])
        self._begun[what] = (now, who)

    def give_back(self, what: What) -> None:
        """It came to nothing."""
        self._begun.pop(what, None)


class TooLate(Refused):
    """Somebody was faster."""

    def __init__(self, who: str) -> None:
        self.who = who
        super().__init__(f"{code(who)} has done that a moment ago. Nothing was done again.")
