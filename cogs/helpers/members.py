"""Reading all members of a server over REST, since Nextcord caches none."""

import aiohttp
import nextcord
from nextcord.http import Route

from cogs.helpers.identity import Identity
from cogs.helpers.people import member_of
from moderation.people import Person
from service.members import MembersPage, MembersUnreadable

MOST = 1000
"""Members in one request (Discord, List Guild Members)."""


class Members:
    """Fulfils the service's Members port."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._client: nextcord.Client | None = None

    def use(self, client: nextcord.Client) -> None:
        """The client whose connection to use; given once, before anything is read."""
        self._client = client

    async def page(self, guild_id: int, after: int) -> MembersPage:
        """See :class:`service.ports.Members`."""
        if self._client is None:
            raise RuntimeError("nobody said which client to read with")
        route = Route("GET", "/guilds/{guild_id}/members", guild_id=guild_id)
        params = {"limit": MOST, "after": after}
        try:
            answer = await self._client.http.request(route, params=params)
        except nextcord.Forbidden as error:
            why = "Discord refuses it; is the Server Members Intent switched on?"
            raise MembersUnreadable(why) from error
        except (nextcord.HTTPException, OSError, aiohttp.ClientError, TimeoutError) as error:
            raise MembersUnreadable(str(error) or type(error).__name__) from error
        if not isinstance(answer, list):
            raise MembersUnreadable("Discord answered with something that is no list")
        me = self._identity.me()
        people = []
        for data in answer:
            try:
                people.append(member_of(data, me))
            except (AttributeError, KeyError, TypeError, ValueError):
                continue
        last = people[-1].user_id if people and len(answer) >= MOST else None
        guild = self._client.get_guild(guild_id)
        beyond = frozenset(
            person.user_id for person in people if guild and out_of_reach(person, guild)
        )
        return MembersPage(people, beyond, last)


def out_of_reach(person: Person, guild: nextcord.Guild) -> bool:
    """Whether the bot may not rename someone: only members whose highest role is below its own,
    and never the owner (Discord, Permissions, Permission Hierarchy)."""
    if person.user_id == guild.owner_id:
        return True
    if guild.me is None or person.membership is None:
        return False
    top = guild.me.top_role
    roles = (guild.get_role(role_id) for role_id in person.membership.role_ids)
    return any(role is not None and role >= top for role in roles)
