"""Places that are kept small say the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.gaps import Place
from service.places import Places

ids = st.integers(1, (1 << 63) - 1)


@given(st.lists(st.builds(Place, ids, st.none() | ids, ids, st.booleans())))
def test_they_say_what_they_were_told(places: list[Place]) -> None:
    kept = Places(places)
    assert list(kept) == places
    assert len(kept) == len(places)
    assert kept[1:] == places[1:]
    assert all(kept[number] == place for number, place in enumerate(places))


def test_there_is_none_behind_the_last() -> None:
    kept = Places([Place(1, None, 2)])
    assert kept[-1] == Place(1, None, 2)
    with pytest.raises(IndexError):
        kept[1]
