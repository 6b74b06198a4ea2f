"""What can go wrong in the rules, as one tree.

PalisadeError            everything that this project raises on purpose
├── Refused              what somebody asked for is not done, which is for them alone to know
│   ├── EntryRefused     a line that cannot be a banned word or an allowed phrase
│   └── SettingRefused   what somebody wanted to set cannot be: a name, a length, a text
└── CannotBeKept         what the memory will never take, however often it is tried
"""


class PalisadeError(Exception):
    """The root: its text is a sentence that can be shown to a person."""


class Refused(PalisadeError):
    """Somebody asked for what cannot be, or what is not theirs to do; the text tells them. Nothing
    is wrong with the program, so it is not in its log."""


class EntryRefused(Refused):
    """An entry was not taken. `entry` is the line as it was given; `reason` says what was wrong
    with it and what to do, in whole sentences."""

    def __init__(self, entry: str, reason: str) -> None:
        super().__init__(reason)
        self.entry = entry
        self.reason = reason


class SettingRefused(Refused):
    """What somebody wanted to set cannot be; the text says why and what to do. Whoever answers them
    adds that nothing was changed."""


class CannotBeKept(PalisadeError):
    """The memory does not take this, and never will: trying again does not help. Everything else
    that goes wrong with it, as a full disk, may be over later."""
