"""``invite``: the link, its reasons, and where the application's ID comes from."""

import asyncio
import base64
import socket
from urllib.parse import parse_qs, urlsplit

import nextcord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.compose import all_cogs
from cli.invite import id_in
from sandbox import LocalDiscord
from tests.cli.commands import Shell

ID = 1_100_000_000_000_000_011
USED = {
    "view_channel",
    "manage_messages",
    "read_message_history",
    "manage_nicknames",
    "manage_threads",
    "send_messages",
    "embed_links",
    "moderate_members",
    "kick_members",
    "ban_members",
    "view_audit_log",
}


def test_the_link_asks_for_what_is_used_and_says_why(shell: Shell) -> None:
    status, out, err = shell.runs("invite", "--application-id", str(ID))
    assert (status, err) == (0, "")
    link, *rest = out.splitlines()
    parts = urlsplit(link)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "discord.com", "/oauth2/authorize")
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert (query["client_id"], query["scope"]) == (str(ID), "bot applications.commands")
    asked = nextcord.Permissions(int(query["permissions"]))
    assert asked == nextcord.Permissions(**dict.fromkeys(USED, True))
    told = "\n".join(rest)
    for name in ("Moderate Members", "Kick Members", "Ban Members"):
        assert f"  {name} " in told
    assert "can be left out" in told
    for cog in all_cogs():
        for reason in cog.permissions.values():
            assert reason in told
    for name in ("bot ", "applications.commands ", "Manage Messages ", "View Channel "):
        assert f"  {name}" in told


def test_the_id_is_read_from_the_token(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    head = base64.urlsafe_b64encode(str(ID).encode()).decode().rstrip("=")
    monkeypatch.setenv("DISCORD_TOKEN", f"{head}.Gabcde.x-y_z")
    status, out, err = shell.runs("invite")
    assert (status, err) == (0, "")
    assert f"client_id={ID}&" in out
    assert "x-y_z" not in out


@given(st.integers(1, 2**63 - 1))
def test_every_id_is_found_in_its_token(number: int) -> None:
    head = base64.urlsafe_b64encode(str(number).encode()).decode().rstrip("=")
    assert id_in(f"{head}.a.b") == number


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126)))
def test_a_token_of_another_shape_tells_none_or_some_number(token: str) -> None:
    found = id_in(token)
    assert found is None or 0 < found < 2**63


def test_without_token_and_id_it_says_what_is_missing(shell: Shell) -> None:
    status, out, err = shell.runs("invite")
    assert (status, out) == (3, "")
    assert err.startswith("DISCORD_TOKEN: there is no token.")


@pytest.mark.parametrize("given_id", ["palisade", "0", "-5", "", "1" * 5_000, str(2**63), "١٢٣"])
def test_what_is_no_id_is_refused(shell: Shell, given_id: str) -> None:
    status, out, err = shell.runs("invite", f"--application-id={given_id}")
    assert (status, out) == (2, "")
    assert "is not an application's ID. You find it at" in " ".join(err.split())


@pytest.mark.parametrize(
    ("token", "status", "said"),
    [
        ("odd", 0, "https://discord.com/oauth2/authorize?client_id="),
        ("odder", 4, "Discord refused the token."),
    ],
)
async def test_a_token_that_does_not_tell_is_asked_about(
    discord: LocalDiscord,
    shell: Shell,
    monkeypatch: pytest.MonkeyPatch,
    token: str,
    status: int,
    said: str,
) -> None:
    app = discord.add_application("Palisade")
    discord.world.tokens["odd"] = app.state
    monkeypatch.setenv("DISCORD_TOKEN", token)
    monkeypatch.setenv("DISCORD_API_URL", discord.api_url)
    ended, out, err = await asyncio.to_thread(shell.runs, "invite")
    assert ended == status
    assert said in out + err
    assert (str(app.id) in out) is (status == 0)


async def test_an_answer_without_an_id_is_explained(
    discord: LocalDiscord, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    discord.faults.rest(path="/applications/@me", status=503)
    monkeypatch.setenv("DISCORD_TOKEN", "odd")
    monkeypatch.setenv("DISCORD_API_URL", discord.api_url)
    ended, out, err = await asyncio.to_thread(shell.runs, "invite")
    assert (ended, out) == (1, "")
    assert "Discord did not tell the application's ID (status 503). Give it with" in err


def test_a_discord_out_of_reach_is_explained(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    monkeypatch.setenv("DISCORD_TOKEN", "odd")
    monkeypatch.setenv("DISCORD_API_URL", f"http://127.0.0.1:{port}/api/v10")
    status, out, err = shell.runs("invite")
    assert (status, out) == (1, "")
    assert "Discord cannot be asked for the application's ID" in err
    assert len(err.splitlines()) == 1
