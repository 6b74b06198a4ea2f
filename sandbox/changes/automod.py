"""Discord's own AutoMod blocks what somebody wrote, and tells the moderators of it.

Reference, "Auto Moderation Action Execution" and "Embed Fields by Embed Type". The alert's author
is who offended, though they never see it.
"""

from sandbox.changes import messages
from sandbox.core import Core
from sandbox.gateway.intents import Intents
from sandbox.permissions import Permissions
from sandbox.wire import Json
from sandbox.world import Channel, Member, Message

ALERT = 24
_BLOCK, _SEND_ALERT = 1, 2
_KEYWORD = 1


def block(
    core: Core,
    member: Member,
    channel: Channel,
    content: str,
    *,
    keyword: str,
    rule: str,
    alerts: Channel,
) -> Message:
    """Block a message before it is seen, and write the alert: one event for each of the two."""
    rule_id = core.world.snowflakes.next()
    fields = {
        "rule_name": rule,
        "decision_id": str(core.world.snowflakes.next()),
        "channel_id": str(channel.id),
        "keyword": keyword,
        "keyword_matched_content": keyword,
    }
    embed: Json = {
        "type": "auto_moderation_message",
        "description": content,
        "fields": [
            {"name": name, "value": value, "inline": False} for name, value in fields.items()
        ],
    }
    alert = messages.build(core, alerts, member.account, "", kind=ALERT, embeds=[embed])
    base: Json = {
        "guild_id": str(member.guild.id),
        "rule_id": str(rule_id),
        "rule_trigger_type": _KEYWORD,
        "user_id": str(member.id),
        "channel_id": str(channel.id),
    }
    told: Json = {"content": content, "matched_keyword": keyword, "matched_content": keyword}
    _tell(core, member, base | {"action": {"type": _BLOCK, "metadata": {}}}, told)
    action = {"type": _SEND_ALERT, "metadata": {"channel_id": str(alerts.id)}}
    about = {"action": action, "alert_system_message_id": str(alert.id)}
    _tell(core, member, base | about, told)
    messages.publish(core, alert)
    return alert


def _tell(core: Core, about: Member, payload: Json, withheld: Json) -> None:
    """AUTO_MODERATION_ACTION_EXECUTION, for bots that hold MANAGE_GUILD; what was written is empty
    without the MESSAGE_CONTENT intent."""
    hidden = withheld | {"content": "", "matched_content": ""}
    core.gateway.dispatch(
        "AUTO_MODERATION_ACTION_EXECUTION",
        lambda whole: payload | (withheld if whole else hidden),
        guild=about.guild,
        needs=int(Intents.AUTO_MODERATION_EXECUTION),
        whole=lambda session: bool(session.intents & Intents.MESSAGE_CONTENT),
        holding=int(Permissions.MANAGE_GUILD),
    )
