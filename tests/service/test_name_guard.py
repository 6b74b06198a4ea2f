"""Names are kept clean without fighting for ever."""

import asyncio
import logging

import pytest

from moderation.judge import judge_names
from moderation.matcher import compile_lists
from moderation.ruleset import Ruleset
from moderation.verdict import (
    Ban,
    EndTimeout,
    Kick,
    Outcome,
    Result,
    Sanction,
    SetNickname,
    TimeOut,
    Unban,
    Verdict,
)
from service.members import NotFoundOut
from service.name_guard import (
    FORGET_SECONDS,
    FREE_CORRECTIONS,
    LOOK_AGAIN_SECONDS,
    PAUSES_SECONDS,
    NameGuard,
)
from service.rules import Rules
from tests.service.fakes import (
    GUILD,
    USER,
    FakeDiscord,
    FakeStore,
    Watch,
    a_verdict,
    an_outbox,
    named,
    words,
)
from tests.virtual_time import in_virtual_time, now

BAD = words("bad")
RULES = Ruleset(compile_lists({"main": BAD}))


class Scene:
    """A server that bans “bad”, with the guard of its names."""

    def __init__(self) -> None:
        self.discord = FakeDiscord()
        self.watch = Watch()
        self.store = FakeStore({GUILD: BAD})
        self.rules = Rules(self.store)
        self.outbox = an_outbox(self.discord, [self.watch])
        self.guard = NameGuard(
            self.discord, self.outbox, self.rules, [self.watch], threads=self.discord, clock=now
        )

    def calls_themselves(self, nickname: str | None, *, user_id: int = USER) -> None:
        """A member takes a nickname, and the bot hears of it."""
        self.hears(judge_names(self.discord.rename(user_id, nickname), RULES))

    def hears(self, verdict: Verdict) -> None:
        """A verdict reaches the guard."""
        self.guard.act(verdict)

    async def is_told(self, number: int) -> None:
        """So many outcomes were told."""
        await self.watch.until(lambda: len(self.watch.outcomes) >= number)
        await asyncio.sleep(0)

    async def uses_up_the_free_ones(self) -> None:
        """A member was corrected as often as is done at once."""
        for number in range(1, FREE_CORRECTIONS + 1):
            self.calls_themselves(f"bad {number}")
            await self.is_told(number)

    @property
    def nickname(self) -> str | None:
        """The member's nickname now."""
        membership = self.discord.members[GUILD, USER].membership
        assert membership is not None
        return membership.nickname


@in_virtual_time
async def test_the_first_corrections_are_made_at_once() -> None:
    scene = Scene()
    begun = now()
    await scene.uses_up_the_free_ones()
    assert scene.watch.results == [Outcome.DONE] * FREE_CORRECTIONS
    assert scene.nickname is None
    assert now() == begun
    await scene.guard.close()


@in_virtual_time
async def test_a_clean_name_and_anything_but_a_name_ask_for_nothing() -> None:
    scene = Scene()
    scene.calls_themselves("Ann")
    scene.hears(a_verdict())
    await scene.guard.close()
    assert scene.discord.enforced == []
    assert scene.watch.outcomes == []


@in_virtual_time
async def test_an_event_that_comes_again_does_not_take_a_good_name() -> None:
    scene = Scene()
    event = scene.discord.rename(USER, "bad")
    for name in ("bad", "Ann"):
        scene.discord.rename(USER, name)
        scene.hears(judge_names(event, RULES))
        await asyncio.sleep(1)
    assert scene.nickname == "Ann"
    assert scene.watch.results == [Outcome.DONE]
    await scene.guard.close()


@in_virtual_time
async def test_the_same_name_set_again_is_corrected_again() -> None:
    scene = Scene()
    for _ in range(FREE_CORRECTIONS):
        scene.calls_themselves("bad")
        await asyncio.sleep(1)
        assert scene.nickname is None
    assert scene.watch.results == [Outcome.DONE] * FREE_CORRECTIONS
    await scene.guard.close()


@in_virtual_time
async def test_then_each_correction_waits_longer(caplog: pytest.LogCaptureFixture) -> None:
    scene = Scene()
    await scene.uses_up_the_free_ones()
    told = FREE_CORRECTIONS
    for pause in (*PAUSES_SECONDS, PAUSES_SECONDS[-1]):
        begun = now()
        scene.calls_themselves("bad again")
        told += 2
        await scene.is_told(told)
        assert now() - begun == pytest.approx(pause)
        assert scene.watch.results[-2:] == [Outcome.HELD, Outcome.DONE]
        assert scene.nickname is None
        assert f"the next one follows in {pause:.0f} s" in caplog.messages[-1]
    await scene.guard.close()


@in_virtual_time
async def test_while_a_correction_is_put_off_no_second_one_is() -> None:
    scene = Scene()
    await scene.uses_up_the_free_ones()
    for number in range(5):
        scene.calls_themselves(f"bad {number}")
    held = [result for _, result in scene.watch.outcomes if result.outcome is Outcome.HELD]
    assert [result.detail for result in held] == [
        "corrected 3 times already; the next correction follows in 60 s",
        *["the next correction is already put off"] * 4,
    ]
    await scene.is_told(FREE_CORRECTIONS + 5 + 1)
    await asyncio.sleep(PAUSES_SECONDS[-1])
    assert len(scene.discord.enforced) == FREE_CORRECTIONS + 1
    await scene.guard.close()


@in_virtual_time
async def test_after_the_pause_the_name_of_then_is_judged() -> None:
    scene = Scene()
    await scene.uses_up_the_free_ones()
    scene.calls_themselves("bad again")
    scene.discord.rename(USER, "Ann")
    await asyncio.sleep(PAUSES_SECONDS[0] + 1)
    assert scene.discord.looked_up == [(GUILD, USER)]
    assert len(scene.discord.enforced) == FREE_CORRECTIONS
    assert not scene.watch.judgements[-1].violates
    assert scene.nickname == "Ann"
    await scene.guard.close()


@in_virtual_time
async def test_after_the_pause_the_lists_of_then_are_asked() -> None:
    scene = Scene()
    await scene.uses_up_the_free_ones()
    scene.calls_themselves("bad again")
    scene.store.lists[GUILD] = []
    scene.rules.changed(GUILD)
    await asyncio.sleep(PAUSES_SECONDS[0] + 1)
    assert scene.nickname == "bad again"
    await scene.guard.close()


@in_virtual_time
async def test_someone_who_left_in_the_meantime_is_left_alone() -> None:
    scene = Scene()
    await scene.uses_up_the_free_ones()
    scene.calls_themselves("bad again")
    del scene.discord.members[GUILD, USER]
    await asyncio.sleep(PAUSES_SECONDS[0] + 1)
    assert len(scene.discord.enforced) == FREE_CORRECTIONS
    await scene.guard.close()


@in_virtual_time
async def test_a_look_that_breaks_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    scene = Scene()
    await scene.uses_up_the_free_ones()
    scene.calls_themselves("bad again")
    scene.discord.lookup_error = KeyError("user")
    await asyncio.sleep(PAUSES_SECONDS[0] + 1)
    assert "Looking again at the nickname of 30 in server 10 broke" in caplog.text
    scene.discord.lookup_error = None
    scene.calls_themselves("bad once more")
    assert scene.watch.outcomes[-1][1].outcome is Outcome.HELD, "the guard goes on"
    await scene.guard.close()


@pytest.mark.parametrize(
    ("rest", "free"), [(FORGET_SECONDS + 1, True), (FORGET_SECONDS - 1, False)]
)
@in_virtual_time
async def test_after_a_long_rest_a_member_starts_afresh(rest: float, free: bool) -> None:
    scene = Scene()
    await scene.uses_up_the_free_ones()
    await asyncio.sleep(rest)
    scene.calls_themselves("bad again")
    await scene.is_told(FREE_CORRECTIONS + 1)
    assert scene.watch.results[-1] is (Outcome.DONE if free else Outcome.HELD)
    await scene.guard.close()


@in_virtual_time
async def test_each_member_is_counted_alone() -> None:
    scene = Scene()
    await scene.uses_up_the_free_ones()
    scene.calls_themselves("bad", user_id=USER + 1)
    await scene.is_told(FREE_CORRECTIONS + 1)
    assert scene.watch.results[-1] is Outcome.DONE
    await scene.guard.close()


@in_virtual_time
async def test_a_refused_correction_counts_too() -> None:
    """Else a member whom the bot cannot rename would be tried for ever."""
    scene = Scene()
    scene.discord.script.extend([Result(Outcome.FORBIDDEN)] * FREE_CORRECTIONS)
    await scene.uses_up_the_free_ones()
    scene.calls_themselves("bad again")
    assert scene.watch.results == [Outcome.FORBIDDEN] * FREE_CORRECTIONS + [Outcome.HELD]
    await scene.guard.close()


@in_virtual_time
async def test_a_name_set_while_the_last_one_is_being_corrected_is_looked_at_afterwards() -> None:
    scene = Scene()
    scene.discord.gate = asyncio.Event()
    scene.calls_themselves("bad one")
    await asyncio.sleep(1)

    # Discord takes the correction first, and the member's second name right after it.
    def sets_another(_: SetNickname) -> None:
        scene.discord.on_rename = lambda _: None
        scene.discord.rename(USER, "bad two")

    scene.discord.on_rename = sets_another
    scene.hears(judge_names(named("bad two"), RULES))
    assert len(scene.discord.enforced) == 1, "one correction of a member at a time"
    scene.discord.gate.set()
    await scene.is_told(2)
    assert scene.nickname is None
    assert len(scene.discord.enforced) == 2
    await scene.guard.close()


@in_virtual_time
async def test_closing_drops_what_was_put_off() -> None:
    scene = Scene()
    await scene.uses_up_the_free_ones()
    scene.calls_themselves("bad again")
    await scene.guard.close()
    await asyncio.sleep(PAUSES_SECONDS[-1])
    assert scene.discord.looked_up == []
    assert len(scene.discord.enforced) == FREE_CORRECTIONS


@in_virtual_time
async def test_after_closing_nobody_is_looked_at_any_more() -> None:
    scene = Scene()
    scene.discord.gate = asyncio.Event()
    scene.calls_themselves("bad one")
    scene.calls_themselves("bad two")  # to be looked at when the first correction has ended
    await scene.guard.close()
    scene.discord.gate.set()
    await scene.is_told(1)
    await asyncio.sleep(1)
    assert scene.discord.looked_up == []


@in_virtual_time
async def test_those_corrected_longest_ago_are_forgotten_first(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("service.name_guard.REMEMBERED", 2)
    scene = Scene()
    await scene.uses_up_the_free_ones()
    for number in (1, 2):
        scene.calls_themselves("bad", user_id=USER + number)
        await scene.is_told(FREE_CORRECTIONS + number)
    with caplog.at_level(logging.WARNING):
        scene.calls_themselves("bad")
        await scene.is_told(FREE_CORRECTIONS + 3)
    assert scene.watch.results[-1] is Outcome.DONE
    assert not caplog.records
    await scene.guard.close()


@pytest.mark.parametrize("now_called", ["Ann", None, "so bad"])
@in_virtual_time
async def test_a_correction_that_failed_is_tried_again_only_where_the_name_is_still_banned(
    now_called: str | None,
) -> None:
    scene = Scene()
    scene.discord.script.append(Result(Outcome.FAILED, "503", final=False))
    scene.calls_themselves("bad")
    scene.discord.rename(USER, now_called)
    await scene.is_told(1)
    banned = now_called == "so bad"
    assert scene.watch.results == [Outcome.DONE if banned else Outcome.GONE]
    assert len(scene.discord.enforced) == (2 if banned else 1)
    assert scene.nickname == (None if banned else now_called)
    await scene.guard.close()


@in_virtual_time
async def test_a_correction_is_tried_again_where_nobody_can_tell_the_name() -> None:
    scene = Scene()
    scene.discord.script.append(Result(Outcome.FAILED, "503", final=False))
    scene.discord.lookup_error = NotFoundOut("503", passing=True)
    scene.calls_themselves("bad")
    await scene.is_told(1)
    assert scene.watch.results == [Outcome.DONE]
    await scene.guard.close()


@pytest.mark.parametrize(
    "action",
    [
        TimeOut(GUILD, USER, 1, "rude"),
        EndTimeout(GUILD, USER, "undone"),
        Kick(GUILD, USER, "rude"),
        Ban(GUILD, USER, None, "rude"),
        Unban(GUILD, USER, "undone"),
    ],
    ids=lambda action: type(action).__name__,
)
@pytest.mark.parametrize("there", [True, False])
@in_virtual_time
async def test_what_is_done_to_people_is_tried_again_whatever_their_names(
    action: Sanction, there: bool
) -> None:
    scene = Scene()
    scene.discord.script.append(Result(Outcome.FAILED, "503", final=False))
    if there:
        scene.discord.rename(USER, "Ann")
    scene.outbox.submit(a_verdict(), action)
    await scene.is_told(1)
    assert scene.watch.results == [Outcome.DONE]
    assert scene.discord.enforced == [action, action]
    await scene.guard.close()


@in_virtual_time
async def test_a_name_that_cannot_be_looked_up_just_now_is_looked_up_again() -> None:
    scene = Scene()
    await scene.uses_up_the_free_ones()
    scene.calls_themselves("bad again")
    scene.discord.lookup_error = NotFoundOut("503", passing=True)
    await asyncio.sleep(PAUSES_SECONDS[0] + 1)
    assert scene.nickname == "bad again"
    scene.discord.lookup_error = None
    await asyncio.sleep(LOOK_AGAIN_SECONDS[0])
    assert scene.nickname is None
    await scene.guard.close()
