"""Which addresses may be Discord's, and which may be given the token unencrypted."""

import pytest

from config.errors import SettingsError
from config.settings import Settings


def load(url: str) -> str:
    return Settings.load({"DISCORD_API_URL": url}, env_file=None).discord_api_url


@pytest.mark.parametrize(
    "url",
    [
        "https://discord.com/api/v10",
        "https://proxy.example/discord/api/v10",
        "https://93.184.216.34:8443/api/v10",
        "http://localhost:8080/api/v10",
        "http://LOCALHOST/api/v10",
        "http://discord.localhost:80/api/v10",
        "http://127.0.0.1:3000/api/v10",
        "http://127.9.9.9/api/v10",
        "http://10.0.0.5/api/v10",
        "http://172.16.0.1/api/v10",
        "http://172.31.255.254/api/v10",
        "http://192.168.1.2/api/v10",
        "http://[::1]:3000/api/v10",
        "http://[fd00::5]/api/v10",
        "http://[::ffff:10.0.0.5]/api/v10",
    ],
)
def test_an_address_is_taken_with_or_without_a_slash_at_its_end(url: str) -> None:
    assert load(url) == load(f"{url}/") == load(f" {url} ") == url


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://discord.com/api/v10", "unencrypted"),
        ("http://rest-proxy:8080/api/v10", "unencrypted"),
        ("http://93.184.216.34/api/v10", "unencrypted"),
        ("http://172.32.0.1/api/v10", "unencrypted"),
        ("http://169.254.169.254/api/v10", "unencrypted"),
        ("http://0.0.0.0/api/v10", "unencrypted"),
        ("http://100.64.0.1/api/v10", "unencrypted"),
        ("http://[2606:4700::1]/api/v10", "unencrypted"),
        ("http://[::ffff:93.184.216.34]/api/v10", "unencrypted"),
        ("http://127.0.0.1.example/api/v10", "unencrypted"),
        ("http://localhost.example/api/v10", "unencrypted"),
        ("http://notlocalhost/api/v10", "unencrypted"),
        ("http://2130706433/api/v10", "unencrypted"),
        ("https://discord.com", "must end with /api/v10"),
        ("https://discord.com/api", "must end with /api/v10"),
        ("https://discord.com/api/v9", "must end with /api/v10"),
        ("https://discord.com/notapi/v10", "must end with /api/v10"),
        ("https://discord.com/api/v10?x=1", "without ? or #"),
        ("https://discord.com/api/v10#x", "without ? or #"),
        ("discord.com/api/v10", "not a web address"),
        ("ftp://127.0.0.1/api/v10", "not a web address"),
        ("https:///api/v10", "not a web address"),
        ("https://discord.com:port/api/v10", "not a web address"),
        ("https://discord.com:99999/api/v10", "not a web address"),
        ("https://[::1/api/v10", "not a web address"),
        ("http://127.0.0.1@evil.example/api/v10", "user name or password"),
        ("http://evil.example\\@127.0.0.1/api/v10", "user name or password"),
        ("http://127.0.0.1\\.evil.example/api/v10", "user name or password"),
        ("https://dis cord.com/api/v10", "white space"),
        ("https://discord.com\n/api/v10", "white space"),
        ("https://discord.com/\x07api/v10", "control character"),
    ],
)
def test_an_address_that_is_not_safe_or_not_one_is_refused(url: str, said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(url)
    assert refused.value.variable == "DISCORD_API_URL"
    assert said in refused.value.message


def test_a_password_in_the_address_is_not_repeated() -> None:
    with pytest.raises(SettingsError) as refused:
        load("https://me:hunter2@discord.com/api/v10")
    assert "hunter2" not in str(refused.value)
