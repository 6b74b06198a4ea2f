"""Messages of the bot as the terminal shows them."""

from datetime import UTC, datetime

from cli.message_texts import buttons_of, shown
from sandbox import LocalDiscord

AT = int(datetime(2026, 1, 31, 12, 30, tzinfo=UTC).timestamp())


async def test_mentions_times_links_and_marks_are_readable(discord: LocalDiscord) -> None:
    guild = discord.add_guild("Harbour", owner=discord.add_user("ada", global_name="Ada"))
    helpers, general, ada = guild.add_role("Helpers"), guild.general, guild.owner
    embed = {
        "title": "Case #1",
        "description": "`you `__**`idiot`**__`!`",
        "fields": [
            {"name": "Member", "value": f"<@{ada.id}> `ada`\nnobody: <@1>"},
            {"name": "Where", "value": f"<#{general.id}> ([here](https://discord.com/1/2))"},
        ],
    }
    message = await ada.says(
        f"\\#x: <@&{helpers.id}> until <t:{AT}:f>", embeds=[embed], files=[("cases.csv", b"")]
    )
    assert shown(message, guild).splitlines() == [
        "#x: @Helpers until 31 January 2026 12:30 UTC",
        "Case #1",
        "you [idiot]!",
        "Member: @Ada `ada`; nobody: <@1>",
        "Where: #general (here)",
        "[cases.csv]",
    ]


async def test_only_buttons_that_can_be_pressed(discord: LocalDiscord) -> None:
    guild = discord.add_guild("Harbour", owner=discord.add_user("ada"))
    row = [
        {"type": 2, "label": "Undo", "custom_id": "a"},
        {"type": 2, "label": "Newer", "custom_id": "b", "disabled": True},
        {"type": 2, "label": "Docs", "url": "https://discord.com/"},
        {"type": 5, "placeholder": "Whom?", "custom_id": "c"},
    ]
    app = discord.add_application("Dice")
    guild.install(app)
    rows = [{"type": 1, "components": row}]
    message = await app.responds("x", channel=guild.general, components=rows)
    assert buttons_of(message) == ("Undo",)
