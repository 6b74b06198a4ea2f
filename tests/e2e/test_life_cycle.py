"""``bot.py`` as a process: how it starts, what it says when it cannot, and how it ends."""

import asyncio
import signal

import pytest

from sandbox import App, Guild, LocalDiscord, Member
from tests.e2e.processes import TIMEOUT, Runner, ban


def one_screen(errors: str) -> bool:
    return "Traceback" not in errors and errors.count("\n") <= 10


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_deletes_and_ends_when_it_is_told_to(
    runner: Runner,
    discord: LocalDiscord,
    harbour: tuple[App, Guild, Member],
    number: signal.Signals,
) -> None:
    app, guild, alice = harbour
    await ban(runner.database, guild, "idiot")
    process = await runner.start(DISCORD_TOKEN=app.token, DISCORD_API_URL=discord.api_url)
    await discord.connected(app, timeout=TIMEOUT)
    await (await alice.says("idiot")).wait_deleted(timeout=TIMEOUT)
    discord.faults.rest(method="DELETE", delay=0.5)
    last = await alice.says("idiot again")
    await discord.journal.wait(lambda e: e.kind == "event" and "again" in str(e.data))
    await process.says("Connected")
    await asyncio.wait_for(clean_message_is_judged(discord, alice), TIMEOUT)
    process.send(number)
    async with asyncio.timeout(10):
        assert await process.ended() == 0
    assert last.deleted, "what was under way was lost"
    assert app.token not in process.errors


async def clean_message_is_judged(discord: LocalDiscord, alice: Member) -> None:
    """Events are taken in order, so a nickname that is gone shows that what came before was taken
    in as well."""
    await alice.nick("idiot")
    await alice.wait_nickname(None)


async def test_no_token(runner: Runner) -> None:
    process = await runner.start()
    assert await process.ended() == 3
    assert "DISCORD_TOKEN" in process.errors
    assert one_screen(process.errors)


async def test_a_refused_token(runner: Runner, discord: LocalDiscord) -> None:
    token = "MTIz.abc.not-the-token"
    process = await runner.start(DISCORD_TOKEN=token, DISCORD_API_URL=discord.api_url)
    assert await process.ended() == 4
    assert "Discord refused the token." in process.errors
    assert "Reset Token" in process.errors
    assert token not in process.errors
    assert "Traceback" not in process.errors


@pytest.mark.parametrize(
    ("off", "named", "unnamed"),
    [
        ({"message_content": False}, "Message Content Intent", "Server Members Intent"),
        ({"members": False}, "Server Members Intent", "Message Content Intent"),
    ],
)
async def test_an_intent_that_is_off(
    runner: Runner,
    discord: LocalDiscord,
    harbour: tuple[App, Guild, Member],
    off: dict[str, bool],
    named: str,
    unnamed: str,
) -> None:
    app, _, _ = harbour
    app.switch_intents(**off)
    process = await runner.start(DISCORD_TOKEN=app.token, DISCORD_API_URL=discord.api_url)
    assert await process.ended() == 5
    assert named in process.errors
    assert unnamed not in process.errors
    assert "Switch it on at" in process.errors
    assert "Privileged Gateway Intents" in process.errors
    assert "Traceback" not in process.errors


async def test_a_second_process_on_the_same_database(
    runner: Runner, discord: LocalDiscord, harbour: tuple[App, Guild, Member]
) -> None:
    app, _, _ = harbour
    settings = {"DISCORD_TOKEN": app.token, "DISCORD_API_URL": discord.api_url}
    await runner.start(**settings)
    await discord.connected(app, timeout=TIMEOUT)
    second = await runner.start(**settings)
    assert await second.ended() == 7
    assert "in use" in second.errors
    assert one_screen(second.errors)


async def test_a_damaged_database(runner: Runner, discord: LocalDiscord) -> None:
    runner.database.write_bytes(b"this is no database, and never was one" * 100)
    process = await runner.start(DISCORD_TOKEN="x.y.z", DISCORD_API_URL=discord.api_url)
    assert await process.ended() == 6
    assert str(runner.database) in process.errors
    assert one_screen(process.errors)


async def test_discord_out_of_reach_is_waited_for(
    runner: Runner, harbour: tuple[App, Guild, Member], discord: LocalDiscord
) -> None:
    app, guild, alice = harbour
    await ban(runner.database, guild, "idiot")
    discord.faults.rest(path="/users/@me", times=6, drop="before")
    process = await runner.start(DISCORD_TOKEN=app.token, DISCORD_API_URL=discord.api_url)
    await process.says("Discord cannot be reached")
    await process.says("Trying again")
    await discord.connected(app, timeout=TIMEOUT)
    await (await alice.says("idiot")).wait_deleted(timeout=TIMEOUT)
    assert "Traceback" not in process.errors


async def test_ending_while_discord_is_out_of_reach(runner: Runner) -> None:
    process = await runner.start(
        DISCORD_TOKEN="x.y.z", DISCORD_API_URL="http://127.0.0.1:9/api/v10"
    )
    await process.says("Trying again")
    process.send(signal.SIGTERM)
    async with asyncio.timeout(10):
        assert await process.ended() == 0
    assert "Traceback" not in process.errors


@pytest.mark.parametrize("answer", [{}, None, [], {"message": "sign in", "code": 0}], ids=str)
async def test_a_portal_that_answers_everything_is_waited_for(
    runner: Runner, discord: LocalDiscord, harbour: tuple[App, Guild, Member], answer: object
) -> None:
    app, _, _ = harbour
    discord.faults.rest(path="/users/@me", status=200, json=answer)
    process = await runner.start(DISCORD_TOKEN=app.token, DISCORD_API_URL=discord.api_url)
    await process.says("what answers there is not Discord")
    await discord.connected(app, timeout=TIMEOUT)
    assert "Traceback" not in process.errors


async def test_an_address_without_an_api_behind_it(runner: Runner, discord: LocalDiscord) -> None:
    discord.faults.rest(path="/users/@me", status=404, json={"message": "404", "code": 0})
    process = await runner.start(DISCORD_TOKEN="x.y.z", DISCORD_API_URL=discord.api_url)
    assert await process.ended() == 1
    assert "DISCORD_API_URL" in process.errors
    assert "Traceback" not in process.errors


async def test_logs_for_machines(
    runner: Runner, discord: LocalDiscord, harbour: tuple[App, Guild, Member]
) -> None:
    import json

    app, guild, alice = harbour
    await ban(runner.database, guild, "idiot")
    process = await runner.start(
        DISCORD_TOKEN=app.token, DISCORD_API_URL=discord.api_url, LOG_FORMAT="json"
    )
    await discord.connected(app, timeout=TIMEOUT)
    await (await alice.says("such an idiot indeed")).wait_deleted(timeout=TIMEOUT)
    await process.says("palisade.actions")
    process.send(signal.SIGTERM)
    await process.ended()
    lines = [json.loads(line) for line in process.errors.splitlines()]
    (action,) = [line for line in lines if line["logger"] == "palisade.actions"]
    assert action["outcome"] == "done"
    assert action["guild_id"] == guild.id
    assert "indeed" not in process.errors
