"""Writes what was decided and what became of it into the log: ids and entries, never what people
wrote."""

import logging
from dataclasses import replace

from moderation.events import NamesSeen, Surface, ThreadSeen
from moderation.verdict import Action, Found, Outcome, Result, Verdict, where
from service.describing import describe

log = logging.getLogger("palisade.actions")

REMEMBERED = 10_000
"""How many names that nothing can be done about are remembered as told of."""


class Diary:
    """An observer. A verdict is a plan and goes to the debug level; an outcome is a fact. What is
    banned and cannot be taken away, as the tag of another server, is told once."""

    def __init__(self) -> None:
        self._told: dict[int, None] = {}

    def judged(self, verdict: Verdict) -> None:
        """A decision was made."""
        if not verdict.violates:
            return
        log.debug("%s violates: %s", where(verdict.event), _entries(verdict))
        if not verdict.actions and isinstance(verdict.event, NamesSeen | ThreadSeen):
            stays = tuple(found for found in verdict.found if _stays(found))
            if stays:
                self._tell_of_what_stays(replace(verdict, found=stays))

    def enforced(self, verdict: Verdict, action: Action, result: Result) -> None:
        """An action came to its end."""
        # What is forbidden waits, and the outbox has said so: once for each place.
        level = logging.ERROR if result.outcome is Outcome.FAILED else logging.INFO
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

    def _tell_of_what_stays(self, verdict: Verdict) -> None:
        parts = tuple(dict.fromkeys(found.part for found in verdict.found))
        told = hash((where(verdict.event), verdict.event.guild_id, parts))
        if told in self._told:
            return
        self._told[told] = None
        if len(self._told) > REMEMBERED:
            del self._told[next(iter(self._told))]
        log.warning(
            "The %s of %s in server %d stays, since the bot cannot change it: banned by %s",
            " and the ".join(dict.fromkeys(part.surface for part in parts)),
            where(verdict.event),
            verdict.event.guild_id,
            _entries(verdict),
            extra={"guild_id": verdict.event.guild_id},
        )


def _stays(found: Found) -> bool:
    """Whether it would be taken away if that could be done."""
    return found.acts or (found.part.surface is Surface.SERVER_TAG and not found.shadow)


def _entries(verdict: Verdict) -> str:
    names = sorted({f"{found.hit.entry!r} ({found.hit.list})" for found in verdict.found})
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
