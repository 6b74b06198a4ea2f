"""The REST client, against the local Discord where it sends anything."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from typing import Any, Literal
from urllib.parse import unquote

import nextcord
import pytest
from aiohttp import ClientError, ClientTimeout
from hypothesis import given
from hypothesis import strategies as st
from nextcord.http import Route

from cogs.helpers.nextcord_private import rest
from cogs.helpers.nextcord_private.rest import (
    ATTEMPTS,
    MAX_REASON_CHARACTERS,
    RestClient,
    ask_for_gateway,
    encode_reason,
)
from sandbox import App, LocalDiscord

ME = "/applications/@me"


@pytest.fixture
def app(discord: LocalDiscord) -> App:
    return discord.add_application("Palisade")


@pytest.fixture
async def client(
    discord: LocalDiscord, app: App, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[RestClient]:
    """The REST client of a logged-in bot, which does not pause before it tries again."""
    monkeypatch.setattr(Route, "BASE", discord.api_url)
    monkeypatch.setattr(rest, "PAUSES_SECONDS", (0.0,))
    bot = nextcord.Client()
    rest.use_rest_client(bot)
    await bot.login(app.token)
    assert isinstance(bot.http, RestClient)
    yield bot.http
    await bot.close()


async def get_me(client: RestClient, **options: Any) -> Any:
    return await client.request(Route("GET", ME), **options)


async def test_an_answer_is_json(client: RestClient, app: App) -> None:
    assert (await get_me(client))["id"] == str(app.id)


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8"])
async def test_json_is_read_whatever_else_the_content_type_says(
    client: RestClient, discord: LocalDiscord, kind: str
) -> None:
    discord.faults.rest(path=ME, status=200, json={"id": "1"}, headers={"Content-Type": kind})
    assert await get_me(client) == {"id": "1"}


@pytest.mark.parametrize("status", [500, 501, 502, 503, 504, 520, 529])
async def test_a_failing_server_is_asked_again_and_then_given_up(
    client: RestClient, discord: LocalDiscord, status: int
) -> None:
    fault = discord.faults.rest(path=ME, status=status, times=ATTEMPTS - 1, json={})
    await get_me(client)
    assert fault.met == ATTEMPTS - 1
    fault = discord.faults.rest(path=ME, status=status, times=ATTEMPTS + 1, json={})
    with pytest.raises(nextcord.DiscordServerError):
        await get_me(client)
    assert fault.met == ATTEMPTS


async def test_a_request_that_is_ready_is_sent_when_it_may_be(
    client: RestClient, discord: LocalDiscord
) -> None:
    may_go, asked = asyncio.Event(), asyncio.Event()

    async def when() -> None:
        asked.set()
        await may_go.wait()

    await get_me(client)  # until its limits are known, one request at a time is sent
    before = len(discord.journal.requests())
    task = asyncio.create_task(get_me(client, when=when))
    await asked.wait()
    await get_me(client)
    assert len(discord.journal.requests()) == before + 1, "the other one alone"
    assert not task.done()
    may_go.set()
    await task
    assert len(discord.journal.requests()) == before + 2


async def test_a_request_that_may_not_be_sent_is_not_and_leaves_no_trace(
    client: RestClient, discord: LocalDiscord
) -> None:
    async def when() -> None:
        raise LookupError("not this one")

    before = len(discord.journal.requests())
    for _ in range(3):
        with pytest.raises(LookupError):
            await get_me(client, when=when)
    assert len(discord.journal.requests()) == before
    await get_me(client)


async def test_a_lost_connection_is_made_again(client: RestClient, discord: LocalDiscord) -> None:
    fault = discord.faults.rest(path=ME, drop="before", times=ATTEMPTS - 1)
    await get_me(client)
    assert fault.met == ATTEMPTS - 1
    # aiohttp itself sends again where a connection that was kept open turns out to be closed.
    discord.faults.rest(path=ME, drop="before", times=2 * ATTEMPTS)
    with pytest.raises(ClientError):
        await get_me(client)


async def test_each_attempt_has_a_time_limit_of_its_own(
    client: RestClient, discord: LocalDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rest.TIMEOUT.total is not None
    assert rest.TIMEOUT.total <= 20, "aiohttp waits for 300 s"
    monkeypatch.setattr(rest, "TIMEOUT", ClientTimeout(total=0.1))
    fault = discord.faults.rest(path=ME, hold=True, times=ATTEMPTS - 1)
    # Another request does not wait for it, and its time is not used up by it.
    me, other = await asyncio.gather(
        get_me(client), client.request(Route("GET", "/users/@me/guilds"))
    )
    assert fault.met == ATTEMPTS - 1
    assert (me["name"], other) == ("Palisade", [])
    discord.faults.rest(path=ME, hold=True, times=ATTEMPTS)
    with pytest.raises(TimeoutError):
        await get_me(client)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"url": "ws://a"}, ("ws://a", None)),
        ({"url": "ws://a", "session_start_limit": {"remaining": "x"}}, ("ws://a", None)),
        ({"url": "ws://a", "session_start_limit": None}, ("ws://a", None)),
        ({"url": 5}, (None, None)),
        ([], (None, None)),
    ],
)
async def test_the_gateways_address_is_taken_from_whatever_is_answered(
    client: RestClient, discord: LocalDiscord, answer: Any, told: Any
) -> None:
    discord.faults.rest(path="/gateway/bot", status=200, json=answer)
    assert await ask_for_gateway(client) == told


async def test_discord_tells_how_many_sessions_may_still_begin(
    client: RestClient, discord: LocalDiscord
) -> None:
    url, left = await ask_for_gateway(client)
    assert url == discord.gateway.url
    assert left == (1000, 86_400.0)
    discord.faults.rest(path="/gateway/bot", status=404, json={"message": "no", "code": 0})
    assert await ask_for_gateway(client) == (None, None), "Nextcord asks elsewhere then"
    discord.faults.rest(path="/gateway/bot", status=503, json={})
    with pytest.raises(nextcord.DiscordServerError):
        await ask_for_gateway(client)


async def test_what_may_have_been_carried_out_is_not_sent_twice(
    client: RestClient, discord: LocalDiscord
) -> None:
    fault = discord.faults.rest(method="POST", drop="before", times=5)
    with pytest.raises(ClientError):
        await client.request(Route("POST", "/users/@me/channels"), json={"recipient_id": "1"})
    assert fault.met == 1


@pytest.mark.parametrize("drop", ["before", "after"])
async def test_what_discord_lets_take_effect_once_is_sent_again(
    client: RestClient, discord: LocalDiscord, drop: Literal["before", "after"]
) -> None:
    fault = discord.faults.rest(method="POST", drop=drop)
    route = Route("POST", "/users/@me/channels")
    user = discord.add_user("ben")
    made = await client.request(route, json={"recipient_id": str(user.id)}, repeatable=True)
    assert fault.met == 1
    assert made["type"] == 1


async def test_without_retrying_there_is_one_attempt(
    client: RestClient, discord: LocalDiscord
) -> None:
    fault = discord.faults.rest(path=ME, status=503, times=5, json={})
    with pytest.raises(nextcord.DiscordServerError):
        await get_me(client, retry_request=False)
    assert fault.met == 1


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, nextcord.HTTPException),
        (401, nextcord.Unauthorized),
        (403, nextcord.Forbidden),
        (404, nextcord.NotFound),
    ],
)
async def test_a_refusal_is_raised_at_once_with_discords_code(
    client: RestClient, discord: LocalDiscord, status: int, error: type[nextcord.HTTPException]
) -> None:
    body = {"code": 50013, "message": "Missing Permissions"}
    fault = discord.faults.rest(path=ME, status=status, times=5, json=body)
    with pytest.raises(error) as raised:
        await get_me(client)
    assert fault.met == 1
    assert (raised.value.status, raised.value.code) == (status, 50013)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, {"retry_after": 0.02, "global": False}),
        ({"Retry-After": "0.02"}, {}),
        ({"Retry-After": "60"}, {"retry_after": 0.02}),
        ({"Retry-After": "0.02"}, {"retry_after": "soon"}),
        ({"X-RateLimit-Scope": "global", "Retry-After": "0.02"}, {}),
        ({"X-RateLimit-Global": "true"}, {"retry_after": 0.02, "global": True}),
    ],
)
async def test_a_429_is_waited_out_as_often_as_it_comes(
    client: RestClient, discord: LocalDiscord, headers: dict[str, str], body: dict[str, Any]
) -> None:
    discord.faults.rest(path=ME, status=429, times=3, json=body, headers=headers)
    after = discord.journal.count
    await get_me(client)
    requests = discord.journal.requests("GET", ME, after=after)
    assert [request.status for request in requests] == [429, 429, 429, 200]
    for first, second in itertools.pairwise(requests):
        assert second.started - first.at >= 0.019


async def test_a_failing_server_says_nothing_about_its_limits(
    client: RestClient, discord: LocalDiscord
) -> None:
    """A proxy's error page has no headers; to take it for “no limit” would let all go at once."""
    route = Route("GET", "/users/@me/guilds")
    discord.faults.rest(path="/users/@me/guilds", status=502, json={})
    discord.faults.rest(path="/users/@me/guilds", times=4, delay=0.02)
    after = discord.journal.count
    await asyncio.gather(*(client.request(route) for _ in range(4)))
    first, second, third, *_ = discord.journal.requests("GET", "/users/@me/guilds", after=after)
    assert first.status == 502
    assert third.started >= second.at, "the second one was still asking"


async def test_a_reason_arrives_as_it_was_given(client: RestClient, discord: LocalDiscord) -> None:
    await get_me(client, reason="Banned: 100 % ünï\ncode “🙂”")
    assert discord.journal.requests("GET", ME)[-1].reason == "Banned: 100 % ünï\ncode “🙂”"


@given(st.text(st.characters(codec="utf-8"), max_size=700))
def test_a_reason_fits_its_header_and_is_never_cut_inside_a_character(reason: str) -> None:
    encoded = encode_reason(reason)
    assert len(encoded) <= MAX_REASON_CHARACTERS
    assert encoded.isascii()
    assert encoded.isprintable()
    assert reason.strip(" ").startswith(unquote(encoded, errors="strict"))


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=2_000))
def test_no_more_of_a_reason_is_cut_than_must_be(reason: str) -> None:
    rest_of_it = reason.strip(" ")[len(unquote(encode_reason(reason))) :]
    longest = 12  # the URL-encoding of a character of four bytes
    spaces = len(reason) - len(reason.strip(" "))
    full = len(encode_reason(reason)) + longest + spaces > MAX_REASON_CHARACTERS
    assert not rest_of_it.strip(" ") or full


@pytest.mark.parametrize(
    ("reason", "encoded"),
    [
        ("", ""),
        ("x" * 600, "x" * 512),
        ("x" * 511 + "é", "x" * 511),
        ("🙂" * 60, "%F0%9F%99%82" * 42),
        ("a\r\nX-Header: b", "a%0D%0AX-Header%3A b"),
        ("lone \ud800 surrogate", "lone %3F surrogate"),
    ],
)
def test_reasons(reason: str, encoded: str) -> None:
    assert encode_reason(reason) == encoded
