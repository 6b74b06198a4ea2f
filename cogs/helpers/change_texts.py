"""The sentences about the record of changes: what was changed, and what undoing it would do."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from cogs.helpers.case_texts import actor_text, ago, consequence_text, follows_text, spoken
from cogs.helpers.entry_terms import terms_text
from cogs.helpers.replies import code, shorten
from cogs.helpers.wordings import entries, phrases, show
from moderation.policy import (
    EVERYWHERE,
    EntryTerms,
    Exemptions,
    GuildPolicy,
    Ladder,
    ListPolicy,
    ModLog,
    NoticeBy,
    Notices,
    Watched,
)
from moderation.records import (
    Change,
    ChangedEntries,
    ChangedList,
    ChangedPolicy,
    ChangedTerms,
)

SHOWN = 3
"""Entries, roles, channels or members of one change that are named; the others are counted."""

SHOWN_TEXT = 60


def change_text(change: Change) -> str:
    """One line of the record: who, when, what."""
    who = actor_text(change.actor.user_id, change.actor.name)
    undoes = "" if change.undoes is None else f" (takes back #{change.undoes})"
    return f"`#{change.change_id}` {ago(change.at)} {who}: {what_text(change)}{undoes}"


def undoing_text(change: Change) -> str:
    """What taking a change back will do, before it is done."""
    back = replace(change, before=change.after, after=change.before)
    return f"Take this back?\n{change_text(change)}\nThen: {what_text(back)}"


def what_text(change: Change) -> str:
    """“**main**: action delete → ban for good”, “`walrus` put on **main**”."""
    match change.before, change.after:
        case ChangedPolicy(what, old), ChangedPolicy(_, new):
            return f"{what}: {'; '.join(_policy(old, new)) or 'as it was'}"
        case ChangedList(old_name, old_list), ChangedList(name, new_list):
            rows = [] if old_name == name else [f"name {old_name} → {name}"]
            rows += _list(old_list, new_list)
            return f"**{old_name}**: {'; '.join(rows) or 'as it was'}"
        case None, ChangedList(name, listed, gone):
            return f"list **{name}** made: {_follows(listed)}{_with(gone)}"
        case ChangedList(name, listed, gone), None:
            return f"list **{name}** deleted: {_follows(listed)}{_with(gone)}"
        case ChangedTerms(name, text, old_terms), ChangedTerms(_, _, new_terms):
            was, now = (terms_text(one) or "as its list" for one in (old_terms, new_terms))
            return f"{show(text)} on **{name}**: {was} → {now}"
        case None, ChangedEntries() as entries_put:
            return _entries(entries_put, "put on", "allowed")
        case ChangedEntries() as entries_gone, None:
            return _entries(entries_gone, "taken off", "no longer allowed")
    return str(change.kind)


def _entries(changed: ChangedEntries, done: str, of_phrases: str) -> str:
    texts = [show(text) + _own(changed.terms.get(text)) for text in changed.texts[:SHOWN]]
    more = len(changed.texts) - len(texts)
    named = ", ".join(texts) + (f" and {more:,} more" if more > 0 else "")
    if changed.list_name is None:
        return f"{named or phrases(0)} {of_phrases}"
    return f"{named or entries(0)} {done} **{changed.list_name}**"


def _own(terms: EntryTerms | None) -> str:
    return f" ({terms_text(terms)})" if terms else ""


def _with(gone: ChangedEntries | None) -> str:
    return "" if gone is None else f", with {entries(len(gone.texts))}"


def _follows(listed: ListPolicy) -> str:
    return follows_text(listed.consequence, shadow=listed.shadow)


def _list(old: ListPolicy, new: ListPolicy) -> Iterator[str]:
    if old.consequence != new.consequence:
        yield f"{consequence_text(old.consequence)} → {consequence_text(new.consequence)}"
    if old.shadow != new.shadow:
        yield "log only" if new.shadow else "acts again"
    if old.enabled != new.enabled:
        yield "switched on" if new.enabled else "switched off"
    if old.watches != new.watches:
        yield f"watches {_watched(old.watches)} → {_watched(new.watches)}"
    if old.channels != new.channels:
        yield "only in " + _differing(old.channels, new.channels, "#")
    if old.notice != new.notice:
        yield f"notice {_text(old.notice)} → {_text(new.notice)}"
    yield from (f"exempt {one}" for one in _exempt(old.exemptions, new.exemptions))


def _policy(old: GuildPolicy, new: GuildPolicy) -> Iterator[str]:
    yield from _exempt(old.exemptions, new.exemptions)
    if old.judges_moderators != new.judges_moderators:
        yield "moderators judged" if new.judges_moderators else "moderators exempt"
    if old.moderators != new.moderators:
        yield _differing(old.moderators, new.moderators, "@&")
    if old.ladder != new.ladder:
        yield f"{_ladder(old.ladder)} → {_ladder(new.ladder)}"
    if old.notices != new.notices:
        yield f"{_notices(old.notices)} → {_notices(new.notices)}"
    if old.mod_log != new.mod_log:
        yield f"{_log(old.mod_log)} → {_log(new.mod_log)}"
    if old.text_days != new.text_days:
        yield f"{old.text_days} → {new.text_days} days"


def _exempt(old: Exemptions, new: Exemptions) -> Iterator[str]:
    for was, now, sign in (
        (old.roles, new.roles, "@&"),
        (old.channels, new.channels, "#"),
        (old.members, new.members, "@"),
    ):
        if was != now:
            yield _differing(was, now, sign)


def _differing(old: Collection[int], new: Collection[int], sign: str) -> str:
    """What came (+) and what went (-)."""
    came = [f"+<{sign}{one}>" for one in sorted(set(new) - set(old))]
    went = [f"-<{sign}{one}>" for one in sorted(set(old) - set(new))]
    every = [*came, *went]
    more = f" and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return " ".join(every[:SHOWN]) + more


def _watched(groups: frozenset[Watched]) -> str:
    return "everything" if groups == EVERYWHERE else ", ".join(sorted(groups)) or "nothing"


def _text(text: str) -> str:
    return code(shorten(text, SHOWN_TEXT)) if text else "usual"


def _ladder(ladder: Ladder) -> str:
    if not ladder.rungs:
        return "off"
    rungs = (f"{rung.strikes}: {consequence_text(rung.consequence)}" for rung in ladder.rungs)
    return f"{', '.join(rungs)} (in {spoken(ladder.window_ms)})"


def _notices(notices: Notices) -> str:
    if notices.by is NoticeBy.NOBODY:
        return "nothing"
    how = f"{'every time a ' if notices.deletions else ''}{notices.by}"
    return f"{how}, {_text(notices.text)}" if notices.text else how


def _log(log: ModLog) -> str:
    named = (("", log.channel), ("punishments ", log.punishments), ("by hand ", log.by_hand))
    return ", ".join(f"{what}<#{one}>" for what, one in named if one is not None) or "none"
