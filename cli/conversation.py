"""The conversation that `sandbox` plays: who does what, and what should come of it.

A table to read and to add to. It needs the starter list (data/presets/) and the people of
sandbox_world.py.
"""

from dataclasses import dataclass

from cli.acts import (
    Act,
    Edits,
    Expected,
    Joins,
    Named,
    Presses,
    Reads,
    Says,
    TakesNick,
    Uses,
    What,
)

KEPT = Expected(What.KEPT)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody does, with what should come of it."""

    act: Act
    expected: Expected


@dataclass(frozen=True, slots=True)
class Scene:
    """Steps that show one thing."""

    title: str
    steps: tuple[Step, ...]


def _deleted(entry: str, *undone: str, says: str = "") -> Expected:
    return Expected(What.DELETED, entry, undone, says)


def _answered(says: str) -> Expected:
    return Expected(What.ANSWERED, says=says)


def _read(says: str) -> Expected:
    return Expected(What.READ, says=says)


def _scene(title: str, *steps: tuple[Act, Expected]) -> Scene:
    return Scene(title, tuple(Step(act, expected) for act, expected in steps))


CONVERSATION = (
    _scene(
        "People talk",
        (Says("alice", "Good morning, harbour!"), KEPT),
        (Says("bob", "Morning! Nitro is not free, by the way"), KEPT),
    ),
    _scene(
        "Plain violations",
        (Says("bob", "You numpty, that was yesterday"), _deleted("numpty")),
        (Says("bob", "Go jump in a lake, then", "off-topic"), _deleted("go jump in a lake")),
        (Says("carol", "A moderator may say twit", "staff"), KEPT),
        (Says("bob", "Ну ты и болван!"), _deleted("болван*")),
        (Says("bob", "He and his muppets are back"), _deleted("muppet*")),
        (Says("bob", "What a superblockheaded plan"), _deleted("*blockhead*")),
    ),
    _scene(
        "Disguised ones",
        (Says("bob", "DuNdErHeAdS, all of you"), _deleted("dunderhead*", "case")),
        (
            Says("bob", "n.u.m.p.t.y, read it slowly"),
            _deleted("numpty", "separators between letters"),
        ),
        (Says("bob", "what a dund3rh34d"), _deleted("dunderhead*", "digits for letters")),
        (
            # U and y are Greek and Cyrillic here, and so is the p.
            Says("bob", "n\N{GREEK SMALL LETTER UPSILON}m\N{CYRILLIC SMALL LETTER ER}ty, I said"),
            _deleted("numpty", "look-alikes"),
        ),
        (Says("bob", "you 🅽🆄🅼🅿🆃🆈"), _deleted("numpty", "fancy letters")),
        (Says("bob", "turn round: ʎʇdɯnu"), _deleted("numpty", "upside-down letters")),
        (Says("bob", "g0 jump in a l@ke"), _deleted("go jump in a lake", "symbols for letters")),
        (Says("bob", "n**pty"), _deleted("numpty", "masked letters")),
        (Says("bob", "nuuuumpty!"), _deleted("numpty", "repeated letters")),
        (Says("bob", "a n||um||pty"), _deleted("numpty", "markup")),
        (Says("bob", "num&#112;ty"), _deleted("numpty", "encoded characters")),
        (
            Says("bob", "nu\N{ZERO WIDTH SPACE}mp\N{ZERO WIDTH SPACE}ty"),
            _deleted("numpty", "invisible characters"),
        ),
        (Says("bob", "num"), KEPT),
        (Says("bob", "pty"), _deleted("numpty", says="and 1 message before it")),
        (Says("bob", "you ｔｗｉｔ"), _deleted("twit", "compatibility forms")),
        (
            Says("bob", "quelle te\N{COMBINING CIRCUMFLEX ACCENT}te de nouille"),
            _deleted("tête de nouille", "composed forms"),
        ),
        (Says("bob", "go    jump\nin a\tlake"), _deleted("go jump in a lake")),
        (Says("bob", "_numpty_ is what you are"), _deleted("numpty")),
    ),
    _scene(
        "Innocent look-alikes",
        (Says("alice", "Did you see the twitchy switch on twitter?"), KEPT),
        (Says("alice", "Turn left at block 7, head north"), KEPT),
        (Says("alice", "Kind regards, T.W. It was a lovely evening"), KEPT),
        (Says("alice", "The Muppet Show is on!"), KEPT),
    ),
    _scene(
        "Scams",
        (Says("bob", "FREE Discord NITRO for everyone"), _deleted("free*nitro", "case")),
        (Says("bob", "$$$ EASY MONEY $$$ ask me how"), _deleted('"$$$ easy money $$$"')),
        (
            Says("bob", "https://dlscord-gifts.example/claim"),
            _deleted(r"/\bd[il1]sc[o0]rd?-?(gift|nitro)s?\.[a-z]{2,}\b/"),
        ),
    ),
    _scene(
        "A message that turns bad later",
        (Says("alice", "See you at the pier", "off-topic"), KEPT),
        (Edits("alice", "See you at the pier at noon"), KEPT),
        (Edits("alice", "See you at the pier, dunderhead"), _deleted("dunderhead*")),
    ),
    _scene(
        "Webhooks and other bots",
        (Says("news", "The ferry leaves at noon"), KEPT),
        (Says("news", "Claim your prize now"), _deleted("claim*prize", "case")),
        (Says("jukebox", "Now playing: Twit, by the Dunderheads"), Expected(What.SKIPPED)),
    ),
    _scene(
        "Names",
        (TakesNick("bob", "Captain Bob"), Expected(What.NAME_KEPT)),
        (TakesNick("bob", "Captain Numpty"), Expected(What.NICK_REMOVED, "numpty")),
        (Joins("free.nitro.shop"), Expected(What.NICK_SET, "free*nitro")),
    ),
    _scene(
        "The admin changes the list",
        (
            Uses("ada", "/words test", {"text": "hurry up, slowpokes"}),
            _answered("Nothing would match"),
        ),
        (Uses("ada", "/words add", {"entry": "slowpoke*"}), _answered("Added 1 entry")),
        (Says("bob", "hurry up, slowpokes"), _deleted("slowpoke*")),
        (Uses("ada", "/words add", {"entry": "b*d"}), _answered("at least three letters")),
        (Uses("ada", "/words remove", {"entry": "slowpoke*"}), _answered("Removed")),
        (Says("bob", "hurry up anyway, slowpokes"), KEPT),
        (
            Uses("bob", "/words add", {"entry": "the"}, hidden=True),
            _answered("You need the permission Manage Server"),
        ),
        (Uses("ada", "/status"), _answered("This server is protected")),
    ),
    _scene(
        "A list with a timeout, and a wrong hit put right",
        (
            Uses("ada", "/policy log", {"channel": Named("#", "staff")}),
            _answered("In force now. **Mod log:** #staff."),
        ),
        (
            Uses("ada", "/lists create", {"name": "threats", "action": "timeout", "for": "1 h"}),
            _answered("timeout for 1 hour"),
        ),
        (
            Uses("ada", "/words add", {"entry": "keelhaul", "list": "threats"}),
            _answered("Added 1 entry to **threats**"),
        ),
        (Says("dan", "My keelhaul essay is due"), _deleted("keelhaul")),
        (Reads("dan", about="dan"), _read("You cannot write there until")),
        (Reads("ada", about="dan", channel="staff"), _read("timed out until")),
        (Presses("Not a violation"), _answered("Timeout lifted.")),
        (Presses("Allow “keelhaul essay”"), _answered("is allowed from now on")),
        (Reads("ada", about="dan", channel="staff"), _read("undone by @Ada")),
        (Says("dan", "My keelhaul essay is due"), KEPT),
        (Uses("carol", "/history", {"member": Named("@", "dan")}), _answered("(1 undone)")),
        (Says("alice", "All quiet again"), KEPT),
    ),
)
