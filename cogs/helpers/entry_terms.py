"""What an entry has of its own, as options have it: what follows, why, until when."""

import re
from datetime import UTC, date, datetime, time
from typing import Any

from nextcord import SlashOption

from cogs.helpers.case_texts import consequence_text, moment
from cogs.helpers.lengths import LengthRefused, read_length
from cogs.helpers.list_options import LOG_ONLY, STEPS, consequence
from cogs.helpers.replies import code
from moderation.consequence import LOG, Consequence, ConsequenceRefused
from moderation.errors import SettingRefused
from moderation.policy import NO_TERMS, EntryTerms

AS_LIST = "as its list"
NONE, NEVER = "none", "never"
MAX_REASON = 200
MAX_EXPIRY_MS = 10 * 365 * 24 * 60 * 60 * 1000

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def own_action_option(*, again: bool = False) -> Any:
    """What follows from this entry instead of what its list says."""
    choices = [AS_LIST, LOG_ONLY, *STEPS] if again else [LOG_ONLY, *STEPS]
    return SlashOption(
        name="action",
        description="What follows from this entry, whatever its list says",
        choices=choices,
        required=False,
        default="",
    )


def reason_option(*, again: bool = False) -> Any:
    """Why it is banned."""
    about = "Why it is banned, for moderators and for notices"
    return SlashOption(
        description=f"{about}; “{NONE}” takes it away" if again else about,
        required=False,
        default="",
        max_length=MAX_REASON,
    )


def expires_option(*, again: bool = False) -> Any:
    """Until when it is looked for."""
    about = "When it ends: after 7 d, or at the end of 2030-12-31 (UTC)"
    return SlashOption(
        description=f"{about}; or “{NEVER}”" if again else about, required=False, default=""
    )


def read_terms(
    action: str, length: str, reason: str, expires: str, now: int, before: EntryTerms = NO_TERMS
) -> EntryTerms:
    """``before`` with what the options ask for; an empty one asks for nothing. ``now`` is UTC in
    milliseconds. Raises TermsRefused."""
    return EntryTerms(
        consequence=_read_action(action, length, before.consequence),
        reason=before.reason if not reason else "" if reason.strip() == NONE else reason.strip(),
        expires_at=read_expiry(expires, now) if expires.strip() else before.expires_at,
    )


def read_expiry(text: str, now: int) -> int | None:
    """When it ends (UTC in milliseconds), from “7 d” or “2030-12-31”, a day being over at its end;
    None for never. Raises TermsRefused."""
    text = text.strip().lower()
    if text == NEVER:
        return None
    at = _end_of(text) if _DATE.fullmatch(text) else now + _length(text)
    if at <= now:
        raise TermsRefused("That day is over. Write one to come, as 2030-12-31.")
    if at - now > MAX_EXPIRY_MS:
        raise TermsRefused("An entry ends within 10 years, or never.")
    return at


def terms_text(terms: EntryTerms) -> str:
    """What an entry has of its own, in words; "" for nothing."""
    parts = []
    if terms.consequence is not None:
        parts.append(consequence_text(terms.consequence))
    if terms.expires_at is not None:
        parts.append(f"until {moment(terms.expires_at)}")
    if terms.reason:
        parts.append(f"reason {code(terms.reason)}")
    return "; ".join(parts)


def _read_action(action: str, length: str, before: Consequence | None) -> Consequence | None:
    if not action and not length:
        return before
    if not action and before is None:
        raise TermsRefused("Say which action is to last so long: timeout or ban.")
    if action in (AS_LIST, LOG_ONLY):
        if length:
            raise TermsRefused(
                f"Only timeouts and bans have a length, so `for` and “{action}” do not go together."
            )
        return LOG if action == LOG_ONLY else None
    step = action or (before.step.name.lower() if before else "")
    if step not in STEPS:
        raise TermsRefused("Only timeouts and bans have a length. Choose one of them, too.")
    try:
        return consequence(step, length)
    except (ConsequenceRefused, LengthRefused) as error:
        raise TermsRefused(str(error)) from None


def _end_of(text: str) -> int:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise TermsRefused(f"There is no day {text}. Write one as 2030-12-31.") from None
    return int(datetime.combine(day, time.max, UTC).timestamp() * 1000)


def _length(text: str) -> int:
    try:
        return read_length(text)
    except LengthRefused:
        raise TermsRefused(
            f"I do not understand when “{text[:40]}” is. Write a time, as 12 h or 7 d, a day, as "
            f"2030-12-31, or “{NEVER}”."
        ) from None


class TermsRefused(SettingRefused):
    """What was written cannot be; the text says why, and what to write."""
