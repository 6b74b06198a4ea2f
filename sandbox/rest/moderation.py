"""Routes by which members are thrown out and banned, and the audit log is read."""

from typing import Any

from sandbox import payloads
from sandbox.changes import moderation
from sandbox.errors import ApiError, Checks, Code, invalid
from sandbox.permissions import Permissions, outranks
from sandbox.rest.call import Call
from sandbox.rest.router import Routes
from sandbox.snowflakes import parse
from sandbox.wire import Json
from sandbox.world import Account, Guild

routes = Routes()

MAX_DELETE_SECONDS = 604_800
MAX_AT_ONCE = 200


@routes.route("DELETE", "/guilds/{guild_id}/members/{user_id}")
async def kick(call: Call) -> None:
    guild = call.guild()
    member = call.member(guild)
    call.require(Permissions.KICK_MEMBERS, guild)
    if not outranks(call.own_member(guild), member):
        raise ApiError(Code.MISSING_PERMISSIONS)
    moderation.kick(call.core, member, call.me, call.reason)


@routes.route("GET", "/guilds/{guild_id}/bans")
async def get_bans(call: Call) -> list[Json]:
    guild = call.guild()
    call.require(Permissions.BAN_MEMBERS, guild)
    limit = call.number("limit", 1000, 1, 1000)
    before, after = call.query_id("before"), call.query_id("after")
    ids = sorted(guild.bans)
    if before is not None:
        ids = [number for number in ids if number < before][-limit:]
    elif after is not None:
        ids = [number for number in ids if number > after]
    return [payloads.ban(guild.bans[number]) for number in ids[:limit]]


@routes.route("GET", "/guilds/{guild_id}/bans/{user_id}")
async def get_ban(call: Call) -> Json:
    guild = call.guild()
    call.require(Permissions.BAN_MEMBERS, guild)
    ban = guild.bans.get(call.id("user_id"))
    if ban is None:
        raise ApiError(Code.UNKNOWN_BAN)
    return payloads.ban(ban)


@routes.route("PUT", "/guilds/{guild_id}/bans/{user_id}")
async def ban(call: Call) -> None:
    guild, body = call.guild(), call.body()
    call.require(Permissions.BAN_MEMBERS, guild)
    account = _account(call, call.id("user_id"))
    # Libraries send this in the query, and Discord takes it there as well.
    asked = call.number("delete_message_seconds", 0, 0, MAX_DELETE_SECONDS)
    seconds = _delete_seconds(body) or asked
    if not _can_ban(call, guild, account):
        raise ApiError(Code.MISSING_PERMISSIONS)
    moderation.ban(call.core, guild, account, call.me, reason=call.reason, delete_seconds=seconds)


@routes.route("DELETE", "/guilds/{guild_id}/bans/{user_id}")
async def unban(call: Call) -> None:
    guild = call.guild()
    call.require(Permissions.BAN_MEMBERS, guild)
    account = _account(call, call.id("user_id"))
    if account.id not in guild.bans:
        raise ApiError(Code.UNKNOWN_BAN)
    moderation.unban(call.core, guild, account, call.me, call.reason)


@routes.route("POST", "/guilds/{guild_id}/bulk-ban")
async def ban_many(call: Call) -> Json:
    """Who cannot be banned, or is already, is named in the answer; if that is everybody, the call
    fails (reference, "Bulk Guild Ban")."""
    guild, body = call.guild(), call.body()
    call.require(Permissions.BAN_MEMBERS | Permissions.MANAGE_GUILD, guild)
    ids = body.get("user_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= MAX_AT_ONCE:
        message = f"Must be between 1 and {MAX_AT_ONCE} in length."
        raise invalid("user_ids", "BASE_TYPE_BAD_LENGTH", message)
    seconds = _delete_seconds(body)
    banned: list[str] = []
    failed: list[str] = []
    for value in dict.fromkeys(ids):
        account = call.core.world.accounts.get(parse(value) or 0)
        if account is None or account.id in guild.bans or not _can_ban(call, guild, account):
            failed.append(str(value))
            continue
        moderation.ban(
            call.core, guild, account, call.me, reason=call.reason, delete_seconds=seconds
        )
        banned.append(str(account.id))
    if not banned:
        raise ApiError(Code.FAILED_TO_BAN)
    return {"banned_users": banned, "failed_users": failed}


@routes.route("GET", "/guilds/{guild_id}/audit-logs")
async def get_audit_log(call: Call) -> Json:
    guild = call.guild()
    call.require(Permissions.VIEW_AUDIT_LOG, guild)
    limit = call.number("limit", 50, 1, 100)
    before, after = call.query_id("before"), call.query_id("after")
    by, target = call.query_id("user_id"), call.query_id("target_id")
    action = call.number("action_type", 0, 0, 1000)
    entries = [
        entry
        for entry in guild.audit
        if (before is None or entry.id < before)
        and (after is None or entry.id > after)
        and by in (None, entry.by.id)
        and target in (None, entry.target_id)
        and action in (0, entry.action)
    ]
    # After an entry the oldest come first; else the newest do ("Get Guild Audit Log").
    page = entries[:limit] if after is not None else entries[::-1][:limit]
    accounts = call.core.world.accounts
    known = {entry.by.id for entry in page} | {entry.target_id for entry in page}
    return {
        "audit_log_entries": [payloads.audit_entry(entry) for entry in page],
        "users": [payloads.user(accounts[number]) for number in known if number in accounts],
        "integrations": [],
        "webhooks": [],
        "guild_scheduled_events": [],
        "threads": [],
        "application_commands": [],
        "auto_moderation_rules": [],
    }


def _account(call: Call, number: int) -> Account:
    account = call.core.world.accounts.get(number)
    if account is None:
        raise ApiError(Code.UNKNOWN_USER)
    return account


def _can_ban(call: Call, guild: Guild, account: Account) -> bool:
    """Whoever is not in the guild can be banned; a member only by who stands above them."""
    member = guild.members.get(account.id)
    if member is None:
        return account.id != guild.owner_id
    return outranks(call.own_member(guild), member)


def _delete_seconds(body: Json) -> int:
    checks = Checks()
    days: Any = body.get("delete_message_days") or 0
    seconds: Any = body.get("delete_message_seconds", days * 86_400) or 0
    if not isinstance(seconds, int) or not 0 <= seconds <= MAX_DELETE_SECONDS:
        message = f"int value should be between 0 and {MAX_DELETE_SECONDS}."
        checks.fault("delete_message_seconds", "NUMBER_TYPE_MAX", message)
    checks.done()
    return int(seconds)
