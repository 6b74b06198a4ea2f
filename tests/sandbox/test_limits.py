"""Rate limits: the windows with a clock of the test's own, then the answers over HTTP."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import LocalDiscord
from sandbox.limits import OLD, YOUNG, Asked, Limit, Limits, Refusal, Scope
from sandbox.snowflakes import Snowflakes
from tests.sandbox.clients import Rest
from tests.sandbox.conftest import Harbour

MESSAGES = "/channels/{channel_id}/messages"
MESSAGE = "/channels/{channel_id}/messages/{message_id}"
CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"


@dataclass
class Bench:
    """Limits whose time passes only when told."""

    now: float = 100.0
    limits: Limits = field(init=False)

    def __post_init__(self) -> None:
        self.limits = Limits(on=True, clock=lambda: self.now)

    def ask(
        self,
        method: str = "POST",
        route: str = MESSAGES,
        channel: int = 1,
        *,
        app: int | None = 7,
        **more: str,
    ) -> tuple[Refusal | None, dict[str, str]]:
        """One request."""
        params = {"channel_id": str(channel), **more}
        return self.limits.meet(Asked(app, method, route, params))


def test_a_window_is_used_up_and_begins_anew() -> None:
    bench = Bench()
    bench.limits.routes["POST", MESSAGES, ""] = Limit(2, 5.0)
    _, first = bench.ask()
    assert (first["X-RateLimit-Limit"], first["X-RateLimit-Remaining"]) == ("2", "1")
    assert first["X-RateLimit-Reset-After"] == "5.000"
    bench.now += 2
    _, second = bench.ask()
    assert (second["X-RateLimit-Remaining"], second["X-RateLimit-Reset-After"]) == ("0", "3.000")
    bench.now += 0.5
    refusal, _ = bench.ask()
    assert refusal is not None
    assert refusal.scope is Scope.USER
    assert refusal.body == {
        "message": "You are being rate limited.",
        "retry_after": 2.5,
        "global": False,
    }
    assert refusal.headers["Retry-After"] == "3"
    assert refusal.headers["X-RateLimit-Scope"] == "user"
    assert refusal.headers["X-RateLimit-Remaining"] == "0"
    assert refusal.headers["X-RateLimit-Bucket"] == first["X-RateLimit-Bucket"]
    bench.now += 2.5
    assert bench.ask()[0] is None


def test_channels_have_windows_of_their_own_but_one_hash() -> None:
    bench = Bench()
    bench.limits.routes["POST", MESSAGES, ""] = Limit(1, 5.0)
    _, one = bench.ask(channel=1)
    refusal, two = bench.ask(channel=2)
    assert refusal is None
    assert one["X-RateLimit-Bucket"] == two["X-RateLimit-Bucket"]
    assert bench.ask(channel=1)[0] is not None
    assert bench.ask(channel=1, app=8)[0] is None
    assert bench.ask("GET", channel=1)[1]["X-RateLimit-Bucket"] != one["X-RateLimit-Bucket"]


def test_deletions_differ_by_the_age_of_the_message() -> None:
    bench, ids = Bench(), Snowflakes()
    now = datetime.now(UTC)

    def hash_of(message: int) -> str:
        _, headers = bench.ask("DELETE", MESSAGE, message_id=str(message))
        return headers["X-RateLimit-Bucket"]

    new, middle = ids.next(), ids.at(now - timedelta(hours=1))
    old = ids.at(now - timedelta(days=15))
    assert hash_of(new) == hash_of(middle) != hash_of(old)
    bench.limits.routes["DELETE", MESSAGE, YOUNG] = Limit(3, 1.0)
    assert len({hash_of(new), hash_of(middle), hash_of(old)}) == 3
    assert bench.limits.routes["DELETE", MESSAGE, OLD].requests == 30


def test_all_together() -> None:
    bench = Bench()
    bench.limits.together = Limit(3, 1.0)
    assert [bench.ask(channel=n)[0] for n in range(3)] == [None] * 3
    refusal, _ = bench.ask(channel=9)
    assert refusal is not None
    assert refusal.body["global"] is True
    assert refusal.headers == {
        "Retry-After": "1",
        "X-RateLimit-Scope": "global",
        "X-RateLimit-Global": "true",
    }
    # Interactions come without a token, and another application has a limit of its own.
    assert bench.ask("POST", CALLBACK, app=None, interaction_id="5")[0] is None
    assert bench.ask(channel=9, app=8)[0] is None
    bench.now += 1
    assert bench.ask(channel=9)[0] is None


def test_shared_limits_are_used_up_by_anyone() -> None:
    bench = Bench()
    bench.limits.shared["POST", MESSAGES] = Limit(2, 10.0)
    assert bench.ask(app=7)[0] is None
    assert bench.ask(app=8)[0] is None
    refusal, _ = bench.ask(app=7)
    assert refusal is not None
    assert refusal.scope is Scope.SHARED
    assert refusal.body["message"] == "The resource is being rate limited."
    assert refusal.headers["X-RateLimit-Remaining"] == "4"
    assert bench.ask(channel=2)[0] is None
    bench.limits.use_up_shared("GET", MESSAGES, 3, 60.0)
    refusal, _ = bench.ask("GET", channel=3)
    assert refusal is not None
    assert refusal.headers["Retry-After"] == "60"


@given(st.lists(st.tuples(st.integers(0, 2), st.floats(0, 3)), max_size=60))
def test_no_window_lets_more_through_than_its_limit(asked: list[tuple[int, float]]) -> None:
    bench = Bench()
    bench.limits.routes["POST", MESSAGES, ""] = Limit(2, 1.5)
    let: dict[int, list[float]] = {}
    for channel, pause in asked:
        bench.now += pause
        refusal, _ = bench.ask(channel=channel)
        if refusal is None:
            let.setdefault(channel, []).append(bench.now)
        else:
            wait = refusal.body["retry_after"]
            assert 0 < wait <= 1.5
            probe = Bench(bench.now + wait)
            probe.limits._windows = dict(bench.limits._windows)
            probe.limits.routes = bench.limits.routes
            assert probe.ask(channel=channel)[0] is None
    for times in let.values():
        # Windows begin with a request, so of any five that were let through the first and the last
        # are at least a whole window apart.
        assert all(
            last - first >= 1.5 - 1e-9 for first, last in zip(times, times[4:], strict=False)
        )


def test_windows_that_ended_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.limits.KEPT_WINDOWS", 10)
    bench = Bench()
    for number in range(100):
        bench.ask(channel=number)
        bench.now += 1
    assert len(bench.limits._windows) <= 10


@pytest.fixture
def url(discord: LocalDiscord, harbour: Harbour) -> str:
    """Where messages are written."""
    return f"{discord.api_url}/channels/{harbour.guild.general.id}/messages"


async def test_without_limits_nothing_is_said_of_them(
    discord: LocalDiscord, harbour: Harbour, url: str
) -> None:
    headers = {"Authorization": f"Bot {harbour.app.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for _ in range(8):
            async with session.post(url, json={"content": "x"}) as response:
                assert response.status == 200
                assert not [name for name in response.headers if "ratelimit" in name.lower()]
    assert not discord.limits.refused


async def test_over_http(discord: LocalDiscord, harbour: Harbour, url: str) -> None:
    discord.limits.on = True
    discord.limits.routes["POST", MESSAGES, ""] = Limit(2, 60.0)
    headers = {"Authorization": f"Bot {harbour.app.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for left in ("1", "0"):
            async with session.post(url, json={"content": "x"}) as response:
                assert response.headers["X-RateLimit-Remaining"] == left
        async with session.post(url, json={"content": "x"}) as response:
            assert response.status == 429
            assert response.headers["Content-Type"] == "application/json"
            assert response.headers["X-RateLimit-Remaining"] == "0"
            assert 0 < float(response.headers["Retry-After"]) <= 60
            assert "Via" in response.headers
            body = await response.json()
            assert 0 < body["retry_after"] <= 60
    assert len(harbour.guild.general.messages) == 2
    entry = discord.journal.requests()[-1]
    assert (entry.status, entry.scope, entry.fault) == (429, "user", False)
    assert discord.limits.invalid_requests(harbour.app.id) == 1


@pytest.mark.parametrize(
    ("scope", "counted", "bucket", "globally"),
    [("user", 1, True, None), ("shared", 0, True, None), ("global", 1, False, "true")],
)
async def test_a_refusal_that_a_test_wants(
    discord: LocalDiscord,
    harbour: Harbour,
    url: str,
    scope: Scope,
    counted: int,
    bucket: bool,
    globally: str | None,
) -> None:
    discord.faults.limit(scope, seconds=1.25, method="POST", path=MESSAGES)
    headers = {"Authorization": f"Bot {harbour.app.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.post(url, json={"content": "x"}) as response:
            assert response.status == 429
            body = await response.json()
            assert response.headers["X-RateLimit-Scope"] == scope
            assert response.headers["Retry-After"] == "2"
            assert ("X-RateLimit-Bucket" in response.headers) is bucket
            assert response.headers.get("X-RateLimit-Global") == globally
            assert 1.0 < body["retry_after"] <= 1.25
        async with session.post(url, json={"content": "x"}) as response:
            assert response.status == 200
    assert discord.limits.invalid_requests(harbour.app.id) == counted
    assert discord.journal.requests()[0].fault


async def test_invalid_requests_are_counted(
    discord: LocalDiscord, harbour: Harbour, rest: Rest
) -> None:
    message = await harbour.ada.says("mine")
    await rest("PATCH", f"/channels/{message.channel_id}/messages/{message.id}", json={})
    await rest("PATCH", f"/channels/{message.channel_id}", json={"name": "x"})
    await rest("GET", "/users/1")
    async with Rest(discord, "wrong") as other:
        assert (await other("GET", "/users/@me")).status == 401
    assert discord.limits.invalid_requests(harbour.app.id) == 1
    assert discord.limits.invalid_requests(None) == 1
