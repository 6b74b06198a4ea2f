"""The REST API, one module a subject of routes."""

from sandbox.rest import (
    channels,
    commands,
    deletions,
    guilds,
    interactions,
    members,
    messages,
    moderation,
    roles,
    threads,
    users,
    webhook_messages,
    webhooks,
)
from sandbox.rest.router import Routes

_SUBJECTS = (
    users,
    messages,
    deletions,
    channels,
    threads,
    guilds,
    members,
    moderation,
    roles,
    commands,
    interactions,
    webhooks,
    webhook_messages,
)


def all_routes() -> Routes:
    """Every route of the API."""
    routes = Routes()
    for subject in _SUBJECTS:
        routes.include(subject.routes)
    return routes
