"""Taking back a change: from the record alone, whole or not at all, and only where nothing later
has touched the same.

What a change touched is told by tokens, as ("list", "spam", "entry", "word") or ("policy",
"ladder"); two clash where one is the beginning of the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

import aiosqlite

from data import changes, entries, lists, policy_rows, terms
from data.entries import ALLOWED_PHRASES, BANNED_WORDS, Place
from moderation.list_names import folded
from moderation.policy import GuildPolicy, ListPolicy
from moderation.records import (
    Actor,
    CannotUndo,
    Change,
    Changed,
    ChangedEntries,
    ChangedList,
    ChangedPolicy,
    ChangedTerms,
    ChangeKind,
    UnknownList,
)
from moderation.words import AllowedPhrase, BannedWord

type Token = tuple[str, ...]
type Sides = tuple[Changed | None, Changed | None]
"""Before and after, as they are recorded."""


@dataclass(frozen=True, slots=True)
class Undo:
    """What is to be done: ``before`` of the change is to be again, ``after`` no more. ``banned``
    and ``allowed`` are the entries to put back, read. ``kind`` is what that is a change of itself,
    ``told`` says it in words."""

    before: Changed | None
    after: Changed | None
    kind: ChangeKind
    told: str
    banned: tuple[BannedWord, ...] = ()
    allowed: tuple[AllowedPhrase, ...] = ()


async def since(
    connection: aiosqlite.Connection, guild_id: int, change_id: int
) -> Sequence[Change]:
    """The change and all later ones. Raises CannotUndo where there is none of this number."""
    found = await changes.read_from(connection, guild_id, change_id)
    if not found or found[0].change_id != change_id:
        newest = await changes.newest(connection, guild_id)
        known = f"The newest one is #{newest}." if newest else "There are no changes yet."
        raise CannotUndo(f"There is no change #{change_id} in this server. {known}")
    return found


def plan(since: Sequence[Change]) -> Undo:
    """How to take back the first of these changes, the later ones being all that came after it.
    Raises CannotUndo. Reads as many entries as were removed: not for the event loop."""
    change = since[0]
    later = _in_force(since)
    needed = set(_needed(change))
    shorter = {token[:size] for token in needed for size in range(1, len(token))}
    for one in later:
        if one.undoes == change.change_id:
            raise CannotUndo(
                f"Change #{change.change_id} was undone already, by {one.actor.name} (change "
                f"#{one.change_id}). To have it again, undo that one."
            )
        for token in _touched(one):
            if token in shorter or any(token[:size] in needed for size in range(1, len(token) + 1)):
                raise CannotUndo(
                    f"Change #{one.change_id} by {one.actor.name} has changed the same since. Undo "
                    "that one first."
                )
    return _undo(change)


def _in_force(since: Sequence[Change]) -> list[Change]:
    """The changes after the first without those that were taken back, and without what took them
    back: together they changed nothing."""
    kept: list[Change] = []
    cancelled: set[int] = set()
    for one in reversed(since[1:]):
        if one.change_id in cancelled:
            continue
        if one.undoes is not None and one.undoes > since[0].change_id:
            cancelled.add(one.undoes)
        else:
            kept.append(one)
    return kept[::-1]


async def carry_out(
    connection: aiosqlite.Connection, guild_id: int, undo: Undo, by: Actor, now: int
) -> Sides:
    """Do it; what to record. The guild's own row must exist. Raises CannotUndo, LimitReached and
    ListRefused."""
    try:
        match undo.before, undo.after:
            case ChangedList() as old, ChangedList() as new:
                return await _set_list_back(connection, guild_id, old, new)
            case None, ChangedList(name):
                place = await _place(connection, guild_id, name)
                policy = (await lists.policies(connection, guild_id))[name]
                await lists.delete(connection, guild_id, place.list_id)
                return ChangedList(name, policy), None
            case ChangedList(name, policy) as old, None:
                list_id = await lists.make(connection, guild_id, name, policy, now)
                await _put_back(connection, Place(guild_id, list_id), undo, old.entries, by, now)
                return None, old
            case ChangedTerms() as old, ChangedTerms() as new:
                place = await _place(connection, guild_id, old.list_name)
                await terms.set_all(connection, place, {old.text: old.terms})
                return new, old
            case ChangedPolicy() as old, ChangedPolicy() as new:
                return await _set_policy_back(connection, guild_id, old, new)
            case ChangedEntries() as gone, None:
                place = await _place(connection, guild_id, gone.list_name)
                await _put_back(connection, place, undo, gone, by, now)
                return None, gone
            case None, ChangedEntries() as added:
                place = await _place(connection, guild_id, added.list_name)
                if added.list_name is None:
                    await entries.remove(connection, ALLOWED_PHRASES, place, added.texts)
                else:
                    await entries.remove(connection, BANNED_WORDS, place, added.texts)
                return added, None
    except UnknownList as error:
        raise CannotUndo(f"{error} Nothing was changed.") from None
    raise AssertionError("no change is recorded like this")


def _undo(change: Change) -> Undo:
    before, after = change.before, change.after
    told, kind = _told(change)
    banned: tuple[BannedWord, ...] = ()
    allowed: tuple[AllowedPhrase, ...] = ()
    gone = before.entries if isinstance(before, ChangedList) else before
    if isinstance(gone, ChangedEntries):
        place = Place(0)
        if gone.list_name is None:
            read = (entries.read(ALLOWED_PHRASES, place, text) for text in gone.texts)
            allowed = tuple(one for one in read if one is not None)
        else:
            words = (entries.read(BANNED_WORDS, place, text) for text in gone.texts)
            banned = tuple(one for one in words if one is not None)
        if len(banned) + len(allowed) < len(gone.texts):
            raise CannotUndo(
                "This version does not understand some of these entries any more. Add those that "
                "you need by hand."
            )
    return Undo(before, after, kind, told, banned, allowed)


def _told(change: Change) -> tuple[str, ChangeKind]:
    match change.before, change.after:
        case ChangedList(name), ChangedList():
            return f"The list “{name}” is again as it was.", ChangeKind.LIST_CHANGED
        case None, ChangedList(name):
            return f"The list “{name}” is deleted again.", ChangeKind.LIST_DELETED
        case ChangedList(name, _, gone), None:
            count = _entries(0 if gone is None else len(gone.texts))
            return f"The list “{name}” is back, with {count}.", ChangeKind.LIST_CREATED
        case ChangedTerms(list_name, text), _:
            told = f"The entry “{text}” on the list “{list_name}” is again as it was."
            return told, ChangeKind.ENTRY_CHANGED
        case ChangedPolicy(what), _:
            return f"As before again: {what}.", ChangeKind.POLICY_CHANGED
        case None, ChangedEntries(None, texts):
            return f"{_phrases(len(texts))} taken off again.", ChangeKind.ALLOWED_REMOVED
        case None, ChangedEntries(list_name, texts):
            told = f"{_entries(len(texts))} taken off the list “{list_name}” again."
            return told, ChangeKind.WORDS_REMOVED
        case ChangedEntries(None, texts), _:
            return f"{_phrases(len(texts))} put back.", ChangeKind.ALLOWED_ADDED
        case ChangedEntries(list_name, texts), _:
            told = f"{_entries(len(texts))} put back on the list “{list_name}”."
            return told, ChangeKind.WORDS_ADDED
    raise AssertionError("no change is recorded like this")


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count:,} entries"


def _phrases(count: int) -> str:
    return "1 allowed phrase" if count == 1 else f"{count:,} allowed phrases"


async def _place(connection: aiosqlite.Connection, guild_id: int, list_name: str | None) -> Place:
    if list_name is None:
        return Place(guild_id)
    _, list_id = await lists.named(connection, guild_id, list_name)
    return Place(guild_id, list_id or 0)


async def _put_back(
    connection: aiosqlite.Connection,
    place: Place,
    undo: Undo,
    gone: ChangedEntries | None,
    by: Actor,
    now: int,
) -> None:
    signed = {"added_by": by.user_id, "now": now}
    await entries.add_some(connection, BANNED_WORDS, place, undo.banned, **signed)
    await entries.add_some(connection, ALLOWED_PHRASES, place, undo.allowed, **signed)
    if gone is not None:
        await terms.set_all(connection, place, gone.terms)


async def _set_list_back(
    connection: aiosqlite.Connection, guild_id: int, old: ChangedList, new: ChangedList
) -> Sides:
    place = await _place(connection, guild_id, new.name)
    now = (await lists.policies(connection, guild_id))[new.name]
    back = _with(now, old.policy, _differing(old.policy, new.policy))
    if old.name != new.name:
        others = (one for one in await lists.ids(connection, guild_id) if one != new.name)
        lists.refuse_taken(old.name, tuple(others))
        await lists.rename(connection, guild_id, place.list_id, old.name)
    await lists.set_policy(connection, guild_id, place.list_id, back)
    return ChangedList(new.name, now), ChangedList(old.name, back)


async def _set_policy_back(
    connection: aiosqlite.Connection, guild_id: int, old: ChangedPolicy, new: ChangedPolicy
) -> Sides:
    now = await policy_rows.read(connection, guild_id)
    back = _with(now, old.policy, _differing(old.policy, new.policy))
    await policy_rows.write(connection, guild_id, back)
    return ChangedPolicy(old.what, now), ChangedPolicy(old.what, back)


def _with[P: (ListPolicy, GuildPolicy)](now: P, old: P, names: Sequence[str]) -> P:
    return replace(now, **{name: getattr(old, name) for name in names})


def _differing[P: (ListPolicy, GuildPolicy)](one: P, other: P) -> list[str]:
    return [
        field.name
        for field in fields(one)
        if getattr(one, field.name) != getattr(other, field.name)
    ]


def _needed(change: Change) -> Iterator[Token]:
    """What must not have been touched since, for the change to be taken back."""
    match change.before, change.after:
        case ChangedList(old), ChangedList(new) if old != new:
            # What was put on the list under its new name stays there when it gets the old one.
            yield ("list", folded(old), "name")
            yield ("list", folded(new), "name")
            yield from _settings(change)
        case _:
            yield from _touched(change)


def _touched(change: Change) -> Iterator[Token]:
    match change.before, change.after:
        case ChangedList(old), ChangedList(new):
            if old == new:
                yield from _settings(change)
            else:
                yield ("list", folded(old))
                yield ("list", folded(new))
        case ChangedPolicy(_, one), ChangedPolicy(_, other):
            yield from (("policy", name) for name in _differing(one, other))
        case before, after:
            for side in (before, after):
                match side:
                    case ChangedEntries(None, texts):
                        yield from (("allowed", text) for text in texts)
                    case ChangedEntries(str() as name, texts):
                        yield from (("list", folded(name), "entry", text) for text in texts)
                    case ChangedTerms(name, text):
                        yield ("list", folded(name), "entry", text)
                    case ChangedList(name):
                        yield ("list", folded(name))


def _settings(change: Change) -> Iterator[Token]:
    match change.before, change.after:
        case ChangedList(_, one), ChangedList(name, other):
            yield from (("list", folded(name), "set", each) for each in _differing(one, other))
