"""Which cases share a post of the mod log."""

from hypothesis import given
from hypothesis import strategies as st

from moderation.cases import CaseKind
from moderation.log_posts import Sketch
from service.folding_log import POSTS_OF_A_GUILD, WINDOW_SECONDS, Folds

LOG = 50


def sketch(
    number: int,
    user_id: int | None = 7,
    channel_id: int | None = 30,
    kind: CaseKind = CaseKind.VIOLATION,
) -> Sketch:
    return Sketch(number, 0, kind, 0, user_id, channel_id, False, False, None)


class Posts:
    """Numbers posts as the store does, and says which one each case is told of in."""

    def __init__(self) -> None:
        self.folds = Folds()
        self.made = 0

    def told(self, case: Sketch, now: float = 0.0, channel_id: int = LOG) -> int:
        post_id = self.folds.join(case, channel_id, now)
        if post_id is None:
            self.made += 1
            post_id = self.made
            self.folds.opened(case, channel_id, post_id, now)
        return post_id


def test_a_member_has_one_post_within_a_minute() -> None:
    posts = Posts()
    assert [posts.told(sketch(n, channel_id=n), 10.0 * n) for n in range(7)] == [1] * 6 + [2]


def test_two_members_have_a_post_each() -> None:
    posts = Posts()
    assert [posts.told(sketch(1, 7)), posts.told(sketch(2, 8))] == [1, 2]


def test_the_fourth_member_in_a_channel_shares_a_post_with_those_to_come() -> None:
    posts = Posts()
    assert [posts.told(sketch(n, n)) for n in range(7)] == [1, 2, 3, 4, 4, 4, 4]
    assert posts.told(sketch(9, 1)) == 2, "whoever has a post stays there"
    assert posts.told(sketch(10, 99, 31)) == 5, "another channel"
    assert posts.told(sketch(11, 100), WINDOW_SECONDS) == 6, "a minute later"


def test_after_the_fifth_post_all_share_one() -> None:
    posts = Posts()
    told = [posts.told(sketch(n, n, channel_id=n)) for n in range(9)]
    assert told == [1, 2, 3, 4, 5, 6, 6, 6, 6]


def test_what_moderators_do_is_told_of_one_by_one_and_never_with_violations() -> None:
    posts = Posts()
    bans = [posts.told(sketch(n, 7, None, CaseKind.BAN)) for n in range(5)]
    assert bans == [1, 2, 3, 4, 5]
    assert posts.told(sketch(10)) == 6
    assert posts.told(sketch(11, 7, None, CaseKind.KICK)) == 7
    assert posts.told(sketch(12, 8, None, CaseKind.KICK)) == 7


def test_somebody_unknown_shares_with_nobody_at_first() -> None:
    posts = Posts()
    assert [posts.told(sketch(n, None)) for n in range(5)] == [1, 2, 3, 4, 4]


def test_two_channels_of_the_mod_log_are_two() -> None:
    posts = Posts()
    assert posts.told(sketch(1)) == 1
    assert posts.told(sketch(2), channel_id=51) == 2


raids = st.lists(st.tuples(st.integers(1, 30), st.integers(1, 4), st.floats(0, 5)), max_size=200)


@given(raids)
def test_there_are_a_few_posts_a_minute_however_many_cases(
    raid: list[tuple[int, int, float]],
) -> None:
    posts, now, made_at = Posts(), 0.0, []
    for number, (user_id, channel_id, pause) in enumerate(raid):
        now += pause
        before = posts.made
        posts.told(sketch(number, user_id, channel_id), now)
        made_at += [now] if posts.made > before else []
    for moment in made_at:
        lately = [at for at in made_at if moment - WINDOW_SECONDS < at <= moment]
        # One more where the shared post of the last minute is just closing.
        assert len(lately) <= POSTS_OF_A_GUILD + 2
