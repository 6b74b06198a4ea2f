"""Who may use what: a row for each command, context menu, suggestion, button and form of the bot.

``tests/edge/test_checks.py`` finds them all by walking the cogs, and fails where one has no row or
asks for another right; ``tests/e2e/test_rights.py`` tries each one. To add yours, add a line:

    "/case view": Row(MODERATOR, {"number": 1}),            a command with its options
    "/case view, suggesting number": Row(MODERATOR, {"number": "1"}),       what was typed so far
    "Moderation history": Row(MODERATOR),                   a context menu
    "case/list": Row(MODERATOR, parts="1/"),                a button: what follows in its id
    "log/do-kick": Row("kick_members", parts="1", fields={"reason": "x"}, on_member=True),  a form

Case #1 is about alice, case #2 about somebody of a higher rank; ``on_member`` is for what does
something to the member of a case: it is tried on #2 as well, by one of lower rank.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

MODERATOR = "moderator"
"""Moderate Members, or a role that ``/policy moderators`` names."""

OWNER = "owner"
"""Owning the server."""

MANAGE_SERVER = "manage_guild"


@dataclass(frozen=True)
class Row:
    """``needs`` is a permission by Discord's name, or one of the above."""

    needs: str
    options: Mapping[str, object] = field(default_factory=dict)
    parts: str = ""
    fields: Mapping[str, str] | None = None
    on_member: bool = False


RIGHTS: Mapping[str, Row] = {
    "/words add": Row(MANAGE_SERVER, {"entry": "walrus"}),
    "/words import": Row(MANAGE_SERVER, {"file": ("words.txt", b"walrus")}),
    "/words add, suggesting list_name": Row(MANAGE_SERVER, {"list": "m"}),
    "/words edit": Row(MANAGE_SERVER, {"entry": "idiot", "reason": "rude"}),
    "/words edit, suggesting entry": Row(MANAGE_SERVER, {"entry": "i"}),
    "/words edit, suggesting list_name": Row(MANAGE_SERVER, {"list": "m"}),
    "/words test, suggesting list_name": Row(MANAGE_SERVER, {"list": "m"}),
    "/words remove": Row(MANAGE_SERVER, {"entry": "idiot"}),
    "/words remove, suggesting entry": Row(MANAGE_SERVER, {"entry": "i"}),
    "/words show": Row(MANAGE_SERVER),
    "/words test": Row(MANAGE_SERVER, {"text": "idiot"}),
    "/words export": Row(MANAGE_SERVER),
    "/words clear": Row(MANAGE_SERVER),
    "/words import, suggesting list_name": Row(MANAGE_SERVER, {"list": "m"}),
    "/words remove, suggesting list_name": Row(MANAGE_SERVER, {"list": "m"}),
    "/words show, suggesting list_name": Row(MANAGE_SERVER, {"list": "m"}),
    "/words export, suggesting list_name": Row(MANAGE_SERVER, {"list": "m"}),
    "/words clear, suggesting list_name": Row(MANAGE_SERVER, {"list": "m"}),
    "/lists create": Row(MANAGE_SERVER, {"name": "spam", "action": "delete"}),
    "/lists edit": Row(MANAGE_SERVER, {"list": "main", "action": "warn"}),
    "/lists edit, suggesting list_name": Row(MANAGE_SERVER, {"list": "m"}),
    "/lists delete": Row(MANAGE_SERVER, {"list": "main"}),
    "/lists delete, suggesting list_name": Row(MANAGE_SERVER, {"list": "m"}),
    "/lists show": Row(MANAGE_SERVER),
    "lists/delete": Row(MANAGE_SERVER, parts="main"),
    "lists/show": Row(MANAGE_SERVER, parts="1"),
    "lists/keep": Row(MANAGE_SERVER),
    "/policy show": Row(MANAGE_SERVER),
    "/policy edit": Row(MANAGE_SERVER),
    "policy/page": Row(MANAGE_SERVER),
    "policy/edit": Row(MANAGE_SERVER),
    "policy/list": Row(MANAGE_SERVER),
    "policy/action": Row(MANAGE_SERVER, parts="main"),
    "policy/length": Row(MANAGE_SERVER, parts="main/timeout", fields={"length": "soon"}),
    "policy/watches": Row(MANAGE_SERVER, parts="main"),
    "policy/where": Row(MANAGE_SERVER, parts="main"),
    "policy/switch": Row(MANAGE_SERVER, parts="main/on"),
    "policy/shadow": Row(MANAGE_SERVER, parts="main/off"),
    "policy/list-notice": Row(MANAGE_SERVER, parts="main"),
    "policy/new-list-notice": Row(MANAGE_SERVER, parts="main", fields={"text": "Be kind."}),
    "policy/exempt-of": Row(MANAGE_SERVER, parts="main"),
    "policy/log": Row(MANAGE_SERVER, parts="channel"),
    "policy/exempt-list": Row(MANAGE_SERVER),
    "policy/roles": Row(MANAGE_SERVER, parts="main"),
    "policy/channels": Row(MANAGE_SERVER, parts="main"),
    "policy/members": Row(MANAGE_SERVER, parts="main"),
    "policy/judge": Row(MANAGE_SERVER),
    "policy/spare": Row(MANAGE_SERVER),
    "policy/preset": Row(MANAGE_SERVER),
    "policy/no-ladder": Row(MANAGE_SERVER),
    "policy/rungs": Row(MANAGE_SERVER),
    "policy/new-rungs": Row(MANAGE_SERVER, fields={"rungs": "3: warn", "window": "7 d"}),
    "policy/notices": Row(MANAGE_SERVER),
    "policy/notice": Row(MANAGE_SERVER),
    "policy/new-notice": Row(MANAGE_SERVER, fields={"text": "Please be kind."}),
    "policy/days": Row(MANAGE_SERVER, fields={"days": "30"}),
    "/policy log": Row(MANAGE_SERVER),
    "/policy moderators": Row(MANAGE_SERVER),
    "policy/moderators": Row(MANAGE_SERVER),
    "/policy exempt": Row(MANAGE_SERVER, {"member": "alice"}),
    "/policy ladder": Row(MANAGE_SERVER, {"setting": "off"}),
    "/policy why": Row(MANAGE_SERVER, {"member": "alice"}),
    "/policy history": Row(MANAGE_SERVER),
    "policy/history": Row(MANAGE_SERVER, parts="1"),
    "/policy undo": Row(MANAGE_SERVER, {"number": 1}),
    "policy/undo": Row(MANAGE_SERVER, parts="99"),
    "policy/leave": Row(MANAGE_SERVER),
    "words/form": Row(MANAGE_SERVER, fields={"text": "walrus"}),
    "words/keep": Row(MANAGE_SERVER, parts="token"),
    "words/drop": Row(MANAGE_SERVER, parts="token"),
    "words/show": Row(MANAGE_SERVER, parts="1"),
    "words/clear": Row(MANAGE_SERVER),
    "words/unclear": Row(MANAGE_SERVER),
    "/allowed add": Row(MANAGE_SERVER, {"phrase": "idiot proof"}),
    "/allowed remove": Row(MANAGE_SERVER, {"phrase": "idiot proof"}),
    "/allowed remove, suggesting phrase": Row(MANAGE_SERVER, {"phrase": "i"}),
    "/allowed show": Row(MANAGE_SERVER),
    "allowed/form": Row(MANAGE_SERVER, fields={"text": "idiot proof"}),
    "allowed/show": Row(MANAGE_SERVER, parts="1"),
    "/names sweep": Row(MANAGE_SERVER),
    "names/rename": Row(MANAGE_SERVER),
    "/status": Row(MANAGE_SERVER),
    "/case view": Row(MODERATOR, {"number": 1}),
    "/case view, suggesting number": Row(MODERATOR, {"number": "1"}),
    "/case edit": Row(MODERATOR, {"number": 1, "reason": "another"}),
    "/case edit, suggesting number": Row(MODERATOR, {"number": "1"}),
    "/case note": Row(MODERATOR, {"number": 1, "text": "seen"}),
    "/case note, suggesting number": Row(MODERATOR, {"number": "1"}),
    "/case undo": Row(MODERATOR, {"number": 1}),
    "/case undo, suggesting number": Row(MODERATOR, {"number": "1"}),
    "/case list": Row(MODERATOR),
    "case/notes": Row(MODERATOR, parts="1/1"),
    "case/list": Row(MODERATOR, parts="1/"),
    "/case export": Row(MODERATOR, {"format": "json"}),
    "/history": Row(MODERATOR, {"member": "alice"}),
    "Moderation history": Row(MODERATOR),
    "Check against the lists": Row(MODERATOR),
    "/data erase": Row(OWNER, {"id": "20"}),
    "data/erase": Row(OWNER, parts="20"),
    "data/keep": Row(OWNER),
    "log/undo": Row(MODERATOR, parts="1/1"),
    "log/allow": Row(MANAGE_SERVER, parts="1"),
    "log/timeout": Row("moderate_members", parts="1", on_member=True),
    "log/kick": Row("kick_members", parts="1", on_member=True),
    "log/ban": Row("ban_members", parts="1", on_member=True),
    "log/do-timeout": Row("moderate_members", parts="1", fields={"length": "1 h"}, on_member=True),
    "log/do-kick": Row("kick_members", parts="1", fields={"reason": "spam"}, on_member=True),
    "log/do-ban": Row("ban_members", parts="1", fields={"reason": "spam"}, on_member=True),
    "log/reason": Row(MODERATOR, parts="1"),
    "log/new-reason": Row(MODERATOR, parts="1", fields={"reason": "another"}),
    "log/release": Row(MODERATOR, parts="1/1"),
}
