"""The names of what was undone: an explanation of a hit lists them in this order."""

from enum import StrEnum


class Step(StrEnum):
    """The evasions that the matcher undoes."""

    CASE = "case"
    COMPATIBILITY = "compatibility forms"
    COMPOSED = "composed forms"
    LOOK_ALIKES = "look-alikes"
    FANCY = "fancy letters"
    UPSIDE_DOWN = "upside-down letters"
    DIACRITICS = "diacritics"
    MARKS = "combining marks"
    INVISIBLE = "invisible characters"
    BACKWARDS = "right-to-left override"
    DIGITS = "digits for letters"
    SYMBOLS = "symbols for letters"
    SEPARATORS = "separators between letters"
    EMOJI = "emoji between letters"
    REPEATED = "repeated letters"
    MASKED = "masked letters"
    MARKUP = "markup"
    ENCODED = "encoded characters"
