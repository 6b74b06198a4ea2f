"""An entry of the mod log is written once, though the program is killed before it learns so."""

import signal
from pathlib import Path

import pytest

from data.store import Store
from moderation.policy import GuildPolicy, ModLog
from moderation.records import OPERATOR
from sandbox import App, Channel, Guild, LocalDiscord, Member, Permissions
from sandbox.handles.place import overwrite
from tests.e2e.mod_logs import MAY_ALL, POSTS, fields
from tests.e2e.processes import TIMEOUT, Runner, ban


async def set_up(path: Path, guild: Guild) -> Channel:
    """A mod log that only the bot can read, set before the bot is started."""
    role = guild.role("Palisade")
    role.change(permissions=MAY_ALL)
    log = guild.add_channel(
        "mod-log",
        overwrites=[
            overwrite(guild.everyone, deny=Permissions.VIEW_CHANNEL),
            overwrite(role, allow=Permissions.VIEW_CHANNEL),
        ],
    )
    await ban(path, guild, "idiot")
    store = await Store.open(path)
    policy = GuildPolicy(mod_log=ModLog(log.id))
    await store.policies.set_policy(guild.id, lambda _: policy, by=OPERATOR, what="mod log")
    await store.close()
    return log


@pytest.mark.parametrize("taken", ["before", "after"])
async def test_an_entry_is_written_once_across_a_kill(
    runner: Runner, discord: LocalDiscord, harbour: tuple[App, Guild, Member], taken: str
) -> None:
    app, guild, alice = harbour
    log = await set_up(runner.database, guild)
    settings = {"DISCORD_TOKEN": app.token, "DISCORD_API_URL": discord.api_url}
    process = await runner.start(**settings)
    await discord.connected(app, timeout=TIMEOUT)
    if taken == "before":
        discord.faults.rest(method="POST", path=POSTS, times=100, drop="before")
    else:
        discord.faults.rest(method="POST", path=POSTS, times=100, drop="after")
    await (await alice.says("idiot")).wait_deleted(timeout=TIMEOUT)
    await discord.journal.wait_request(
        "POST", POSTS, lambda request: request.status is None, timeout=TIMEOUT
    )
    process.send(signal.SIGKILL)
    await process.ended()
    await discord.gateway.disconnected(app.state)
    discord.faults.clear()
    assert len(log.messages) == (taken == "after")
    process = await runner.start(**settings)
    await discord.journal.wait_request(
        "PATCH", POSTS + "/{message_id}", lambda request: request.status == 200, timeout=TIMEOUT
    )
    process.send(signal.SIGTERM)
    assert await process.ended() == 0
    (told,) = log.messages
    assert fields(told)["Done"] in ("message deleted", "message gone already")
