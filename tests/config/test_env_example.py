"""``.env.example`` and the table of settings say the same."""

import re
from pathlib import Path

import pytest

from config.errors import TokenMissing
from config.settings import VARIABLES, Settings

EXAMPLE = Path(__file__).resolve().parents[2] / ".env.example"

# A setting, live or commented out, and the comment above it.
SETTING = re.compile(r"((?:^# .*\n)+)^(?:# )?([A-Z_]+)=(.*)$", re.MULTILINE)


def test_every_setting_is_there_with_its_description_and_default() -> None:
    found = SETTING.findall(EXAMPLE.read_text(encoding="utf-8"))
    assert [name for _, name, _ in found] == [variable.name for variable in VARIABLES]
    for (comment, name, value), variable in zip(found, VARIABLES, strict=True):
        said = " ".join(line.removeprefix("# ") for line in comment.splitlines())
        assert said.startswith(variable.description), name
        if variable.default is not None:
            assert value == variable.default


def test_as_it_stands_it_works_but_for_the_token() -> None:
    settings = Settings.load({}, env_file=EXAMPLE)
    assert settings == Settings.load({}, env_file=None)
    with pytest.raises(TokenMissing, match="no token in it yet"):
        settings.require_token()


def test_every_line_that_is_commented_out_is_understood() -> None:
    live = re.sub(r"^# (?=[A-Z_]+=)", "", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert len(re.findall(r"^[A-Z_]+=", live, re.MULTILINE)) == len(VARIABLES)
    values = dict(re.findall(r"^([A-Z_]+)=(.+)$", live, re.MULTILINE))
    loaded = Settings.load(values, env_file=None)
    assert loaded.discord_api_url == Settings.load({}, env_file=None).discord_api_url
