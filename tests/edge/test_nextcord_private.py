"""Every touch of Nextcord's private parts, and every reason for one: these fail when an update of
Nextcord moves what we stand on, or no longer does what made it necessary.

In the order of the modules in ``cogs/helpers/nextcord_private/``.
"""

import ast
import asyncio
import inspect
import threading
import zlib
from pathlib import Path
from typing import Any

import aiohttp
import nextcord
import pytest
from nextcord import Client
from nextcord.application_command import BaseApplicationCommand, SlashApplicationCommand
from nextcord.gateway import DiscordWebSocket, KeepAliveHandler, ReconnectWebSocket
from nextcord.http import HTTPClient, Route
from nextcord.state import ConnectionState

from cogs.client import Palisade
from cogs.helpers.nextcord_private.connection import stay_connected
from cogs.helpers.nextcord_private.gateway import Gateway
from cogs.helpers.nextcord_private.heartbeat import Heartbeat
from cogs.helpers.nextcord_private.pace import Pace
from cogs.helpers.nextcord_private.payloads import REPLACED, Handlers
from cogs.helpers.nextcord_private.rest import RestClient, use_rest_client
from tests.edge.conftest import Run
from tests.edge.plain import Plain, Scene

NEXTCORD = Path(nextcord.__path__[0])

DELETE = "/channels/{channel_id}/messages/{message_id}"


# commands.py


async def test_a_command_takes_the_state_and_the_interaction() -> None:
    for method in (SlashApplicationCommand.call, SlashApplicationCommand.call_autocomplete):
        first, second = list(inspect.signature(method).parameters)[1:3]
        assert (first, second) == ("state", "interaction")
    assert issubclass(SlashApplicationCommand, BaseApplicationCommand)
    assert isinstance(Client()._connection, ConnectionState)


async def test_ready_empties_the_set_of_commands(scene: Scene, run: Run) -> None:
    """So the client keeps its own."""
    client = Plain()

    async def ping(interaction: nextcord.Interaction[Client]) -> None: ...

    client.add_application_command(SlashApplicationCommand("ping", callback=ping))
    assert len(client.get_all_application_commands()) == 1
    run(client, client.start(scene.app.token))
    await client.until("ready")
    assert client.get_all_application_commands() == set()


# connection.py


async def test_a_first_connection_that_fails_kills_a_plain_client(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nextcord.backoff.ExponentialBackoff.delay", lambda _: 0.0)
    client = Plain()
    await client.login(scene.app.token)
    await scene.discord.stop()
    with pytest.raises(AttributeError, match="sequence"):
        await asyncio.wait_for(client.connect(), 10)
    await client.close()


def test_start_logs_in_and_connects() -> None:
    """What the client overrides is what Nextcord calls."""
    for name in ("start", "connect", "login", "close", "is_closed", "before_identify_hook"):
        theirs, ours = (inspect.signature(getattr(kind, name)) for kind in (Client, Palisade))
        assert list(theirs.parameters) == list(ours.parameters), name


async def test_a_connection_is_made_by_from_client_and_polled(scene: Scene, run: Run) -> None:
    client = Plain()
    await client.login(scene.app.token)
    handlers = Handlers()
    run(client, stay_connected(client, handlers, Pace()))
    await client.until("ready")
    gateway = client.ws
    assert isinstance(gateway, Gateway), "Client.ws is ours"
    assert gateway.handlers is handlers
    assert gateway.established
    # What from_client gives a connection, and what we read of it.
    assert gateway.token == scene.app.token
    assert gateway._discord_parsers is client._connection.parsers
    assert isinstance(gateway.session_id, str)
    assert isinstance(gateway.sequence, int)
    assert gateway.socket.close_code is None
    assert gateway.shard_id is None
    assert isinstance(gateway._keep_alive, Heartbeat)
    assert gateway.resume_url == scene.discord.gateway.url


def test_from_client_takes_what_we_give_it() -> None:
    given = {
        "client",
        "initial",
        "gateway",
        "shard_id",
        "session",
        "sequence",
        "resume",
        "format_gateway",
    }
    assert set(inspect.signature(DiscordWebSocket.from_client).parameters) == given


async def test_a_request_to_reconnect_says_whether_to_resume() -> None:
    assert ReconnectWebSocket(None).resume is True
    assert ReconnectWebSocket(None, resume=False).resume is False


# gateway.py


def connection(kind: type[DiscordWebSocket] = DiscordWebSocket) -> DiscordWebSocket:
    """A connection without a socket, which is enough for taking frames in."""
    socket: Any = None
    made = kind(socket, loop=asyncio.get_running_loop())
    made.shard_id = None
    made._discord_parsers = {}
    return made


async def test_nextcord_breaks_on_a_frame_without_a_sequence() -> None:
    with pytest.raises(KeyError, match="s"):
        await connection().received_message('{"op": 11, "d": null}')


async def test_nextcord_lets_the_exception_of_a_parser_out() -> None:
    theirs = connection()
    theirs._discord_parsers = {"TYPING_START": lambda data: data["missing"]}
    with pytest.raises(KeyError, match="missing"):
        await theirs.received_message('{"op": 0, "t": "TYPING_START", "s": 1, "d": {}}')


async def test_what_our_gateway_works_with_is_there() -> None:
    theirs = connection()
    assert theirs._buffer == bytearray()
    assert isinstance(theirs._zlib, type(zlib.decompressobj()))
    assert theirs._keep_alive is None
    ops = {"DISPATCH": 0, "HEARTBEAT": 1, "RECONNECT": 7, "INVALIDATE_SESSION": 9}
    for name, op in {**ops, "HELLO": 10, "HEARTBEAT_ACK": 11}.items():
        assert getattr(DiscordWebSocket, name) == op
    for name in ("received_message", "poll_event", "send_heartbeat", "close"):
        assert inspect.iscoroutinefunction(getattr(DiscordWebSocket, name)), name


async def test_polling_hands_frames_to_received_message() -> None:
    class Taking(DiscordWebSocket):
        taken: str | bytes = ""
        _max_heartbeat_timeout = 60.0

        async def received_message(self, msg: str | bytes, /) -> None:
            self.taken = msg

    class Socket:
        async def receive(self, timeout: float) -> aiohttp.WSMessage:
            return aiohttp.WSMessage(aiohttp.WSMsgType.TEXT, "text", None)

    taking = connection(Taking)
    socket: Any = Socket()
    taking.socket = socket
    await taking.poll_event()
    assert isinstance(taking, Taking)
    assert taking.taken == "text"


# heartbeat.py


def attributes_of(name: str, inside: str) -> set[str]:
    """The attributes of ``self.<name>`` that a class in Nextcord's gateway.py uses."""
    tree = ast.parse((NEXTCORD / "gateway.py").read_text("utf-8"))
    (body,) = [n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == inside]
    return {
        node.attr
        for node in ast.walk(body)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == name
    }


async def test_our_heartbeat_has_what_nextcord_calls_on_its_own() -> None:
    used = attributes_of("_keep_alive", "DiscordWebSocket")
    assert used == {"tick", "ack", "get_payload", "start", "stop"}
    ours = connection(Gateway)
    heartbeat = Heartbeat(ours, 1.0)
    for name in (*used, "latency"):
        assert hasattr(heartbeat, name)
    ours._keep_alive = heartbeat  # type: ignore[assignment]  # as gateway.py does
    assert ours.latency == float("inf")


async def test_nextcords_heartbeat_is_a_thread_that_asks_whether_anything_was_received() -> None:
    assert issubclass(KeepAliveHandler, threading.Thread)
    source = inspect.getsource(KeepAliveHandler.run)
    assert "_last_recv" in source
    assert "_last_ack" not in source


# payloads.py


async def test_nextcord_drops_a_member_update_of_someone_it_has_not_cached(
    scene: Scene, plain: Plain
) -> None:
    await scene.alice.nick("Ally")
    await scene.alice.says("hello")
    told = await plain.until("message")
    assert "socket_event_type" in told, "it came"
    assert not {"member_update", "raw_member_update", "user_update"} & set(told)


async def test_nextcord_tells_of_edits_only_where_the_message_is_cached(
    scene: Scene, plain: Plain
) -> None:
    message = await scene.alice.says("hello")
    await message.edit("changed")
    assert "message_edit" not in await plain.until("raw_message_edit")


async def test_what_we_replace_has_a_parser() -> None:
    assert set(Client()._connection.parsers) >= REPLACED


# rest.py


async def test_all_of_rest_goes_through_one_method() -> None:
    """Only the download of files and the gateway's own connection go past it."""
    tree = ast.parse((NEXTCORD / "http.py").read_text("utf-8"))
    (body,) = [n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "HTTPClient"]
    using = {
        method.name
        for method in body.body
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(method)
        if isinstance(node, ast.Attribute) and node.attr == "__session"
    }
    assert using == {
        "__init__",
        "recreate",
        "ws_connect",
        "_ratelimit_shedding_loop",
        "request",
        "get_from_cdn",
        "close",
    }


def test_our_request_takes_what_theirs_takes() -> None:
    theirs, ours = (inspect.signature(kind.request) for kind in (HTTPClient, RestClient))
    assert list(theirs.parameters) == list(ours.parameters)


async def test_the_session_is_where_we_take_it_from(scene: Scene) -> None:
    client = RestClient(dispatch=lambda *_: None)
    await client.recreate()
    # The name is mangled, which mypy does not follow.
    session = client._HTTPClient__session  # type: ignore[attr-defined]
    assert isinstance(session, aiohttp.ClientSession)
    await client.close()
    assert session.closed


async def test_headers_carry_the_token_unless_told_otherwise() -> None:
    client = RestClient(dispatch=lambda *_: None, default_auth="Bot x")
    assert client._make_headers({})["Authorization"] == "Bot x"
    assert "Authorization" not in client._make_headers({}, auth=None)


async def test_the_caches_send_through_our_client_too() -> None:
    client = Client()
    assert client._connection.http is client.http
    use_rest_client(client)
    assert isinstance(client._connection.http, RestClient)
    assert client._connection.http is client.http


def test_the_base_of_every_route_is_one_attribute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Route, "BASE", "http://127.0.0.1:1/api/v10")
    route = Route("DELETE", DELETE, channel_id=1, message_id=2)
    assert route.url == "http://127.0.0.1:1/api/v10/channels/1/messages/2"
    assert (route.method, route.path) == ("DELETE", DELETE)
    assert (route.channel_id, route.guild_id, route.webhook_id) == (1, None, None)
    hook = Route("POST", "/webhooks/{webhook_id}/{webhook_token}", webhook_id=3, webhook_token="t")
    assert (hook.webhook_id, hook.webhook_token) == (3, "t")


@pytest.mark.parametrize("status", [501, 503, 520])
async def test_nextcord_gives_up_at_once(scene: Scene, plain: Plain, status: int) -> None:
    fault = scene.discord.faults.rest(path="/users/@me", status=status, times=2, json={})
    with pytest.raises(nextcord.DiscordServerError):
        await plain.http.request(Route("GET", "/users/@me"))
    assert fault.met == 1


async def test_nextcord_takes_a_429_without_a_via_header_for_a_ban(
    scene: Scene, plain: Plain
) -> None:
    body = {"retry_after": 0.01, "global": False}
    fault = scene.discord.faults.rest(
        path="/users/@me", status=429, times=2, json=body, headers={"Via": ""}
    )
    with pytest.raises(nextcord.HTTPException):
        await plain.http.request(Route("GET", "/users/@me"))
    assert fault.met == 1


async def test_nextcord_reads_json_with_a_charset_as_text(scene: Scene, plain: Plain) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    scene.discord.faults.rest(path="/users/@me", status=200, json={"id": "1"}, headers=headers)
    assert isinstance(await plain.http.request(Route("GET", "/users/@me")), str)


# rate_limits.py


async def test_nextcord_has_one_rate_limit_for_a_route_in_all_channels(
    scene: Scene, plain: Plain
) -> None:
    headers = {
        "X-RateLimit-Bucket": "hash",
        "X-RateLimit-Limit": "5",
        "X-RateLimit-Remaining": "4",
        "X-RateLimit-Reset": "9999999999",
        "X-RateLimit-Reset-After": "1",
    }
    scene.discord.faults.rest(method="DELETE", status=204, times=2, headers=headers)
    for channel_id in (1, 2):
        await plain.http.request(Route("DELETE", DELETE, channel_id=channel_id, message_id=3))
    limits = {
        key: limit for key, limit in plain.http._url_rate_limits.items() if key[0] == "DELETE"
    }
    assert len(limits) == 2
    assert len({id(limit) for limit in limits.values()}) == 1
