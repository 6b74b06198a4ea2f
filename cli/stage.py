"""Carrying out acts in the sandbox and seeing what comes of them.

What the bot did is read from the local Discord: whether a message is still there, which nickname
somebody has now, what a command was answered. What it found it tells itself.
"""

from collections.abc import Awaitable

from cli.acts import (
    Act,
    Chooses,
    Edits,
    FillsIn,
    Joins,
    Presses,
    Reads,
    Says,
    Seen,
    TakesNick,
    Uses,
    UsesOn,
    What,
)
from cli.local_bot import Running
from cli.message_texts import (
    buttons_of,
    fields_of,
    menus_of,
    shown,
    takes_text,
    told,
    told_fields,
)
from cli.sandbox_world import World
from cli.showing import counted, explained
from cli.typed_options import NotUnderstood, several_of, somebody_or_somewhere, split
from cli.watching import Watching
from moderation.events import MessageSeen, NamesSeen
from moderation.matcher import Hit
from moderation.verdict import Outcome, Verdict
from sandbox import Answer, Channel, Interaction, LocalDiscord, Member, Message, NotAllowedError

SECONDS = 10.0
"""How long the bot may take for one act."""


class Stage:
    """``do(act)`` has somebody do something and gives what was seen. Raises NotAllowedError for
    what Discord would not let them do, KeyError for names that do not exist, and ShowBroken where
    the bot does not answer."""

    def __init__(
        self, discord: LocalDiscord, world: World, watching: Watching, running: Running
    ) -> None:
        self.world = world
        self._discord = discord
        self._watching = watching
        self._running = running
        self._last_messages: dict[str, Message] = {}
        self._last_answer: Interaction | None = None
        self._last_form: Interaction | None = None
        self._last_read: tuple[Member, Message] | None = None
        self._read: dict[int, str] = {}

    async def do(self, act: Act) -> Seen:
        """See the class."""
        mark = self._watching.mark
        match act:
            case Says():
                message = await self._say(act)
                self._last_messages[act.who] = message
                return await self._fate_of(message, mark)
            case Edits():
                if (written := self._last_messages.get(act.who)) is None or written.deleted:
                    raise NotAllowedError(f"{act.who} has no message that could be edited")
                await written.edit(act.text)
                return await self._fate_of(written, mark)
            case TakesNick():
                await self.world.members[act.who].nick(act.nick)
                return await self._name_of(self.world.members[act.who], mark)
            case Joins():
                member = self.world.guild.join(self._discord.add_user(act.username))
                self.world.members[act.username] = member
                return await self._name_of(member, mark)
            case Uses():
                member = self.world.members[act.who]
                options = {name: self.world.thing(value) for name, value in act.options.items()}
                used = await member.uses(act.path, options=options, force=act.hidden)
                return await self._answer_to(used)
            case UsesOn():
                return await self._answer_to(await self._uses_on(act))
            case Presses():
                return await self._answer_to(await self._press(act.label))
            case Chooses():
                return await self._answer_to(await self._choose(act.text))
            case FillsIn():
                return await self._answer_to(await self._fill_in(act.text))
            case Reads():
                return await self._reads(act)

    def _answered_last(self) -> Interaction:
        if self._last_answer is None:
            raise NotAllowedError("there is no answer with a button or a menu yet")
        return self._last_answer

    async def _uses_on(self, act: UsesOn) -> Interaction:
        user = self.world.members[act.who]
        if self.world.takes_a_message(act.menu):
            if (written := self._last_messages.get(act.whom)) is None or written.deleted:
                raise NotAllowedError(f"{act.whom} has no message to use it on")
            return await user.uses_on(act.menu, written)
        if act.whom not in self.world.members:
            raise NotAllowedError(f"{act.whom} is no member")
        return await user.uses_on(act.menu, self.world.members[act.whom])

    async def _choose(self, text: str) -> Interaction:
        answer = self._answered_last()
        menus = {name: menu for shown in answer.messages for name, menu in menus_of(shown).items()}
        if not menus:
            raise NotAllowedError("the last answer has no menu")
        ((name, chosen), *others) = split(text, list(menus)).items()
        if others:
            raise NotUnderstood("Choose in one menu at a time.")
        kind, labels = menus[name]
        words = self.world.vocabulary()
        if takes_text(kind):
            return await answer.select(name, several_of(chosen, labels))
        named = filter(None, map(str.strip, chosen.split(",")))
        things = [self.world.thing(somebody_or_somewhere(one, words)) for one in named]
        return await answer.select(name, things)

    async def _fill_in(self, text: str) -> Interaction:
        if self._last_form is None or self._last_form.modal is None:
            raise NotAllowedError("no form was opened yet")
        return await self._last_form.submit(split(text, list(fields_of(self._last_form.modal))))

    async def _press(self, label: str) -> Interaction:
        if self._last_read is not None:
            reader, message = self._last_read
            return await reader.presses(message, label)
        return await self._answered_last().press(label)

    async def _reads(self, act: Reads) -> Seen:
        """What is new to read: a message, or an edit of one."""
        about, guild = self.world.members[act.about], self.world.guild
        if act.channel is None:
            place = about.user.conversation(self.world.app.user)
        else:
            place = guild.channel(act.channel)

        def new(message: Message) -> bool:
            named = act.channel is None or f"<@{about.id}>" in str(message.embeds)
            return named and self._read.get(message.id) != shown(message, guild)

        message = await self._wait(place.wait_message(new), "What the bot writes")
        text = self._read[message.id] = shown(message, guild)
        labels = buttons_of(message)
        if labels:
            self._last_read = (self.world.members[act.who], message)
        return Seen(What.READ, text, buttons=labels)

    async def _say(self, act: Says) -> Message:
        channel: Channel = self.world.guild.channel(act.channel)
        if (hook := self.world.hooks.get(act.who)) is not None:
            if channel.id != hook.state.channel.id:
                raise NotAllowedError(
                    f"{act.who} is a webhook and writes in #{hook.state.channel.name} only"
                )
            return await hook.says(act.text)
        return await self.world.members[act.who].says(act.text, channel=channel)

    async def _fate_of(self, message: Message, mark: int) -> Seen:
        def about_it(verdict: Verdict) -> bool:
            event = verdict.event
            return isinstance(event, MessageSeen) and event.message_id == message.id

        verdict = await self._wait(self._watching.verdict(about_it, mark), "A judgement")
        if verdict.skipped is not None:
            return Seen(What.SKIPPED, verdict.skipped)
        if not verdict.actions:
            return Seen(What.KEPT)
        results = await self._wait(self._watching.results(verdict), "The deletion")
        if message.deleted:
            # A word that several messages spell takes all of them away.
            earlier = sum(result.outcome.succeeded for result in results) - 1
            with_them = f"; and {counted(earlier, 'message')} before it" if earlier > 0 else ""
            return Seen(What.DELETED, _why(verdict) + with_them, _hits(verdict))
        return Seen(What.FAILED, "; ".join(result.detail for result in results), _hits(verdict))

    async def _name_of(self, member: Member, mark: int) -> Seen:
        nickname = member.nickname

        def about_it(verdict: Verdict) -> bool:
            event = verdict.event
            return (
                isinstance(event, NamesSeen)
                and event.person.user_id == member.id
                and event.person.membership is not None
                and event.person.membership.nickname == nickname
            )

        verdict = await self._wait(self._watching.verdict(about_it, mark), "A judgement")
        if not verdict.actions:
            return Seen(What.NAME_KEPT)
        results = await self._wait(self._watching.results(verdict), "The correction")
        held = [result for result in results if result.outcome is Outcome.HELD]
        if held:
            return Seen(What.HELD, held[0].detail, _hits(verdict))
        if member.nickname == nickname:
            details = "; ".join(result.detail for result in results)
            return Seen(What.FAILED, details, _hits(verdict))
        if member.nickname is None:
            return Seen(What.NICK_REMOVED, _why(verdict), _hits(verdict))
        return Seen(What.NICK_SET, f"{member.nickname}, since {_why(verdict)}", _hits(verdict))

    async def _answer_to(self, interaction: Interaction) -> Seen:
        answer = await self._wait(interaction.answered(), "An answer")
        if answer is Answer.MODAL and interaction.modal is not None:
            self._last_form = interaction
            title, fields = interaction.modal["title"], fields_of(interaction.modal)
            return Seen(What.FORM, title, menus=told_fields(fields))
        message = await self._wait(interaction.reply(), "An answer")
        buttons, menus = buttons_of(message), menus_of(message)
        if buttons or menus:
            self._last_answer, self._last_read = interaction, None
        why = shown(message, self.world.guild)
        return Seen(What.ANSWERED, why, buttons=buttons, menus=told(menus))

    async def _wait[T](self, happening: Awaitable[T], what: str) -> T:
        return await self._running.within(SECONDS, happening, what)


def _hits(verdict: Verdict) -> tuple[Hit, ...]:
    return tuple(found.hit for found in verdict.found)


def _why(verdict: Verdict) -> str:
    told = list(dict.fromkeys(explained(hit) for hit in _hits(verdict)))
    more = [f"and {verdict.more:,} more"] if verdict.more else []
    return "; ".join(told + more)
