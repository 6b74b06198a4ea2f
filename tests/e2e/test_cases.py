"""The commands around cases, as moderators use them."""

import asyncio
import csv
import json
from collections.abc import Sequence
from io import StringIO

import pytest

from clock import utc_ms
from moderation.cases import CaseFilter, CaseKind, CaseState, HandMade
from moderation.consequence import KICK, WARN, Consequence, Step
from moderation.intents import Ending
from moderation.records import Actor
from moderation.verdict import TimeOut
from sandbox import Interaction, Member, Message, Permissions
from tests.e2e.harness import NEEDED, TIMEOUT, Bot
from tests.e2e.test_words_commands import said

BOB = Actor(31, "bob")


@pytest.fixture
async def mia(bot: Bot) -> Member:
    """A moderator: Moderate Members, and nothing else."""
    role = bot.guild.add_role("Mods", permissions=Permissions.MODERATE_MEMBERS)
    return bot.guild.join(bot.discord.add_user("mia"), roles=[role])


async def violation(bot: Bot, text: str = "you idiot") -> int:
    """A message of alice's that is deleted; the number of its case."""
    message = await bot.alice.says(text)
    await message.wait_deleted(timeout=TIMEOUT)
    newest = await bot.store.cases.cases(bot.guild.id, CaseFilter(), limit=1)
    return newest.cases[0].number


async def by_hand(
    bot: Bot, kind: CaseKind = CaseKind.WARNING, *, about: Member | None = None, reason: str = ""
) -> int:
    consequence = KICK if kind is CaseKind.KICK else WARN
    who = about or bot.alice
    new = HandMade(kind, who.id, who.display_name, BOB, reason, consequence, utc_ms())
    case = await bot.store.cases.open_case(bot.guild.id, new)
    assert case is not None
    return case.number


async def shown(interaction: Interaction) -> Message:
    """An answer that only its user sees, and that pings nobody."""
    message = await interaction.reply()
    assert message.state.flags & 64, "an answer was not ephemeral"
    assert message.json["mentions"] == message.json["mention_roles"] == []
    assert not message.json["mention_everyone"]
    return message


def fields(message: Message) -> dict[str, str]:
    return {field["name"]: field["value"] for field in message.embeds[0]["fields"]}


async def test_view_shows_the_whole_case_and_nothing_in_it_alive(bot: Bot, mia: Member) -> None:
    number = await violation(bot, "idiot @everyone <@1> [x](https://evil.example)")
    message = await shown(await mia.uses("/case view", number=number))
    assert message.embeds[0]["title"] == "Case #1 · Violation"
    text = message.embeds[0]["description"]
    assert text.startswith("__**`idiot`**__`")
    assert text.endswith("`"), "the rest of the text is code"
    assert fields(message)["Member"] == f"<@{bot.alice.id}> `alice` (id {bot.alice.id})"


async def test_a_number_that_is_not_there(bot: Bot, mia: Member) -> None:
    assert await said(await mia.uses("/case view", number=7)) == (
        "There is no case #7 in this server. There are no cases yet."
    )
    await violation(bot)
    for path, options in (
        ("/case view", {}),
        ("/case edit", {"reason": "x"}),
        ("/case note", {"text": "x"}),
        ("/case undo", {}),
    ):
        text = await said(await mia.uses(path, number=7, options=options))
        assert text == "There is no case #7 in this server. The newest one is #1."


async def test_edit_and_note(bot: Bot, mia: Member) -> None:
    number = await by_hand(bot, reason="spam")
    text = await said(await mia.uses("/case edit", number=number, reason="rude `words`"))
    assert text == "Case #1 has this reason now: `rude ˋwordsˋ`."
    text = await said(await mia.uses("/case note", number=number, text="@everyone look"))
    assert text == "Noted. Case #1 has 2 notes now."
    message = await shown(await mia.uses("/case view", number=number))
    assert "changed the reason, which was: `spam`" in fields(message)["Notes"]
    assert "`@everyone look`" in fields(message)["Notes"]
    assert fields(message)["Reason"] == "`rude ˋwordsˋ`"


async def test_a_long_reason_and_all_notes_can_be_read(bot: Bot, mia: Member) -> None:
    reason = "because " * 124 + "of it."
    number = await by_hand(bot, reason=reason)
    for one in range(12):
        await bot.store.cases.add_note(
            bot.guild.id, number, f"note {one} " + "x" * 900, by=Actor(mia.id, "mia")
        )
    used = await mia.uses("/case view", number=number)
    await shown(used)
    await (await used.press("Whole reason and notes")).answered()
    pages = [used.messages[-1].content]
    while not used.messages[-1].json["components"][0]["components"][1]["disabled"]:
        await (await used.press("Next")).answered()
        pages.append(used.messages[-1].content)
    assert f"Reason: `{reason}`" in pages[0]
    for one in range(12):
        assert f"<@{mia.id}> `mia`: `note {one} {'x' * 900}`" in "\n".join(pages)
    assert used.messages[-1].embeds[0]["title"] == "Case #1 · Warning", "the case stands below"


async def test_a_short_case_has_no_button_for_more(bot: Bot, mia: Member) -> None:
    message = await shown(await mia.uses("/case view", number=await violation(bot)))
    assert message.components == []


async def test_nobody_changes_a_case_about_themselves(bot: Bot, mia: Member) -> None:
    number = await by_hand(bot, about=mia)
    for path, options in (
        ("/case edit", {"reason": "nothing"}),
        ("/case note", {"text": "unfair"}),
        ("/case undo", {}),
    ):
        text = await said(await mia.uses(path, number=number, options=options))
        assert text == "This case is about you; somebody else decides about it."
    case = await bot.store.cases.case(bot.guild.id, number)
    assert (case.state, case.reason, case.notes) == (CaseState.OPEN, "", ())


async def test_undo_once_and_then_say_who_did(bot: Bot, mia: Member) -> None:
    number = await violation(bot)
    text = await said(await mia.uses("/case undo", number=number))
    assert text.startswith("Case #1 is undone and counts no more.")
    assert f"<@{bot.alice.id}> has no strikes now." in text
    text = await said(await bot.owner.uses("/case undo", number=number))
    assert text == f"Case #1 was undone before by <@{mia.id}> `mia`."


async def test_undoing_a_ban_takes_the_permission_to_ban(bot: Bot, mia: Member) -> None:
    number = await by_hand(bot, CaseKind.BAN)
    text = await said(await mia.uses("/case undo", number=number))
    assert text == "You need the permission Ban Members to do this."
    assert (await bot.store.cases.case(bot.guild.id, number)).state is CaseState.OPEN


async def test_list_filters(bot: Bot, mia: Member) -> None:
    assert await said(await mia.uses("/case list")) == "There are no cases yet."
    await violation(bot)
    await by_hand(bot, CaseKind.KICK, reason="spam @everyone")
    await by_hand(bot, about=mia)
    bob = bot.guild.join(bot.discord.add_user("bob"))
    expected = {
        (): ["#3", "#2", "#1"],
        (("member", bot.alice),): ["#2", "#1"],
        (("member", bob),): [],
        (("type", "kick"),): ["#2"],
        (("entry", "idiot"),): ["#1"],
        (("entry", "walrus"),): [],
        (("since", "1 h"),): ["#3", "#2", "#1"],
        (("until", "1 h"),): [],
        (("since", "7 d"), ("until", "1 h")): [],
        (("moderator", bot.guild.member(bot.app)),): ["#1"],
        (("member", bot.alice), ("type", "violation")): ["#1"],
    }
    for options, numbers in expected.items():
        text = await said(await mia.uses("/case list", options=dict(options)))
        assert [word[2:-2] for word in text.split() if word.startswith("**#")] == numbers, text
        assert text.startswith("**" if numbers else "There is no case "), text
    text = await said(await mia.uses("/case list", type="kick"))
    assert "`spam @everyone`" in text
    assert "<t:" in text
    assert ":R>" in text


async def test_a_time_that_is_none(bot: Bot, mia: Member) -> None:
    await violation(bot)
    text = await said(await mia.uses("/case list", since="yesterday"))
    assert "12 h" in text
    text = await said(await mia.uses("/case export", format="json", since="0 d"))
    assert "12 h" in text
    for used in (
        await mia.uses("/case list", since="1 d", until="24 h"),
        await mia.uses("/case export", format="csv", since="1 d", until="2 d"),
    ):
        expected = "There is no time between the two: `since` has to be longer ago than `until`"
        assert (await said(used)).startswith(expected)


async def test_pages_are_turned_also_with_a_filter(bot: Bot, mia: Member) -> None:
    await violation(bot)
    for _ in range(24):
        await by_hand(bot)
    asked = {"member": bot.alice, "type": "warning", "since": "7 d"}
    used = await mia.uses("/case list", options=asked)
    text = await said(used)
    assert text.startswith("**24 cases** · of the type warning · about ")
    assert "page 1 of 3" in text.splitlines()[0]
    used = await used.press("Older")
    text = await said(used)
    assert "page 2 of 3" in text
    assert "**#15**" in text
    text = await said(await used.press("Older"))
    assert "page 3 of 3" in text
    assert "**#1**" not in text, "that is a violation"
    used = await mia.uses("/case list", entry="idiot")
    assert "**#1**" in await said(used)


async def test_an_entry_too_long_for_an_id_still_turns_the_page(bot: Bot, mia: Member) -> None:
    entry = "walrus " * 20
    await bot.ban(entry.strip())
    for _ in range(11):
        await violation(bot, entry)
    used = await mia.uses("/case list", entry=entry.strip(), member=bot.alice)
    assert "page 1 of 2" in await said(used)
    assert "**#1**" in await said(await used.press("Older"))


async def test_numbers_are_suggested(bot: Bot, mia: Member) -> None:
    for _ in range(12):
        await by_hand(bot)
    choices = await mia.types("/case view", number="1")
    assert [choice["value"] for choice in choices] == [12, 11, 10, 1]
    assert choices[0]["name"] == "#12 · warning · alice"
    assert len(await mia.types("/case undo", number="")) == 12
    assert await mia.types("/case edit", number="99") == []


async def test_history_of_a_member_and_of_one_who_left(bot: Bot, mia: Member) -> None:
    text = await said(await mia.uses("/history", member=bot.alice))
    assert text == f"Nothing is on record of <@{bot.alice.id}> `alice`."
    await violation(bot)
    for _ in range(6):
        await by_hand(bot)
    await bot.store.cases.undo_case(bot.guild.id, 1, by=BOB)
    used = await mia.uses_on("Moderation history", bot.alice)
    rows = (await said(used)).splitlines()
    assert rows[0] == f"**Moderation history of** <@{bot.alice.id}> `alice`"
    assert rows[1] == "1 violation (1 undone) and 6 warnings."
    assert rows[2] == "No strikes in the last 7 days. The ladder is off."
    assert len(rows) == 9
    assert "**7 cases**" in await said(await used.press("All cases"))
    await bot.owner.kicks(bot.alice)
    assert "6 warnings" in await said(await mia.uses("/history", member=bot.alice))


async def test_history_counts_strikes_within_the_window(bot: Bot, mia: Member) -> None:
    await violation(bot)
    text = await said(await mia.uses("/history", member=bot.alice))
    assert "1 strike in the last 7 days." in text


async def test_check_against_the_lists(bot: Bot, mia: Member) -> None:
    await bot.allow("idiot proof")
    kept = await bot.owner.says("hello")
    assert await said(await mia.uses_on("Check against the lists", kept)) == (
        "Nothing that is banned was found in this message."
    )
    await bot.store.remove_words(bot.guild.id, ["idiot"], by=BOB)
    assert bot.parts is not None
    bot.parts.rules.changed(bot.guild.id)
    message = await bot.alice.says("1diot `here`")
    await bot.kept(message)
    await bot.ban("idiot")
    text = await said(await mia.uses_on("Check against the lists", message))
    assert "What would follow, the ladder aside: **delete**. Nothing was changed." in text
    assert "- `1diot` in the message: entry `idiot`, list `main`; disguise undone: " in text
    assert not message.deleted
    await bot.owner.kicks(bot.alice)
    text = await said(await mia.uses_on("Check against the lists", message))
    assert "What would follow, the ladder aside: **delete**" in text
    assert text.endswith("Whoever wrote it is not in this server any more.")
    assert (await bot.store.cases.cases(bot.guild.id, CaseFilter(), limit=1)).total == 0


async def test_check_says_who_is_exempt(bot: Bot, mia: Member) -> None:
    message = await bot.owner.says("you idiot")
    text = await said(await mia.uses_on("Check against the lists", message))
    assert text.splitlines() == [
        "Nothing would follow from this message.",
        "- What was found does not count, since they own the server.",
    ]


async def test_check_of_what_is_not_looked_at(bot: Bot, mia: Member) -> None:
    own = await (await bot.owner.uses("/status")).reply()
    text = await said(await mia.uses_on("Check against the lists", own))
    assert text == "This message is not looked at, since it is this bot's own."


async def test_export_as_json_and_csv(bot: Bot, mia: Member) -> None:
    await violation(bot)
    await by_hand(bot, reason="=HYPERLINK(1)")
    message = await shown(await mia.uses("/case export", format="json"))
    assert message.content == "2 cases, with names and texts: keep the file safe."
    (name, content), *_ = message.files.items()
    rows = json.loads(content)
    assert name == "cases.json"
    assert [row["number"] for row in rows] == [2, 1]
    assert rows[1]["text"] == "you idiot"
    assert rows[1]["member_id"] == str(bot.alice.id)
    none = await said(await mia.uses("/case export", format="csv", until="1 h"))
    assert none == "There is no case to export."
    message = await shown(await mia.uses("/case export", format="csv", since="1 h"))
    (name, raw), *_ = message.files.items()
    assert name == "cases.csv"
    assert raw.startswith(b"\xef\xbb\xbf")
    table = list(csv.DictReader(StringIO(raw.decode("utf-8-sig"))))
    assert table[0]["reason"] == "'=HYPERLINK(1)"
    assert (table[1]["entries"], table[1]["text"]) == ("idiot", "you idiot")


# Erasing a person


async def test_the_owner_erases_a_person_after_being_asked(bot: Bot, mia: Member) -> None:
    await violation(bot)
    await by_hand(bot)
    used = await bot.owner.uses("/data erase", member=bot.alice)
    text = await said(used)
    assert text.startswith(f"Erase <@{bot.alice.id}> (id {bot.alice.id})? 2 cases are about them.")
    assert (await bot.store.cases.case(bot.guild.id, 1)).user_id == bot.alice.id
    text = await said(await used.press("Erase"))
    assert text.startswith("Erased: 2 cases were about this account")
    case = await bot.store.cases.case(bot.guild.id, 1)
    assert (case.user_id, case.user_name, case.text) == (None, "", None)
    message = await shown(await mia.uses("/case view", number=1))
    assert fields(message)["Member"] == "not known"
    assert "alice" not in str(message.embeds)
    text = await said(await mia.uses("/history", member=bot.alice))
    assert text.startswith("Nothing is on record of ")


async def test_the_owner_thinks_better_of_it(bot: Bot) -> None:
    await violation(bot)
    used = await bot.owner.uses("/data erase", id=str(bot.alice.id))
    assert "1 case is about them" in await said(used)
    assert await said(await used.press("Keep")) == "Nothing was erased."
    assert (await bot.store.cases.case(bot.guild.id, 1)).user_id == bot.alice.id


@pytest.mark.parametrize("options", [{}, {"id": "x"}, {"id": "-1"}, {"id": "1" * 30}, {"id": " "}])
async def test_whom_to_erase_has_to_be_said(bot: Bot, options: dict[str, str]) -> None:
    used = await bot.owner.uses("/data erase", options=options)
    text = await said(used)
    assert text.endswith("Nothing was erased.")
    assert not (await used.reply()).json["components"]


async def test_a_timeout_ends_with_its_case(bot: Bot, mia: Member) -> None:
    """And the answer says so when Discord has."""
    bot.guild.role("Palisade").change(permissions=NEEDED | Permissions.MODERATE_MEMBERS)
    await time_out(bot)
    assert bot.alice.timed_out
    text = await said(await mia.uses("/case undo", number=1))
    assert text.endswith("Timeout lifted."), text
    assert not bot.alice.timed_out


async def test_a_timeout_that_two_cases_ask_for_stays_until_both_are_undone(
    bot: Bot, mia: Member
) -> None:
    bot.guild.role("Palisade").change(permissions=NEEDED | Permissions.MODERATE_MEMBERS)
    await time_out(bot)
    await time_out(bot)
    text = await said(await mia.uses("/case undo", number=1))
    assert text.endswith("The timeout stays: another open case of theirs asks for it, too."), text
    assert bot.alice.timed_out
    text = await said(await mia.uses("/case undo", number=2))
    assert text.endswith("Timeout lifted."), text
    assert not bot.alice.timed_out


async def time_out(bot: Bot) -> None:
    """A moderator times alice out; it is done and written down."""
    assert bot.parts is not None
    written, tell = asyncio.Event(), bot.parts.ledger.on_ended

    def on_ended(endings: Sequence[Ending]) -> None:
        tell(endings)
        written.set()

    bot.parts.ledger.on_ended = on_ended
    now, hour = utc_ms(), Consequence(Step.TIMEOUT, 3_600_000)
    until = now + 3_600_000
    alice = bot.alice.id
    new = HandMade(CaseKind.TIMEOUT, alice, "alice", BOB, "", hour, now, expires_at=until)
    action = TimeOut(bot.guild.id, alice, until, "because")
    await bot.parts.sanctions.by_moderator(bot.guild.id, new, action)
    async with asyncio.timeout(TIMEOUT):
        await written.wait()
