"""An observer of the bot that can be waited for: what it decided, and what came of that."""

import asyncio
from collections.abc import Callable

from moderation.verdict import Action, Result, Verdict


class Watching:
    """Keeps every verdict and every result, in order."""

    def __init__(self) -> None:
        self._verdicts: list[Verdict] = []
        self._results: list[tuple[Verdict, Action, Result]] = []
        self._news = asyncio.Event()

    @property
    def mark(self) -> int:
        """How many verdicts there were, for ``verdict(after=...)``."""
        return len(self._verdicts)

    def judged(self, verdict: Verdict) -> None:
        """The bot has decided."""
        self._verdicts.append(verdict)
        self._news.set()

    def enforced(self, verdict: Verdict, action: Action, result: Result) -> None:
        """The bot has come to the end of an action."""
        self._results.append((verdict, action, result))
        self._news.set()

    async def verdict(self, matches: Callable[[Verdict], bool], after: int = 0) -> Verdict:
        """The first verdict that matches, there already or to come."""
        while True:
            for verdict in self._verdicts[after:]:
                if matches(verdict):
                    return verdict
            after = len(self._verdicts)
            await self._next()

    async def results(self, verdict: Verdict) -> list[Result]:
        """What came of each action of a verdict, once all have come to their end; not of what is
        done to somebody for it, which is none of them and may be done first."""
        while True:
            results = [
                result
                for told, action, result in self._results
                if told is verdict and action in verdict.actions
            ]
            if len(results) >= len(verdict.actions):
                return results
            await self._next()

    async def _next(self) -> None:
        self._news.clear()
        await self._news.wait()
