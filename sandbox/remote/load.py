"""Much talk at a steady rate, and how fast a bot answers it, measured where the server is."""

import asyncio
import time
from collections.abc import Sequence

from sandbox.handles.member import Member
from sandbox.handles.message import Message
from sandbox.handles.place import Channel
from sandbox.journal import Entry, EventEntry, Journal, RequestEntry

_DELETE = ("DELETE", "/channels/{channel_id}/messages/{message_id}")
_BULK = ("POST", "/channels/{channel_id}/messages/bulk-delete")


class Load:
    """What was written through it, and when its deletions came.

    It listens to the journal as it is written, so that this works with a journal of any limit.
    """

    def __init__(self, journal: Journal) -> None:
        self._sent: dict[int, float] = {}
        self._asked: dict[int, float] = {}
        self._written: list[Message] = []
        journal.listen(self._hear)

    async def play(
        self,
        authors: Sequence[Member],
        channels: Sequence[Channel],
        contents: Sequence[str],
        *,
        per_second: float = 0.0,
    ) -> dict[str, float]:
        """Write the contents in order, authors and channels in turn, so many a second or, with 0,
        as fast as it goes. Gives the number written and the seconds it took."""
        began = time.monotonic()
        for number, content in enumerate(contents):
            if per_second:
                # Behind the rate it goes on at once, and so keeps to it on the whole.
                await asyncio.sleep(max(0.0, began + number / per_second - time.monotonic()))
            author = authors[number % len(authors)]
            channel = channels[number % len(channels)]
            self._written.append(await author.says(content, channel=channel))
        return {"written": len(contents), "seconds": time.monotonic() - began}

    async def wait_gone(self, numbers: Sequence[int], *, timeout: float = 60.0) -> None:
        """Wait until messages are deleted, counted from 0 in the order of writing."""
        async with asyncio.timeout(timeout):
            for number in numbers:
                await self._written[number].wait_deleted(timeout=timeout)

    @property
    def gone(self) -> list[int]:
        """The ids of the messages that were deleted."""
        return [message.id for message in self._written if message.deleted]

    @property
    def standing(self) -> list[int]:
        """The ids of the messages that are still there."""
        return [message.id for message in self._written if not message.deleted]

    @property
    def latencies(self) -> list[float]:
        """Seconds from a message's frame to the request that deleted it, for each that has one."""
        return [asked - self._sent[i] for i, asked in self._asked.items() if i in self._sent]

    def forget(self) -> None:
        """Begin anew."""
        self._sent.clear()
        self._asked.clear()
        self._written.clear()

    def _hear(self, entry: Entry) -> None:
        if isinstance(entry, EventEntry):
            if entry.name == "MESSAGE_CREATE":
                self._sent.setdefault(int(entry.data["id"]), entry.at)
        else:
            self._hear_request(entry)

    def _hear_request(self, entry: RequestEntry) -> None:
        deed = (entry.method, entry.route)
        if deed == _DELETE:
            self._asked.setdefault(int(entry.params["message_id"]), entry.started)
        elif deed == _BULK and isinstance(entry.json, dict):
            for number in entry.json.get("messages") or []:
                self._asked.setdefault(int(number), entry.started)
