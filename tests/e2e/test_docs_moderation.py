"""The examples of docs/moderation.md, typed one after the other by the owner of a server: each is
taken, and answered as the page says."""

import re
from collections.abc import Mapping
from typing import Any

from sandbox import Channel, Permissions
from sandbox.handles.place import overwrite
from tests.documents import code_blocks
from tests.e2e.harness import TIMEOUT, Bot
from tests.e2e.mod_logs import MAY_ALL
from tests.test_docs_moderation import PAGE

ANSWER = "→ "
REFUSED = re.compile(r"(?i)do not understand|there is no|you need|cannot|named nothing")
_MENTION = re.compile(r"<(#|@&|@)(\d+)>")


def examples() -> list[tuple[str, list[str]]]:
    """Each line that is typed, with what stands below it of the answer."""
    found: list[tuple[str, list[str]]] = []
    for line in (line.strip() for block in code_blocks(PAGE) for line in block.splitlines()):
        if line.startswith("/"):
            found.append((line, []))
        elif line.startswith(ANSWER):
            found[-1][1].append(line.removeprefix(ANSWER))
    return found


def commands(bot: Bot) -> dict[str, Mapping[str, Mapping[str, Any]]]:
    """The options of each command, as the bot has told Discord of them."""
    found: dict[str, Mapping[str, Mapping[str, Any]]] = {}

    def walk(path: str, node: Mapping[str, Any]) -> None:
        options = node.get("options") or []
        for one in options:
            if one["type"] in (1, 2):
                walk(f"{path} {one['name']}", one)
        found[path] = {one["name"]: one for one in options}

    for command in bot.app.commands:
        walk(f"/{command['name']}", command)
    return found


def read(bot: Bot, line: str) -> tuple[str, dict[str, Any]]:
    """The command that is typed, and its options."""
    known = commands(bot)
    path = max((path for path in known if f"{line} ".startswith(f"{path} ")), key=len)
    takes, rest = known[path], line.removeprefix(path)
    parts = re.split(rf"\s({'|'.join(takes) or '(?!)'}): ", rest)
    assert not parts[0].strip(), f"{line}: what is {parts[0]}?"
    return path, {
        name: value(bot, takes[name], text)
        for name, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def value(bot: Bot, option: Mapping[str, Any], text: str) -> Any:
    """What Discord's client makes of what is typed."""
    match option["type"]:
        case 4:  # a whole number
            return int(text)
        case 6:  # somebody
            assert text == "@Bob"
            return bot.alice
        case 7:  # a channel
            return bot.guild.channel(text.removeprefix("#"))
        case 8:  # a role
            return bot.guild.role(text.removeprefix("@"))
    values = {one["name"]: one["value"] for one in option.get("choices") or ()}
    return values.get(text, text)


def plain(bot: Bot, text: str) -> str:
    """An answer as a reader sees it: names in place of ids, and no signs of markdown."""
    names = {one.id: one.name for one in bot.guild.state.channels.values()}
    names |= {one.id: one.name for one in bot.guild.state.roles.values()}
    names |= {bot.alice.id: "Bob", bot.owner.id: "Ada"}

    def named(found: re.Match[str]) -> str:
        return f"{found[1][0]}{names[int(found[2])]}"

    return _MENTION.sub(named, text).replace("**", "").replace("`", "")


async def test_the_examples_are_understood_and_answered_so(stopped_bot: Bot) -> None:
    bot = stopped_bot
    role = bot.guild.role("Palisade")
    role.change(permissions=MAY_ALL | Permissions.VIEW_AUDIT_LOG)
    for name in ("mod-log", "punished"):
        closed(bot, name)
    bot.guild.add_channel("staff")
    bot.guild.add_role("Trusted")
    await bot.start()
    typed = examples()
    assert len(typed) > 25
    offended = False
    for line, expected in typed:
        if line.startswith("/case") and not offended:
            await (await bot.alice.says("you idiots")).wait_deleted(timeout=TIMEOUT)
            offended = True
        path, options = read(bot, line)
        answer = await (await bot.owner.uses(path, options=options)).reply()
        said = plain(bot, answer.content)
        assert not REFUSED.search(said), f"{line}: {said}"
        assert said or answer.embeds or answer.files, line
        for part in expected:
            assert part in said, f"{line}: {said}"


def closed(bot: Bot, name: str) -> Channel:
    hidden = overwrite(bot.guild.everyone, deny=Permissions.VIEW_CHANNEL)
    mine = overwrite(bot.guild.role("Palisade"), allow=Permissions.VIEW_CHANNEL)
    return bot.guild.add_channel(name, overwrites=[hidden, mine])
