"""What an entry has of its own, set by ``/words add`` and ``/words edit``."""

import pytest

from moderation.consequence import BAN, LOG, Consequence, Step
from moderation.policy import EntryTerms
from sandbox import Permissions
from tests.e2e.harness import TIMEOUT, Bot
from tests.e2e.test_policy_commands import admin
from tests.e2e.test_words_commands import said

HOUR = Consequence(Step.TIMEOUT, 3_600_000)


async def terms(bot: Bot, entry: str, name: str = "main") -> EntryTerms | None:
    return (await bot.store.policies.policy(bot.guild.id)).terms.get((name, entry))


async def test_an_entry_with_terms_is_added_changed_and_shown(bot: Bot) -> None:
    text = await said(
        await bot.owner.uses(
            "/words add", entry="walrus", options={"action": "log only", "reason": "sea"}
        )
    )
    assert "Added 1 entry" in text
    assert text.endswith("Of its own it has: log only; reason `sea`.")
    assert await terms(bot, "walrus") == EntryTerms(LOG, "sea")
    await bot.watch.verdict_on(message := await bot.alice.says("walrus"))
    assert not message.deleted
    text = await said(
        await bot.owner.uses("/words edit", entry="walrus", action="delete", reason="none")
    )
    assert text == "In force now. `walrus` has of its own: delete."
    await (await bot.alice.says("walrus")).wait_deleted(timeout=TIMEOUT)
    assert "`walrus`: delete\n" in await said(await bot.owner.uses("/words show")) + "\n"
    text = await said(await bot.owner.uses("/words edit", entry="walrus", action="as its list"))
    assert text.endswith("nothing, it does what its list does.")
    assert await terms(bot, "walrus") is None


async def test_the_terms_come_with_the_entry_back_and_go_with_it(bot: Bot) -> None:
    await said(
        await bot.owner.uses(
            "/words add", options={"entry": "walrus", "action": "ban", "for": "7 d"}
        )
    )
    own = await terms(bot, "walrus")
    assert own == EntryTerms(Consequence(Step.BAN, 7 * 24 * 3_600_000))
    await said(await bot.owner.uses("/words remove", entry="walrus"))
    newest = (await bot.store.changes(bot.guild.id, limit=1))[0].change_id
    asked = await bot.owner.uses("/policy undo", number=newest)
    await said(asked)
    await (await asked.press("Take it back")).answered()
    assert await terms(bot, "walrus") == own


async def test_what_was_there_keeps_what_it_had(bot: Bot) -> None:
    text = await said(await bot.owner.uses("/words add", entry="idiot", action="ban"))
    assert "Already there: `idiot`." in text
    assert "`/words edit` changes that" in text
    assert await terms(bot, "idiot") is None


async def test_an_entry_that_is_asked_about_keeps_its_terms(bot: Bot) -> None:
    for number in range(6):
        await bot.kept(await bot.alice.says(f"hello {number}"))
    asked = await bot.owner.uses("/words add", entry="hello", action="warn")
    assert "Not added yet" in await said(asked)
    text = await said(await asked.press("Keep anyway"))
    assert "Of its own it has: delete and warn." in text
    assert await terms(bot, "hello") == EntryTerms(Consequence(Step.WARN))


@pytest.mark.parametrize(
    ("path", "options", "why"),
    [
        ("/words add", {"action": "ban"}, "name the entry as well"),
        ("/words add", {"entry": "walrus", "for": "1 h"}, "Say which action"),
        ("/words add", {"entry": "walrus", "expires": "2020-01-01"}, "That day is over"),
        ("/words edit", {"entry": "idiot"}, "Choose what to change"),
        ("/words edit", {"entry": "walrus", "action": "ban"}, "`walrus` is not on the list"),
        ("/words edit", {"entry": "idiot", "action": "timeout", "for": "x"}, "how long"),
        ("/words edit", {"entry": "idiot", "list": "x", "action": "ban"}, "no list called “x”"),
    ],
)
async def test_what_cannot_be_is_said_and_changes_nothing(
    bot: Bot, path: str, options: dict[str, object], why: str
) -> None:
    before = await bot.store.policies.policy(bot.guild.id), await bot.store.words(bot.guild.id)
    assert why in await said(await bot.owner.uses(path, options=options))
    after = await bot.store.policies.policy(bot.guild.id), await bot.store.words(bot.guild.id)
    assert after == before


async def test_terms_take_the_permission_of_what_follows(bot: Bot) -> None:
    ben = await admin(bot, Permissions.MANAGE_GUILD | Permissions.MODERATE_MEMBERS)
    assert "Ban Members" in await said(await ben.uses("/words edit", entry="idiot", action="ban"))
    await said(await ben.uses("/words edit", entry="idiot", action="timeout"))
    assert await terms(bot, "idiot") == EntryTerms(HOUR)
    await said(await bot.owner.uses("/words edit", entry="idiot", action="ban", expires="7 d"))
    assert "Ban Members" in await said(
        await ben.uses("/words edit", entry="idiot", expires="never")
    )
    own = await terms(bot, "idiot")
    assert own is not None
    assert own.consequence == BAN
    assert own.expires_at is not None
    # What it was asked for may be stronger by the time of the answer.
    for number in range(6):
        await bot.kept(await bot.alice.says(f"hello {number}"))
    asked = await ben.uses("/words add", entry="hello")
    assert "Not added yet" in await said(asked)
    await said(await bot.owner.uses("/lists edit", list="main", action="ban"))
    assert "Ban Members" in await said(await asked.press("Keep anyway"))
    words = await bot.store.words(bot.guild.id)
    assert [entry.text for entry in words.lists["main"]] == ["idiot"]


async def test_a_text_is_tried_on_one_list(bot: Bot) -> None:
    await said(await bot.owner.uses("/lists create", name="sea", action="delete"))
    await said(await bot.owner.uses("/words add", entry="walrus", list="sea"))
    both = await said(await bot.owner.uses("/words test", text="walrus idiot"))
    assert "2 hits" in both
    one = await said(await bot.owner.uses("/words test", text="walrus idiot", list="SEA"))
    assert "1 hit." in one
    assert "list sea" in one
