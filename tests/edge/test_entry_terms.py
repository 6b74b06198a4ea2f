"""What an entry has of its own, as it is written."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.helpers.entry_terms import TermsRefused, read_expiry, read_terms, terms_text
from moderation.consequence import BAN, KICK, LOG, Consequence, Step
from moderation.policy import NO_TERMS, EntryTerms

NOW = int(datetime(2026, 5, 1, 12, tzinfo=UTC).timestamp() * 1000)
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
HOUR = Consequence(Step.TIMEOUT, HOUR_MS)
TWO_HOURS = Consequence(Step.TIMEOUT, 2 * HOUR_MS)
LONGER = Consequence(Step.TIMEOUT, 36 * HOUR_MS)
BEFORE = EntryTerms(HOUR, "rude", NOW + DAY_MS)


@pytest.mark.parametrize(
    ("written", "before", "terms"),
    [
        (("", "", "", ""), NO_TERMS, NO_TERMS),
        (("", "", "", ""), BEFORE, BEFORE),
        (("ban", "", "", ""), NO_TERMS, EntryTerms(BAN)),
        (("log only", "", "", ""), NO_TERMS, EntryTerms(LOG)),
        (("timeout", "", " spam ", ""), NO_TERMS, EntryTerms(HOUR, "spam")),
        (("timeout", "1d12h", "", ""), NO_TERMS, EntryTerms(LONGER)),
        (("kick", "", "", "7 d"), NO_TERMS, EntryTerms(KICK, "", NOW + 7 * DAY_MS)),
        (("as its list", "", "", ""), BEFORE, EntryTerms(None, "rude", NOW + DAY_MS)),
        (("", "", "none", "never"), BEFORE, EntryTerms(HOUR)),
        (("", "2 h", "", ""), BEFORE, replace(BEFORE, consequence=TWO_HOURS)),
    ],
)  # fmt: skip
def test_terms(written: tuple[str, str, str, str], before: EntryTerms, terms: EntryTerms) -> None:
    assert read_terms(*written, NOW, before) == terms


@pytest.mark.parametrize(
    ("written", "before", "why"),
    [
        (("", "1 h", "", ""), NO_TERMS, "Say which action"),
        (("kick", "1 h", "", ""), NO_TERMS, "Only timeouts and bans have a length"),
        (("log only", "1 h", "", ""), NO_TERMS, "do not go together"),
        (("as its list", "1 h", "", ""), BEFORE, "do not go together"),
        (("", "1 h", "", ""), EntryTerms(LOG), "Only timeouts and bans have a length"),
        (("", "1 h", "", ""), EntryTerms(KICK), "Only timeouts and bans have a length"),
        (("timeout", "40 d", "", ""), NO_TERMS, "from 1 minute to 28 days"),
        (("timeout", "soon", "", ""), NO_TERMS, "I do not understand how long"),
        (("", "", "", "soon"), NO_TERMS, "when “soon” is"),
        (("", "", "", "2026-04-30"), NO_TERMS, "That day is over"),
        (("", "", "", "2026-02-30"), NO_TERMS, "There is no day 2026-02-30"),
        (("", "", "", "9999-12-31"), NO_TERMS, "within 10 years"),
        (("", "", "", "999999 y"), NO_TERMS, "within 10 years"),
    ],
)
def test_terms_that_cannot_be(
    written: tuple[str, str, str, str], before: EntryTerms, why: str
) -> None:
    with pytest.raises(TermsRefused, match=why) as refused:
        read_terms(*written, NOW, before)
    assert "Nothing was changed" not in str(refused.value), "whoever answers says so, once"


def test_a_day_is_over_at_its_end() -> None:
    at = read_expiry("2026-05-01", NOW)
    assert at == int(datetime(2026, 5, 2, tzinfo=UTC).timestamp() * 1000) - 1


@given(st.text(max_size=20))
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    try:
        at = read_expiry(text, NOW)
    except TermsRefused:
        return
    assert at is None or at > NOW


def test_terms_in_words() -> None:
    assert terms_text(NO_TERMS) == ""
    text = terms_text(EntryTerms(HOUR, "see @everyone", NOW))
    assert text == f"timeout for 1 hour; until <t:{NOW // 1000}:f>; reason `see @everyone`"
