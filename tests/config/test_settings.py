"""The settings: defaults, what is tolerated, what is refused and in which words."""

from pathlib import Path

import pytest

from config import token
from config.errors import SettingsError, TokenMissing
from config.secret import Secret
from config.settings import VARIABLES, LogFormat, Settings

PROJECT = Path(__file__).resolve().parents[2]
TOKEN = "MTk4NjIy.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"


def load(**variables: str) -> Settings:
    return Settings.load(variables, env_file=None)


def test_without_a_word_everything_has_its_default() -> None:
    settings = load()
    assert settings == Settings(
        token=None,
        database_path=PROJECT / "data" / "runtime" / "palisade.sqlite3",
        log_level="INFO",
        log_format=LogFormat.TEXT,
        discord_api_url="https://discord.com/api/v10",
        catch_up_hours=24,
        catch_up_messages=1000,
    )


@pytest.mark.parametrize("value", ["-1", "1.5", "a day", "337", "9" * 5000, "٣"])
def test_hours_that_are_no_number_in_bounds_are_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="is not a whole number from 0 to 336"):
        load(CATCH_UP_HOURS=value)


def test_numbers_are_read() -> None:
    settings = load(CATCH_UP_HOURS=" 0 ", CATCH_UP_MESSAGES="5000")
    assert (settings.catch_up_hours, settings.catch_up_messages) == (0, 5000)


def test_the_defaults_are_those_of_the_table() -> None:
    named = {one.name: one.default for one in VARIABLES if one.default is not None}
    named["DATABASE_PATH"] = str(PROJECT / named["DATABASE_PATH"])
    assert load(**named) == load()


def test_the_process_environment_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for variable in VARIABLES:
        monkeypatch.delenv(variable.name, raising=False)
    (tmp_path / ".env").write_text("LOG_LEVEL=ERROR\nLOG_FORMAT=json\n")
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    settings = Settings.load()
    assert (settings.log_level, settings.log_format) == ("DEBUG", LogFormat.JSON)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (TOKEN, TOKEN),
        (f"  {TOKEN}\n", TOKEN),
        (f"Bot {TOKEN}", TOKEN),
        (f"bot   {TOKEN}", TOKEN),
        ("x", "x"),
        ("Botany", "Botany"),
    ],
)
def test_a_token_is_cleaned(given: str, expected: str) -> None:
    assert load(DISCORD_TOKEN=given).require_token().reveal() == expected


@pytest.mark.parametrize("variables", [{}, {"DISCORD_TOKEN": ""}, {"DISCORD_TOKEN": " \t"}])
def test_no_token_is_an_error_only_for_whoever_needs_one(variables: dict[str, str]) -> None:
    settings = load(**variables)
    assert settings.token is None
    with pytest.raises(TokenMissing, match=r"(?s)^DISCORD_TOKEN: there is no token.*\.env"):
        settings.require_token()


@pytest.mark.parametrize(
    ("given", "kind", "said"),
    [
        (token.PLACEHOLDER, TokenMissing, "no token in it yet"),
        ("Bot ", TokenMissing, "no token"),
        ("secret half", SettingsError, "white space inside"),
        ("secret\nhalf", SettingsError, "white space inside"),
        ('"secret"', SettingsError, "quotation marks"),
        ("'secret'", SettingsError, "quotation marks"),
        ("secrét", SettingsError, "not a token"),
        ("secret\x07", SettingsError, "not a token"),
        ("secret\u200b", SettingsError, "not a token"),
    ],
)
def test_what_cannot_be_a_token_is_explained(
    given: str, kind: type[SettingsError], said: str
) -> None:
    settings = load(DISCORD_TOKEN=given)
    assert settings.token is None
    with pytest.raises(SettingsError, match=said) as refused:
        settings.require_token()
    assert type(refused.value) is kind
    assert refused.value.variable == "DISCORD_TOKEN"
    assert "secr" not in str(refused.value) + repr(settings)


def test_a_token_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    for content in (TOKEN, f"{TOKEN}\n", f"\ufeff{TOKEN}\r\n", f"Bot {TOKEN}"):
        file.write_text(content, encoding="utf-8", newline="")
        assert load(DISCORD_TOKEN_FILE=str(file)).require_token() == Secret(TOKEN)


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (None, SettingsError, "cannot be read"),
        (b"", TokenMissing, "no token in it yet"),
        (b"a" * 5000, SettingsError, "too large"),
        ("secret".encode("utf-16"), SettingsError, "not UTF-8"),
        (b"secret one\nsecret two", SettingsError, "white space inside"),
    ],
)
def test_a_token_file_that_cannot_be_used_is_explained(
    tmp_path: Path, content: bytes | None, kind: type[SettingsError], said: str
) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
    settings = load(DISCORD_TOKEN_FILE=str(file))
    with pytest.raises(SettingsError, match=f"^DISCORD_TOKEN_FILE: .*{said}") as refused:
        settings.require_token()
    assert type(refused.value) is kind
    assert "secret" not in str(refused.value)


def test_a_folder_is_not_a_token_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load(DISCORD_TOKEN_FILE=str(tmp_path)).require_token()


def test_two_tokens_are_one_too_many(tmp_path: Path) -> None:
    settings = load(DISCORD_TOKEN=TOKEN, DISCORD_TOKEN_FILE=str(tmp_path / "token"))
    assert settings.token is None
    with pytest.raises(SettingsError, match="DISCORD_TOKEN is set as well"):
        settings.require_token()


def test_a_secret_shows_nowhere() -> None:
    secret = Secret("hush")
    shown = f"{secret} {secret!s} {secret!r} {[secret]} %s" % secret
    assert "hush" not in shown
    assert "hush" not in repr(load(DISCORD_TOKEN="hush"))
    assert secret == Secret("hush") != Secret("loud")
    assert len({secret, Secret("hush")}) == 1
    assert secret != "hush"


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL: 'loud' is not one of DEBUG, INFO"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT: 'xml' is not one of text, json."),
        ({"DATABASE_PATH": "folder/"}, "DATABASE_PATH: folder/ is a folder. Add a file name"),
        ({"DATABASE_PATH": "a\0b"}, "DATABASE_PATH: there is a NUL character"),
        ({"DATABASE_PATH": "~nobody-of-this-name/db"}, "DATABASE_PATH: the home folder"),
    ],
)
def test_a_wrong_value_names_its_variable_and_the_cure(
    variables: dict[str, str], said: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        load(**variables)
    assert str(refused.value).startswith(said)


def test_case_and_white_space_around_a_choice_do_not_matter() -> None:
    settings = load(LOG_LEVEL=" debug ", LOG_FORMAT="JSON")
    assert (settings.log_level, settings.log_format) == ("DEBUG", LogFormat.JSON)


def test_a_relative_database_is_below_the_working_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    assert load(DATABASE_PATH="kept/db").database_path == tmp_path / "kept" / "db"
    assert load(DATABASE_PATH="~/db").database_path == tmp_path / "home" / "db"
    assert load(DATABASE_PATH=str(tmp_path / "db")).database_path == tmp_path / "db"
    assert load().database_path.parent.parent.parent == PROJECT


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"LOG_LEVEL=ERROR\n", "ERROR"),
        (b"\xef\xbb\xbfLOG_LEVEL=ERROR\r\n", "ERROR"),
        (b"# a comment\n\nexport LOG_LEVEL='ERROR'\n", "ERROR"),
        (b"LOG_LEVEL=\n", "INFO"),
        (b"LOG_LEVEL\n", "INFO"),
        (b"", "INFO"),
        (None, "INFO"),
    ],
)
def test_a_file_of_settings(tmp_path: Path, content: bytes | None, expected: str) -> None:
    file = tmp_path / ".env"
    if content is not None:
        file.write_bytes(content)
    assert Settings.load({}, env_file=file).log_level == expected


def test_the_file_is_taken_literally(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("DISCORD_TOKEN=a${HOME}b\n")
    assert Settings.load({"HOME": "/x"}, env_file=file).require_token() == Secret("a${HOME}b")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"LOG_LEVEL=INFO\n\nwhat is this\nLOG_FORMAT=text\n", ":3: this line is not understood"),
        (b'LOG_LEVEL="INFO\n', ":1: this line is not understood"),
        ("LOG_LEVEL=INFO".encode("utf-16"), ": this file is not UTF-8"),
    ],
)
def test_a_broken_file_names_the_line(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / ".env"
    file.write_bytes(content)
    with pytest.raises(SettingsError) as refused:
        Settings.load({}, env_file=file)
    assert str(refused.value).startswith(f"{file}{said}")


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        Settings.load({}, env_file=tmp_path)
