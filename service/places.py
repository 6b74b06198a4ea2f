"""The channels of a server that is still to be caught up with, kept small: after a start in a
thousand servers a hundred thousand of them wait for their turn."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

from service.gaps import Place

_NONE = -1


class Places(Sequence[Place]):
    """Places as 25 bytes each, instead of some 170."""

    __slots__ = ("_flags", "_numbers")

    def __init__(self, places: Iterable[Place]) -> None:
        self._numbers = array("q")
        self._flags = bytearray()
        for place in places:
            newest = _NONE if place.newest is None else place.newest
            self._numbers.extend((place.channel_id, newest, place.opened_at))
            self._flags.append(place.is_thread | place.hidden << 1)

    def __len__(self) -> int:
        return len(self._flags)

    def __iter__(self) -> Iterator[Place]:
        return map(self._at, range(len(self)))

    @overload
    def __getitem__(self, index: int) -> Place: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Place]: ...

    def __getitem__(self, index: int | slice) -> Place | Sequence[Place]:
        if isinstance(index, slice):
            return [self._at(one) for one in range(len(self))[index]]
        return self._at(range(len(self))[index])

    def _at(self, index: int) -> Place:
        channel_id, newest, opened_at = self._numbers[3 * index : 3 * index + 3]
        return Place(
            channel_id,
            None if newest == _NONE else newest,
            opened_at,
            bool(self._flags[index] & 1),
            bool(self._flags[index] & 2),
        )
