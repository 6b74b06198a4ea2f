"""Threads as Discord's JSON."""

from sandbox.permissions import can_view
from sandbox.wire import Json, identifier, moment
from sandbox.world import Account, Channel, ChannelType, Guild, Member


def thread(state: Channel, viewer: Account | None = None) -> Json:
    """A thread, for a viewer who joined it with its own membership."""
    about = state.thread
    if about is None:
        raise ValueError(f"#{state.name} is no thread")
    metadata: Json = {
        "archived": about.archived,
        "archive_timestamp": moment(about.archived_at),
        "auto_archive_duration": about.archive_minutes,
        "locked": about.locked,
        "create_timestamp": moment(about.created),
    }
    if state.kind is ChannelType.PRIVATE_THREAD:
        metadata["invitable"] = True
    payload: Json = {
        "id": str(state.id),
        "type": int(state.kind),
        "guild_id": str(state.home.id),
        "parent_id": str(about.parent.id),
        "owner_id": str(about.owner.id),
        "name": state.name,
        "flags": 0,
        "rate_limit_per_user": state.slowmode,
        "last_message_id": identifier(state.last_message_id),
        "last_pin_timestamp": None,
        "message_count": max(0, about.sent - about.gone),
        "total_message_sent": about.sent,
        "member_count": min(50, len(about.members)),
        "thread_metadata": metadata,
    }
    if about.parent.kind in (ChannelType.GUILD_FORUM, ChannelType.GUILD_MEDIA):
        payload["applied_tags"] = [str(tag) for tag in about.tags]
    if viewer is not None and viewer.id in about.members:
        payload["member"] = membership(state, viewer.id)
    return payload


def membership(state: Channel, user_id: int) -> Json:
    """Somebody's membership of a thread."""
    joined = state.thread.members[user_id] if state.thread else None
    return {
        "id": str(state.id),
        "user_id": str(user_id),
        "join_timestamp": moment(joined),
        "flags": 0,
    }


def active(state: Guild, viewer: Member) -> list[Channel]:
    """The threads of a guild that are not archived and that a member sees."""
    return [
        t
        for t in state.threads.values()
        if t.thread is not None and not t.thread.archived and can_view(viewer, t)
    ]
