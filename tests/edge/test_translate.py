"""From payloads to events: whatever JSON comes, there is an event, nothing, or an error that the
gateway expects and logs; never a nonsense that goes further."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cogs.helpers.people import MAX_SNOWFLAKE, Me
from cogs.helpers.translate import member_changed, message_created, message_edited, thread_seen
from moderation.events import (
    Event,
    MessageEdited,
    MessageSeen,
    NamesSeen,
    Part,
    Surface,
    ThreadSeen,
)
from moderation.people import Kind, Membership, Person

ME = Me(1, 2)

REFUSED = (KeyError, TypeError, ValueError, AttributeError)
"""What a translation may raise on a payload that makes no sense."""

KEYS = [
    "application_id",
    "author",
    "bot",
    "channel_id",
    "clan",
    "content",
    "embeds",
    "global_name",
    "guild_id",
    "id",
    "identity_enabled",
    "interaction",
    "interaction_metadata",
    "member",
    "name",
    "nick",
    "permissions",
    "primary_guild",
    "roles",
    "tag",
    "type",
    "user",
    "username",
    "webhook_id",
]

ids = st.integers(1, MAX_SNOWFLAKE - 1).map(str)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | ids
    | st.sampled_from([str(ME.user_id), str(ME.application_id), "9" * 5_000, 10**400, "\ud800"])
)
json = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=10)
    ),
    max_leaves=12,
)


def sound(event: str) -> dict[str, Any]:
    """A payload without a fault, for other values to be put into."""
    user = {"id": "30", "username": "ann", "global_name": "Ann", "bot": False}
    member = {"nick": "Annie", "roles": ["40", "41"], "permissions": "2048"}
    match event:
        case "member":
            return {"guild_id": "10", "user": user, **member}
        case "thread":
            return {"id": "50", "guild_id": "10", "name": "a title", "parent_id": "20"}
        case _:
            where = {"id": "60", "channel_id": "20", "guild_id": "10", "type": 0}
            return {**where, "author": user, "member": member, "content": "a text", "embeds": []}


type Translate = Callable[[Any], Event | None]

TRANSLATIONS: dict[str, Translate] = {
    "created": lambda data: message_created(data, ME),
    "edited": lambda data: message_edited(data, ME),
    "member": lambda data: member_changed(data, ME),
    "thread": thread_seen,
}


def is_sound(event: Event) -> bool:
    """Whether an event holds what the rules and the store can take."""

    def is_id(value: object) -> bool:
        return type(value) is int and 0 < value < MAX_SNOWFLAKE

    def is_person(person: Person) -> bool:
        there = person.kind is Kind.UNKNOWN or is_id(person.user_id)
        names = (person.username, person.global_name, person.server_tag)
        membership = person.membership or Membership()
        named = all(name is None or type(name) is str for name in (*names, membership.nickname))
        roles = all(is_id(role) for role in membership.role_ids)
        return there and named and roles and type(membership.permissions) in (int, type(None))

    match event:
        case MessageSeen():
            place = (event.channel_id, event.message_id, event.guild_id or 1)
            texts = all(type(part.text) is str and part.text for part in event.parts)
            return all(map(is_id, place)) and texts and is_person(event.author)
        case NamesSeen():
            return is_id(event.guild_id) and is_person(event.person)
        case ThreadSeen():
            return is_id(event.guild_id) and is_id(event.thread_id) and type(event.title) is str


def check(name: str, data: Any) -> None:
    """Translate; what comes out must be sound, or one of the errors that are expected."""
    try:
        event = TRANSLATIONS[name](data)
    except REFUSED:
        return
    assert event is None or is_sound(event), event


@pytest.mark.parametrize("name", TRANSLATIONS)
@given(data=json)
def test_any_json_at_all(name: str, data: Any) -> None:
    check(name, data)


@pytest.mark.parametrize("name", TRANSLATIONS)
@settings(max_examples=120)
@given(data=st.data())
def test_any_json_in_any_place_of_a_sound_payload(name: str, data: st.DataObject) -> None:
    payload = sound(name)
    for _ in range(data.draw(st.integers(1, 3))):
        inside = [payload, *(value for value in payload.values() if isinstance(value, dict))]
        target = data.draw(st.sampled_from(inside))
        key = data.draw(st.sampled_from(sorted({*target, *KEYS})))
        if data.draw(st.booleans()):
            target[key] = data.draw(json)
        else:
            target.pop(key, None)
    check(name, payload)


def test_sound_payloads_become_events() -> None:
    ann = Person(
        30,
        username="ann",
        global_name="Ann",
        membership=Membership("Annie", frozenset({40, 41}), 2048),
    )
    parts = (Part(Surface.MESSAGE, "a text"),)
    assert TRANSLATIONS["created"](sound("created")) == MessageSeen(10, 20, 60, ann, parts)
    assert TRANSLATIONS["edited"](sound("edited")) == MessageEdited(10, 20, 60, ann, parts)
    assert TRANSLATIONS["member"](sound("member")) == NamesSeen(10, ann)
    assert TRANSLATIONS["thread"](sound("thread")) == ThreadSeen(10, 50, "a title", 20)


@pytest.mark.parametrize("content", [None, ""])
def test_a_message_that_tells_no_text_is_no_event(content: str | None) -> None:
    assert message_created({**sound("created"), "content": content}, ME) is None


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("created", "id"),
        ("created", "channel_id"),
        ("edited", "id"),
        ("edited", "channel_id"),
        ("member", "guild_id"),
        ("member", "user"),
        ("thread", "id"),
        ("thread", "guild_id"),
    ],
)
def test_what_an_action_needs_must_be_there(name: str, key: str) -> None:
    payload = sound(name)
    del payload[key]
    with pytest.raises(KeyError):
        TRANSLATIONS[name](payload)


def test_a_direct_message_has_no_server() -> None:
    payload = sound("created")
    del payload["guild_id"], payload["member"]
    event = message_created(payload, ME)
    assert event is not None
    assert event.guild_id is None
    assert event.author.membership is None


@pytest.mark.parametrize(
    ("kind", "told", "edited"),
    [
        ("created", {}, False),
        ("created", {"edited_timestamp": None}, False),
        ("created", {"edited_timestamp": "2026-01-01T00:00:00+00:00"}, True),
        ("edited", {}, True),
        ("edited", {"edited_timestamp": None}, False),
        ("edited", {"edited_timestamp": "2026-01-01T00:00:00+00:00"}, True),
    ],
)
def test_whether_a_message_says_something_else_than_at_first(
    kind: str, told: dict[str, object], edited: bool
) -> None:
    data = {key: value for key, value in sound(kind).items() if key != "edited_timestamp"}
    event = TRANSLATIONS[kind](data | told)
    assert isinstance(event, MessageSeen)
    assert event.edited is edited


@pytest.mark.parametrize(
    ("attachments", "links"),
    [
        ([{"url": "https://a.b/1", "filename": "x"}, {"url": "https://a.b/2"}], 2),
        ([{"url": 5}, {}, "x", None], 0),
        ("x", 0),
        (None, 0),
    ],
)
def test_links_of_attachments(attachments: object, links: int) -> None:
    event = TRANSLATIONS["created"](sound("created") | {"attachments": attachments})
    assert isinstance(event, MessageSeen)
    assert len(event.attachments) == links
