"""The decision: pure functions from what happened and what was found to a :class:`Verdict`."""

from collections.abc import Iterable
from dataclasses import replace

from moderation.consequence import DELETE, LOG, Step, weaker
from moderation.events import Event, Form, MessageSeen, NamesSeen, Part, Surface, ThreadSeen
from moderation.matcher import Detection
from moderation.people import Kind, Person
from moderation.ruleset import Detect, Ruleset, Sifted, merged
from moderation.verdict import (
    Action,
    DeleteMessage,
    Found,
    RenameThread,
    SetNickname,
    Skip,
    Verdict,
)

MAX_REASON_CHARACTERS = 120
"""How much of an entry an audit-log reason quotes. Discord takes 1-512 URL-encoded characters; the
edge cuts to that limit, this keeps the line readable."""

NEUTRAL_NICKNAMES = ("Member {tail}", "Name removed {tail}", "{tail}", "-")
"""Tried in this order until one is not banned itself; ``{tail}`` is the end of the user's id."""

NEUTRAL_TITLES = ("Title removed", "Removed {tail}", "{tail}", "-")
"""The same for threads and forum posts; ``{tail}`` is the end of the thread's id."""


def judge(event: Event, rules: Ruleset) -> Verdict:
    """Decide about ``event`` in the way that its kind asks for."""
    match event:
        case MessageSeen():
            return judge_message(event, rules)
        case NamesSeen():
            return judge_names(event, rules)
        case ThreadSeen():
            return judge_title(event, rules)


def skip(author: Person, guild_id: int | None) -> Skip | None:
    """Whether a message of ``author`` is to be left alone, and why.

    The order is part of the rules: a webhook is judged although it carries a bot's mark, and this
    bot's own messages are skipped whatever channel they came by.
    """
    match author.kind:
        case Kind.OURSELVES:
            return Skip.OURSELVES
        case Kind.WEBHOOK | Kind.APPLICATION:
            pass
        case Kind.BOT:
            return Skip.BOT
    if guild_id is None:
        return Skip.DIRECT_MESSAGE
    return None


def judge_message(event: MessageSeen, rules: Ruleset) -> Verdict:
    """A message with any hit that asks for it is to be deleted."""
    skipped = skip(event.author, event.guild_id) or _unjudgeable(event.form)
    if skipped is not None or event.guild_id is None:
        return Verdict(event, skipped=skipped)
    pieces = _search(event.parts, rules.detect)
    if not pieces:
        return Verdict.clean(event)
    sifted = rules.sift(event, pieces)
    ids = () if sifted.consequence.step is Step.LOG else (event.message_id,)
    return message_verdict(event, rules, sifted, ids)


def message_verdict(
    event: MessageSeen, rules: Ruleset, sifted: Sifted, message_ids: Iterable[int]
) -> Verdict:
    """The verdict on a message, with these ones to be deleted for what was found."""
    reason = audit_reason(sifted.found) if sifted.found else ""
    actions = tuple(
        DeleteMessage(event.guild_id or 0, event.channel_id, message_id, reason)
        for message_id in message_ids
    )
    return _verdict(event, rules, sifted, actions)


def judge_names(event: NamesSeen, rules: Ruleset) -> Verdict:
    """A banned nickname is removed; where the account's own name would then show a banned word,
    a neutral nickname is set instead. A clean nickname already covers a banned account name. The
    tag of another server is told of only: no moderator can take it away. Names that were there
    before anybody looked are taken away, and nothing more follows from them."""
    person = event.person
    if person.kind is Kind.OURSELVES:
        return Verdict(event, skipped=Skip.OURSELVES)
    if person.kind is Kind.BOT:
        return Verdict(event, skipped=Skip.BOT)
    nickname = person.membership.nickname if person.membership else None
    by_nickname = _sifted(event, rules, (Surface.NICKNAME, nickname))
    by_account = _NONE
    if not nickname or by_nickname.acts:
        by_account = _sifted(
            event,
            rules,
            (Surface.GLOBAL_NAME, person.global_name),
            (Surface.USERNAME, person.username),
        )
    by_tag = _only_told(_sifted(event, rules, (Surface.SERVER_TAG, person.server_tag)))
    sifted = merged(by_nickname, by_account, by_tag)
    if sifted is _NONE:
        return Verdict.clean(event)
    actions: tuple[Action, ...] = ()
    replacement = neutral_nickname(event, rules) if by_account.acts else None
    if by_nickname.acts or replacement is not None:
        reason = audit_reason(sifted.found)
        actions = (SetNickname(event.guild_id, person.user_id, replacement, reason),)
    if event.standing:
        sifted = _at_most_deleting(sifted)
    return _verdict(event, rules, sifted, actions)


def judge_title(event: ThreadSeen, rules: Ruleset) -> Verdict:
    """A banned title of a thread or a forum post gives way to a neutral one, whoever set it:
    Discord does not say who did."""
    sifted = _sifted(event, rules, (Surface.THREAD_TITLE, event.title))
    if sifted is _NONE:
        return Verdict.clean(event)
    actions: tuple[Action, ...] = ()
    if sifted.acts:
        title = _neutral(NEUTRAL_TITLES, event.thread_id, event, Surface.THREAD_TITLE, rules)
        if title is not None:
            reason = audit_reason(sifted.found)
            actions = (RenameThread(event.guild_id, event.thread_id, title, reason),)
    return _verdict(event, rules, sifted, actions)


def neutral_nickname(event: NamesSeen, rules: Ruleset) -> str | None:
    """A name that says nothing and is not banned itself; None where the lists ban them all."""
    return _neutral(NEUTRAL_NICKNAMES, event.person.user_id, event, Surface.NICKNAME, rules)


def audit_reason(found: tuple[Found, ...]) -> str:
    """For the audit log: names the entry and where it was found, never the text around it. What is
    only told, as by a list in the shadow, is no reason."""
    found = tuple(one for one in found if one.acts) or found
    first = found[0]
    entry = first.hit.entry
    if len(entry) > MAX_REASON_CHARACTERS:
        entry = entry[: MAX_REASON_CHARACTERS - 1] + "…"
    others = len({(f.hit.list, f.hit.entry) for f in found}) - 1
    also = f" and {others} more" if others else ""
    return f"Banned in {first.part.surface}: {entry}{also} (list {first.hit.list})"


def _unjudgeable(form: Form) -> Skip | None:
    match form:
        case Form.ORDINARY:
            return None
        case Form.ALERT:
            return Skip.ALERT
        case Form.FIXED:
            return Skip.UNDELETABLE


def _verdict(event: Event, rules: Ruleset, sifted: Sifted, actions: tuple[Action, ...]) -> Verdict:
    return Verdict(
        event,
        found=sifted.found,
        more=sifted.more,
        actions=actions,
        consequence=sifted.consequence,
        spared=sifted.spared,
        spared_from=sifted.spared_from,
        unsure=sifted.unsure,
        policy=rules.policy,
    )


def _sifted(event: Event, rules: Ruleset, *named: tuple[Surface, str | None]) -> Sifted:
    parts = [Part(surface, text) for surface, text in named if text]
    pieces = _search(parts, rules.detect)
    return rules.sift(event, pieces) if pieces else _NONE


def _only_told(sifted: Sifted) -> Sifted:
    found = tuple(replace(one, consequence=LOG) for one in sifted.found)
    return sifted if sifted is _NONE else replace(sifted, found=found, consequence=LOG)


def _at_most_deleting(sifted: Sifted) -> Sifted:
    found = tuple(replace(one, consequence=weaker(one.consequence, DELETE)) for one in sifted.found)
    return replace(sifted, found=found, consequence=weaker(sifted.consequence, DELETE))


def _neutral(
    patterns: Iterable[str], snowflake: int, event: Event, surface: Surface, rules: Ruleset
) -> str | None:
    tail = f"{snowflake % 10_000:04d}"
    for pattern in patterns:
        name = pattern.replace("{tail}", tail)
        if not rules.bans(event, Part(surface, name)):
            return name
    return None


def _search(parts: Iterable[Part], detect: Detect) -> list[tuple[Part, Detection]] | None:
    """The parts in which something was found; None where there are none, which is nearly always."""
    pieces = None
    for part in parts:
        detection = detect(part.text)
        if detection.hits:
            if pieces is None:
                pieces = []
            pieces.append((part, detection))
    return pieces


_NONE = Sifted()
