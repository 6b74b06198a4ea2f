"""What is wrong with a text that people read, and what only looks so."""

import pytest

from tests.e2e.reading import Text


def faults(*lines: str) -> list[str]:
    return [fault.partition(":")[0] for fault in Text("to ada", "answers", lines).faults()]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("It is done..", "two full stops"),
        ("Why?.", "two full stops"),
        ("It is, .", "two full stops"),
        ("It  is done.", "two spaces"),
        ("1575415601050943573 is banned.", "an id where a name belongs"),
        ("It has 1 entries.", "many where it is one"),
        ("It has 2 strike now.", "one where it is many"),
        ("There is no such guild.", "a word of the code's"),
        ("Hello @everyone!", "everyone is called"),
        ("By <@1> ` `.", "an empty name"),
    ],
)
def test_faults(text: str, fault: str) -> None:
    assert faults("Fine.", text) == [fault]


@pytest.mark.parametrize(
    "text",
    [
        "<@1575415601050943573> `ada` (id 1575415601050943573)",
        "Case #1 has 1 note now; 21 cases, 1 entry, 11 strikes … and 3 more.",
        "Until <t:1795676807:f>. [it](https://discord.com/channels/1575415601050943573/2)",
        "Write for example 30 m, 12 h, 7 d or 2 weeks.",
    ],
)
def test_what_is_fine(text: str) -> None:
    assert faults(text) == []
