"""A channel's permission overwrites, by ids.

Reads ``GuildChannel._overwrites``, because the public ``overwrites`` of Nextcord 3.2.0 leaves out
those for members that are not cached, and this bot caches none.
"""

from collections.abc import Iterator

from nextcord.abc import GuildChannel


def overwrites_of(channel: GuildChannel) -> Iterator[tuple[int, int, int]]:
    """For each: the id of the role or member, the permission bits that it allows, and those that it
    denies."""
    for overwrite in channel._overwrites:
        yield overwrite.id, overwrite.allow, overwrite.deny
