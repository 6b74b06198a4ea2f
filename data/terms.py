"""What entries have of their own: a consequence, a reason, a date."""

from collections.abc import Mapping

import aiosqlite

from data import policy_json
from data.entries import BANNED_WORDS, Place, rows
from moderation.policy import EntryTerms


async def of_guild(
    connection: aiosqlite.Connection, guild_id: int
) -> dict[tuple[str, str], EntryTerms]:
    """By the name of the list and the text of the entry, of those that have any."""
    found = await connection.execute_fetchall(
        "SELECT name, text, terms FROM banned_words JOIN lists USING (guild_id, list_id)"
        " WHERE guild_id = ? AND terms IS NOT NULL",
        (guild_id,),
    )
    return {
        (name, text): policy_json.to_terms(policy_json.read(terms)) for name, text, terms in found
    }


async def of_list(connection: aiosqlite.Connection, place: Place) -> dict[str, EntryTerms]:
    """By the text of the entry, of those of a list that have any."""
    found = await connection.execute_fetchall(
        "SELECT text, terms FROM banned_words"
        " WHERE guild_id = ? AND list_id = ? AND terms IS NOT NULL",
        (place.guild_id, place.list_id),
    )
    return {text: policy_json.to_terms(policy_json.read(terms)) for text, terms in found}


async def find(connection: aiosqlite.Connection, place: Place, entry: str) -> str | None:
    """The text of an entry that has this key or text; None where there is none."""
    there = await rows(connection, BANNED_WORDS, place)
    if entry in there:
        return there[entry]
    return next((text for text in there.values() if text == entry), None)


async def set_all(
    connection: aiosqlite.Connection, place: Place, terms: Mapping[str, EntryTerms]
) -> None:
    """Give entries, by their texts, terms of their own; with empty ones none."""
    await connection.executemany(
        "UPDATE banned_words SET terms = ? WHERE guild_id = ? AND list_id = ? AND text = ?",
        [
            (
                policy_json.written(policy_json.from_terms(one)) if one else None,
                place.guild_id,
                place.list_id,
                text,
            )
            for text, one in terms.items()
        ],
    )
