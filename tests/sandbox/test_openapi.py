"""The check against Discord's own description finds what it should find."""

import dataclasses
from typing import Any

import pytest

from sandbox import LocalDiscord, RequestEntry
from tests import openapi
from tests.sandbox.clients import Rest
from tests.sandbox.conftest import Harbour

PATH = openapi.location()


@pytest.mark.skipif(PATH is None, reason=openapi.why_absent())
class TestDescription:
    """With the description at hand."""

    @pytest.fixture
    async def entry(self, discord: LocalDiscord, harbour: Harbour, rest: Rest) -> RequestEntry:
        """A message that was sent."""
        path = f"/channels/{harbour.guild.general.id}/messages"
        await rest("POST", path, json={"content": "hello"})
        return discord.journal.requests("POST")[0]

    def found(self, entry: RequestEntry) -> list[str]:
        """What is wrong with an entry."""
        assert PATH is not None
        return list(openapi.description(PATH).violations([entry]))

    def test_what_is_right_passes(self, entry: RequestEntry) -> None:
        assert self.found(entry) == []

    @pytest.mark.parametrize(
        ("changed", "expected"),
        [
            ({"json": {"content": 5}}, "request: content: 5 is not of type"),
            ({"json": {"content": "x" * 4001}}, "request: content"),
            ({"answer": {}}, "answer: (the whole)"),
            ({"answer": None}, "answer: (the whole)"),
            ({"json": {"content": "\ud83d", "tts": "no"}}, "request: tts"),
            ({"status": 201}, "the status 201 is none of"),
            ({"query": {"limit": "5"}}, "there is no parameter limit"),
            ({"path": "/channels/x/messages"}, "the parameter channel_id cannot be 'x'"),
            ({"path": "/chanels/1/messages"}, "the description has no such route"),
            ({"method": "PUT"}, "the description has no such route"),
            ({"status": 404}, "answer: (the whole): 'code' is a required property"),
        ],
    )
    def test_what_is_wrong_is_told(
        self, entry: RequestEntry, changed: dict[str, Any], expected: str
    ) -> None:
        told = self.found(dataclasses.replace(entry, **changed))
        assert any(expected in violation for violation in told), told

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("flags", 2**31),
            ("flags", -(2**31) - 1),
            ("timestamp", "2025-13-01T00:00:00+00:00"),
            ("timestamp", "x"),
        ],
    )
    def test_a_format_that_is_not_kept_to(
        self, entry: RequestEntry, field: str, value: object
    ) -> None:
        assert isinstance(entry.answer, dict)
        (told,) = self.found(dataclasses.replace(entry, answer=entry.answer | {field: value}))
        assert f"answer: {field}: " in told

    @pytest.mark.parametrize(
        "changed",
        [
            {"fault": True, "status": 503, "answer": None},
            {"status": None, "answer": None},
            {"status": 400, "json": {"content": 5}, "answer": {"message": "no", "code": 50035}},
        ],
    )
    def test_what_is_no_fault_of_the_shapes_is_left_alone(
        self, entry: RequestEntry, changed: dict[str, Any]
    ) -> None:
        assert self.found(dataclasses.replace(entry, **changed)) == []
