"""Cursors in a real database."""

from data.store import Store
from moderation.progress import Cursor, GuildCursors, GuildProgress
from tests.store.clock import Clock


async def test_a_guild_of_which_nothing_is_kept(store: Store) -> None:
    assert await store.cursors.resume(1) == GuildCursors()


async def test_a_cursor_never_goes_back_and_neither_does_the_time(store: Store) -> None:
    await store.cursors.keep([GuildProgress(1, {10: 100}, until=50)])
    await store.cursors.keep([GuildProgress(1, {10: 90, 11: 5}, until=40)])
    assert await store.cursors.resume(1) == GuildCursors(
        50, (Cursor(10, 100, 50), Cursor(11, 5, 50))
    )


async def test_whoever_was_behind_stays_so_since_the_earlier_moment(store: Store) -> None:
    await store.cursors.keep([GuildProgress(1, {10: 100, 11: 100}, until=50)])
    await store.cursors.resume(1)
    await store.cursors.keep([GuildProgress(1, {10: 200}, level=frozenset({10}), until=70)])
    kept = await store.cursors.resume(1, 90)
    assert kept == GuildCursors(90, (Cursor(10, 200, 90), Cursor(11, 100, 50)))


async def test_what_is_left_unread_is_marked_once(store: Store) -> None:
    await store.cursors.keep([GuildProgress(1, {10: 5}, behind={10: 30}, until=50)])
    await store.cursors.keep([GuildProgress(1, {10: 6}, behind={10: 40}, until=60)])
    assert (await store.cursors.resume(1)).cursors == (Cursor(10, 6, 30),)


async def test_a_channel_that_is_gone_is_dropped(store: Store) -> None:
    await store.cursors.keep([GuildProgress(1, {10: 5, 11: 6}), GuildProgress(2, {10: 7})])
    await store.cursors.keep([GuildProgress(1, dropped=frozenset({10}))])
    assert [one.channel_id for one in (await store.cursors.resume(1)).cursors] == [11]
    assert (await store.cursors.resume(2)).cursors == (Cursor(10, 7, 0),)


async def test_leaving_a_guild_drops_its_cursors_and_no_others(store: Store, clock: Clock) -> None:
    await store.guild_joined(1)
    await store.cursors.keep([GuildProgress(1, {10: 5}, until=9), GuildProgress(2, {20: 6})])
    await store.guild_left(1)
    assert await store.cursors.resume(1) == GuildCursors()
    assert (await store.cursors.resume(2)).cursors == (Cursor(20, 6, 0),)
