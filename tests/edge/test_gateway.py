"""Our side of the gateway: whatever arrives, and heartbeats. What plain Nextcord does instead is in
test_nextcord_private.py."""

import asyncio
import json
import zlib
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nextcord.gateway import ReconnectWebSocket

from cogs.helpers.nextcord_private.gateway import BrokenConnection, Gateway
from cogs.helpers.nextcord_private.heartbeat import Heartbeat
from cogs.helpers.nextcord_private.payloads import REPLACED, Handlers, on_payload
from tests.virtual_time import in_virtual_time


@dataclass
class Socket:
    """The websocket below: keeps what was sent, and the code it was closed with."""

    sent: list[Any] = field(default_factory=list)
    close_code: int | None = None

    async def send_str(self, text: str) -> None:
        self.sent.append(json.loads(text))

    async def close(self, *, code: int = 1000) -> None:
        self.close_code = code


class Ear:
    """Hears two kinds of events, and chokes on one of them."""

    def __init__(self) -> None:
        self.heard: list[Any] = []

    @on_payload("MESSAGE_CREATE")
    def message(self, data: Any) -> None:
        self.heard.append(data)

    @on_payload("GUILD_CREATE")
    def guild(self, data: Any) -> None:
        raise KeyError("no such thing")


def gateway(*owners: object) -> tuple[Gateway, Socket]:
    """A connection over a socket that only remembers."""
    socket = Socket()
    underneath: Any = socket
    made = Gateway(underneath, loop=asyncio.get_running_loop())
    made.shard_id = None
    made._discord_parsers = {}
    made.handlers = Handlers()
    for owner in owners:
        made.handlers.add(owner)
    return made, socket


def dispatch(event: Any, data: Any = None, sequence: Any = 1) -> str:
    return json.dumps({"op": 0, "t": event, "s": sequence, "d": data})


READY = {"session_id": "abc", "resume_gateway_url": "ws://127.0.0.1", "user": {}, "guilds": []}


async def test_a_dispatch_goes_to_who_asked_for_it() -> None:
    ear = Ear()
    made, _ = gateway(ear)
    await made.received_message(dispatch("MESSAGE_CREATE", {"content": "x"}, 7))
    await made.received_message(dispatch("MESSAGE_DELETE", {"id": "1"}, 8))
    assert ear.heard == [{"content": "x"}]
    assert made.sequence == 8


async def test_a_handler_that_raises_loses_this_event_only(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ear, other = Ear(), Ear()
    made, _ = gateway(ear, other)
    secret = "what people wrote"
    await made.received_message(dispatch("GUILD_CREATE", {"name": secret}))
    await made.received_message(dispatch("MESSAGE_CREATE", {"content": "x"}))
    assert ear.heard == other.heard == [{"content": "x"}]
    assert caplog.text.count("Dropped a GUILD_CREATE") == 2, "each of the two was asked"
    assert secret not in caplog.text


async def test_what_nextcord_cannot_read_our_handlers_still_get(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ear = Ear()
    made, _ = gateway(ear)
    made._discord_parsers = {"MESSAGE_CREATE": lambda data: data["missing"]}
    assert "MESSAGE_CREATE" in REPLACED
    made._discord_parsers["TYPING"] = made._discord_parsers["MESSAGE_CREATE"]
    await made.received_message(dispatch("MESSAGE_CREATE", {}))
    await made.received_message(dispatch("TYPING", {}))
    assert ear.heard == [{}]
    assert caplog.text.count("Nextcord cannot read a TYPING") == 1


async def test_ready_begins_a_session_and_resumed_goes_on_with_it() -> None:
    made, _ = gateway()
    made._discord_parsers = {"READY": lambda data: None}
    await made.received_message(dispatch("READY", dict(READY)))
    assert (made.session_id, made.resume_url) == ("abc", "ws://127.0.0.1")
    assert made.established
    other, _ = gateway()
    assert not other.established
    await other.received_message(dispatch("RESUMED", {}))
    assert other.established


@pytest.mark.parametrize(
    "data", [None, [], {}, {"session_id": 5}, {"session_id": None}, {"session_id": "x"}]
)
async def test_a_ready_that_makes_no_sense_needs_a_new_session(data: Any) -> None:
    made, _ = gateway()
    made._discord_parsers = {"READY": lambda data: data["user"]["id"]}
    with pytest.raises(BrokenConnection) as broken:
        await made.received_message(dispatch("READY", data))
    assert not broken.value.resume
    assert not made.established


ENVELOPES: list[str | bytes] = [
    "",
    "{",
    "[]",
    "null",
    '"text"',
    "{}",
    '{"op": "0"}',
    '{"op": null}',
    '{"op": true}',
    '{"op": 1.5}',
    "\ud800",
    b"no zlib\x00\x00\xff\xff",
    zlib.compress(b"{}")[:-4] + b"\x00\x00\xff\xff",
]


@pytest.mark.parametrize("frame", ENVELOPES)
async def test_a_broken_envelope_needs_a_new_connection(frame: str | bytes) -> None:
    made, _ = gateway()
    with pytest.raises(BrokenConnection) as broken:
        await made.received_message(frame)
    assert broken.value.resume


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.sampled_from([10**30, -(10**400), "9" * 5_000]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
frames = st.fixed_dictionaries(
    {"op": st.sampled_from([0, 0, 0, 1, 7, 9, 10, 11]) | json_values},
    optional={
        "t": st.sampled_from(["READY", "RESUMED", "MESSAGE_CREATE", "GUILD_CREATE"]) | json_values,
        "s": json_values,
        "d": json_values
        | st.fixed_dictionaries({"heartbeat_interval": json_values})
        | st.fixed_dictionaries({}, optional=dict.fromkeys(READY, json_values)),
    },
)


@given(st.lists(frames.map(json.dumps) | json_values.map(json.dumps) | st.text(), max_size=5))
@in_virtual_time
async def test_whatever_comes_ends_in_one_of_two_ways_or_goes_on(frames: list[str]) -> None:
    made, _ = gateway(Ear())
    made._discord_parsers = {
        event: lambda data: data["user"]["id"] for event in ("READY", "GUILD_CREATE")
    }
    for frame in frames:
        try:
            await made.received_message(frame)
        except (ReconnectWebSocket, BrokenConnection):
            break
    assert made.sequence is None or (type(made.sequence) is int and made.sequence >= 0)
    await made.close(4000)


async def test_compressed_frames_in_pieces() -> None:
    ear = Ear()
    made, _ = gateway(ear)
    packer = zlib.compressobj()
    for number in range(3):
        text = dispatch("MESSAGE_CREATE", {"number": number})
        data = packer.compress(text.encode()) + packer.flush(zlib.Z_SYNC_FLUSH)
        for start in range(0, len(data), 7):
            await made.received_message(data[start : start + 7])
    assert ear.heard == [{"number": 0}, {"number": 1}, {"number": 2}]


@pytest.mark.parametrize(
    ("frame", "resume"),
    [
        ({"op": 7, "d": None}, True),
        ({"op": 9, "d": True}, True),
        ({"op": 9, "d": False}, False),
        ({"op": 9}, False),
        ({"op": 9, "d": "true"}, False),
    ],
)
async def test_discord_asks_for_another_connection(frame: dict[str, Any], resume: bool) -> None:
    made, socket = gateway()
    with pytest.raises(ReconnectWebSocket) as asked:
        await made.received_message(json.dumps(frame))
    assert asked.value.resume is resume
    assert socket.close_code == 4000, "1000 and 1001 would end the session"


@in_virtual_time
async def test_hello_starts_the_heartbeat_and_each_answer_keeps_it_going() -> None:
    made, socket = gateway()
    await made.received_message('{"op": 10, "d": {"heartbeat_interval": 40000}, "s": null}')
    await asyncio.sleep(1)
    for sequence in (5, 6, 7):
        await made.received_message('{"op": 11}')
        await made.received_message(dispatch("MESSAGE_CREATE", {}, sequence))
        await asyncio.sleep(40)
    assert socket.sent == [{"op": 1, "d": value} for value in (None, 5, 6, 7)]
    assert socket.close_code is None
    await made.close(4000)
    await asyncio.sleep(100)
    assert len(socket.sent) == 4, "a closed connection beats no more"


@in_virtual_time
async def test_a_connection_whose_heartbeats_are_not_answered_is_closed_whatever_else_comes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    made, socket = gateway()
    await made.received_message('{"op": 10, "d": {"heartbeat_interval": 40000}}')
    await made.received_message('{"op": 11}')
    for _ in range(8):
        await asyncio.sleep(9)
        await made.received_message(dispatch("MESSAGE_CREATE", {}))
    assert socket.close_code is None
    await asyncio.sleep(9)
    assert socket.close_code == 4000
    assert "does not answer heartbeats" in caplog.text


@in_virtual_time
async def test_discord_may_ask_for_a_heartbeat() -> None:
    made, socket = gateway()
    await made.received_message('{"op": 1, "d": null}')
    assert socket.sent == [], "before HELLO there is none"
    await made.received_message('{"op": 10, "d": {"heartbeat_interval": 40000}}')
    made.sequence = 9
    await made.received_message('{"op": 1, "d": null}')
    assert socket.sent == [{"op": 1, "d": None}, {"op": 1, "d": 9}]
    await made.close(4000)


@pytest.mark.parametrize("interval", [None, 0, -1, True, "40000", [], {}])
async def test_a_hello_without_its_interval_needs_a_new_connection(interval: Any) -> None:
    made, _ = gateway()
    with pytest.raises(BrokenConnection):
        await made.received_message(
            json.dumps({"op": 10, "d": {"heartbeat_interval": interval}, "s": None})
        )


@in_virtual_time
async def test_the_latency_is_that_of_the_last_answer() -> None:
    made, _ = gateway()
    heartbeat = Heartbeat(made, 40.0)
    assert heartbeat.latency == float("inf")
    heartbeat.ack()
    assert 0 <= heartbeat.latency < 40


def test_handlers_keep_the_order_of_their_cogs() -> None:
    first, second = Ear(), Ear()
    handlers = Handlers()
    handlers.add(first)
    handlers.add(second)
    assert handlers.of("MESSAGE_CREATE") == [first.message, second.message]
    assert handlers.of("TYPING_START") == []
