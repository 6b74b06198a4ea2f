"""The buttons under an entry of the mod log, and their forms.

Everything that a button needs is in its id, so it works after a restart as well. Who presses it is
checked then: an id is whatever a client sends, and the server is the interaction's."""

from collections.abc import Callable, Sequence
from typing import ClassVar, Protocol

from cogs.base import Cog, Interaction
from cogs.helpers.case_ids import case_number, refuse_changing, refuse_undoing
from cogs.helpers.checks import actor, guild_of, refuse, requires
from cogs.helpers.components import component
from cogs.helpers.forms import LONG, Field, answers, ask_fields
from cogs.helpers.lately import Lately, TooLate
from cogs.helpers.lengths import LengthRefused, read_length
from cogs.helpers.log_undoing import allowed_text, release_text, undone_text
from cogs.helpers.moderators import moderators_only
from cogs.helpers.ranks import NOT_HERE, LookUp, Roles, refuse_punishing, roles_of
from cogs.helpers.replies import Button, answer, shorten, think
from cogs.helpers.sanctioning import DONE_AS, Acted, Punishment, done_text
from cogs.helpers.wordings import show
from moderation.cases import Case, CaseState, HandMade, Undone
from moderation.consequence import ConsequenceRefused
from moderation.policy import GuildPolicy
from moderation.records import Actor
from moderation.states import State
from moderation.verdict import Sanction
from service.allowing import Allowing
from service.cases import MAX_TEXT
from service.clock import utc_ms
from service.members import NotFoundOut
from service.mod_log import ModLogWriter
from service.word_lists import WordLists

NOBODY = "It is not known who that was, so there is nobody to act on."
NOT_FOUND_OUT = "Discord does not say just now who they are. Nothing was done; please try again."


class Cases(Protocol):
    """What the buttons ask of the cases."""

    async def case(self, guild_id: int, number: int) -> Case: ...

    async def undo(self, guild_id: int, number: int, *, by: Actor) -> Undone | None: ...

    async def edit_reason(self, guild_id: int, number: int, reason: str, *, by: Actor) -> Case: ...


class Sanctions(Protocol):
    """What the buttons do to members."""

    async def by_moderator(
        self, guild_id: int, new: HandMade, action: Sanction
    ) -> Acted | None: ...

    async def release(self, guild_id: int, number: int) -> Acted | None: ...


class Policies(Protocol):
    """What a server has set."""

    async def policy(self, guild_id: int) -> GuildPolicy: ...


class ModLog(Cog):
    """Each button and form checks its presser when it is used."""

    permissions: ClassVar = {
        "send_messages": "to write the mod log",
        "embed_links": "to write the mod log",
    }

    def __init__(
        self,
        log: ModLogWriter,
        cases: Cases,
        sanctions: Sanctions,
        policies: Policies,
        word_lists: WordLists,
        look_up: LookUp,
        clock: Callable[[], int] = utc_ms,
    ) -> None:
        self._log = log
        self._cases = cases
        self._sanctions = sanctions
        self._policies = policies
        self._lists = word_lists
        self._allowing = Allowing(word_lists)
        self._look_up = look_up
        self._lately = Lately()
        self._clock = clock

    async def moderator_roles(self, guild_id: int) -> frozenset[int]:
        """The roles that count as moderators."""
        return (await self._policies.policy(guild_id)).moderators

    # Not a violation

    @component("log/undo")
    @moderators_only
    async def undo(self, interaction: Interaction, first: str, last: str) -> None:
        """The cases of the entry, as far as it showed them, were no violations."""
        await think(interaction)
        guild_id, by = guild_of(interaction), actor(interaction)
        numbers = await self._log.told_with(guild_id, case_number(first), case_number(last))
        undone: list[Undone] = []
        before: list[Case] = []
        for number in numbers:
            case = await self._cases.case(guild_id, number)
            if (refusal := refuse_undoing(interaction, case)) is not None:
                await answer(interaction, refusal)
                return
        for number in numbers:
            done = await self._cases.undo(guild_id, number, by=by)
            if done is None:
                before.append(await self._cases.case(guild_id, number))
            else:
                undone.append(done)
        text, buttons = undone_text(undone, before), list[Button]()
        if len(undone) == 1:
            offered, buttons = await self._offer(interaction, undone[0].case)
            text += offered
        await answer(interaction, text, buttons=buttons)

    async def _offer(self, interaction: Interaction, case: Case) -> tuple[str, list[Button]]:
        """A phrase to allow, so that it does not happen again."""
        offer = await self._allowing.offer(guild_of(interaction), case)
        if offer is None:
            return "", []
        may = refuse(interaction) is None
        label = f"Allow “{shorten(offer.phrase.text, 60)}”"
        buttons = [Button(label, f"log/allow/{case.number}")] if may else []
        return allowed_text(offer, may=may), buttons

    @component("log/allow")
    @requires()
    async def allow(self, interaction: Interaction, number: str) -> None:
        """The phrase around the hit is to be allowed."""
        await think(interaction)
        guild_id = guild_of(interaction)
        case = await self._cases.case(guild_id, case_number(number))
        offer = await self._allowing.offer(guild_id, case)
        if offer is None:
            await answer(interaction, "There is nothing to allow any more. Nothing was changed.")
            return
        await self._lists.allow(guild_id, [offer.phrase], by=actor(interaction))
        text = f"{show(offer.phrase)} is allowed from now on. `/allowed remove` takes it back."
        await answer(interaction, text)

    # Punishing

    @component("log/timeout")
    @requires("moderate_members")
    async def timeout(self, interaction: Interaction, number: str) -> None:
        """Ask for how long, and why."""
        await self._ask(interaction, number, DONE_AS["timeout"])

    @component("log/kick")
    @requires("kick_members")
    async def kick(self, interaction: Interaction, number: str) -> None:
        """Ask why."""
        await self._ask(interaction, number, DONE_AS["kick"])

    @component("log/ban")
    @requires("ban_members")
    async def ban(self, interaction: Interaction, number: str) -> None:
        """Ask for how long, and why."""
        await self._ask(interaction, number, DONE_AS["ban"])

    @component("log/do-timeout")
    @requires("moderate_members")
    async def do_timeout(self, interaction: Interaction, number: str) -> None:
        """The form came back."""
        await self._do(interaction, number, DONE_AS["timeout"])

    @component("log/do-kick")
    @requires("kick_members")
    async def do_kick(self, interaction: Interaction, number: str) -> None:
        """The form came back."""
        await self._do(interaction, number, DONE_AS["kick"])

    @component("log/do-ban")
    @requires("ban_members")
    async def do_ban(self, interaction: Interaction, number: str) -> None:
        """The form came back."""
        await self._do(interaction, number, DONE_AS["ban"])

    async def _ask(self, interaction: Interaction, number: str, punishment: Punishment) -> None:
        case = await self._cases.case(guild_of(interaction), case_number(number))
        refusal = await self._refuse(interaction, case, punishment.permission)
        if refusal is not None:
            await answer(interaction, refusal)
            return
        title = f"{punishment.title} {shorten(case.user_name or 'this member', 25)}"
        custom_id = f"{punishment.form}/{case.number}"
        await ask_fields(interaction, custom_id, title, punishment.fields)

    async def _do(self, interaction: Interaction, number: str, punishment: Punishment) -> None:
        await think(interaction)
        guild_id, by, written = guild_of(interaction), actor(interaction), answers(interaction)
        case = await self._cases.case(guild_id, case_number(number))
        refusal = await self._refuse(interaction, case, punishment.permission)
        if refusal is not None or case.user_id is None:
            await answer(interaction, refusal or NOBODY)
            return
        length, now = written.get("length", ""), self._clock()
        try:
            consequence = punishment.consequence(read_length(length) if length else None)
        except (LengthRefused, ConsequenceRefused) as error:
            await answer(interaction, f"{error} Nothing was done.")
            return
        reason = written.get("reason", "") or f"See case #{case.number}"
        until = None if consequence.ms is None else now + consequence.ms
        new = HandMade(
            kind=punishment.kind,
            user_id=case.user_id,
            user_name=case.user_name,
            by=by,
            reason=reason,
            consequence=consequence,
            at=now,
            cause=f"button:{interaction.id}",
            expires_at=until,
        )
        action = punishment.action(guild_id, case.user_id, until, f"{by.name}: {reason}")
        claimed = (guild_id, case.user_id, punishment.name)
        try:
            self._lately.claim(claimed, by.name)
        except TooLate as error:
            await answer(interaction, str(error))
            return
        try:
            acted = await self._sanctions.by_moderator(guild_id, new, action)
        except BaseException:
            self._lately.give_back(claimed)
            raise
        await answer(interaction, done_text(punishment, until, acted))

    async def _refuse(
        self, interaction: Interaction, case: Case, permission: str, roles: Roles | None = None
    ) -> str | None:
        if case.user_id is None:
            return NOBODY
        if case.state is CaseState.UNDONE:
            return f"{undone_text([], [case])} Nothing was done."
        try:
            return await refuse_punishing(
                interaction, case.user_id, permission, self._look_up, roles
            )
        except NotFoundOut:
            return NOT_FOUND_OUT

    # Reason, and what the brake holds

    @component("log/reason")
    @moderators_only
    async def reason(self, interaction: Interaction, number: str) -> None:
        """Ask for the reason of a case."""
        case = await self._cases.case(guild_of(interaction), case_number(number))
        if (refusal := refuse_changing(interaction, case)) is not None:
            await answer(interaction, refusal)
            return
        value = shorten(case.reason, MAX_TEXT)
        field = Field("reason", "Reason", "", value, required=True, style=LONG, most=MAX_TEXT)
        title = f"Reason of case #{case.number}"
        await ask_fields(interaction, f"log/new-reason/{case.number}", title, [field])

    @component("log/new-reason")
    @moderators_only
    async def new_reason(self, interaction: Interaction, number: str) -> None:
        """The form came back."""
        await think(interaction)
        guild_id, reason = guild_of(interaction), answers(interaction).get("reason", "")
        if not reason:
            await answer(interaction, "The reason is empty. Nothing was changed.")
            return
        case = await self._cases.case(guild_id, case_number(number))
        if (refusal := refuse_changing(interaction, case)) is not None:
            await answer(interaction, refusal)
            return
        case = await self._cases.edit_reason(guild_id, case.number, reason, by=actor(interaction))
        await answer(interaction, f"Case #{case.number} has this reason now: {show(case.reason)}.")

    @component("log/release")
    @moderators_only
    async def release(self, interaction: Interaction, first: str, last: str) -> None:
        """What the brake holds is to be done."""
        await think(interaction)
        guild_id = guild_of(interaction)
        numbers = await self._log.told_with(guild_id, case_number(first), case_number(last))
        held = [await self._cases.case(guild_id, number) for number in numbers]
        needed = {DONE_AS[kind].permission for kind in _held(held) if kind in DONE_AS}
        for permission in sorted(needed):
            if (refusal := refuse(interaction, permission)) is not None:
                await answer(interaction, refusal)
                return
        try:
            roles = await roles_of(interaction.client, guild_id) if needed else {}
        except NotFoundOut:
            await answer(interaction, NOT_FOUND_OUT)
            return
        released, refused = 0, dict[int, str]()
        for case in held:
            for kind in _held([case]) & DONE_AS.keys():
                permission = DONE_AS[kind].permission
                refusal = await self._refuse(interaction, case, permission, roles)
                if refusal not in (None, NOT_HERE):
                    refused[case.number] = refusal
            if _held([case]) and case.number not in refused:
                acted = await self._sanctions.release(guild_id, case.number)
                released += acted is not None
        await answer(interaction, release_text(released, refused))


def _held(cases: Sequence[Case]) -> set[str]:
    return {one.kind for case in cases for one in case.actions if one.state is State.HELD}
