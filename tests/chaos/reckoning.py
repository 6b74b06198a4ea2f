"""The reckoning: what the local Discord saw, beside what the bot wrote down."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sandbox import Member, Message, RequestEntry
from tests.chaos.excuses import Unwritten, excused
from tests.chaos.stage import Stage

DELETE = ("DELETE", "/channels/{channel_id}/messages/{message_id}")
TOGETHER = ("POST", "/channels/{channel_id}/messages/bulk-delete")
MEMBER = ("PATCH", "/guilds/{guild_id}/members/{user_id}")
POST = ("POST", "/channels/{channel_id}/messages")

FINISHED = {"done", "gone"}


@dataclass(frozen=True, slots=True)
class Record:
    """An action in the bot's log."""

    kind: str
    target: int
    state: str
    attempts: int
    detail: str | None
    surface: str
    entry: str


def records(database: Path) -> list[Record]:
    """Every action in the log, oldest first."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        rows = connection.execute(
            "SELECT kind, target_id, state, attempts, actions.detail, surface, entry"
            " FROM actions JOIN decisions USING (decision_id) ORDER BY action_id"
        ).fetchall()
    return [Record(*row) for row in rows]


def unfinished(database: Path) -> list[Record]:
    """Those that the bot has still to do."""
    return [one for one in records(database) if one.state in ("pending", "forbidden")]


@dataclass(frozen=True)
class Reckoning:
    """What is wrong, each in a few lines; nothing where all is well."""

    stage: Stage
    database: Path
    unwritten: Sequence[Unwritten] = ()
    """When records may have been lost with a kill."""

    def findings(self) -> list[str]:
        """Everything that is not as it should be."""
        return [
            *self._messages(),
            *self._outcomes(),
            *self._names(),
            *self._timeouts(),
            *self._posts(),
        ]

    def acted_on_twice(self) -> int:
        """How many people were timed out more than once, by Discord's own account."""
        return sum(len(ends) > 1 for ends in self._given().values())

    def story(self, message: Message) -> str:
        """What happened to a message: its requests, its events and its records."""
        return self._story(message.id, f"  {message!r} in channel {message.channel_id}")

    def still_to_do(self) -> list[str]:
        """What stands, and what the bot has still to do by its own log, each with its story."""
        stands = {message.id for message in self.stage.said.standing()}
        messages = self.stage.said.standing()
        found = [f"this violation stands:\n{self.story(message)}" for message in messages]
        found += [
            f"{member!r} keeps a banned nickname, {member.nickname}"
            for member in self.stage.renamed
            if member.nickname is not None
        ]
        for one in unfinished(self.database):
            if one.target not in stands:
                told = f"  {one.kind} of {one.target}"
                found.append(
                    f"the bot's log has it as {one.state}:\n{self._story(one.target, told)}"
                )
        return found

    def _story(self, target: int, told: str) -> str:
        lines = [told]
        for entry in self.stage.discord.journal.entries:
            if isinstance(entry, RequestEntry):
                if target in _messages_of(entry) or str(target) in entry.params.values():
                    lines.append(
                        f"  {entry.started:.3f} {entry.method} -> {entry.status or 'cut off'}"
                    )
            elif str(target) in _named_in(entry.data):
                lines.append(f"  {entry.at:.3f} {entry.name} to {entry.session_id[:6]}")
        found = [one for one in records(self.database) if one.target == target]
        return "\n".join([*lines, *(f"  {one}" for one in found)])

    def _messages(self) -> Iterator[str]:
        for message in self.stage.said.standing():
            yield f"A violation stands:\n{self.story(message)}"
        for message in self.stage.said.wronged():
            yield f"An innocent message is gone:\n{self.story(message)}"

    def _outcomes(self) -> Iterator[str]:
        written: dict[int, list[Record]] = {}
        for record in records(self.database):
            if record.kind == "delete":
                written.setdefault(record.target, []).append(record)
        asked = self._asked()
        for number, message in self.stage.said.bad.items():
            rows = written.pop(number, [])
            requests = asked.get(number, [])
            if not rows and excused(self.unwritten, (one.started for one in requests)):
                continue
            if [row.state for row in rows] != [_state(requests)]:
                yield f"Written down otherwise than it was:\n{self.story(message)}"
        for number, rows in written.items():
            yield f"Decided about message {number}, which is innocent: {rows}"

    def _asked(self) -> dict[int, list[RequestEntry]]:
        """The requests to delete each message, in the order in which they were sent: a slow answer
        may come after the bot that asked was killed, and after the next one has asked again."""
        asked: dict[int, list[RequestEntry]] = {}
        requests = self.stage.discord.journal.requests()
        for request in sorted(requests, key=lambda request: request.started):
            for number in _messages_of(request):
                asked.setdefault(number, []).append(request)
        return asked

    def _names(self) -> Iterator[str]:
        for member in self.stage.renamed:
            granted = [
                request
                for request in self.stage.discord.journal.requests(*MEMBER)
                if request.params["user_id"] == str(member.id) and request.status == 200
            ]
            if member.nickname is not None:
                yield f"{member!r} keeps a banned nickname, {member.nickname}"
            if len(granted) > 1:
                yield f"{member!r} was renamed {len(granted)} times"

    def _timeouts(self) -> Iterator[str]:
        """Whose violation is on record is timed out once, and nobody else is."""
        given = self._given()
        written: dict[int, list[Record]] = {}
        for record in records(self.database):
            if record.kind == "timeout":
                written.setdefault(record.target, []).append(record)
        for member in self.stage.traitors:
            ends, rows = given.pop(member.id, []), written.pop(member.id, [])
            if not rows and not ends and self._unrecorded(member):
                continue
            if len(ends) != 1 or [row.state for row in rows] != ["done"]:
                yield (
                    f"{member!r} is to be timed out once: Discord tells of {len(ends)} times"
                    f" {ends}, the log of {rows}"
                )
        for number in {*given, *written}:
            yield f"{number} was timed out and did nothing: {given.get(number)}"

    def _given(self) -> dict[int, list[object]]:
        """The timeouts that each member was given, by the audit log."""
        given: dict[int, list[object]] = {}
        for entry in self.stage.guild.audit_log:
            for change in entry.changes:
                told = change.get("key") == "communication_disabled_until"
                if told and change.get("new_value") and entry.target_id is not None:
                    given.setdefault(entry.target_id, []).append(change["new_value"])
        return given

    def _unrecorded(self, member: Member) -> bool:
        """Whether the record of what they wrote was lost with a kill, which ``_outcomes`` judges
        of."""
        written = {one.target for one in records(self.database) if one.kind == "delete"}
        mine = [one for one in self.stage.said.bad.values() if one.author_id == member.id]
        return not any(message.id in written for message in mine)

    def _posts(self) -> Iterator[str]:
        told = [
            request.answer
            for request in self.stage.discord.journal.requests(*POST)
            if request.status == 200
        ]
        # One that was asked for again under its nonce is answered again, and is still one message.
        made = {answer["id"]: answer for answer in told}.values()
        texts = [(answer["channel_id"], answer["content"], answer["embeds"]) for answer in made]
        for text in texts:
            if texts.count(text) > 1:
                yield f"Told twice: {text}"


def _state(requests: Sequence[RequestEntry]) -> str:
    """What is to be written down after these requests: the last that was not a failure is what the
    bot went by, since it asks no more once it has heard one."""
    answers = [one.status for one in requests if one.status in (204, 404)]
    if not answers:
        return "no answer"
    return "done" if answers[-1] == 204 else "gone"


def _named_in(data: object) -> list[object]:
    """The ids of the message, thread or member that an event is about."""
    if not isinstance(data, dict):
        return []
    user = data.get("user")
    ids = data.get("ids")
    return [
        data.get("id"),
        *(ids if isinstance(ids, list) else ()),
        user.get("id") if isinstance(user, dict) else None,
    ]


def _messages_of(request: RequestEntry) -> list[int]:
    deed = (request.method, request.route)
    if deed == DELETE:
        return [int(request.params["message_id"])]
    if deed == TOGETHER and isinstance(request.json, dict):
        return [int(number) for number in request.json.get("messages") or []]
    return []
