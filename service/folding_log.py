"""Which post of the mod log tells of a case: one of its own, or one that others share, so that a
burst is one entry and a raid is a few.

Within a minute one member has one post; in one channel the members after the third share one; and
in one server all cases after the fifth post do."""

from collections import deque
from dataclasses import dataclass, field

from moderation.cases import CaseKind
from moderation.log_posts import Sketch

WINDOW_SECONDS = 60.0
POSTS_OF_A_PLACE = 3
POSTS_OF_A_GUILD = 5

type Key = tuple[object, ...]


@dataclass(slots=True)
class Folds:
    """The posts of one guild that others may join: ``join`` first, then ``opened`` where it had
    none. Times are seconds of any clock that only goes forward."""

    _open: dict[Key, tuple[float, int]] = field(default_factory=dict)
    _posts: deque[tuple[float, Key]] = field(default_factory=deque)

    def join(self, case: Sketch, channel_id: int, now: float) -> int | None:
        """The post that is to tell of a case in a channel of the mod log; None for a new one."""
        self._forget(now)
        for key in self._keys(case, channel_id):
            if key in self._open:
                return self._open[key][1]
        return None

    def opened(self, case: Sketch, channel_id: int, post_id: int, now: float) -> None:
        """A post has been made for a case."""
        self._open[self._keys(case, channel_id)[-1]] = (now, post_id)
        self._posts.append((now, _place(case, channel_id)))

    def _keys(self, case: Sketch, channel_id: int) -> list[Key]:
        """Whose posts the case can join, and whose a post of its own would be."""
        by_hand = case.kind is not CaseKind.VIOLATION
        here = _place(case, channel_id)
        keys: list[Key] = []
        if case.user_id is not None and not by_hand:
            keys.append((channel_id, "member", case.user_id))
        if len(self._posts) >= POSTS_OF_A_GUILD:
            keys.append((channel_id, "guild", by_hand))
        elif not by_hand and sum(place == here for _, place in self._posts) >= POSTS_OF_A_PLACE:
            keys.append(here)
        return keys or [(channel_id, "case", case.number)]

    def _forget(self, now: float) -> None:
        self._open = {
            key: (at, post_id)
            for key, (at, post_id) in self._open.items()
            if now - at < WINDOW_SECONDS
        }
        while self._posts and now - self._posts[0][0] >= WINDOW_SECONDS:
            self._posts.popleft()


def _place(case: Sketch, channel_id: int) -> Key:
    return (channel_id, "channel", case.channel_id)
