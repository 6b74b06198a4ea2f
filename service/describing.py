"""Actions in words, for log lines: ids, never what anyone wrote."""

from moderation.verdict import (
    Action,
    Ban,
    DeleteMessage,
    EndTimeout,
    Kick,
    RenameThread,
    SetNickname,
    TimeOut,
    Unban,
)


def describe(action: Action) -> str:
    """The action and its ids."""
    match action:
        case DeleteMessage():
            return f"Deleting message {action.message_id} in channel {action.channel_id}"
        case SetNickname():
            return f"Setting the nickname of member {action.user_id}"
        case RenameThread():
            return f"Setting the title of thread {action.thread_id}"
        case TimeOut():
            return f"Timing out member {action.user_id}"
        case EndTimeout():
            return f"Ending the timeout of member {action.user_id}"
        case Kick():
            return f"Kicking member {action.user_id}"
        case Ban():
            return f"Banning user {action.user_id}"
        case Unban():
            return f"Unbanning user {action.user_id}"
