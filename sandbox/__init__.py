"""A faithful small Discord on loopback: its gateway and REST API, for trying a bot and testing it.

It knows nothing of any bot. Bot and server speak over HTTP and a websocket only.
"""

from sandbox.handles import NotAllowedError
from sandbox.handles.app import App
from sandbox.handles.guild import Guild
from sandbox.handles.interaction import Interaction
from sandbox.handles.member import Member
from sandbox.handles.message import Message
from sandbox.handles.place import Channel, Role, overwrite
from sandbox.handles.thread import Thread
from sandbox.handles.user import User
from sandbox.handles.webhook import Webhook
from sandbox.interactions import Answer
from sandbox.journal import EventEntry, Journal, RequestEntry
from sandbox.limits import Limit, Limits, Scope
from sandbox.permissions import Permissions
from sandbox.server import LocalDiscord, PortInUseError
from sandbox.waiting import NotSeenError
from sandbox.world import ChannelType

__all__ = [
    "Answer",
    "App",
    "Channel",
    "ChannelType",
    "EventEntry",
    "Guild",
    "Interaction",
    "Journal",
    "Limit",
    "Limits",
    "LocalDiscord",
    "Member",
    "Message",
    "NotAllowedError",
    "NotSeenError",
    "Permissions",
    "PortInUseError",
    "RequestEntry",
    "Role",
    "Scope",
    "Thread",
    "User",
    "Webhook",
    "overwrite",
]
