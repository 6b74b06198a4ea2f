"""Every text of a message, found wherever Discord puts it; and nothing that Discord could send, or
somebody in its name, breaks the reading."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.helpers.people import Me
from cogs.helpers.surfaces import MAX_DEPTH, parts_of
from cogs.helpers.translate import (
    UNDELETABLE,
    active_threads,
    message_created,
    message_edited,
    thread_seen,
)
from moderation.events import Form, MessageEdited, Part, Surface, ThreadSeen

ME = Me(1, 2)

EVERYTHING: list[tuple[dict[str, Any], Surface, list[str]]] = [
    ({"content": "a b"}, Surface.MESSAGE, ["a b"]),
    ({"embeds": [{"title": "a", "description": "b"}, {"title": "c"}]}, Surface.EMBED, list("abc")),
    (
        {"embeds": [{"fields": [{"name": "a", "value": "b"}, {"name": "c", "value": "d"}]}]},
        Surface.EMBED,
        list("abcd"),
    ),
    (
        {
            "embeds": [
                {"footer": {"text": "c"}, "author": {"name": "a"}, "provider": {"name": "d"}},
                {"title": "e", "type": "poll_result"},
            ]
        },
        Surface.EMBED,
        list("acde"),
    ),
    ({"embeds": [{"url": "a", "author": {"url": "b"}}]}, Surface.LINK, ["a", "b"]),
    (
        {"attachments": [{"filename": "a.png", "title": "b", "description": "c"}]},
        Surface.ATTACHMENT,
        ["a.png", "b", "c"],
    ),
    (
        {
            "poll": {
                "question": {"text": "a"},
                "answers": [
                    {"answer_id": 1, "poll_media": {"text": "b"}},
                    {"answer_id": 2, "poll_media": {"emoji": {"name": "x"}}},
                    {"answer_id": 3, "poll_media": {"text": "c"}},
                ],
            }
        },
        Surface.POLL,
        list("abc"),
    ),
    ({"sticker_items": [{"id": "1", "name": "a"}, {"name": "b"}]}, Surface.STICKER, ["a", "b"]),
    (
        {
            "message_snapshots": [
                {
                    "message": {
                        "content": "a",
                        "embeds": [{"title": "b", "url": "c"}],
                        "attachments": [{"filename": "d"}],
                        "sticker_items": [{"name": "e"}],
                        "components": [{"type": 10, "content": "f"}],
                    }
                },
                {"message": {"content": "g"}},
            ]
        },
        Surface.FORWARD,
        list("abcdefg"),
    ),
    (
        {
            "components": [
                {"type": 1, "components": [{"type": 2, "label": "a"}]},
                {
                    "type": 1,
                    "components": [
                        {
                            "type": 3,
                            "placeholder": "b",
                            "options": [{"label": "c", "value": "x", "description": "d"}],
                        }
                    ],
                },
                {
                    "type": 17,
                    "components": [
                        {
                            "type": 9,
                            "components": [{"type": 10, "content": "e"}],
                            "accessory": {"type": 11, "description": "f", "media": {"url": "x"}},
                        },
                        {"type": 12, "items": [{"description": "g"}]},
                        {"type": 13, "name": "h", "file": {"url": "x"}},
                        {"type": 18, "label": "i", "component": {"type": 10, "content": "j"}},
                    ],
                },
            ]
        },
        Surface.COMPONENT,
        list("abcdefghij"),
    ),
    (
        {"components": [{"type": 1, "components": [{"type": 2, "style": 5, "url": "a"}]}]},
        Surface.LINK,
        ["a"],
    ),
]


@pytest.mark.parametrize(("message", "surface", "texts"), EVERYTHING)
def test_every_text_is_found_on_its_surface(
    message: dict[str, Any], surface: Surface, texts: list[str]
) -> None:
    parts = parts_of(message)
    assert {part.surface for part in parts} == {surface}
    assert sorted(part.text for part in parts) == sorted(texts)


def test_all_surfaces_of_one_message_together() -> None:
    whole: dict[str, Any] = {}
    for message, _, _ in EVERYTHING:
        whole |= message
    assert {part.surface for part in parts_of(whole)} == {
        Surface.MESSAGE,
        Surface.LINK,
        Surface.ATTACHMENT,
        Surface.POLL,
        Surface.STICKER,
        Surface.FORWARD,
    }
    assert parts_of(whole)[0] == Part(Surface.MESSAGE, "a b")


@pytest.mark.parametrize("kind", list(Surface))
def test_surfaces_are_named_in_words(kind: Surface) -> None:
    assert kind.value.replace(" ", "").isalpha()


def wrapped(depth: int) -> dict[str, Any]:
    inner: dict[str, Any] = {"content": "found"}
    for _ in range(depth):
        inner = {"message_snapshots": [{"message": inner}]}
    return inner


def test_what_is_nested_is_followed_as_deep_as_discord_nests_and_no_further() -> None:
    assert [part.text for part in parts_of(wrapped(MAX_DEPTH))] == ["found"]
    assert parts_of(wrapped(MAX_DEPTH + 1)) == ()
    nested: Any = {"type": 10, "content": "found"}
    for _ in range(900):
        nested = {"type": 17, "components": [nested]}
    assert parts_of({"components": [nested]}) == ()


KEYS = st.sampled_from(
    [
        "embeds",
        "attachments",
        "poll",
        "message_snapshots",
        "sticker_items",
        "components",
        "message",
        "content",
        "title",
        "description",
        "fields",
        "name",
        "value",
        "footer",
        "author",
        "url",
        "question",
        "answers",
        "poll_media",
        "text",
        "options",
        "items",
        "accessory",
        "component",
        "label",
        "provider",
        "filename",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=40,
)


@given(st.dictionaries(KEYS, JSON, max_size=8))
def test_any_json_is_read(message: dict[str, Any]) -> None:
    content = message.get("content")
    if content is not None and not isinstance(content, str):
        with pytest.raises(TypeError):
            parts_of(message)
        del message["content"]
    assert all(part.text for part in parts_of(message))


def payload(**fields: Any) -> dict[str, Any]:
    return {"id": "9", "channel_id": "8", "guild_id": "7", "author": {"id": "6"}, **fields}


@pytest.mark.parametrize(
    ("fields", "form"),
    [
        ({"type": 0}, Form.ORDINARY),
        ({"type": 19}, Form.ORDINARY),
        ({"type": 18}, Form.ORDINARY),
        ({"type": 46}, Form.ORDINARY),
        ({"type": 999}, Form.ORDINARY),
        ({"type": None}, Form.ORDINARY),
        ({"type": "24"}, Form.ORDINARY),
        ({}, Form.ORDINARY),
        ({"type": 24}, Form.ALERT),
        ({"embeds": [{"type": "auto_moderation_message", "title": "x"}]}, Form.ALERT),
        ({"type": 0, "embeds": [{"type": "auto_moderation_message"}]}, Form.ORDINARY),
        ({"embeds": [None, 1]}, Form.ORDINARY),
        *(({"type": number}, Form.FIXED) for number in sorted(UNDELETABLE)),
    ],
)
def test_the_form_of_a_message(fields: dict[str, Any], form: Form) -> None:
    event = message_created(payload(content="x", **fields), ME)
    assert event is not None
    assert event.form is form


def test_an_update_of_a_part_is_judged_by_that_part() -> None:
    partial = {"id": "9", "channel_id": "8", "guild_id": "7", "embeds": [{"title": "a"}]}
    event = message_edited(partial, ME)
    assert isinstance(event, MessageEdited)
    assert event.parts == (Part(Surface.EMBED, "a"),)
    assert message_edited({"id": "9", "channel_id": "8", "guild_id": "7"}, ME) is None


def test_a_title_of_a_thread() -> None:
    thread = {"id": "9", "guild_id": "7", "name": "a"}
    assert thread_seen(thread) == ThreadSeen(7, 9, "a")
    assert thread_seen({"id": "9", "guild_id": "7"}) is None
    for broken in ({"id": "9", "name": "a"}, {**thread, "name": 3}, {**thread, "id": "x"}):
        with pytest.raises((KeyError, TypeError, ValueError)):
            thread_seen(broken)


def test_active_threads_of_a_server_without_those_that_make_no_sense() -> None:
    threads: list[Any] = [{"id": "9", "name": "a"}, None, 3, {"id": "x", "name": "b"}, {"id": "8"}]
    guild = {"id": "7", "threads": [*threads, {"id": "10", "name": "c"}]}
    assert list(active_threads(guild, 7)) == [ThreadSeen(7, 9, "a"), ThreadSeen(7, 10, "c")]
    assert list(active_threads({"id": "7"}, 7)) == []
