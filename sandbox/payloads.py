"""State as Discord's JSON: shapes of the official API description and of "Gateway Events"."""

from sandbox.permissions import Permissions, can_view, in_guild
from sandbox.thread_payloads import active, thread
from sandbox.wire import Json, identifier, moment
from sandbox.world import (
    Account,
    Application,
    AuditEntry,
    Ban,
    Channel,
    ChannelType,
    Command,
    Guild,
    Member,
    Role,
    ServerTag,
    Webhook,
)


def user(account: Account, *, name: str | None = None) -> Json:
    """A user; a webhook's message shows another name."""
    payload: Json = {
        "id": str(account.id),
        "username": name or account.username,
        "global_name": account.global_name,
        "avatar": None,
        "discriminator": account.discriminator,
        "public_flags": 0,
        "flags": 0,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": _tag(account.tag) if account.tag else None,
    }
    if account.bot:
        payload["bot"] = True
    return payload


def _tag(tag: ServerTag) -> Json:
    return {
        "identity_guild_id": str(tag.guild_id),
        "identity_enabled": True,
        "tag": tag.text,
        "badge": f"{tag.guild_id:032x}",
    }


def me(application: Application) -> Json:
    """GET /users/@me of a bot."""
    return {
        **user(application.account),
        "mfa_enabled": application.owner.two_factor,
        "locale": "en-US",
        "verified": True,
        "email": None,
    }


def application_flags(application: Application) -> int:
    """The flags that tell which privileged intents are switched on (for an application in few
    guilds: the LIMITED ones)."""
    return (
        (1 << 13 if application.presence_intent else 0)
        | (1 << 15 if application.members_intent else 0)
        | (1 << 19 if application.message_content_intent else 0)
    )


def application(state: Application, guild_count: int) -> Json:
    """GET /applications/@me."""
    flags = application_flags(state)
    return {
        "id": str(state.id),
        "name": state.name,
        "icon": None,
        "description": "",
        "type": None,
        "bot": user(state.account),
        "summary": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": f"{state.id:064x}",
        "flags": flags,
        "flags_new": str(flags),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user(state.owner),
        "approximate_guild_count": guild_count,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
    }


def role(state: Role) -> Json:
    """A role."""
    payload: Json = {
        "id": str(state.id),
        "name": state.name,
        "permissions": str(state.permissions),
        "position": state.position,
        "color": state.color,
        "colors": {"primary_color": state.color, "secondary_color": None, "tertiary_color": None},
        "hoist": state.hoist,
        "managed": state.bot_id is not None,
        "mentionable": state.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    if state.bot_id is not None:
        payload["tags"] = {"bot_id": str(state.bot_id)}
    return payload


def partial_member(state: Member) -> Json:
    """A member without its user, as events carry it beside one."""
    return {
        "nick": state.nick,
        "roles": [str(role_id) for role_id in state.roles],
        "joined_at": moment(state.joined),
        "premium_since": None,
        "communication_disabled_until": moment(state.timeout_until),
        "avatar": None,
        "banner": None,
        "flags": 0,
        "pending": False,
        "mute": False,
        "deaf": False,
    }


def member(state: Member) -> Json:
    """A member with its user."""
    return {**partial_member(state), "user": user(state.account)}


def channel(state: Channel) -> Json:
    """A channel of a guild, threads included."""
    if state.thread is not None:
        return thread(state)
    payload: Json = {
        "id": str(state.id),
        "type": int(state.kind),
        "guild_id": str(state.home.id),
        "name": state.name,
        "position": state.position,
        "flags": 0,
        "permission_overwrites": [
            {"id": str(o.id), "type": o.kind, "allow": str(o.allow), "deny": str(o.deny)}
            for o in state.overwrites.values()
        ],
    }
    if state.kind is ChannelType.GUILD_CATEGORY:
        return payload
    payload |= {
        "parent_id": identifier(state.parent_id),
        "nsfw": state.nsfw,
        "rate_limit_per_user": state.slowmode,
        "last_message_id": identifier(state.last_message_id),
    }
    if state.kind in (ChannelType.GUILD_VOICE, ChannelType.GUILD_STAGE_VOICE):
        payload |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
    elif state.kind in (ChannelType.GUILD_FORUM, ChannelType.GUILD_MEDIA):
        payload |= {
            "topic": state.topic,
            "available_tags": [],
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
        }
    else:
        payload |= {"topic": state.topic, "last_pin_timestamp": None}
    return payload


OBFUSCATED = 1 << 17
"""A channel's flag: the bot cannot view it, and is told of it in part ("Obfuscated Channels")."""


def channel_for(state: Channel, viewer: Member) -> Json:
    """A channel as the gateway tells it to one bot: of one that the bot cannot view only the id,
    the type and the place are real ("Obfuscated Channels", in force since November 2026)."""
    payload = channel(state)
    if views(viewer, state):
        return payload
    everyone = {"id": str(state.home.id), "type": 0, "allow": "0", "deny": str(_VIEW_CHANNEL)}
    emptied = dict.fromkeys(payload.keys() - _ALWAYS_REAL)
    return emptied | {
        **{key: payload[key] for key in _ALWAYS_REAL & payload.keys()},
        **{key: value for key, value in _REDUCED.items() if key in payload},
        "name": "___hidden___",
        "flags": OBFUSCATED,
        "permission_overwrites": [everyone],
    }


def views(viewer: Member, state: Channel) -> bool:
    """Whether a member sees a channel; a category is seen with one of its channels."""
    if state.kind is ChannelType.GUILD_CATEGORY:
        inside = [one for one in state.home.channels.values() if one.parent_id == state.id]
        return can_view(viewer, state) or any(can_view(viewer, one) for one in inside)
    return can_view(viewer, state)


_VIEW_CHANNEL = int(Permissions.VIEW_CHANNEL)
_ALWAYS_REAL = {"id", "type", "guild_id", "position", "parent_id"}
_REDUCED = {
    "nsfw": False,
    "rate_limit_per_user": 0,
    "bitrate": 64000,
    "user_limit": 0,
    "available_tags": [],
    "default_forum_layout": 0,
}
"""What cannot be null; the rest is."""


def conversation(state: Channel, viewer: Account) -> Json:
    """A direct conversation as one of its two sides sees it."""
    return {
        "id": str(state.id),
        "type": int(state.kind),
        "flags": 0,
        "last_message_id": identifier(state.last_message_id),
        "recipients": [user(account) for account in state.recipients if account is not viewer],
    }


def guild(state: Guild) -> Json:
    """A guild as REST gives it."""
    return {
        "id": str(state.id),
        "name": state.name,
        "icon": None,
        "description": None,
        "home_header": None,
        "splash": None,
        "discovery_splash": None,
        "features": [],
        "banner": None,
        "owner_id": str(state.owner_id),
        "application_id": None,
        "region": "us-west",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 0,
        "roles": [role(r) for r in state.roles.values()],
        "default_message_notifications": 0,
        "mfa_level": state.mfa_level,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": "en-US",
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [],
        "stickers": [],
        "incidents_data": None,
    }


def guild_create(state: Guild, viewer: Account, members: list[Member], *, new: bool) -> Json:
    """GUILD_CREATE as a bot sees it, with the members it is told of. Of a guild that it was in
    before it also says that it is available; clients tell a new one by the absence of that."""
    available: Json = {} if new else {"unavailable": False}
    me = state.members[viewer.id]
    return available | {
        **guild(state),
        "joined_at": moment(me.joined),
        "large": len(state.members) > 250,
        "member_count": len(state.members),
        "voice_states": [],
        "members": [member(m) for m in members],
        "channels": [channel_for(c, me) for c in state.channels.values()],
        "threads": [thread(t, viewer) for t in active(state, me)],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def my_guild(state: Guild, viewer: Member) -> Json:
    """One of GET /users/@me/guilds."""
    return {
        "id": str(state.id),
        "name": state.name,
        "icon": None,
        "banner": None,
        "owner": state.owner_id == viewer.id,
        "permissions": str(in_guild(viewer)),
        "features": [],
    }


def ban(state: Ban) -> Json:
    """One of GET /guilds/{guild_id}/bans."""
    return {"user": user(state.account), "reason": state.reason}


def audit_entry(state: AuditEntry) -> Json:
    """A line of the audit log."""
    payload: Json = {
        "id": str(state.id),
        "action_type": state.action,
        "user_id": str(state.by.id),
        "target_id": identifier(state.target_id),
    }
    if state.changes:
        payload["changes"] = state.changes
    if state.options is not None:
        payload["options"] = {**state.options}
    if state.reason is not None:
        payload["reason"] = state.reason
    return payload


def webhook(state: Webhook, base_url: str, *, with_token: bool) -> Json:
    """An incoming webhook."""
    payload: Json = {
        "id": str(state.id),
        "type": 1,
        "name": state.name,
        "avatar": None,
        "channel_id": str(state.channel.id),
        "guild_id": str(state.channel.home.id),
        "application_id": identifier(state.application_id),
        "user": user(state.creator),
    }
    if with_token:
        payload["token"] = state.token
        payload["url"] = f"{base_url}/api/webhooks/{state.id}/{state.token}"
    return payload


def command(state: Command) -> Json:
    """A registered application command."""
    payload: Json = {
        "id": str(state.id),
        "application_id": str(state.application.id),
        "version": str(state.version),
        **state.fields,
    }
    if state.guild_id is not None:
        payload["guild_id"] = str(state.guild_id)
    return payload
