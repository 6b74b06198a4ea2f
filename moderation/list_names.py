"""What a list may be called."""

import unicodedata

from moderation.records import ListRefused

MAX_CHARACTERS = 32


def list_name(text: str) -> str:
    """The name as it is kept. Raises ListRefused for one that a list cannot have."""
    name = unicodedata.normalize("NFC", text.strip())
    if not name:
        raise ListRefused("A list needs a name. Write one, as “spam”.")
    if len(name) > MAX_CHARACTERS:
        raise ListRefused(
            f"That name has {len(name):,} characters; a list's has at most {MAX_CHARACTERS}."
        )
    if not all(map(_is_allowed, name)) or not name[0].isalnum():
        raise ListRefused(
            "A list's name is made of letters, digits, - and _, and begins with a letter or a "
            "digit. Write for instance “slurs-2”."
        )
    return name


def folded(name: str) -> str:
    """Equal for two names of which a guild can have only one."""
    return unicodedata.normalize("NFKC", name.strip()).casefold()


def _is_allowed(character: str) -> bool:
    # Marks are a part of letters in many scripts.
    return character.isalnum() or character in "-_" or unicodedata.category(character)[0] == "M"
