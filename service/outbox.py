"""What was decided and is not yet done: sent, tried again while there is hope, and reported with
what Discord really answered."""

import asyncio
import logging
from collections import OrderedDict

from moderation.verdict import (
    Action,
    DeleteMessage,
    Outcome,
    RenameThread,
    Result,
    SetNickname,
    Verdict,
)
from service.ports import Discord, Observer
from service.telling import tell_enforced

log = logging.getLogger(__name__)

RETRY_SECONDS = (1.0, 3.0, 10.0, 30.0, 60.0)
"""Pauses between attempts at an action that failed. The edge retries each request on its own for
some seconds already; these bridge an outage."""

REMEMBERED = 20_000
"""How many finished deletions are remembered, so that a replayed or duplicated event acts once."""


class Outbox:
    """Carries out the actions of verdicts, each key once at a time."""

    def __init__(self, discord: Discord, observers: list[Observer]) -> None:
        self._discord = discord
        self._observers = observers
        self._tasks: dict[tuple[str, int, int], asyncio.Task[Result]] = {}
        self._finished: OrderedDict[tuple[str, int, int], None] = OrderedDict()

    @property
    def pending(self) -> int:
        """How many actions are under way."""
        return len(self._tasks)

    def task(self, action: Action) -> asyncio.Task[Result] | None:
        """The same action where it is under way."""
        return self._tasks.get(action.key)

    def submit(self, verdict: Verdict, action: Action) -> asyncio.Task[Result] | None:
        """Start ``action``; None when the same is under way or, for a deletion, already done."""
        if action.key in self._tasks or action.key in self._finished:
            return None
        task = asyncio.create_task(self._run(verdict, action), name=f"outbox {action.key}")
        self._tasks[action.key] = task
        task.add_done_callback(lambda _: self._tasks.pop(action.key, None))
        return task

    async def drain(self, timeout: float) -> int:
        """Wait up to ``timeout`` seconds for what is under way, then give up on the rest. Returns
        how many were given up, each of which is in the log."""
        if not self._tasks:
            return 0
        tasks = dict(self._tasks)
        _, late = await asyncio.wait(tasks.values(), timeout=timeout)
        for key, task in tasks.items():
            if task in late:
                log.error("Not done before the end, given up: %s", " ".join(map(str, key)))
                task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return len(late)

    async def _run(self, verdict: Verdict, action: Action) -> Result:
        result = await self._attempt(action)
        for pause in RETRY_SECONDS:
            if result.final:
                break
            log.warning(
                "%s failed (%s); next attempt in %.0f s", describe(action), result.detail, pause
            )
            await asyncio.sleep(pause)
            result = await self._attempt(action)
        if isinstance(action, DeleteMessage) and result.outcome.succeeded:
            self._finished[action.key] = None
            if len(self._finished) > REMEMBERED:
                self._finished.popitem(last=False)
        tell_enforced(self._observers, verdict, action, result)
        return result

    async def _attempt(self, action: Action) -> Result:
        try:
            return await self._discord.enforce(action)
        except Exception as error:
            # A defect of ours must not look like an action that was never asked for.
            log.exception("Carrying out %s broke", describe(action))
            return Result(Outcome.FAILED, f"{type(error).__name__}: {error}")


def describe(action: Action) -> str:
    """The action and its ids, for a log line."""
    match action:
        case DeleteMessage():
            return f"Deleting message {action.message_id} in channel {action.channel_id}"
        case SetNickname():
            return f"Setting the nickname of member {action.user_id}"
        case RenameThread():
            return f"Setting the title of thread {action.thread_id}"
