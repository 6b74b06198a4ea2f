"""Writes what was decided and what became of it into the log: ids and entries, never what people
wrote."""

import logging

from moderation.verdict import Action, Outcome, Result, Verdict, where
from service.outbox import describe

log = logging.getLogger("palisade.actions")


class Diary:
    """An observer. A verdict is a plan and goes to the debug level; an outcome is a fact."""

    def judged(self, verdict: Verdict) -> None:
        """A decision was made."""
        if verdict.violates:
            log.debug("%s violates: %s", where(verdict.event), _entries(verdict))

    def enforced(self, verdict: Verdict, action: Action, result: Result) -> None:
        """An action came to its end."""
        if result.outcome in (Outcome.DONE, Outcome.GONE, Outcome.HELD):
            level = logging.INFO
        else:
            level = logging.ERROR
        detail = f" ({result.detail})" if result.detail else ""
        log.log(
            level,
            "%s: %s%s, for %s",
            describe(action),
            result.outcome,
            detail,
            _entries(verdict),
            extra={"guild_id": action.guild_id, "outcome": str(result.outcome)},
        )


def _entries(verdict: Verdict) -> str:
    names = sorted({f"{found.hit.entry!r} ({found.hit.list})" for found in verdict.found})
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
