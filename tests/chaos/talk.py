"""The conversation: lines of the script at a steady rate, edits a little later, and nicknames."""

import asyncio
from collections import deque
from random import Random

from sandbox import Message
from tests.chaos.stage import TRAITOR, Line, Stage

EDITED_AFTER = 10
"""So many lines after it was posted, a message is edited. What was edited while the bot was away is
looked for among the newest hundred messages of a channel."""


class Talk:
    """``play`` writes the script."""

    def __init__(self, stage: Stage, lines: list[Line], random: Random) -> None:
        self._stage = stage
        self._lines = lines
        self._random = random
        self._to_edit: deque[tuple[int, Message, str]] = deque()

    async def play(self, seconds: float) -> None:
        """Write everything, spread over so many seconds."""
        named = dict(
            zip(
                self._random.sample(range(len(self._lines)), len(self._stage.renamed)),
                self._stage.renamed,
                strict=True,
            )
        )
        traitors = dict(
            zip(
                self._random.sample(range(len(self._lines)), len(self._stage.traitors)),
                self._stage.traitors,
                strict=True,
            )
        )
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number, line in enumerate(self._lines):
            due = began + seconds * number / len(self._lines)
            await asyncio.sleep(max(0.0, due - loop.time()))
            await self._write(number, line)
            if number in named:
                await named[number].nick(f"Idiot {number}")
            if number in traitors:
                channel = self._random.choice(self._stage.channels)
                message = await traitors[number].says(f"you {TRAITOR}, {number}", channel=channel)
                self._stage.said.bad[message.id] = message
            while self._to_edit and self._to_edit[0][0] <= number:
                await self._edit()
        while self._to_edit:
            await self._edit()

    async def _write(self, number: int, line: Line) -> None:
        said = self._stage.said
        person, channel = self._stage.people[line.person], self._stage.channels[line.channel]
        message = await person.says(line.content, channel=channel)
        if line.edited is not None:
            self._to_edit.append((number + EDITED_AFTER, message, line.edited))
            said.clean[message.id] = message
        else:
            (said.bad if line.bad else said.clean)[message.id] = message

    async def _edit(self) -> None:
        _, message, content = self._to_edit.popleft()
        said = self._stage.said
        if not message.deleted:
            # It may go from now on.
            said.bad[message.id] = said.clean.pop(message.id)
            await message.edit(content)
