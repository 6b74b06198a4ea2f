"""Who someone is, as the rules see it."""

import pytest

from moderation.people import Membership, Person


@pytest.mark.parametrize(
    ("person", "shown"),
    [
        (Person(7), "user 7"),
        (Person(7, username="ann"), "ann"),
        (Person(7, username="ann", global_name="Ann"), "Ann"),
        (Person(7, username="ann", global_name="Ann", membership=Membership()), "Ann"),
        (Person(7, username="ann", membership=Membership(nickname="Annie")), "Annie"),
        (Person(7, username="ann", global_name="Ann", membership=Membership("Annie")), "Annie"),
        (Person(7, username="ann", global_name="", membership=Membership("")), "ann"),
    ],
)
def test_the_name_that_people_see(person: Person, shown: str) -> None:
    assert person.display_name == shown


def test_someone_who_is_in_the_guild_without_any_role_is_a_member_all_the_same() -> None:
    assert Person(7, membership=Membership()).membership is not None
    assert Person(7).membership is None


def test_a_person_is_a_value() -> None:
    one = Person(7, username="ann", membership=Membership(role_ids=frozenset({1, 2})))
    other = Person(7, username="ann", membership=Membership(role_ids=frozenset({2, 1})))
    assert one == other
    assert len({one, other}) == 1
    with pytest.raises(AttributeError):
        one.user_id = 8  # type: ignore[misc]  # that it is refused is the point
