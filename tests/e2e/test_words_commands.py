"""The slash commands around lists, as an admin uses them."""

import pytest

from moderation.records import ChangedEntries, ChangeKind
from sandbox import Interaction, Permissions
from tests.e2e.harness import Bot

NEEDED = "You need the permission Manage Server to do this."


async def said(interaction: Interaction) -> str:
    """What the interaction shows when it has been answered, which only its user sees."""
    message = await interaction.reply()
    assert message.state.flags & 64, "an answer was not ephemeral"
    assert message.json["mentions"] == []
    return message.content


async def listed(bot: Bot) -> list[str]:
    return [entry.text for entry in (await bot.store.words(bot.guild.id)).lists["main"]]


async def allowed(bot: Bot) -> list[str]:
    return [phrase.text for phrase in (await bot.store.words(bot.guild.id)).allowed]


async def test_add_says_how_the_entry_was_understood(bot: Bot) -> None:
    text = await said(await bot.owner.uses("/words add", entry="Walrus"))
    assert text.startswith("Added 1 entry:")
    assert "`Walrus`: the whole word “Walrus”; “Walruss”" not in text
    assert "walrus" in text.lower()
    assert "*" in text
    await (await bot.alice.says("a walrus!")).wait_deleted()


async def test_a_change_takes_effect_on_the_next_message(bot: Bot) -> None:
    await bot.kept(await bot.alice.says("a walrus"))
    await (await bot.owner.uses("/words add", entry="walrus")).reply()
    await (await bot.alice.says("a walrus")).wait_deleted()
    await (await bot.owner.uses("/words remove", entry="walrus")).reply()
    await bot.kept(await bot.alice.says("a walrus"))


async def test_adding_twice_changes_nothing(bot: Bot) -> None:
    assert (
        await said(await bot.owner.uses("/words add", entry="IDIOT")) == "Already there: `IDIOT`."
    )
    assert await listed(bot) == ["idiot"]


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ("   ", "nothing to add"),
        ("# note", "is a comment"),
        ("*", "star"),
        ("f*ck", "masked letters are found anyway"),
        ("x" * 5000, "200"),
        ("bell\x07", "U+0007"),
        ("/(/", "/("),
        ("/(?=a)b/", "look"),
        ("/(a?){500}a{500}/", "/(a?)"),
        ("//", "/"),
        ('"half', '"'),
        ("back\\slash", "\\\\"),
    ],
)
async def test_a_bad_entry_gets_a_sentence_and_changes_nothing(
    bot: Bot, entry: str, why: str
) -> None:
    text = await said(await bot.owner.uses("/words add", entry=entry))
    assert why.lower() in text.lower(), text
    assert len(text) <= 2000
    assert await listed(bot) == ["idiot"]


async def test_the_form_takes_many_lines(bot: Bot) -> None:
    opened = await bot.owner.uses("/words add")
    await opened.answered()
    assert opened.modal is not None
    sent = await opened.submit({"text": "walrus\n# a comment\nwalrus\nf*ck\nidiot\nsea lion"})
    text = await said(sent)
    assert "Added 2 entries:" in text
    assert "Already there: `idiot`." in text
    assert "Given more than once, and taken once: 1 entry." in text
    assert "line 4, `f*ck`" in text
    assert await listed(bot) == ["idiot", "walrus", "sea lion"]


async def chatter(bot: Bot, text: str, times: int) -> None:
    for number in range(times):
        await bot.alice.says(f"{text} {number}")


async def test_an_entry_that_would_hit_much_is_asked_about(bot: Bot) -> None:
    await chatter(bot, "the weather", 6)
    asked = await bot.owner.uses("/words add", entry="the")
    text = await said(asked)
    assert "`the` would hit 6 of the last 6 messages here" in text
    assert await listed(bot) == ["idiot"]
    pressed = await asked.press("Keep anyway")
    await pressed.answered()
    assert await listed(bot) == ["idiot", "the"]
    await (await bot.alice.says("the end")).wait_deleted()


async def test_an_entry_that_is_left_out_after_asking(bot: Bot) -> None:
    await chatter(bot, "the weather", 6)
    asked = await bot.owner.uses("/words add", entry="the")
    await asked.reply()
    await (await asked.press("Leave out")).answered()
    assert (await asked.reply()).content == "Left out 1 entry. Nothing was added."
    assert await listed(bot) == ["idiot"]


async def test_five_hits_are_not_too_many(bot: Bot) -> None:
    await chatter(bot, "the weather", 5)
    assert "Added 1 entry" in await said(await bot.owner.uses("/words add", entry="the"))


async def test_a_form_keeps_the_quiet_entries_and_asks_about_the_others(bot: Bot) -> None:
    await chatter(bot, "the weather", 7)
    opened = await bot.owner.uses("/words add")
    await opened.answered()
    asked = await opened.submit({"text": "walrus\nthe"})
    text = await said(asked)
    assert "`the` would hit 7" in text
    assert "`walrus`" in text
    assert await listed(bot) == ["idiot", "walrus"]
    await (await asked.press("Keep anyway")).answered()
    assert await listed(bot) == ["idiot", "walrus", "the"]


async def test_a_question_from_before_a_restart_is_not_open(bot: Bot) -> None:
    await chatter(bot, "the weather", 6)
    asked = await bot.owner.uses("/words add", entry="the")
    await asked.reply()
    await bot.stop()
    await bot.start()
    await (await asked.press("Keep anyway")).answered()
    assert "no longer open" in (await asked.reply()).content
    assert await listed(bot) == ["idiot"]


async def test_without_the_history_the_entry_is_kept_and_that_is_said(bot: Bot) -> None:
    bot.guild.general.permit(bot.guild.role("Palisade"), deny=Permissions.READ_MESSAGE_HISTORY)
    text = await said(await bot.owner.uses("/words add", entry="walrus"))
    assert "Not tried on recent messages: I need Read Message History" in text
    assert "walrus" in await listed(bot)


async def test_remove_suggests_what_is_listed(bot: Bot) -> None:
    await bot.ban("walrus", "sea lion", "seal*")
    choices = await bot.owner.types("/words remove", entry="sea")
    assert [choice["value"] for choice in choices] == ["sea lion", "seal*"]
    assert await said(await bot.owner.uses("/words remove", entry="seal*")) == (
        "Removed `seal*`. It is no longer looked for."
    )
    assert await listed(bot) == ["idiot", "walrus", "sea lion"]


async def test_a_long_entry_can_be_chosen_and_removed(bot: Bot) -> None:
    long = "very " * 30 + "long"
    await bot.ban(long)
    (choice,) = await bot.owner.types("/words remove", entry="very")
    assert len(choice["name"]) <= 100
    assert len(choice["value"]) <= 100
    await (await bot.owner.uses("/words remove", entry=choice["value"])).reply()
    assert await listed(bot) == ["idiot"]


async def test_removing_what_is_not_there(bot: Bot) -> None:
    text = await said(await bot.owner.uses("/words remove", entry="walrus"))
    assert text == "`walrus` is not on the list. Nothing was changed."


async def test_show_pages(bot: Bot) -> None:
    await bot.ban(*(f"word{number:03}" for number in range(99)))
    shown = await bot.owner.uses("/words show")
    text = await said(shown)
    assert text.startswith("**Banned words: 100**, page 1 of 3")
    assert "`idiot`" in text
    await (await shown.press("Next")).answered()
    assert "page 2 of 3" in (await shown.reply()).content
    await (await shown.press("Next")).answered()
    assert "`word098`" in (await shown.reply()).content
    await (await shown.press("Previous")).answered()
    assert "page 2 of 3" in (await shown.reply()).content


async def test_show_of_an_empty_list(stopped_bot: Bot) -> None:
    await stopped_bot.start()
    text = await said(await stopped_bot.owner.uses("/words show"))
    assert text == "The list is empty. Add to it with `/words add`."


async def test_test_says_what_where_and_why_and_changes_nothing(bot: Bot) -> None:
    text = await said(await bot.owner.uses("/words test", text="you ＩＤＩＯＴ @everyone"))
    assert "This would be deleted, for 1 hit. Nothing was changed." in text
    assert "`ＩＤＩＯＴ` at characters 5 to 9: entry `idiot`, list main; disguise " in text
    assert "undone: " in text
    clean = await said(await bot.owner.uses("/words test", text="idiotic"))
    assert clean.startswith("Nothing would match in `idiotic`.")
    assert await listed(bot) == ["idiot"]


async def test_export_and_import_round_trip(bot: Bot) -> None:
    await bot.ban("sea lion", "free*nitro", "/wal+rus/", '"C#"', "\\# hash")
    exported = await bot.owner.uses("/words export")
    (name, content), *_ = (await exported.reply()).files.items()
    assert name == "banned-words.txt"
    before = await listed(bot)
    cleared = await bot.owner.uses("/words clear")
    assert "Remove all 6 entries from the list?" in await said(cleared)
    await (await cleared.press("Remove them all")).answered()
    shown = await cleared.reply()
    assert shown.content.startswith("Removed 6 entries.")
    assert list(shown.files.values()) == [content]
    assert await listed(bot) == []
    text = await said(await bot.owner.uses("/words import", file=("words.txt", content)))
    assert "Added 6 entries:" in text
    assert await listed(bot) == before


async def test_clear_asks_first(bot: Bot) -> None:
    cleared = await bot.owner.uses("/words clear")
    await cleared.reply()
    await (await cleared.press("Keep them")).answered()
    assert (await cleared.reply()).content == "Nothing was removed."
    assert await listed(bot) == ["idiot"]


async def test_import_names_the_lines_that_it_refuses(bot: Bot) -> None:
    file = ("words.txt", b"\xef\xbb\xbfwalrus\r\nf*ck\r\n\r\nsea lion\r\n")
    text = await said(await bot.owner.uses("/words import", file=file))
    assert "Added 2 entries:" in text
    assert "line 2, `f*ck`" in text
    assert await listed(bot) == ["idiot", "walrus", "sea lion"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("walrus".encode("utf-16"), "This file is UTF-16. Save it as UTF-8."),
        (b"walrus\ncaf\xe9\n", "Line 2 is not UTF-8."),
        (b"", "nothing to add"),
        ("".join(f"word{n}\n" for n in range(50_001)).encode(), "A server can hold 50,000"),
    ],
    ids=["utf-16", "latin-1", "empty", "50,001 lines"],
)
async def test_a_bad_file_gets_a_sentence_and_changes_nothing(
    bot: Bot, content: bytes, why: str
) -> None:
    text = await said(await bot.owner.uses("/words import", file=("words.txt", content)))
    assert why in text
    assert await listed(bot) == ["idiot"]


async def test_allowed_phrases(bot: Bot) -> None:
    assert "Added 1 allowed phrase:" in await said(
        await bot.owner.uses("/allowed add", phrase="the idiot by dostoevsky")
    )
    await bot.kept(await bot.alice.says("the idiot by dostoevsky"))
    shown = await said(await bot.owner.uses("/allowed show"))
    assert shown == "**Allowed phrases: 1**\n`the idiot by dostoevsky`"
    (choice,) = await bot.owner.types("/allowed remove", phrase="idiot")
    text = await said(await bot.owner.uses("/allowed remove", phrase=choice["value"]))
    assert text == "Removed `the idiot by dostoevsky`. It no longer cancels hits."
    await (await bot.alice.says("the idiot by dostoevsky")).wait_deleted()


@pytest.mark.parametrize("phrase", ["/regex/", "in*side", "*", "# note"])
async def test_a_bad_allowed_phrase_changes_nothing(bot: Bot, phrase: str) -> None:
    text = await said(await bot.owner.uses("/allowed add", phrase=phrase))
    assert "Added" not in text
    assert await allowed(bot) == []


async def test_every_change_is_on_record(bot: Bot) -> None:
    await (await bot.owner.uses("/words add", entry="walrus")).reply()
    await (await bot.owner.uses("/words remove", entry="idiot")).reply()
    newest, older, *_ = await bot.store.changes(bot.guild.id)
    assert (newest.kind, newest.actor.user_id) == (ChangeKind.WORDS_REMOVED, bot.owner.id)
    assert isinstance(newest.before, ChangedEntries)
    assert newest.before.texts == ("idiot",)
    assert (older.kind, older.actor.name) == (ChangeKind.WORDS_ADDED, "ada")


async def test_lists_show_names_that_look_like_mentions_without_pinging(bot: Bot) -> None:
    await (await bot.owner.uses("/words add", entry="<@&1> `x`")).reply()
    shown = await said(await bot.owner.uses("/words show"))
    assert "`<@&1> ˋxˋ`" in shown
    assert edits(bot)
    for body in edits(bot):
        assert body["allowed_mentions"] == {"parse": []}


async def test_a_file_that_cannot_be_downloaded(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    # Nobody listens where the attachment's address points.
    monkeypatch.setattr(bot.discord.core, "base_url", "http://127.0.0.1:9")
    used = await bot.owner.uses("/words import", file=("words.txt", b"walrus"))
    assert await said(used) == "Discord did not give me the file. Nothing was added; try again."
    assert await listed(bot) == ["idiot"]


@pytest.mark.parametrize("custom_id", ["words/keep", "words/show", "words/nonsense", "", "x/y/z"])
async def test_a_button_that_somebody_made_up(bot: Bot, custom_id: str) -> None:
    shown = await bot.owner.uses("/words clear")
    message = await shown.reply()
    message.components[0]["components"][0]["custom_id"] = custom_id
    pressed = await shown.press("Remove them all")
    assert "older version of the bot" in await said(pressed)
    assert await listed(bot) == ["idiot"]


def edits(bot: Bot) -> list[dict[str, object]]:
    return [r.json for r in bot.discord.journal.requests("PATCH") if "@original" in r.route]
