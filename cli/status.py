"""The exit statuses of every command, in one place."""

from enum import IntEnum


class Exit(IntEnum):
    """What the program's end tells its caller."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NO_TOKEN = 3
    TOKEN_REFUSED = 4
    INTENTS_OFF = 5
    DATABASE = 6
    IN_USE = 7
