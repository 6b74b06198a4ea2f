"""The planted defects can be planted: each takes the place of something that is there, and is
called like it. That the chaos finds them: ``python -m tests.chaos --plant NAME``."""

import inspect

import pytest

from tests.chaos.plants import PLANTS, Plant


@pytest.mark.parametrize("one", PLANTS.values(), ids=list(PLANTS))
def test_a_defect_takes_the_place_of_what_is_there(one: Plant) -> None:
    for owner, attribute, defect in one.changes:
        there = getattr(owner, attribute)
        assert there is not defect, "nothing is planted in the process of the tests"
        assert inspect.iscoroutinefunction(there) is inspect.iscoroutinefunction(defect)
        theirs = list(inspect.signature(there).parameters)
        assert list(inspect.signature(defect).parameters) == theirs
