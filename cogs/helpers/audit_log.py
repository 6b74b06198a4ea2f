"""Discord's audit log: an entry becomes what was done by hand, and what was missed is read."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import aiohttp
import nextcord
from nextcord.http import Route

from cogs.helpers.identity import Identity
from cogs.helpers.nextcord_private.rate_limits import Haste
from cogs.helpers.people import snowflake
from moderation.cases import CaseKind
from service.hand_made import AuditLogUnreadable, ByHand, Missed

type Json = Mapping[str, Any]

KICKED, BANNED, UNBANNED, CHANGED = 20, 22, 23, 24
"""Kinds of entries: MEMBER_KICK, MEMBER_BAN_ADD, MEMBER_BAN_REMOVE, MEMBER_UPDATE (Discord, Audit
Log Events)."""

KINDS = {KICKED: CaseKind.KICK, BANNED: CaseKind.BAN, UNBANNED: CaseKind.UNBAN}

MOST = 100
"""Entries in one request (Discord, Get Guild Audit Log)."""

PAGES_AT_MOST = 5
"""So many pages are read of each kind, where the log is long."""

NAMES_REMEMBERED = 1_000


class AuditLog:
    """Fulfils ``service.hand_made.AuditLog``."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._client: nextcord.Client | None = None
        self._names: OrderedDict[int, str] = OrderedDict()

    def use(self, client: nextcord.Client) -> None:
        """The client whose REST connection to use; given once."""
        self._client = client

    async def missed(self, guild_id: int, after: int) -> Missed:
        """See the port. One request where little has happened; else each kind is asked for on its
        own, since the bot's own deletions may be thousands."""
        found, last, whole = await self._page(guild_id, {"after": after})
        if whole:
            return Missed(_in_order(found), last)
        entries: dict[tuple[int, CaseKind], ByHand] = {}
        complete = True
        for kind in (*KINDS, CHANGED):
            since, whole = after, False
            for _ in range(PAGES_AT_MOST):
                query = {"after": since, "action_type": kind}
                found, since, whole = await self._page(guild_id, query)
                entries |= {(one.entry_id, one.kind): one for one in found}
                last = max(last, since)
                if whole:
                    break
            complete = complete and whole
        return Missed(_in_order(entries.values()), last, complete)

    async def name(self, user_id: int) -> str:
        """See the port."""
        if user_id not in self._names:
            route = Route("GET", "/users/{user_id}", user_id=user_id)
            try:
                user = await self._require_client().http.request(route, haste=Haste.READING)
                self._learn([user])
            except (nextcord.HTTPException, OSError, aiohttp.ClientError, TimeoutError):
                return ""
        return self._names.get(user_id, "")

    async def _page(self, guild_id: int, query: dict[str, int]) -> tuple[list[ByHand], int, bool]:
        """What a page says was done by hand, the last of its entries, and whether there is no
        more."""
        route = Route("GET", "/guilds/{guild_id}/audit-logs", guild_id=guild_id)
        try:
            page = await self._require_client().http.request(
                route, params={"limit": MOST, **query}, haste=Haste.READING
            )
            self._learn(page.get("users") or ())
            listed = page["audit_log_entries"]
            last = max((snowflake(entry["id"]) for entry in listed), default=query["after"])
        except nextcord.HTTPException as error:
            if error.status == 403:
                raise AuditLogUnreadable("I need View Audit Log", passing=False) from error
            passing = error.status >= 500 or error.status == 429
            raise AuditLogUnreadable(f"{error.status} {error.text}", passing=passing) from error
        except (OSError, aiohttp.ClientError, TimeoutError) as error:
            raise AuditLogUnreadable(str(error) or type(error).__name__, passing=True) from error
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise AuditLogUnreadable(
                "Discord answered with something else", passing=True
            ) from error
        found: list[ByHand] = []
        for entry in listed:
            try:
                found += done_by_hand(entry, self._identity.me().user_id)
            except (KeyError, TypeError, ValueError):
                continue  # one line that makes no sense must not hide the others
        names = self._names
        named = [
            replace(one, user_name=names.get(one.user_id, ""), by_name=names.get(one.by_id, ""))
            for one in found
        ]
        return named, last, len(listed) < MOST

    def _learn(self, users: Sequence[Json]) -> None:
        for user in users:
            if isinstance(user, Mapping) and isinstance(user.get("username"), str):
                self._names[snowflake(user["id"])] = user["username"]
        while len(self._names) > NAMES_REMEMBERED:
            self._names.popitem(last=False)

    def _require_client(self) -> nextcord.Client:
        if self._client is None:
            raise RuntimeError("the audit log was given no client")
        return self._client


def done_by_hand(entry: Json, me: int) -> list[ByHand]:
    """What an entry says that somebody else than the bot did to a member: nothing for most kinds.
    Whoever changes their own nickname is no moderator."""
    number, by, target = entry.get("action_type"), entry.get("user_id"), entry.get("target_id")
    if number not in (*KINDS, CHANGED) or not by or not target:
        return []
    by_id, user_id = snowflake(by), snowflake(target)
    if by_id == me:
        return []
    reason = entry.get("reason")
    said = reason if isinstance(reason, str) else ""
    entry_id = snowflake(entry["id"])
    if number in KINDS:
        return [ByHand(entry_id, KINDS[number], user_id, by_id, said)]
    return [
        ByHand(entry_id, kind, user_id, by_id, said, until, text)
        for kind, until, text in _changes(entry, own=by_id == user_id)
    ]


def _in_order(found: Iterable[ByHand]) -> list[ByHand]:
    return sorted(found, key=lambda one: one.entry_id)


def _changes(entry: Json, *, own: bool) -> Iterator[tuple[CaseKind, int | None, str | None]]:
    changes = entry.get("changes")
    for change in changes if isinstance(changes, list) else ():
        old, new = change.get("old_value"), change.get("new_value")
        match change.get("key"):
            case "nick" if not own:
                yield CaseKind.NICKNAME, None, f"{_nickname(old)} → {_nickname(new)}"
            case "communication_disabled_until":
                if isinstance(new, str) and new:
                    moment = datetime.fromisoformat(new)
                    yield CaseKind.TIMEOUT, int(moment.timestamp() * 1000), None
                else:
                    yield CaseKind.TIMEOUT_ENDED, None, None


def _nickname(value: object) -> str:
    return value if isinstance(value, str) and value else "(no nickname)"
