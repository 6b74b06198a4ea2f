"""A day of a moderation team, played end to end on the local Discord, to be read as a story.

``READ_ALOUD=1 uv run pytest -n 0 -s tests/e2e/test_day.py`` prints all that people do and read."""

import csv
import json
import os
from datetime import timedelta
from io import StringIO
from pathlib import Path

from sandbox import LocalDiscord
from tests.e2e.day_cast import Day, said, text_of
from tests.e2e.processes import TIMEOUT
from tests.e2e.reading import MESSAGES

BANNED = ("numpty", "scuttle", "nitro", "prize", "lottery", "barnacle")
TO_CHANGE = "What do you want to change?"
KICK = "/guilds/{guild_id}/members/{user_id}"


async def test_a_day_of_a_moderation_team(discord: LocalDiscord, tmp_path: Path) -> None:
    day = Day.furnish(discord, tmp_path, aloud=bool(os.environ.get("READ_ALOUD")))
    try:
        await ada_sets_up(day)
        await ada_looks_at_what_is_set(day)
        await members_break_the_rules(day)
        await some_may_and_one_list_only_watches(day)
        await a_wrong_hit_is_undone(day)
        await mo_acts_by_button_and_by_hand(day)
        await the_power_fails(day)
        await the_third_strike(day)
        await a_reply_in_public(day)
        await mo_looks_through_the_cases(day)
        await what_is_refused(day)
        await the_cases_leave_as_files(day)
        await ivan_is_forgotten(day)
        await day.is_stopped()
    finally:
        for process in day.runner.running:
            await process.kill()
    what_was_read_was_fit_to_read(day)


async def ada_sets_up(day: Day) -> None:
    day.reading.heading("Ada sets up")
    await day.starts()
    assert "No word is banned yet" in await day.answer("ada", "/status")
    assert f"<#{day.log.id}>" in await day.answer("ada", "/policy log", channel=day.log)
    roles = await day.asks("ada", "/policy moderators")
    helpers = day.guild.add_role("Helpers")
    await day.chooses("ada", roles, "Roles that count as moderators", helpers)
    await day.answer("ada", "/lists edit", list="main", action="warn")
    await day.answer("ada", "/lists create", name="threats", action="timeout", for_="1 h")
    await day.answer("ada", "/lists create", name="scams", action="kick")
    await day.answer("ada", "/lists create", name="raids", action="ban", for_="3 h")
    await day.answer("ada", "/lists create", name="trial", action="log only")
    form = await day.asks("ada", "/words add")
    added = await day.fills_in("ada", form, text="numpty\n# a comment\nb*d\nbarnacle*")
    assert "Added 2 entries" in added
    assert "line 3, `b*d`" in added
    await day.answer("ada", "/words add", entry="scuttle*", list="threats", reason="threats")
    await day.answer("ada", "/words add", entry="free*nitro", list="scams")
    await day.answer("ada", "/words add", entry="claim*prize", list="raids", expires="30 d")
    await day.answer("ada", "/words add", entry="lottery", list="trial")
    await day.answer("ada", "/policy exempt", member=day["hana"])
    page = await day.chooses("ada", await day.asks("ada", "/policy edit"), TO_CHANGE, "ladder")
    form = await page.press("Write it")
    await form.answered(timeout=TIMEOUT)
    await day.fills_in("ada", form, rungs="2: timeout 2 h\n3: ban", window="7 d")


async def ada_looks_at_what_is_set(day: Day) -> None:
    day.reading.heading("Ada looks at what is set")
    shown = await day.answer("ada", "/policy show")
    assert "**threats**: 1 entry; timeout for 1 hour." in shown
    assert "2: timeout for 2 hours; 3: ban for good" in shown
    assert "**trial**: 1 entry; log only" in await day.answer("ada", "/lists show")
    general = day.guild.general
    assert "exempt" in await day.answer("ada", "/policy why", member=day["hana"], channel=general)
    assert "moderator" in await day.answer("ada", "/policy why", member=day["mo"], channel=general)
    assert "judged" in await day.answer("ada", "/policy why", member=day["ivan"])
    assert "put on **threats**" in await day.answer("ada", "/policy history")
    await day.answer("ada", "/words test", text="you numpty, claim your prize in the lottery")
    assert "This server is protected." in await day.answer("ada", "/status")


async def members_break_the_rules(day: Day) -> None:
    day.reading.heading("Members break the rules, each in another way")
    rude = await day.says("alice", "You numpty!")
    await rude.wait_deleted(timeout=TIMEOUT)
    await day.told("alice", "Please take this as a warning")
    await day.entry("alice", "Case #1 · Violation", "message deleted")

    edited = await day.says("bob", "Good morning")
    await day.does("bob edits that to: I will scuttle your boat")
    await edited.edit("I will scuttle your boat")
    await edited.wait_deleted(timeout=TIMEOUT)
    await day["bob"].wait_timed_out(timeout=TIMEOUT)
    await day.told("bob", "You cannot write there until <t:", "Reason: threats")
    await day.entry("bob", "timed out until <t:")

    elsewhere = day.discord.add_guild("Island", owner=day["carl"].user)
    scam = await elsewhere.owner.says("free steam nitro, only today")
    await day.does("carl forwards from another server: free steam nitro, only today")
    forward = await day["carl"].forwards(scam)
    await forward.wait_deleted(timeout=TIMEOUT)
    await day["carl"].wait_gone(timeout=TIMEOUT)
    await day.told("carl", "You are being removed from the server")
    await day.entry("carl", "forwarded message", "kicked")

    day["dora"].user.take_direct(False)
    await day.does("dora, who takes no direct messages, asks in a poll: Who will claim a prize?")
    poll = await day["dora"].polls("Who will claim a prize?", ["me", "you"])
    await poll.wait_deleted(timeout=TIMEOUT)
    await day.guild.wait_banned(day["dora"], timeout=TIMEOUT)
    await day.entry("dora", "banned until <t:", "they take no direct messages")

    thread = await day["eve"].starts_thread("all about ships")
    await day.does("eve gives her thread the title: barnacles forever")
    await thread.renames(day["eve"], "barnacles forever")
    await thread.wait_title("Title removed", timeout=TIMEOUT)
    await day.log.wait_message(lambda one: "title changed" in text_of(one), timeout=TIMEOUT)

    await day.does("finn takes the nickname: Captain Numpty")
    await day["finn"].nick("Captain Numpty")
    await day["finn"].wait_nickname(None, timeout=TIMEOUT)
    await day.told("finn", "Your name in **Harbour** was changed")
    await day.entry("finn", "nickname changed")

    first = await day.says("ivan", "numpty, all of you")
    await first.wait_deleted(timeout=TIMEOUT)
    await day.entry("ivan", "1 strike")


async def some_may_and_one_list_only_watches(day: Day) -> None:
    day.reading.heading("Some may, and one list only watches")
    lottery = await day.says("gus", "Who plays the lottery?")
    await day.entry("gus", "nothing was done", "lottery")
    free = await day.says("hana", "numpty is a word that I may say")
    own = await day.says("ada", "and so may I: numpty")
    await day.told("ada", "It stays")
    again = await day.says("ada", "numpty, numpty")
    warned = await day.says("kim", "barnacles!")
    await warned.wait_deleted(timeout=TIMEOUT)
    await day.entry("kim", "barnacle")
    assert not any(one.deleted for one in (lottery, free, own, again))
    assert len(day["ada"].user.conversation(day.app.user).messages) == 1
    assert day.entries("hana") == day.entries("ada") == []


async def a_wrong_hit_is_undone(day: Day) -> None:
    day.reading.heading("A wrong hit is undone")
    wronged = await day.says("lee", "the coal scuttle is full")
    await wronged.wait_deleted(timeout=TIMEOUT)
    await day["lee"].wait_timed_out(timeout=TIMEOUT)
    entry = await day.entry("lee", "timed out until")
    pressed = await day.presses("ada", entry, "Not a violation")
    answer = await said(pressed)
    assert "has no strikes now. Timeout lifted." in answer
    assert not day["lee"].timed_out
    day.reading.does("ada presses [Allow “coal scuttle”]")
    accepted = await said(await pressed.press("Allow “coal scuttle”"))
    assert accepted.startswith("`coal scuttle` is allowed from now on.")
    await day.entry("lee", "· undone", "timeout lifted", f"undone by <@{day['ada'].id}>")
    right = await day.says("lee", "I said that the coal scuttle is full")
    wrong = await day.says("kim", "Then I scuttle it")
    await wrong.wait_deleted(timeout=TIMEOUT)
    assert not right.deleted
    assert not day["lee"].timed_out
    entry = await day.entry("kim", "scuttle", "timed out until")
    answer = await said(await day.presses("mo", entry, "Not a violation"))
    assert "That takes the permission Manage Server" in answer
    assert not day["kim"].timed_out


async def mo_acts_by_button_and_by_hand(day: Day) -> None:
    day.reading.heading("Mo acts, by button and by hand")
    entry = await day.entry("gus", "lottery")
    form = await day.presses("mo", entry, "Timeout")
    wrong = await day.fills_in("mo", form, length="soon", reason="no lotteries here")
    assert wrong.endswith("Nothing was done.")
    form = await day.presses("mo", entry, "Timeout")
    done = await day.fills_in("mo", form, length="30 m", reason="no lotteries here")
    assert "timed out until <t:" in done
    assert day["gus"].timed_out
    await day.told("gus", "From the moderators of **Harbour**", "no lotteries here")
    form = await day.presses("mo", entry, "Reason")
    await day.fills_in("mo", form, reason="it was a joke")
    await day.entry("gus", "lottery", "Reason: `it was a joke`")

    await day.does("mo times out nina by hand, and renames otto")
    await day["mo"].times_out(day["nina"], timedelta(hours=3), reason="quarrels")
    await day["mo"].renames(day["otto"], "Otto")
    await day.does("mo bans jo by hand")
    await day["mo"].bans(day["jo"], reason="spam by direct messages")
    await day.entry("nina", "Timeout", "quarrels")
    await day.entry("otto", "Nickname changed")
    await day.entry("jo", "Ban", "spam by direct messages", f"By: <@{day['mo'].id}>")


async def the_power_fails(day: Day) -> None:
    day.reading.heading("The power fails for four hours")
    day.discord.faults.rest(method="DELETE", path=KICK, drop="before", times=100)
    last = await day.says("pia", "free nitro")
    await last.wait_deleted(timeout=TIMEOUT)
    await day.told("pia", "You are being removed")
    await day.is_killed()
    day.discord.faults.clear()
    assert day["pia"].present
    missed = await day.says("ivan", "you numpty")
    twice = await day.says("ivan", "numpty!")
    asked = await day.says("alice", "is the bot asleep?")
    await day.does("mo bans quin by hand meanwhile")
    await day["mo"].bans(day["quin"], reason="raid")
    await day.later(hours=4)
    await day.starts()
    await day["pia"].wait_gone(timeout=TIMEOUT)
    await missed.wait_deleted(timeout=TIMEOUT)
    await twice.wait_deleted(timeout=TIMEOUT)
    await day["ivan"].wait_timed_out(timeout=TIMEOUT)
    await day.guild.wait_banned(day["dora"], False, timeout=TIMEOUT)
    await day.entry("pia", "kicked")
    await day.entry("quin", "Ban", "raid")
    await day.entry("dora", "· expired", "unbanned")
    await day.entry("ivan", "Cases #", "2 within a minute", "timed out: 1")
    assert [len(day.entries(name)) for name in ("nina", "otto", "jo", "quin")] == [1, 1, 1, 1]
    assert not asked.deleted


async def the_third_strike(day: Day) -> None:
    day.reading.heading("The bot is updated, and Ivan strikes for the third time")
    await day.is_stopped()
    day["ivan"].sits_out()
    await day.later(hours=3)
    await day.starts()
    last = await day.says("ivan", "NUMPTY")
    await last.wait_deleted(timeout=TIMEOUT)
    await day.guild.wait_banned(day["ivan"], timeout=TIMEOUT)
    await day.told("ivan", "You are banned from the server")
    await day.entry("ivan", "3 strikes", "by the ladder: ban for good", "banned for good")


async def a_reply_in_public(day: Day) -> None:
    day.reading.heading("Ada lets authors be told in public")
    page = await day.chooses("ada", await day.asks("ada", "/policy edit"), TO_CHANGE, "notices")
    await day.chooses("ada", page, "How authors are told", "reply-always")
    mark = day.discord.journal.count
    rude = await day.says("rosa", "who is the numpty now?")
    await rude.wait_deleted(timeout=TIMEOUT)
    here = str(day.guild.general.id)
    await day.discord.journal.wait_request(
        "POST", MESSAGES, lambda one: one.params["channel_id"] == here, after=mark
    )
    await day.entry("rosa", "message deleted")
    public = [text for text in day.reading.texts if text.public]
    assert len(public) == 1
    assert not any(word in str(text).casefold() for text in public for word in BANNED)


async def mo_looks_through_the_cases(day: Day) -> None:
    day.reading.heading("Mo looks through the cases")
    assert "page 1 of 3" in await day.answer("mo", "/case list")
    assert "**4 cases**" in await day.answer("mo", "/case list", member=day["ivan"])
    assert "**2 cases**" in await day.answer("mo", "/case list", type="ban")
    assert "**1 case**" in await day.answer("mo", "/case list", entry="lottery", since="7 d")
    assert "by <@" in await day.answer("mo", "/case list", moderator=day["mo"])
    assert "**1 case**" in await day.answer("mo", "/case list", member=day["quin"])
    await day.answer("mo", "/case list", entry="nothing like that", member=day["alice"])
    await day.answer("mo", "/case note", number=1, text="She said sorry")
    await day.answer("mo", "/case edit", number=1, reason="rude in the morning")
    await day.answer("mo", "/case edit", number=1, reason="=HYPERLINK(1)")
    viewed = await day.answer("mo", "/case view", number=1)
    assert "`She said sorry`" in viewed
    assert "Reason: `=HYPERLINK(1)`" in viewed
    assert "which was: `rude in the morning`" in viewed
    assert "is undone" in await day.answer("mo", "/case undo", number=6)
    assert "3 strikes" in await day.answer("mo", "/history", member=day["ivan"])
    assert "Nothing is on record" in await day.answer("mo", "/history", member=day["hana"])
    day.reading.does("mo opens the moderation history of bob, in his menu")
    assert "1 violation" in await said(await day["mo"].uses_on("Moderation history", day["bob"]))
    for name, holds, expected in (
        ("lee", "coal scuttle", "Nothing that is banned was found"),
        ("hana", "numpty", "exempt by name"),
        ("gus", "lottery", "would only be logged"),
        ("ada", "numpty", "own the server"),
    ):
        written = (m for m in day.guild.general.messages if m.author_id == day[name].id)
        message = next(one for one in written if holds in one.content)
        day.reading.does(f"mo checks against the lists what {name} wrote: {message.content}")
        assert expected in await said(await day["mo"].uses_on("Check against the lists", message))
    day.reading.does("mo types: /case view number: 1")
    assert await day["mo"].types("/case view", number="1")


async def what_is_refused(day: Day) -> None:
    day.reading.heading("What is refused")
    before = await day.answer("ada", "/policy history")
    await day.answer("mo", "/lists edit", list="main", action="ban")
    await day.answer("alice", "/case view", number=1)
    await day.answer("mo", "/data erase", member=day["ivan"])
    await day.answer("mo", "/case view", number=99)
    await day.answer("mo", "/case list", since="yesterday")
    await day.answer("mo", "/case list", since="1 d", until="7 d")
    await day.answer("ada", "/lists edit", list="nowhere", action="ban")
    await day.answer("ada", "/lists edit", list="main")
    await day.answer("ada", "/lists edit", list="main", action="kick", for_="1 h")
    await day.answer("ada", "/lists edit", list="main", action="timeout", for_="40 d")
    await day.answer("ada", "/lists edit", list="main", watches="smells")
    await day.answer("ada", "/lists edit", list="main", notice="do not say numpty")
    await day.answer("ada", "/lists edit", list="main", notice="hello {name}")
    await day.answer("ada", "/lists create", name="no spaces!", action="delete")
    await day.answer("ada", "/lists create", name="MAIN", action="delete")
    await day.answer("ada", "/lists delete", list="main")
    await day.answer("ada", "/words add", entry="x", expires="2001-01-01")
    await day.answer("ada", "/words remove", entry="nothing")
    await day.answer("ada", "/words edit", entry="numpty")
    await day.answer("ada", "/policy exempt")
    await day.answer("ada", "/policy undo", number=1)
    await day.answer("ada", "/policy undo", number=99)
    await day.answer("ada", "/data erase")
    await day.answer("ada", "/data erase", id="ivan")
    assert await day.answer("ada", "/policy history") == before


async def the_cases_leave_as_files(day: Day) -> None:
    day.reading.heading("The cases leave as files")
    exported = {}
    for kind in ("json", "csv"):
        used = await day.asks("ada", "/case export", format=kind)
        (exported[kind],) = (await used.reply(timeout=TIMEOUT)).files.values()
    cases = {one["number"]: one for one in json.loads(exported["json"])}
    assert cases[1]["member_name"] == "Alice"
    assert cases[1]["text"] == "You numpty!"
    assert [one["kind"] for one in cases[2]["actions"]] == ["delete", "timeout", "notice"]
    rows = {one["number"]: one for one in csv.DictReader(StringIO(exported["csv"].decode()[1:]))}
    assert len(rows) == len(cases) == max(cases)
    assert rows["1"]["reason"] == "'=HYPERLINK(1)"


async def ivan_is_forgotten(day: Day) -> None:
    day.reading.heading("Ivan asks to be forgotten")
    asked = await day.asks("ada", "/data erase", member=day["ivan"])
    assert "4 cases are about them" in await said(asked)
    day.reading.does("ada presses [Erase]")
    pressed = await asked.press("Erase")
    assert "Erased: 4 cases were about this account" in await said(pressed)
    assert "Nothing is on record" in await day.answer("mo", "/history", member=day["ivan"])
    viewed = await day.answer("mo", "/case view", number=7)
    assert "numpty, all of you" not in viewed
    assert str(day["ivan"].id) not in viewed
    assert day.guild.banned(day["ivan"])
    await day.log.wait_message(lambda _: not day.entries("ivan"), timeout=TIMEOUT)
    assert not any("numpty, all of you" in text_of(one) for one in day.log.messages)


def what_was_read_was_fit_to_read(day: Day) -> None:
    faults = [fault for text in day.reading.texts for fault in text.faults()]
    assert not faults, "\n\n".join(faults)
