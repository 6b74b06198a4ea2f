"""Telling Discord which slash commands there are."""

import logging
from collections.abc import Iterable
from typing import Any

from nextcord import BaseApplicationCommand, Client, HTTPException
from nextcord.http import Route

log = logging.getLogger(__name__)


async def register(client: Client, commands: Iterable[BaseApplicationCommand]) -> bool:
    """Make Discord's list of global commands equal to ours; whether that worked.

    One request replaces them all. Where Discord refuses it, each command is sent on its own, so
    that one bad command does not take the others along. A failure is logged and the bot goes on:
    filtering needs no commands.
    """
    application_id = client.application_id
    if application_id is None and client.user is not None:
        # READY did not tell. A bot's account has its application's id, but for some of 2016.
        application_id = client.user.id
    if application_id is None:
        log.error("Discord did not tell the application's id; slash commands are not registered")
        return False
    wanted: list[Any] = [command.get_payload(None) for command in commands]
    route = Route("PUT", "/applications/{application_id}/commands", application_id=application_id)
    try:
        await client.http.request(route, json=wanted)
    except HTTPException as error:
        log.warning("Registering the slash commands together failed: %s", error)
    except Exception as error:
        log.error("Slash commands could not be registered: %r. Tried at the next connect.", error)
        return False
    else:
        log.info("Registered %d slash commands", len(wanted))
        return True
    return all([await _register_one(client, application_id, command) for command in wanted])


async def _register_one(client: Client, application_id: int, command: dict[str, Any]) -> bool:
    route = Route("POST", "/applications/{application_id}/commands", application_id=application_id)
    try:
        await client.http.request(route, json=command)
    except Exception as error:
        log.error("Discord refused the slash command /%s: %s", command["name"], error)
        return False
    return True
