"""Red with its Filter cog and as many entries as our own bot has, the mark among them: run as a
script by the Python of an environment that has Red 3.5, with the arguments of ``bots.py``. It
imports nothing of this project."""

import json
import os
import subprocess
import sys
from pathlib import Path

MARK = "endmark"
ENTRIES = 1_000
FILTER = "4766951341"
"""Under which the Filter cog keeps its settings."""


def set_up(folder: Path, guild_id: str) -> None:
    """An instance whose data is in ``folder``, with the entries in one server. The environment
    says where Red looks for it."""
    command = (sys.executable, "-m", "redbot.setup", "--no-prompt", "--instance-name", "bench")
    subprocess.run([*command, "--data-path", str(folder)], check=True, stdout=sys.stderr)
    entries = [f"banned{number}word" for number in range(ENTRIES - 1)]
    keep(folder / "cogs/Filter", {FILTER: {"GUILD": {guild_id: {"filter": [*entries, MARK]}}}})
    # Else it takes its first start for one under a new Python, and loads no cogs.
    python = {"last_system_info": {"python_version": list(sys.version_info[:2])}}
    keep(folder / "core", {"0": {"GLOBAL": python}})


def keep(folder: Path, settings: object) -> None:
    """What Red finds when it starts."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.json").write_text(json.dumps(settings))


def main() -> None:
    """Run Red until the process is ended."""
    _, api_url, database, token, guild_id = sys.argv[1:]
    home = Path(database).parent / "red"
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        os.environ[name] = str(home)
    set_up(home / "data", guild_id)
    # The server packs with zlib alone; discord.py would ask for this where it is there.
    sys.modules["zstandard"] = None  # type: ignore[assignment]  # so that importing it fails
    # Not before: Red looks where it is to look as soon as it is imported.
    import discord  # type: ignore[import-not-found]  # of the other environment
    from redbot.__main__ import main as red  # type: ignore[import-not-found]  # as well

    discord.http.Route.BASE = api_url
    sys.argv = ["redbot", "bench", "--no-prompt", "--load-cogs", "filter"]
    sys.argv += ["--token", token, "--prefix", "!", "--owner", "1"]
    red()


if __name__ == "__main__":
    main()
