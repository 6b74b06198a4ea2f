"""What typed lines mean, whatever is typed."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cli.acts import Chooses, Edits, FillsIn, Named, Presses, Says, TakesNick, Uses, UsesOn
from cli.typed_lines import Control, understand
from cli.typed_options import NotUnderstood, Option, Vocabulary, several_of, split

ENTRY, LIST = Option("entry", 3), Option("list", 3)
WORDS = Vocabulary(
    admin="ada",
    people=("ada", "alice", "free.shop"),
    speakers=("ada", "alice", "free.shop", "news"),
    channels=("general", "off-topic"),
    roles=("@everyone", "Night Watch"),
    commands={
        "/words add": (ENTRY, LIST, Option("for", 3)),
        "/words import": (Option("file", 11), LIST),
        "/words show": (),
        "/case view": (Option("number", 4),),
        "/policy exempt": (Option("role", 8), Option("channel", 7), Option("member", 6)),
        "/policy log": (Option("channel", 7), Option("kind", 3, (("Bans", "ban"), ("All", "*")))),
        "/policy name": (Option("who", 9), Option("loud", 5)),
        "/status": (),
    },
    menus=("Moderation history", "Check against the lists"),
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
        ("alice uses /words show", Uses("alice", "/words show")),
        ("alice in #off-topic: hi", Says("alice", "hi", "off-topic")),
        ("alice edits that to: hi", Edits("alice", "hi")),
        ("alice takes the nickname: A: B", TakesNick("alice", "A: B")),
        ("choose Menu: one, two", Chooses("Menu: one, two")),
        ("fill Reason: a: b", FillsIn("Reason: a: b")),
        (
            "ada uses moderation history on @Alice",
            UsesOn("ada", "Moderation history", "alice"),
        ),
        (
            "/words add x: y LIST: my list for: 1h",
            Uses("ada", "/words add", {"entry": "x: y", "list": "my list", "for": "1h"}),
        ),
        ("/words add list: a entry: b", Uses("ada", "/words add", {"list": "a", "entry": "b"})),
        ("/words add blacklist: a", Uses("ada", "/words add", {"entry": "blacklist: a"})),
        ("/case view #12", Uses("ada", "/case view", {"number": 12})),
        (
            "/policy exempt member: @alice role: night watch channel: #general",
            Uses(
                "ada",
                "/policy exempt",
                {
                    "member": Named("@", "alice"),
                    "role": Named("&", "Night Watch"),
                    "channel": Named("#", "general"),
                },
            ),
        ),
        (
            "/policy log general kind: BANS",
            Uses("ada", "/policy log", {"channel": Named("#", "general"), "kind": "ban"}),
        ),
        (
            "/policy name @night watch loud: Yes",
            Uses("ada", "/policy name", {"who": Named("&", "Night Watch"), "loud": True}),
        ),
    ],
)
def test_lines(line: str, meant: object) -> None:
    assert understand(line, WORDS) == meant


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/status now", "/status takes nothing after it."),
        ("/words add list: a list: b", "list is given twice."),
        ("/words add list:", "Write something behind list:"),
        ("/case view case: 1", "number: is a whole number, which “case: 1” is not."),
        ("/policy log kind: kicks", "kind: is one of: Bans, All; “kicks” is not."),
        ("/policy log #nowhere", "There is no channel nowhere here."),
        ("/policy exempt zoe", "There is no role zoe here."),
        ("/policy exempt member: zoe", "There is nobody called zoe here."),
        ("/policy name zoe", "There is nobody called zoe here."),
        ("/policy name loud: perhaps", "loud: is yes or no, which “perhaps” is not."),
        ("ada uses nothing on alice", "There is no menu nothing here."),
        ("ada uses Moderation history on zoe", "There is nobody called zoe here."),
        ("alice in #nowhere: hi", "There is no channel nowhere here."),
        ("alice:", "Write what is said after the colon."),
        ("alice uses magic", "That is not understood."),
    ],
)
def test_what_is_wrong_is_said(line: str, says: str) -> None:
    with pytest.raises(NotUnderstood) as raised:
        understand(line, WORDS)
    assert str(raised.value).startswith(says)


LABELS = ("What, and where", "What", "Who", "Why not")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("what, and where", ["What, and where"]),
        ("what, who", ["What", "Who"]),
        ("WHAT, AND WHERE, why", ["What, and where", "Why not"]),
        ("who,", ["Who"]),
        ("", []),
    ],
)
def test_choices(text: str, meant: list[str]) -> None:
    assert several_of(text, LABELS) == meant


@pytest.mark.parametrize("text", ["w", "wh, who", "whom"])
def test_choices_that_are_not_there(text: str) -> None:
    with pytest.raises(NotUnderstood, match=r"^There is no choice .* here\. There are: What, and"):
        several_of(text, LABELS)


@given(st.lists(st.sampled_from(LABELS)))
def test_any_choices_come_back(labels: list[str]) -> None:
    assert several_of(", ".join(labels), LABELS) == labels


@given(st.text(), st.lists(st.sampled_from(["list", "list of all", "for", "(x)"]), unique=True))
def test_what_was_typed_for_names_comes_back(value: str, names: list[str]) -> None:
    kept = " ".join(value.replace(":", "").split())
    typed = " ".join(f"{name}: {kept}" for name in names)
    assert split(typed, names) == dict.fromkeys(names, kept)


@given(
    st.text()
    | st.text().map(lambda text: f"/words import {text}")
    | st.lists(
        st.sampled_from(["alice", "/words add", "list:", "#", ":", "nick", " ", "zoe", "uses"])
    ).map("".join)
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
