"""The decision: pure functions from what happened and what was found to a :class:`Verdict`."""

from collections.abc import Callable, Iterable

from moderation.events import Event, Form, MessageSeen, NamesSeen, Part, Surface, ThreadSeen
from moderation.matcher import Detection
from moderation.people import Kind, Person
from moderation.verdict import (
    Action,
    DeleteMessage,
    Found,
    RenameThread,
    SetNickname,
    Skip,
    Verdict,
)

type Detect = Callable[[str], Detection]

MAX_REASON_CHARACTERS = 120
"""How much of an entry an audit-log reason quotes. Discord takes 1-512 URL-encoded characters; the
edge cuts to that limit, this keeps the line readable."""

NEUTRAL_NICKNAMES = ("Member {tail}", "Name removed {tail}", "{tail}", "-")
"""Tried in this order until one is not banned itself; ``{tail}`` is the end of the user's id."""

NEUTRAL_TITLES = ("Title removed", "Removed {tail}", "{tail}", "-")
"""The same for threads and forum posts; ``{tail}`` is the end of the thread's id."""


def judge(event: Event, detect: Detect) -> Verdict:
    """Decide about ``event`` in the way that its kind asks for."""
    match event:
        case MessageSeen():
            return judge_message(event, detect)
        case NamesSeen():
            return judge_names(event, detect)
        case ThreadSeen():
            return judge_title(event, detect)


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


def judge_message(event: MessageSeen, detect: Detect) -> Verdict:
    """A message with any hit is to be deleted; nothing is done to whoever wrote it."""
    skipped = skip(event.author, event.guild_id) or _unjudgeable(event.form)
    if skipped is not None or event.guild_id is None:
        return Verdict(event, skipped=skipped)
    found, more = _search(event.parts, detect)
    if not found:
        return Verdict(event)
    reason = audit_reason(found)
    action = DeleteMessage(event.guild_id, event.channel_id, event.message_id, reason)
    return Verdict(event, found=found, more=more, actions=(action,))


def judge_names(event: NamesSeen, detect: Detect) -> Verdict:
    """A banned nickname is removed; where the account's own name would then show a banned word,
    a neutral nickname is set instead. A clean nickname already covers a banned account name. The
    tag of another server is told of only: no moderator can take it away."""
    person = event.person
    if person.kind is Kind.OURSELVES:
        return Verdict(event, skipped=Skip.OURSELVES)
    if person.kind is Kind.BOT:
        return Verdict(event, skipped=Skip.BOT)
    by_name, more, actions = _judge_shown_names(event, detect)
    by_tag, more_by_tag = _search(_parts((Surface.SERVER_TAG, person.server_tag)), detect)
    return Verdict(event, found=by_name + by_tag, more=more + more_by_tag, actions=actions)


def judge_title(event: ThreadSeen, detect: Detect) -> Verdict:
    """A banned title of a thread or a forum post gives way to a neutral one, whoever set it:
    Discord does not say who did."""
    found, more = _search(_parts((Surface.THREAD_TITLE, event.title)), detect)
    if not found:
        return Verdict(event)
    actions: tuple[Action, ...] = ()
    title = _neutral(NEUTRAL_TITLES, event.thread_id, detect)
    if title is not None:
        actions = (RenameThread(event.guild_id, event.thread_id, title, audit_reason(found)),)
    return Verdict(event, found=found, more=more, actions=actions)


def neutral_nickname(user_id: int, detect: Detect) -> str | None:
    """A name that says nothing and is not banned itself; None where the lists ban them all."""
    return _neutral(NEUTRAL_NICKNAMES, user_id, detect)


def audit_reason(found: tuple[Found, ...]) -> str:
    """For the audit log: names the entry and where it was found, never the text around it."""
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


def _judge_shown_names(
    event: NamesSeen, detect: Detect
) -> tuple[tuple[Found, ...], int, tuple[Action, ...]]:
    person = event.person
    nickname = person.membership.nickname if person.membership else None
    by_nickname, more_nickname = _search(_parts((Surface.NICKNAME, nickname)), detect)
    if nickname and not by_nickname:
        return (), 0, ()
    by_account, more_account = _search(
        _parts((Surface.GLOBAL_NAME, person.global_name), (Surface.USERNAME, person.username)),
        detect,
    )
    found = by_nickname + by_account
    if not found:
        return (), 0, ()
    actions: tuple[Action, ...] = ()
    replacement = neutral_nickname(person.user_id, detect) if by_account else None
    if by_nickname or replacement is not None:
        reason = audit_reason(found)
        actions = (SetNickname(event.guild_id, person.user_id, replacement, reason),)
    return found, more_nickname + more_account, actions


def _neutral(patterns: Iterable[str], snowflake: int, detect: Detect) -> str | None:
    tail = f"{snowflake % 10_000:04d}"
    for pattern in patterns:
        name = pattern.replace("{tail}", tail)
        if not detect(name):
            return name
    return None


def _parts(*named: tuple[Surface, str | None]) -> tuple[Part, ...]:
    return tuple(Part(surface, text) for surface, text in named if text)


def _search(parts: Iterable[Part], detect: Detect) -> tuple[tuple[Found, ...], int]:
    found: list[Found] = []
    more = 0
    for part in parts:
        detection = detect(part.text)
        if detection:
            found.extend(Found(part, hit) for hit in detection.hits)
            more += detection.more
    return tuple(found), more
