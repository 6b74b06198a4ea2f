"""What stands in the mod log: a case is told of in one post, and what it does not show is known."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from data.store import Store
from moderation.cases import NoSuchCase
from moderation.log_posts import LogChannel
from moderation.states import State
from tests.store.clock import DAY_MS, Clock

GUILD, OTHER, LOG = 1, 2, 50


class Rows:
    """Cases, decisions and actions put into the database as other parts of the store do."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def run(self, statement: str, *values: object) -> None:
        with closing(sqlite3.connect(self._path)) as connection, connection:
            connection.execute(statement, values)

    def case(self, number: int, *, guild_id: int = GUILD, user_id: int = 7, at: int = 1000) -> None:
        self.run(
            "INSERT OR IGNORE INTO guilds (guild_id, revision, joined_at) VALUES (?, 1, 1)",
            guild_id,
        )
        self.run(
            "INSERT INTO cases (guild_id, number, at, kind, user_id, by_id, step, counts, surface,"
            " channel_id, list, entry, changed_at)"
            " VALUES (?, ?, ?, 'violation', ?, 0, 1, 1, 'message', 30, 'main', 'bad', ?)",
            *(guild_id, number, at, user_id, at),
        )

    def action(
        self, number: int, kind: str, state: str, *, guild_id: int = GUILD, ended_at: int | None
    ) -> None:
        cause = f"message:{guild_id}:{number}:{kind}"
        self.run(
            "INSERT INTO decisions (guild_id, cause, at, surface, list, entry, case_number)"
            " VALUES (?, ?, 1000, 'message', 'main', 'bad', ?)",
            *(guild_id, cause, number),
        )
        self.run(
            "INSERT INTO actions (guild_id, decision_id, kind, target_id, reason, created_at,"
            " deadline, state, ended_at)"
            " SELECT guild_id, decision_id, ?, 1, '', 1000, 9000, ?, ? FROM decisions"
            " WHERE cause = ?",
            *(kind, state, ended_at, cause),
        )


@pytest.fixture
def rows(store: Store, path: Path) -> Rows:
    return Rows(path)


async def test_a_case_has_one_post(store: Store, rows: Rows) -> None:
    rows.case(1)
    rows.case(2)
    posts = store.log_posts
    made = await posts.make_post(GUILD, LOG, 1, nonce="n", at=5)
    assert (made.channel_id, made.message_id, made.nonce, made.numbers) == (LOG, None, "n", (1,))
    assert await posts.make_post(GUILD, 51, 1, nonce="m", at=6) == made
    await posts.add_to_post(GUILD, made.post_id, [1, 2])
    await posts.posted(GUILD, made.post_id, 77)
    post = await posts.post_of(GUILD, 2)
    assert post is not None
    assert (post.message_id, post.numbers, post.gone) == (77, (1, 2), False)
    rows.case(3)
    other = await posts.make_post(GUILD, LOG, 3, nonce="o", at=7)
    await posts.add_to_post(GUILD, made.post_id, [3])
    assert await posts.post_of(GUILD, 3) == other
    assert await posts.post_of(GUILD, 4) is None
    assert await posts.post_of(OTHER, 1) is None


async def test_what_is_stale(store: Store, rows: Rows) -> None:
    posts = store.log_posts
    for number in (1, 2, 3, 4):
        rows.case(number, at=1000 * number)
    rows.case(1, guild_id=OTHER)
    assert await posts.stale(GUILD, 2000) == [2, 3, 4]
    made = await posts.make_post(GUILD, LOG, 1, nonce="n", at=5)
    await posts.add_to_post(GUILD, made.post_id, [2, 3])
    assert await posts.stale(GUILD, 2000) == [1, 4], "not posted yet"
    await posts.posted(GUILD, made.post_id, 77)
    await posts.shown(GUILD, made.post_id, 2999)
    assert await posts.stale(GUILD, 2000) == [1, 4], "the third was changed at 3000"
    await posts.shown(GUILD, made.post_id, 3000)
    assert await posts.stale(GUILD, 2000) == [4]
    rows.action(2, "delete", "done", ended_at=3001)
    assert await posts.stale(GUILD, 2000) == [2, 4]
    assert (await posts.burst(GUILD, made.post_id)).changed_at == 3001
    await posts.forget_post(GUILD, made.post_id)
    assert await posts.stale(GUILD, 2000) == [4], "what a moderator deleted is not written again"
    assert await posts.stale(GUILD, 5000) == []
    assert await posts.stale(OTHER, 0) == [1]


async def test_sketches(store: Store, rows: Rows) -> None:
    posts = store.log_posts
    rows.case(1)
    rows.case(2, user_id=8)
    rows.case(2, guild_id=OTHER)
    rows.action(1, "delete", "done", ended_at=1001)
    rows.action(2, "delete", "pending", ended_at=None)
    rows.action(2, "delete", "done", ended_at=1, guild_id=OTHER)
    rows.run("UPDATE cases SET step = 3 WHERE guild_id = ? AND number = 1", GUILD)
    made = await posts.make_post(GUILD, LOG, 1, nonce="n", at=5)
    first, second = await posts.sketches(GUILD, [2, 1, 9])
    assert (first.number, first.post_id, first.pending, first.punishes) == (
        *(1, made.post_id, False, True),
    )
    assert (second.number, second.post_id, second.pending, second.user_id) == (2, None, True, 8)
    (other,) = await posts.sketches(OTHER, [1, 2])
    assert other.pending is False


async def test_a_burst_is_counted(store: Store, rows: Rows) -> None:
    posts = store.log_posts
    for number in (1, 2, 3):
        rows.case(number, user_id=7 if number < 3 else 8)
        rows.action(number, "delete", "done" if number < 3 else "failed", ended_at=1000 + number)
    rows.case(1, guild_id=OTHER)
    rows.action(1, "delete", "done", ended_at=9000, guild_id=OTHER)
    rows.run("UPDATE cases SET state = 'undone' WHERE guild_id = ? AND number = 2", GUILD)
    made = await posts.make_post(GUILD, LOG, 1, nonce="n", at=5)
    await posts.add_to_post(GUILD, made.post_id, [2, 3])
    burst = await posts.burst(GUILD, made.post_id)
    assert (burst.first, burst.last, burst.count, burst.users) == (1, 3, 3, 2)
    assert (burst.channels, burst.channel_id, burst.undone) == (1, 30, 1)
    assert burst.entries == (("main", "bad", 3),)
    assert burst.outcomes == {("delete", State.DONE): 2, ("delete", State.FAILED): 1}
    assert burst.changed_at == 1003
    with pytest.raises(NoSuchCase):
        await posts.burst(OTHER, made.post_id)


async def test_people_who_are_not_known_are_counted_one_by_one(store: Store, rows: Rows) -> None:
    for number in (1, 2):
        rows.case(number)
    rows.run("UPDATE cases SET user_id = NULL")
    made = await store.log_posts.make_post(GUILD, LOG, 1, nonce="n", at=5)
    await store.log_posts.add_to_post(GUILD, made.post_id, [2])
    assert (await store.log_posts.burst(GUILD, made.post_id)).users == 2


async def test_the_channels(store: Store) -> None:
    posts = store.log_posts
    assert await posts.log_channels(GUILD, {LOG}, 5) == [LogChannel(LOG, 5)]
    await posts.channel_trouble(GUILD, LOG, "gone")
    assert await posts.log_channels(GUILD, {LOG, 51}, 6) == [
        LogChannel(LOG, 5, "gone"),
        LogChannel(51, 6),
    ]
    assert await posts.log_channels(OTHER, {LOG}, 7) == [LogChannel(LOG, 7)]
    assert await posts.log_channels(GUILD, {51}, 8) == [LogChannel(51, 6)]
    assert await posts.log_channels(GUILD, {LOG, 51}, 9) == [LogChannel(LOG, 9), LogChannel(51, 6)]
    assert await posts.log_channels(GUILD, (), 9) == []
    assert await posts.log_channels(OTHER, {LOG}, 9) == [LogChannel(LOG, 7)]


async def test_all_of_it_goes_with_the_guild(
    store: Store, rows: Rows, path: Path, clock: Clock
) -> None:
    rows.case(1)
    await store.log_posts.make_post(GUILD, LOG, 1, nonce="n", at=5)
    await store.log_posts.log_channels(GUILD, {LOG}, 5)
    await store.guild_left(GUILD)
    clock.now += 31 * DAY_MS
    assert await store.erase_departed() == [GUILD]
    with closing(sqlite3.connect(path)) as connection:
        for table in ("log_posts", "log_post_cases", "log_channels"):
            sql = f"SELECT count(*) FROM {table}"  # noqa: S608  # one of those above
            assert connection.execute(sql).fetchone() == (0,)
