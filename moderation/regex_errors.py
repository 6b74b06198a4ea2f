"""What RE2 says about a broken pattern, as a sentence that says what to change.

The messages are RE2's (`RE2::ErrorCode` in re2.h, worded in regexp.cc): a kind, and most often
a colon and the part of the pattern that it is about.
"""

_UNAVAILABLE = "invalid perl operator"
_ESCAPE = "invalid escape sequence"

# The kind, how the detail begins, and the sentence; {} is the detail. The first that fits wins.
_SENTENCES = (
    (_UNAVAILABLE, "(?=", "Lookahead, (?=...), is not available: write what you mean without it."),
    (_UNAVAILABLE, "(?!", "Lookahead, (?!...), is not available: use an allowed phrase instead."),
    (_UNAVAILABLE, "(?<", "Lookbehind, (?<...), is not available: use an allowed phrase instead."),
    (_UNAVAILABLE, "(?>", "Atomic groups, (?>...), are not available: write (?:...)."),
    (_UNAVAILABLE, "(?P", "Of the groups (?P... only (?P<name>...) is available."),
    (_UNAVAILABLE, "", "{} is not available: remove it."),
    *(
        (_ESCAPE, f"\\{sign}", "Back-references, {}, are not available: write out the repetition.")
        for sign in "123456789k"
    ),
    (_ESCAPE, "\\Z", "The end of the text is written \\z, not \\Z."),
    (_ESCAPE, "\\u", "Write \\x{{41}} or the letter itself instead of \\u."),
    (_ESCAPE, "", "{} means nothing: a backslash itself is written \\\\."),
    (
        "invalid repetition size",
        "",
        "The repetition {} is not possible: at most 1,000 times, repetitions inside counted.",
    ),
    ("no argument for repetition operator", "", "There is nothing before {} to repeat."),
    ("bad repetition operator", "", "{} repeats a repetition: remove one of its signs."),
    ("missing )", "", "A bracket ( is not closed: add ), or write \\( for the bracket itself."),
    ("unexpected )", "", "A ) has no ( before it: remove it, or write \\) for the bracket itself."),
    ("missing ]", "", "A bracket [ is not closed: add ], or write \\[ for the bracket itself."),
    ("invalid character class range", "", "{} is not a class of characters: correct or remove it."),
    ("invalid named capture group", "", "The group {} has no possible name: use letters."),
    ("trailing \\", "", "It ends with a single backslash: a backslash itself is written \\\\."),
    ("pattern too large", "", "It is too large: use fewer or smaller repetitions."),
)


def explain(message: str) -> str:
    """One sentence for one message of RE2."""
    kind, _, detail = message.partition(": ")
    for known, beginning, sentence in _SENTENCES:
        if kind.startswith(known) and detail.startswith(beginning):
            return "The regular expression cannot be used. " + sentence.format(detail)
    return f"The regular expression cannot be used ({message}): correct it."
