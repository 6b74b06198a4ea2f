"""What typed lines mean, whatever is typed."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cli.acts import Edits, Place, Presses, Says, Somebody, TakesNick, Uses
from cli.typed_lines import Control, NotUnderstood, Vocabulary, understand

WORDS = Vocabulary(
    admin="ada",
    people=("ada", "alice", "free.shop"),
    speakers=("ada", "alice", "free.shop", "news"),
    channels=("general", "off-topic"),
    commands={
        "/words add": ("entry", 3),
        "/words import": ("file", 11),
        "/words show": None,
        "/case view": ("number", 4),
        "/history": ("member", 6),
        "/policy log": ("channel", 7),
        "/status": None,
    },
)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("", Control.NOTHING),
        ("  \t ", Control.NOTHING),
        ("help", Control.HELP),
        ("HELP ", Control.HELP),
        ("?", Control.HELP),
        ("quit", Control.QUIT),
        ("exit", Control.QUIT),
        ("alice: hi", Says("alice", "hi")),
        ("ALICE:hi", Says("alice", "hi")),
        ("free.shop: hi", Says("free.shop", "hi")),
        ("news: hi", Says("news", "hi")),
        ("alice #off-topic: a: b", Says("alice", "a: b", "off-topic")),
        ("alice #OFF-TOPIC : hi", Says("alice", "hi", "off-topic")),
        ("alice: #off-topic: hi", Says("alice", "#off-topic: hi")),
        ("alice: /words add x", Says("alice", "/words add x")),
        ("alice edits: hi", Edits("alice", "hi")),
        ("alice nick", TakesNick("alice", None)),
        ("alice nick  A: B ", TakesNick("alice", "A: B")),
        ("press [Keep them]", Presses("Keep them")),
        ("/words add x y ", Uses("ada", "/words add", {"entry": "x y"})),
        ("/words   add   x", Uses("ada", "/words add", {"entry": "x"})),
        ("/words add entry: x", Uses("ada", "/words add", {"entry": "x"})),
        ("/words add", Uses("ada", "/words add")),
        ("alice /words show", Uses("alice", "/words show")),
        ("/case view 12", Uses("ada", "/case view", {"number": 12})),
        ("/history @Alice", Uses("ada", "/history", {"member": Somebody("alice")})),
        ("/history member: alice", Uses("ada", "/history", {"member": Somebody("alice")})),
        ("/policy log #general", Uses("ada", "/policy log", {"channel": Place("general")})),
    ],
)
def test_lines(line: str, meant: object) -> None:
    assert understand(line, WORDS) == meant


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("/case view one", "one is not a number"),
        ("/case view \N{ARABIC-INDIC DIGIT THREE}", "is not a number"),
        ("/history zoe", "There is nobody called zoe"),
        ("/policy log #x", "There is no channel #x"),
    ],
)
def test_what_an_option_does_not_take(line: str, why: str) -> None:
    with pytest.raises(NotUnderstood, match=why):
        understand(line, WORDS)


@given(
    st.text()
    | st.text().map(lambda text: f"/words import {text}")
    | st.lists(st.sampled_from(["alice", "/words", "#", ":", "nick", " ", "zoe"])).map("".join)
)
@example("/words import \0")
@example("/words import ~nobody-of-this-name/x")
@example("/words import /")
def test_any_line_means_something_that_can_be_done_or_is_explained(line: str) -> None:
    try:
        meant = understand(line, WORDS)
    except NotUnderstood:
        return
    assert getattr(meant, "who", "ada") in WORDS.speakers
    assert getattr(meant, "channel", "general") in WORDS.channels
    assert getattr(meant, "path", "/status") in WORDS.commands
