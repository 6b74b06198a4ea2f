"""What a member has on record, as far as it makes strikes: see moderation/escalation.py, which
counts them.

Nearly always it is enough to know when each strike began and the strongest that the last one had:
as many rows as strikes, not as many as cases. A raid makes thousands of cases of one member, and
each of them is counted while it is decided."""

import sqlite3
from functools import lru_cache

from moderation.consequence import DELETE, Consequence, Step
from moderation.escalation import BURST_SECONDS, Past

FEW = 100
"""Rows that are simply read; for more of them SQLite makes fewer, which takes a while to begin."""

_ALL = (
    "SELECT at / 1000, catch_up, step, ms FROM cases WHERE guild_id = :guild_id"
    " AND user_id = :user_id AND at >= :since AND counts = 1 AND state <> 'undone' LIMIT 101"
)
# One row for each second and reading of the history, with the strongest of its consequences: SQLite
# takes the other columns of a max() from the row that has it. Strikes count whole seconds as well.
_BY_SECOND = (
    "SELECT at / 1000, catch_up, step, ms,"
    # A ban for good has no length and is longer than any other.
    " max(step * 10000000000000 + coalesce(ms, CASE step WHEN 5 THEN 1000000000000 ELSE 0 END))"
    " FROM cases WHERE guild_id = :guild_id AND user_id = :user_id AND at >= :since"
    " AND counts = 1 AND state <> 'undone' GROUP BY at / 1000, catch_up"
)
# When the newest case was made, and whether a reading of the history found any.
_NEWEST = (
    "SELECT (SELECT at FROM cases INDEXED BY cases_of_user WHERE guild_id = :guild_id"
    " AND user_id = :user_id AND at >= :since AND counts = 1 AND state <> 'undone'"
    " ORDER BY at DESC LIMIT 1),"
    " EXISTS (SELECT 1 FROM cases INDEXED BY cases_caught_up WHERE guild_id = :guild_id"
    " AND user_id = :user_id AND at >= :since AND catch_up IS NOT NULL)"
)
# From the first case of each strike to the first one after it.
_BEGINNINGS = (
    "WITH RECURSIVE strikes (second) AS ("
    "SELECT (SELECT at / 1000 FROM cases INDEXED BY cases_of_user"
    " WHERE guild_id = :guild_id AND user_id = :user_id AND at >= :since"
    " AND counts = 1 AND state <> 'undone' ORDER BY at LIMIT 1)"
    " UNION ALL SELECT (SELECT at / 1000 FROM cases INDEXED BY cases_of_user"
    " WHERE guild_id = :guild_id AND user_id = :user_id AND at >= (second + :burst) * 1000"
    " AND counts = 1 AND state <> 'undone' ORDER BY at LIMIT 1)"
    " FROM strikes WHERE second IS NOT NULL)"
    " SELECT second FROM strikes WHERE second IS NOT NULL"
)
_STRONGEST = (
    "SELECT step, ms FROM cases INDEXED BY cases_punished"
    " WHERE guild_id = :guild_id AND user_id = :user_id AND at >= :since"
    " AND counts = 1 AND state <> 'undone' AND step >= 3"
    " ORDER BY step DESC, coalesce(ms, 9000000000000000) DESC LIMIT 1"
)


def past(connection: sqlite3.Connection, guild_id: int, user_id: int, since: int) -> list[Past]:
    """All that a member has on record since a time (UTC in milliseconds), as far as it counts."""
    which = {"guild_id": guild_id, "user_id": user_id, "since": since}
    rows = connection.execute(_ALL, which).fetchall()
    if len(rows) > FEW:
        rows = connection.execute(_BY_SECOND, which).fetchall()
    return [Past(at * 1000, consequence(step, ms), by) for at, by, step, ms, *_ in rows]


def past_before(
    connection: sqlite3.Connection,
    guild_id: int,
    user_id: int,
    since: int,
    new: Past,
    *,
    may_punish: bool = True,
) -> list[Past]:
    """As much of it as decides what a new case comes to: for ``escalate`` it is the same as all.
    Unless it ``may_punish``, what its strike had already does not matter."""
    which = {"guild_id": guild_id, "user_id": user_id, "since": since}
    ((newest, caught_up),) = connection.execute(_NEWEST, which)
    if newest is None:
        return []
    if caught_up or new.catch_up is not None or newest > new.at:
        # Readings of the history make strikes of cases far apart, and so may a clock that was set.
        return past(connection, guild_id, user_id, since)
    rows = connection.execute(_BEGINNINGS, which | {"burst": BURST_SECONDS})
    begun = [second * 1000 for (second,) in rows]
    found = [Past(at, DELETE) for at in begun]
    if may_punish and new.at // 1000 - begun[-1] // 1000 < BURST_SECONDS:
        # The second in which it began may have been cut in two by the time it is counted from.
        for step, ms in connection.execute(_STRONGEST, which | {"since": max(since, begun[-1])}):
            found.append(Past(begun[-1], consequence(step, ms)))
    return found


@lru_cache(maxsize=256)
def consequence(step: int, ms: int | None) -> Consequence:
    """A consequence from its two columns. Kept, for the many cases of a raid come to few of them;
    making one takes as long as reading its row."""
    return Consequence(Step(step), ms)
