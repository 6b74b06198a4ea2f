"""The sentences about a case: what was found, what followed and what really became of it."""

import re
from collections.abc import Sequence
from dataclasses import replace

from cogs.helpers.marking import MOST, marked
from cogs.helpers.replies import code, shorten
from cogs.helpers.wordings import count, disguised, show
from moderation.cases import Case, CaseAction, CaseHit, CaseKind, CaseNote, CaseState
from moderation.consequence import Consequence, Step, strongest
from moderation.events import Surface
from moderation.records import ERASED
from moderation.states import State

SHOWN_HITS = 5
SHOWN_ATTACHMENTS = 5
SHOWN_NAME = 40
SHOWN_DETAIL = 150
SHOWN_WHY = 80
SHOWN_REASON = 250

UNITS = (("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000), ("second", 1_000))

DONE = {
    "delete": "message deleted",
    "nickname": "nickname changed",
    "title": "title changed",
    "timeout": "timed out",
    "kick": "kicked",
    "ban": "banned",
    "unban": "unbanned",
    "end timeout": "timeout lifted",
    "notice": "member told",
}
"""What an action did when it was done, by its stored kind."""

NOT_DONE = {
    "delete": "message not deleted",
    "nickname": "nickname not changed",
    "title": "title not changed",
    "timeout": "not timed out",
    "kick": "not kicked",
    "ban": "not banned",
    "unban": "not unbanned",
    "end timeout": "timeout not lifted",
    "notice": "member not told",
}

GONE = {
    "delete": "message gone already",
    "nickname": "nickname gone already",
    "title": "title gone already",
    "timeout": "not timed out: they have left",
    "kick": "not kicked: they had left already",
    "ban": "not banned: the account is gone",
    "unban": "not unbanned: they were not banned any more",
    "end timeout": "timeout over already",
    "notice": "member not told: they have left",
}
"""What it means that there was nothing left to act on."""

BY_HAND = {
    CaseKind.VIOLATION: "Violation",
    CaseKind.NOTE: "Note",
    CaseKind.WARNING: "Warning",
    CaseKind.TIMEOUT: "Timeout",
    CaseKind.TIMEOUT_ENDED: "Timeout lifted",
    CaseKind.KICK: "Kick",
    CaseKind.BAN: "Ban",
    CaseKind.UNBAN: "Unban",
    CaseKind.NICKNAME: "Nickname changed",
}

_QUIET = re.compile(r"[\w ,.;:'’“”()+-]*", re.ASCII)
"""What can be shown as it is: no sign in it makes a link, a mention or markdown but ``_``, which
``quiet`` looks for."""


def spoken(ms: int) -> str:
    """A length of time: “1 hour”, “2 days 12 hours”; its two largest units."""
    parts = []
    for name, unit in UNITS:
        number, ms = divmod(ms, unit)
        if number:
            parts.append(count(number, name, name + "s"))
    return " ".join(parts[:2]) or "no time"


def moment(ms: int) -> str:
    """A time (UTC in milliseconds), which Discord shows as each reader's own."""
    return f"<t:{ms // 1000}:f>"


def ago(ms: int) -> str:
    """How long ago a time (UTC in milliseconds) is, which Discord keeps up to date."""
    return f"<t:{ms // 1000}:R>"


def consequence_text(consequence: Consequence) -> str:
    """“delete”, “timeout for 1 hour”, “ban for good”."""
    match consequence.step:
        case Step.LOG:
            return "log only"
        case Step.WARN:
            return "delete and warn"
        case Step.TIMEOUT:
            return f"timeout for {spoken(consequence.ms or 0)}"
        case Step.BAN if consequence.ms is None:
            return "ban for good"
        case Step.BAN:
            return f"ban for {spoken(consequence.ms or 0)}"
    return consequence.step.name.lower()


def follows_text(consequence: Consequence, *, shadow: bool) -> str:
    """The same; for a list in the shadow “log only (would time out for 1 hour)”."""
    text = consequence_text(consequence)
    if not shadow or consequence.step is Step.LOG:
        return text
    return f"log only (would {text.replace('timeout', 'time out')})"


def quiet(text: str, limit: int = SHOWN_DETAIL) -> str:
    """A sentence of ours or of Discord's as it is; as code where anything in it could come
    alive."""
    text = shorten(text, limit)
    return text if _QUIET.fullmatch(text) and "_" not in text else code(text)


def title(case: Case) -> str:
    """The case's number, kind and state."""
    parts = [f"Case #{case.number}", BY_HAND[case.kind]]
    if case.shadow:
        parts.append("log only, nothing was done")
    if case.state is not CaseState.OPEN:
        parts.append(case.state.value)
    return " · ".join(parts)


def person_text(case: Case) -> str:
    """Who it is about: as they are now, their name then, their id."""
    if case.user_id is None:
        of_title = case.surface is Surface.THREAD_TITLE and case.text is not None
        return "not known: Discord does not say who set the title" if of_title else "not known"
    name = f" {code(shorten(case.user_name, SHOWN_NAME))}" if case.user_name else ""
    return f"<@{case.user_id}>{name} (id {case.user_id})"


def by_text(case: Case) -> str:
    """Whose case it is: a moderator's, or the bot's."""
    return actor_text(case.by.user_id, case.by.name)


def actor_text(user_id: int, name: str) -> str:
    """A moderator, or the bot with the id 0, or somebody whose data was erased."""
    if user_id == ERASED.user_id:
        return "somebody whose data was erased"
    if not user_id:
        return "the bot"
    return f"<@{user_id}> {code(shorten(name, SHOWN_NAME))}" if name else f"<@{user_id}>"


def place_text(case: Case) -> str:
    """The surface, the channel and a link to where it stood; "" where there is none of them."""
    parts = [case.surface.value] if case.surface else []
    if case.channel_id is not None:
        parts.append(f"in <#{case.channel_id}>")
        if case.message_id is not None:
            place = f"{case.guild_id}/{case.channel_id}/{case.message_id}"
            parts.append(f"([where it stood](https://discord.com/channels/{place}))")
    return " ".join(parts)


def case_text(case: Case, limit: int = MOST) -> str:
    """What was written, its hits marked; a sentence where it is not kept."""
    if case.text is None:
        return "The text is not kept any more." if case.hits else ""
    return marked(case.text, [(hit.start, hit.end) for hit in case.hits], limit)


def hit_texts(case: Case) -> list[str]:
    """A line for each entry that was found: its list, what evasions were undone, why it is banned
    where the case has another reason, and what would follow where that is only logged."""
    # One entry may be found many times, at other places in the text.
    distinct = list(dict.fromkeys(replace(hit, start=0, end=0) for hit in case.hits))
    rows = [_hit(hit, case.reason) for hit in distinct[:SHOWN_HITS]]
    more = len(distinct) - len(rows) + case.more
    return [*rows, f"… and {count(more, 'further hit', 'further hits')}"] if more > 0 else rows


def _hit(hit: CaseHit, reason: str) -> str:
    row = f"{show(hit.entry)} on the list {show(hit.list)}"
    if hit.undone:
        row += f"; {quiet(disguised(hit.undone))}"
    if hit.shadow:
        row += f"; {follows_text(hit.consequence, shadow=True)}"
    if hit.reason and hit.reason != reason:
        row += f"; {code(shorten(hit.reason, SHOWN_WHY))}"
    return row


def action_texts(case: Case) -> list[str]:
    """What was done, with its real outcome; nothing where only lists in the shadow found
    something."""
    if case.shadow:
        return ["nothing"]
    rows = [action_text(action) for action in case.actions if action.kind != "notice"]
    if case.told is not None:
        rows.append(told_text(case))
    return rows


def action_text(action: CaseAction) -> str:
    """One action and what became of it."""
    kind = action.kind
    done = DONE.get(kind, quiet(kind))
    if action.until is not None:
        done += f" until {moment(action.until)}"
    elif kind == "ban":
        done += " for good"
    undone = NOT_DONE.get(kind, f"not {quiet(kind)}")
    why = f": {quiet(action.detail)}" if action.detail else ""
    match action.state:
        case State.DONE:
            return done
        case State.GONE:
            return GONE.get(kind, undone)
        case State.PENDING:
            return f"{undone} yet"
        case State.FORBIDDEN:
            return f"**{undone}**{why}. It is done as soon as that is allowed"
        case State.FAILED:
            return f"**{undone}**{why}"
        case State.UNKNOWN:
            return f"perhaps {done}: Discord's answer was lost"
        case State.HELD:
            return f"**{undone}**: it waits for a moderator, since there were many punishments"
        case State.WITHDRAWN:
            return f"{undone}{why or ': the case was undone before'}"


def told_text(case: Case) -> str:
    """What became of the notice to whoever it is about."""
    details = [action.detail for action in case.actions if action.kind == "notice"]
    return action_text(
        CaseAction(0, "notice", case.told or State.PENDING, details[-1] if details else "")
    )


def strikes_text(case: Case) -> str:
    """How many strikes there were with this case, and what the ladder made of them; "" where it
    counts for none."""
    if not case.strikes:
        return ""
    text = count(case.strikes, "strike", "strikes") + " with this one"
    if case.state is CaseState.UNDONE:
        text += ", which counts no more"
    asked = strongest(hit.consequence for hit in case.hits if not hit.shadow)
    if case.hits and case.consequence.strength > asked.strength:
        text += f"; by the ladder: {consequence_text(case.consequence)}"
    return text


def state_texts(case: Case) -> list[str]:
    """By whom it was undone, when it ends or ended."""
    rows = []
    if case.undone_by is not None:
        rows.append(f"undone by {actor_text(case.undone_by.user_id, case.undone_by.name)}")
    elif case.state is CaseState.UNDONE:
        rows.append("undone")
    if case.expires_at is not None and case.state is not CaseState.UNDONE:
        ends = "ended" if case.state is CaseState.EXPIRED else "ends"
        rows.append(f"{ends} {moment(case.expires_at)}")
    return rows


def reason_text(case: Case) -> str:
    """The reason as code, "" where there is none."""
    return code(shorten(case.reason, SHOWN_REASON)) if case.reason else ""


def attachment_texts(case: Case) -> list[str]:
    """What was attached, as code: a link that is not alive can still be copied."""
    shown = [code(shorten(one, SHOWN_DETAIL)) for one in case.attachments[:SHOWN_ATTACHMENTS]]
    more = len(case.attachments) - len(shown)
    return [*shown, f"… and {more} more"] if more else shown


def note_texts(case: Case) -> list[str]:
    """The notes, and the reasons of before, oldest first."""
    return [note_text(note) for note in case.notes]


def note_text(note: CaseNote, most: int = SHOWN_REASON) -> str:
    """Who wrote it, when, and at most so many characters of it."""
    who = f"{moment(note.at)} {actor_text(note.by.user_id, note.by.name)}"
    if note.was_reason and not note.text:
        return f"{who} gave the reason"
    said = " changed the reason, which was" if note.was_reason else ""
    return f"{who}{said}: {code(shorten(note.text, most))}"


def joined(rows: Sequence[str], limit: int) -> str:
    """As many of the rows as fit, one a line; the rest is counted."""
    text = "\n".join(rows)
    shown = list(rows)
    while len(text) > limit and shown:
        shown.pop()
        text = "\n".join([*shown, f"… and {len(rows) - len(shown)} more"])
    return text
