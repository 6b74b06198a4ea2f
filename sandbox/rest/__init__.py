"""The REST API, one module a subject of routes."""

from sandbox.rest import (
    channels,
    commands,
    guilds,
    members,
    messages,
    roles,
    users,
)
from sandbox.rest.router import Routes


def all_routes() -> Routes:
    """Every route of the API."""
    routes = Routes()
    for subject in (users, messages, channels, guilds, members, roles, commands):
        routes.include(subject.routes)
    return routes
